"""What every test has: a data folder and a database of its own, and no way into the network."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from tests.support import environment, network
from tests.support.parts import MARK

pytest_plugins = [
    "pytester",
    "tests.support.ids",
    "tests.support.selection",
    "tests.support.soak_list",
    "tests.support.installations",
    "tests.support.office_at_work",
    "tests.support.serving",
    "tests.support.browsing",
    "tests.support.prospect",
    "tests.support.desk",
    "tests.support.registered_scene",
]

# How long one example takes is the machine's matter, not a fault.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

environment.prepare()  # before pytest-django loads Django, which reads its settings once
network.guard()


@pytest.fixture(autouse=True)
def network_stays_here() -> Iterator[None]:
    """Fail the test that tried to leave this machine, even when the code under test swallowed the refusal."""
    network.attempts.clear()
    yield
    tried, network.attempts[:] = list(network.attempts), []
    if tried:
        pytest.fail("Tests may not reach the network: " + "; ".join(tried), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_kept_outside_the_database() -> None:
    """The data folder outlives a test's database: the last test's seal must not stop the next one's ledger."""
    data = Path(os.environ["SIEGELPOST_DATA"])
    (data / "keys/ledger.seal").unlink(missing_ok=True)
    shutil.rmtree(data / "run/halted", ignore_errors=True)


@pytest.fixture(autouse=True)
def nobodys_language() -> None:
    """A page that the last test asked for leaves its language to the thread."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """SQLite as a file where the settings say: threads and other processes see what a test committed."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(connection.settings_dict["NAME"])
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings; pytest-django then sets Django up.

    Not in a process that only hands tests to workers: they would inherit the name of the settings and load them
    before they have a data folder of their own.
    """
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "siegelpost.django_settings"
    from django.conf import settings

    assert settings.DATABASES
    # The real one is slow on purpose, and what it makes can be checked by nothing quicker.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def pytest_report_header() -> str:
    return "database: " + ("PostgreSQL" if os.environ.get("SIEGELPOST_DATABASE_URL") else "SQLite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the missing real parts in the last lines."""
    missing = set()
    for outcome in ("failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, ()):
            text = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
            missing |= {line.partition(MARK)[2].strip() for line in text.splitlines() if MARK in line}
    for part in sorted(missing):
        terminalreporter.write_line(f"{MARK}{part}", yellow=True)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the working tree."""
    return Path(__file__).parent.parent
