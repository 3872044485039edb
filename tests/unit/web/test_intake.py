"""Properties by HTTPS: by the account's password alone, whole, under a name that leads nowhere else."""

import base64
import errno
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.unit.estates.intake.scene import administrator, an_account, empty_folders

from siegelpost.estates.intake import accounts, arrivals, box
from siegelpost.estates.intake_models import IntakeAccount
from siegelpost.toolbox.limits import INTAKE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_there() -> Iterator[None]:
    empty_folders()
    yield
    empty_folders()


def basic(name: str, password: str) -> dict[str, Any]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def sent(account: IntakeAccount, headers: dict[str, Any], name: str = "objekte.zip", method: str = "put") -> int:
    call = getattr(Client(), method)
    kwargs = {} if method == "get" else {"data": b"content", "content_type": "application/zip"}
    answer = call(f"/intake/{account.login}/{name}", headers=headers, secure=True, **kwargs)
    return int(answer.status_code)


def there(account: IntakeAccount) -> list[str]:
    box = arrivals.box_of(account)
    return sorted(file.relative_to(box.root).as_posix() for file in box.files())


@pytest.mark.parametrize("method", ["put", "post"])
def test_a_file_is_kept_under_its_name_by_basic_and_by_token(method: str) -> None:
    account, password = an_account()
    assert sent(account, basic(account.login, password), "eins.zip", method) == 201
    assert sent(account, {"Authorization": f"Bearer {password}"}, "ordner/zwei.zip", method) == 201
    assert there(account) == ["eins.zip", "ordner/zwei.zip"]
    account.refresh_from_db()
    assert (account.last_way, account.last_address) == ("https", "127.0.0.1")


def test_a_form_s_files_are_kept_as_well() -> None:
    account, password = an_account()
    data = {"a": SimpleUploadedFile("eins.zip", b"1"), "b": SimpleUploadedFile("zwei.xml", b"2")}
    answer = Client(enforce_csrf_checks=True).post(
        f"/intake/{account.login}/", data, headers=basic(account.login, password), secure=True
    )
    assert (answer.status_code, there(account)) == (201, ["eins.zip", "zwei.xml"])


def test_a_program_may_try_its_login() -> None:
    account, password = an_account()
    assert sent(account, basic(account.login, password), "", "get") == 200
    assert sent(account, basic(account.login, password + "x"), "", "get") == 401
    assert sent(account, basic(account.login, password), "objekte.zip", "delete") == 405


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic %%%"}, {"Authorization": "Bearer "}])
def test_nobody_comes_in_without_the_password(headers: dict[str, Any]) -> None:
    account, _ = an_account()
    assert sent(account, headers) == 401
    assert there(account) == []


def test_one_account_s_password_opens_no_other_and_ends_with_it() -> None:
    account, password = an_account()
    other, _ = an_account(name="Anderes")
    assert sent(other, basic(other.login, password)) == 401
    assert sent(other, basic(account.login, password)) == 401
    new = accounts.renew_password(account, by=administrator())
    assert sent(account, basic(account.login, password)) == 401
    assert sent(account, basic(account.login, new)) == 201
    accounts.revoke(account, by=administrator())
    assert sent(account, basic(account.login, new), "spaet.zip") == 401


def test_a_storm_of_passwords_is_ended_and_right_ones_are_not_counted() -> None:
    account, password = an_account()
    for number in range(INTAKE.most + 5):
        assert sent(account, basic(account.login, password), f"{number}.zip") == 201
    answers = [sent(account, basic(account.login, "wrong")) for _ in range(INTAKE.most + 1)]
    assert (answers[0], answers[-1]) == (401, 429)


@pytest.mark.parametrize("name", ["..%2fx.zip", "a/..%5C..%5Cx.zip", "%2e%2e/x.zip", "a%00.zip"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    account, password = an_account()
    assert sent(account, basic(account.login, password), name) in (400, 404)
    assert there(account) == []


def test_a_full_account_says_so() -> None:
    account, password = an_account(most_mib=1)
    (arrivals.box_of(account).root / "voll").write_bytes(bytes(1 << 20))
    assert sent(account, basic(account.login, password)) == 507


def test_a_folder_that_is_somebody_else_s_is_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was a fault of the server, which programs take for an end."""
    account, password = an_account()

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(box.Box, "place", forbidden)
    assert sent(account, basic(account.login, password)) == 503
