"""A database that was put back, or has lost its write-ahead log: never sealed, never served, and said in words."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.support.installations import Installation
from tests.support.ports import free_port

from siegelpost.backup import database
from siegelpost.settings import Settings

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
START = "from siegelpost.server.prepare import prepare; from siegelpost.settings import load; prepare(load())"
SEAL = """
from django.db import transaction
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.sequencer import seal
with transaction.atomic():
    append(EventKind.CHECKLIST_SIGNED, subject="s")
seal()
"""
# Killed with the database open: what it wrote is in the write-ahead log alone.
KILLED = f"{SEAL}\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
SEALS = "from siegelpost.ledger.models import Checkpoint; print(Checkpoint.objects.count())"
FILE = "siegelpost.sqlite3"


def database_put_back(installation: Installation, folder: Path) -> None:
    """The file, or a dump, of before the newest seal in the place of the one of now."""
    if not installation.settings:
        shutil.copy(installation.data / FILE, folder / FILE)
        installation.python(SEAL)
        shutil.copy(folder / FILE, installation.data / FILE)
        return
    url = installation.settings["database_url"]
    settings = Settings(data=installation.data, database_url=url)
    dump = database.copy(settings, folder)
    installation.python(SEAL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    database.fill(settings, dump)


def log_lost(installation: Installation, folder: Path) -> None:
    """The process dies, and the write-ahead log is not there any more."""
    code = f"import django; django.setup()\n{KILLED}"
    environment = installation.environment() | {"DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    log = installation.data / f"{FILE}-wal"
    assert log.stat().st_size
    log.unlink()
    (installation.data / f"{FILE}-shm").unlink()


WAYS: list[Callable[[Installation, Path], None]] = [database_put_back]
if "SIEGELPOST_TEST_DATABASE_URL" not in os.environ:
    WAYS.append(log_lost)


@pytest.mark.parametrize("way", WAYS)
def test_a_database_that_was_wound_back_is_never_sealed(
    way: Callable[[Installation, Path], None], installation: Installation, tmp_path: Path
) -> None:
    """Sealed events were gone, the office signed a second history of the same size, and all was called well."""
    installation.python(START)
    installation.python(SEAL)
    way(installation, tmp_path)
    seals = installation.python(SEALS)

    served = installation.run("serve", "--port", str(free_port()))
    assert served.returncode == 1
    assert "setzt das letzte Siegel nicht fort" in served.stderr
    assert "restore --as-it-stands" in served.stderr
    assert "Traceback" not in served.stderr
    checked = installation.run("fsck")
    assert checked.returncode == 1
    assert "setzt das letzte Siegel nicht fort" in checked.stdout
    backed_up = installation.run("backup", tmp_path / "backup.tar.gz")
    assert backed_up.returncode == 1
    assert "behalten Sie die früheren" in backed_up.stderr
    assert not (tmp_path / "backup.tar.gz").exists()
    sealed = installation.run("manage", "shell", "--no-imports", "--verbosity", "0", "--command", SEAL)
    assert sealed.returncode == 1
    assert installation.python(SEALS) == seals, "no second history was begun"

    # On purpose, and recorded, it goes on.
    assert "der Verlust steht im Protokoll" in installation.check("restore", "--as-it-stands")
    installation.python(SEAL)
    assert int(installation.python(SEALS)) > int(seals)
    installation.check("fsck")
    installation.check("backup", tmp_path / "backup.tar.gz")
