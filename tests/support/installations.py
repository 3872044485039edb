"""Whole installations for tests: a data folder and a database of their own, used through the real command.

The database is made once per session, with the real migrations, and copied for each test.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.support.environment import DATABASE_URL, FOR_TESTS

COMMAND = Path(sys.executable).with_name("siegelpost")
GUARDED = Path(__file__).parent / "guarded"
DATABASE_FILE = "siegelpost.sqlite3"
TEMPLATE = "siegelpost_template"
MIGRATED = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""


@dataclass(frozen=True)
class Installation:
    """A data folder, its database, and the settings every command on it is given."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, **settings: str) -> dict[str, str]:
        """What a command of this installation sees: nothing of the tests' own settings, no way to the network."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("SIEGELPOST_") or name.startswith(FOR_TESTS)
        }
        given = {f"SIEGELPOST_{name.upper()}": value for name, value in {**self.settings, **settings}.items()}
        return {
            **inherited,
            **given,
            "SIEGELPOST_DATA": str(self.data),
            "PYTHONPATH": str(GUARDED),
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *arguments: str | Path, given: str = "", timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run ``siegelpost`` with these arguments, whatever comes of it."""
        return subprocess.run(
            [COMMAND, *arguments],
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def check(self, *arguments: str | Path, given: str = "", timeout: float = 60) -> str:
        """Run ``siegelpost``, which must succeed, and give what it printed."""
        ended = self.run(*arguments, given=given, timeout=timeout)
        assert ended.returncode == 0, f"siegelpost {arguments[0]} ended with {ended.returncode}:\n{ended.stderr}"
        return ended.stdout

    def python(self, code: str, timeout: float = 60) -> str:
        """Run Python code with Django started on this installation, and give what it printed."""
        return self.check("manage", "shell", "--no-imports", "--verbosity", "0", "--command", code, timeout=timeout)


@pytest.fixture(scope="session")
def installation_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a migrated database, made once for all workers of the session."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    template, ready = shared / "template", shared / "template.ready"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            template.mkdir(mode=0o700, exist_ok=True)
            made = Installation(template, _template_database())
            made.python(MIGRATED, timeout=120)
            ready.touch()
    return template


@pytest.fixture
def installation(installation_template: Path, tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation, migrated, not yet started."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    if server := os.environ.get(DATABASE_URL):
        with _postgres_copy(server) as url:
            yield Installation(data, {"database_url": url})
    else:
        shutil.copy(installation_template / DATABASE_FILE, data)
        yield Installation(data)


@pytest.fixture
def empty_database() -> Iterator[dict[str, str]]:
    """Settings of a database with nothing in it, of the kind that this run is about; for SQLite there are none."""
    if server := os.environ.get(DATABASE_URL):
        name = f"siegelpost_{uuid.uuid4().hex}"
        _administer(server, f"CREATE DATABASE {name}")
        try:
            yield {"database_url": _database(server, name)}
        finally:
            _administer(server, f"DROP DATABASE {name} WITH (FORCE)")
    else:
        yield {}


def _template_database() -> dict[str, str]:
    server = os.environ.get(DATABASE_URL)
    if server is None:
        return {}
    _administer(server, f"DROP DATABASE IF EXISTS {TEMPLATE}")
    _administer(server, f"CREATE DATABASE {TEMPLATE}")
    return {"database_url": _database(server, TEMPLATE)}


@contextmanager
def _postgres_copy(server: str) -> Iterator[str]:
    name = f"siegelpost_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield _database(server, name)
    finally:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def _database(server: str, name: str) -> str:
    return make_conninfo(server, dbname=name)
