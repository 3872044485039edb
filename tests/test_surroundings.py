"""The ground the other tests stand on, tested itself."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import network


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1"])
def test_an_address_elsewhere_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family) as client,
        pytest.raises(network.NetworkForbiddenError, match="not this machine"),
    ):
        client.connect((host, 443))
    network.attempts.clear()


def test_asking_a_name_server_is_refused() -> None:
    with pytest.raises(network.NetworkForbiddenError, match="ask a name server"):
        socket.getaddrinfo("www.example.org", 443)
    network.attempts.clear()


@pytest.mark.parametrize("name", ["nowhere.invalid", "office.test"])
def test_reserved_names_do_not_exist(name: str) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(name, 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


def test_a_swallowed_attempt_still_fails_the_test(pytester: pytest.Pytester, repository: Path) -> None:
    pytester.makeconftest((repository / "tests/conftest.py").read_text())
    pytester.makepyfile(
        """
        import socket
        from contextlib import suppress

        def test_swallows():
            with suppress(Exception):
                socket.create_connection(("192.0.2.1", 80))
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:django", f"--override-ini=pythonpath={repository}")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*192.0.2.1 is not this machine*"])


def test_programs_started_by_tests_are_guarded_too(repository: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(repository / "tests/support/guarded")}
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "NetworkForbiddenError: Tests may not reach the network" in ended.stderr


def test_the_data_folder_belongs_to_this_process_alone() -> None:
    from django.conf import settings

    from siegelpost.settings import load

    assert load().data == Path(os.environ["SIEGELPOST_DATA"])
    assert "siegelpost-tests-" in str(load().data)
    if not os.environ.get("SIEGELPOST_TEST_DATABASE_URL"):
        assert Path(settings.DATABASES["default"]["NAME"]).parent == load().data


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    from django.db import connection

    expected = "postgresql" if os.environ.get("SIEGELPOST_TEST_DATABASE_URL") else "sqlite"
    assert connection.vendor == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0
