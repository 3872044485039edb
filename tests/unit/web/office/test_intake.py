"""The page „Objekte aus Ihrem Programm“: an account is opened, its password shown once, and all that came said."""

import errno
import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.unit.estates.intake.scene import empty_folders, flats, hurry, package, put, rounds

from siegelpost.estates.intake import box
from siegelpost.estates.intake.accounts import let_in
from siegelpost.estates.intake_models import IntakeAccount
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
PAGE = "/estates/intake/"
RULES = {"name": "onOffice", "handling": "at_once", "most_archived": "25", "provider": "", "most_mib": "100"}


@pytest.fixture(autouse=True)
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    empty_folders()
    hurry(monkeypatch)
    yield
    empty_folders()


@pytest.fixture
def client() -> Client:
    an_office()
    found = Client()
    found.force_login(an_agent(role=Role.ADMINISTRATOR))
    return found


def page(client: Client, address: str = PAGE) -> str:
    return client.get(address, secure=True).content.decode()


def opened(client: Client, **rules: str) -> tuple[IntakeAccount, str]:
    shown = client.post(f"{PAGE}new/", RULES | rules, secure=True).content.decode()
    found = re.search(r'id="password">(\w+)<', shown)
    assert found, shown
    return IntakeAccount.objects.latest("pk"), found.group(1)


def test_the_password_is_shown_once_and_kept_nowhere(client: Client) -> None:
    assert "Noch keiner" in page(client)
    account, password = opened(client)
    assert let_in(account.login, password) == account
    address = f"{PAGE}{account.public_id}/"
    assert account.login in page(client, address)
    assert password not in page(client, address) + page(client) + str(IntakeAccount.objects.values().get())
    renewed = client.post(f"{address}password/", secure=True).content.decode()
    assert password not in renewed
    assert let_in(account.login, password) is None
    client.post(f"{address}close/", secure=True)
    assert client.get(address, secure=True).status_code == 404
    acts = [
        json.loads(bytes(each.leaf))["data"]["act"]
        for each in Event.objects.filter(kind=EventKind.INTAKE_CHANGED).order_by("pk")
    ]
    assert acts == ["opened", "password", "revoked"]


def test_rules_are_changed_and_what_makes_no_sense_is_said(client: Client) -> None:
    account, _ = opened(client)
    address = f"{PAGE}{account.public_id}/"
    assert client.post(address, RULES | {"handling": "ask"}, secure=True).status_code == 302
    account.refresh_from_db()
    assert account.handling == "ask"
    for wrong in ({"most_archived": "101"}, {"most_mib": "0"}, {"name": ""}, {"handling": "never"}):
        assert client.post(address, RULES | wrong, secure=True).status_code == 422
        assert client.post(f"{PAGE}new/", RULES | wrong, secure=True).status_code == 422


def test_the_protocol_says_what_came_from_where_and_what_became_of_it(client: Client) -> None:
    account, _ = opened(client)
    put(account, "gut.zip", package(flats("A", "B")))
    put(account, "nochmal.zip", package(flats("A", "B")))
    put(account, "fremd.zip", package(b"<html/>"))
    rounds(5)
    shown = " ".join(page(client).split())
    for words in ("gut.zip", "onOffice", "192.0.2.7", "HTTPS", "neu: 2", "schon importiert", "nicht importiert"):
        assert words in shown, words


def test_reports_go_to_no_address_that_the_office_has_not_confirmed(client: Client) -> None:
    account, _ = opened(client)
    named = flats("A").replace(b"<uebertragung ", b'<uebertragung techn_email="spam@opfer.test" ')
    put(account, "a.zip", package(named))
    rounds()
    account.refresh_from_db()
    assert (account.techn_email, account.report_to) == ("spam@opfer.test", "")
    address = f"{PAGE}{account.public_id}/"
    assert "spam@opfer.test" in page(client, address)
    assert client.post(f"{address}reports/", {"report_to": "keine"}, secure=True).status_code == 422
    client.post(f"{address}reports/", {"report_to": "technik@buero.test"}, secure=True)
    account.refresh_from_db()
    assert account.report_to == "technik@buero.test"


def test_the_page_of_an_account_needs_nothing_of_its_folder(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was another user's, the page that tells where it lies could not be shown."""
    account, _ = opened(client)

    def forbidden(_place: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(box, "private_folder", forbidden)
    assert f"intake/{account.login}" in page(client, f"{PAGE}{account.public_id}/")
