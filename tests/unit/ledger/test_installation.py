"""Keys and database belong together: what is gone is never made anew, and nobody goes on with other keys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from tests.support import proofs
from tests.support.installations import Installation
from tests.support.mailing import queue
from tests.support.office import an_office
from tests.support.ports import free_port

from siegelpost import keys
from siegelpost.keys import NAMES, KeyMissingError
from siegelpost.ledger import fsck, halt, key
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.installation import ForeignFolderError, settle, watch
from siegelpost.ledger.key import LedgerKeyError
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Installation as Row
from siegelpost.ledger.note import Signer
from siegelpost.ledger.sequencer import seal
from siegelpost.settings import load

pytestmark = pytest.mark.django_db(transaction=True)
START = "from siegelpost.server.prepare import prepare; from siegelpost.settings import load; prepare(load())"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path) -> Iterator[None]:
    proofs.forget()
    kept = shutil.copytree(load().keys, tmp_path / "kept") if load().keys.exists() else None
    yield
    shutil.rmtree(load().keys, ignore_errors=True)
    if kept:
        shutil.copytree(kept, load().keys)
    keys.secret.cache_clear()
    proofs.forget()


def test_the_first_start_makes_every_key_and_knows_it() -> None:
    shutil.rmtree(load().keys, ignore_errors=True)
    keys.secret.cache_clear()
    settle()
    assert set(Row.objects.get().keys) == {*NAMES, "ledger"}
    assert {file.name for file in load().keys.iterdir() if not file.name.startswith(".")} == {*NAMES, "ledger.key"}
    before = Row.objects.get().keys
    settle()
    assert Row.objects.get().keys == before


def test_keys_that_are_there_already_become_those_of_an_empty_database() -> None:
    mine = load().secret("mail")
    settle()
    assert Row.objects.get().keys["mail"] == keys.fingerprint(mine)
    assert load().secret("mail") == mine


@pytest.mark.parametrize("name", [*NAMES, "ledger.key"])
def test_other_keys_are_refused_and_everything_stops(name: str) -> None:
    """Two servers with two data folders on one database: one ended the other's mails as undeliverable."""
    settle()
    (load().keys / name).write_bytes(
        Signer.generate("office.test/siegelpost").skey.encode() if name == "ledger.key" else b"x" * 32
    )
    keys.secret.cache_clear()
    with pytest.raises(ForeignFolderError, match=f"{name.removesuffix('.key')}.*another data folder"):
        settle()
    with pytest.raises(ForeignFolderError):
        watch()
    with pytest.raises(halt.HaltedError), transaction.atomic():
        append(EventKind.GATE_OPENED, subject="s")
    with pytest.raises((halt.HaltedError, LedgerKeyError)):
        seal()


@pytest.mark.parametrize("name", [*NAMES, "ledger.key"])
def test_the_whole_check_misses_every_key_and_knows_every_other_one_for_it(name: str) -> None:
    """Also those that open nothing and only compute, such as that of the codes beside a link."""
    settle()
    check = next(each for each in fsck.OWN if each.name == "keys")
    assert not list(fsck.run(check, lambda done, total: None))
    file = load().keys / name
    for content in (None, Signer.generate("office.test/siegelpost").skey.encode()):
        file.unlink(missing_ok=True)
        if content:
            file.write_bytes(content)
        said = [each.text("en") for each in fsck.run(check, lambda done, total: None)]
        assert any(name.removesuffix(".key") in each.removeprefix(f"{load().keys}: ") for each in said), said


@pytest.mark.parametrize("name", [*NAMES, "ledger.key"])
def test_a_key_that_went_missing_under_way_stops_everything_until_it_is_back(name: str) -> None:
    settle()
    file = load().keys / name
    kept = file.read_bytes()
    file.unlink()
    with pytest.raises((KeyMissingError, LedgerKeyError)):
        watch()
    assert halt.reason()
    assert not file.exists(), "none was made anew"
    file.write_bytes(kept)
    watch()
    assert halt.reason() is None


def test_a_lost_signing_key_is_not_made_anew_before_the_first_seal_either() -> None:
    settle()
    key.path().unlink()
    with transaction.atomic():
        append(EventKind.GATE_OPENED, subject="s")
    with pytest.raises(LedgerKeyError):
        seal()
    assert not key.path().exists()


def test_a_database_of_before_the_row_is_asked_what_is_sealed_in_it() -> None:
    """The key of the mails was lost: a new one was made silently, and every waiting mail refused."""
    an_office()
    queue()
    file = load().keys / "mail"
    file.unlink()
    keys.secret.cache_clear()
    with pytest.raises(KeyMissingError):
        settle()
    assert not file.exists()


# With the real command, in a data folder of its own


@pytest.mark.parametrize("name", ["django", "mail"])
def test_no_command_makes_a_lost_key_anew(name: str, installation: Installation) -> None:
    """Also the first key, which Django's settings need before any database is asked; the others go like the second."""
    installation.python(START)
    (installation.data / "keys" / name).unlink()
    ended = installation.run("serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert f"keys/{name} fehlt" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (installation.data / "keys" / name).exists()
    checked = installation.run("fsck")
    assert checked.returncode == 1
    assert f"keys/{name} fehlt" in checked.stdout + checked.stderr


def test_a_second_data_folder_on_the_database_is_refused(installation: Installation, tmp_path: Path) -> None:
    installation.python(START)
    second = Installation(tmp_path / "second", installation.settings)
    second.data.mkdir(mode=0o700)
    if not second.settings:
        shutil.copy(installation.data / "siegelpost.sqlite3", second.data)
    ended = second.run("serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "anderen Datenordner" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (second.data / "keys").exists(), "and nothing was made"


def test_an_older_program_refuses_a_newer_database(installation: Installation) -> None:
    """The old code started on the new database, served, and failed at the first write."""
    installation.python(
        "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection;"
        "R(connection).record_applied('office', '9999_later')"
    )
    ended = installation.run("serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "neuere Version" in ended.stderr
    assert "office.9999_later" in ended.stderr
    assert "Traceback" not in ended.stderr
