"""Updates: an older program refuses a newer database, and none is brought up to date without a copy."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.support.installations import COMMAND, Installation
from tests.support.ports import free_port

from siegelpost.backup import update
from siegelpost.backup.update import NewerDatabaseError, refuse_newer
from siegelpost.cli import main
from siegelpost.ledger.models import Event
from siegelpost.settings import configure, load

START = "from siegelpost.server.prepare import prepare; from siegelpost.settings import load; prepare(load())"
APPLIED = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
print(("contacts", "0008_proofs_erased_at") in MigrationRecorder(connection).applied_migrations())
"""


def applied(room: str, name: str) -> None:
    MigrationRecorder(connection).record_applied(room, name)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("fsck",),
        ("fsck", "--json"),
        ("backup", "TARGET"),
        ("checklist",),
        ("import", "FILE"),
        ("sign-in", "jana@lindenhof.test"),
        ("restore", "--as-it-stands"),
        ("manage", "check"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_every_command_of_an_older_program_refuses_a_newer_database(
    arguments: tuple[str, ...], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the server refused; the commands worked on tables they did not know, and a backup of them looked good."""
    applied("office", "9999_later")
    (tmp_path / "file.xml").write_text("<openimmo/>")
    places = {"TARGET": str(tmp_path / "backup.tar.gz"), "FILE": str(tmp_path / "file.xml")}
    monkeypatch.setenv("SIEGELPOST_LANGUAGE", language)
    try:
        ended = CliRunner().invoke(main, [places.get(each, each) for each in arguments])
    finally:
        monkeypatch.undo()
        configure()
    assert ended.exit_code == 1, ended.output
    assert {"de": "Fehler: Die Datenbank hat schon", "en": "Error: A newer version"}[language] in ended.output
    assert "office.9999_later" in ended.output
    assert not (tmp_path / "backup.tar.gz").exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_room_that_only_a_newer_version_has_is_refused_and_a_package_of_before_is_not() -> None:
    refuse_newer()
    applied("django_tasks_database", "9999_gone")
    refuse_newer()
    applied("inquiries", "0001_initial")
    with pytest.raises(NewerDatabaseError, match=r"inquiries\.0001_initial"):
        refuse_newer()


def copies(installation: Installation) -> list[Path]:
    return sorted((installation.data / update.FOLDER).glob("*"))


def started_and_one_step_back(installation: Installation) -> None:
    """As it was before the last step of a room."""
    back = "from django.core.management import call_command; call_command('migrate', 'contacts', '0007', verbosity=0)"
    installation.python(f"{START}\n{back}", timeout=120)
    assert copies(installation) == [], "it was up to date"


def test_a_database_is_copied_before_it_is_brought_up_to_date(installation: Installation) -> None:
    started_and_one_step_back(installation)
    code = START + APPLIED
    ended = installation.run("manage", "shell", "--no-imports", "--verbosity", "0", "--command", code, timeout=120)
    assert "the database was copied" in ended.stdout + ended.stderr
    assert "True" in ended.stdout
    [copied] = copies(installation)
    assert "-before-contacts.0008_proofs_erased_at." in copied.name
    assert copied.stat().st_mode & 0o777 == 0o600
    if not installation.settings:
        with closing(sqlite3.connect(copied)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert not copy.execute("SELECT 1 FROM django_migrations WHERE name = '0008_proofs_erased_at'").fetchone()
    installation.python(START)
    assert copies(installation) == [copied], "nothing more is made when there is nothing to do"


def test_a_new_database_is_not_copied(tmp_path: Path, empty_database: dict[str, str]) -> None:
    data = tmp_path / "new"
    data.mkdir(mode=0o700)
    installation = Installation(data, empty_database)
    code = f"import django; django.setup(); {START}{APPLIED}"
    ended = subprocess.run(
        [COMMAND.with_name("python"), "-c", code],
        env=installation.environment() | {"DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    assert copies(installation) == []
    assert "True" in ended.stdout


@pytest.mark.usefixtures("transactional_db")
def test_the_last_three_are_kept_and_of_one_step_the_newest_and_none_for_ever() -> None:
    """An update that failed at each start would have pushed out the copy of before it."""
    folder = load().data / update.FOLDER
    try:
        for step in ("mail.0001", "mail.0002", "mail.0003", "mail.0004"):
            update.keep_copy(load(), step)
        for _ in range(5):
            newest = update.keep_copy(load(), "mail.0004")
        names = sorted(file.name.partition("-before-")[2] for file in folder.iterdir())
        assert [name.rpartition(".")[0] for name in names] == ["mail.0002", "mail.0003", "mail.0004"]
        assert newest.exists()
        old = newest.with_name(f"20261001T000000Z-before-mail.0004{newest.suffix}")
        newest.rename(old)
        update.forget_copies()
        assert not old.exists()
        assert len(list(folder.iterdir())) == 2
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def test_without_room_for_the_copy_nothing_is_changed(installation: Installation) -> None:
    """The disk is full: the server says so, and does not start on a database it could not copy."""
    started_and_one_step_back(installation)
    ended = subprocess.run(
        ["sh", "-c", 'ulimit -f 64; exec "$0" serve --port "$1"', COMMAND, str(free_port())],
        env=installation.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "Vor der Aktualisierung wird die Datenbank" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert copies(installation) == []
    assert "False" in installation.python(APPLIED)
