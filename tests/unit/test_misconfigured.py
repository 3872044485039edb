"""Settings that are wrong are told in a sentence that names place and setting, and never the value."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.installations import Installation

from siegelpost.misconfigured import MisconfiguredError
from siegelpost.settings import Settings, load

SECRET = "geheim123"


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """What is said of this file and these variables."""

    def said(file: str = "", **environment: str) -> str:
        (tmp_path / "siegelpost.toml").write_text(file)
        monkeypatch.setenv("SIEGELPOST_DATA", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        load.cache_clear()
        with pytest.raises(MisconfiguredError) as raised:
            load()
        return raised.value.text("en").replace(f"{tmp_path}/", "")

    yield said
    monkeypatch.undo()
    load.cache_clear()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (f'port = 443\nsmtp_pasword = "{SECRET}"', ["line 2: there is no setting", "“smtp_password” is meant"]),
        (f'whatever = "{SECRET}"', ["siegelpost.toml, line 1: there is no setting “whatever”. All"]),
        (f'\nport = "{SECRET}"', ["siegelpost.toml, line 2: the value of “port” is not allowed", "integer"]),
        (f'acme_directory = "http://{SECRET}"', ["line 1: the value of “acme_directory” is not allowed"]),
        (f'trusted_proxies = ["{SECRET}"]\nworkers = 0', ["line 1: the value of “trusted_proxies”", "line 2: the"]),
        (f'[resolve]\n"a" = 3\n[smtp]\nx = "{SECRET}"', ["line 1: the value of “resolve”", "line 3: there is no"]),
        (f'port = {SECRET}', ["siegelpost.toml cannot be read", "line 1"]),
    ],
)  # fmt: skip
def test_the_file(file: str, words: list[str], read: Callable[..., str]) -> None:
    """A misspelt key printed its value, a password, into the server's log, below forty lines of a program's insides."""
    said = read(file)
    assert all(each in said for each in words), said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIEGELPOST_PORT", "SIEGELPOST_PORT: the value of “port” is not allowed"),
        ("SIEGELPOST_ALLOWED_HOSTS", "SIEGELPOST_ALLOWED_HOSTS: lists and tables are written as JSON"),
        ("SIEGELPOST_PUBLIC_ULR", "there is no setting “SIEGELPOST_PUBLIC_ULR”. Perhaps “SIEGELPOST_PUBLIC_URL” is"),
        ("SIEGELPOST_SMTP_PASWORD", "Perhaps “SIEGELPOST_SMTP_PASSWORD” is meant"),
    ],
)
def test_the_environment(name: str, words: str, read: Callable[..., str]) -> None:
    """A variable with a slip of the pen was ignored without a word."""
    said = read(**{name: SECRET})
    assert words in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "name", ["SIEGELPOST_SERVICE_HOST", "SIEGELPOST_PORT_8443_TCP", "SIEGELPOST_TEST_DATABASE_URL"]
)
def test_what_a_cluster_or_a_test_sets_is_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    load.cache_clear()
    assert isinstance(load(), Settings)


def test_every_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "siegelpost.toml").write_text(f'smtp_pasword = "{SECRET}"')
    for command in ("serve", "fsck"):
        ended = Installation(tmp_path).run(command)
        assert ended.returncode == 1
        assert "Gemeint ist vielleicht „smtp_password“" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert SECRET not in ended.stdout + ended.stderr


def test_a_database_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    first = Installation(tmp_path)
    first.python("print()")  # makes the first key
    away = Installation(tmp_path, {"database_url": f"postgresql://office:{SECRET}@127.0.0.1:1/office"})
    ended = away.run("serve")
    assert ended.returncode == 1
    assert "Die Datenbank antwortet nicht" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr
