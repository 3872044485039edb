"""Settings that are wrong are told in a sentence that names place and setting, and never the value."""

import codecs
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.installations import Installation

from siegelpost.misconfigured import MisconfiguredError
from siegelpost.settings import Settings, configure, load

SECRET = "geheim123"
Read = Callable[..., str]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """What is said of this file and these variables."""
    for name in [name for name in os.environ if name.startswith("SIEGELPOST_")]:
        monkeypatch.delenv(name)

    def said(file: str | bytes = "", *, language: str = "en", **environment: str) -> str:
        (tmp_path / "siegelpost.toml").write_bytes(file if isinstance(file, bytes) else file.encode())
        monkeypatch.setenv("SIEGELPOST_DATA", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        load.cache_clear()
        with pytest.raises(MisconfiguredError) as raised:
            load()
        for each in ("de", "en"):
            assert SECRET not in raised.value.text(each)
        return raised.value.text(language).replace(f"{tmp_path}/", "")

    yield said
    monkeypatch.undo()
    load.cache_clear()


# What somebody writes into the file, where the sentence says that it stands, and of what it speaks in both languages.
MISTAKES: list[tuple[str | bytes, int | None, str, str]] = [
    (f'port = 443\nsmtp_pasword = "{SECRET}"', 2, "vielleicht „smtp_password“", "“smtp_password” is meant"),
    (f'whatever = "{SECRET}"', 1, "„whatever“ gibt es nicht. Alle", "no setting “whatever”. All"),
    ("HTTP-PORT = 80", 1, "vielleicht „http_port“", "“http_port” is meant"),
    ("SIEGELPOST_PORT = 80", 1, "vielleicht „port“", "“port” is meant"),
    (f'[smtp]\npassword = "{SECRET}"', 1, "Abschnitt „smtp“", "no section “smtp”"),
    ('fetch_from = ["10.0.0.0/8"]', 1, "heißt jetzt „private_networks“", "is called “private_networks” now"),
    (f'\nport = "{SECRET}"', 2, "„port“ erwartet eine ganze Zahl", "“port” takes a whole number"),
    ("port = true", 1, "„port“ erwartet", "“port” takes"),
    ("port = 80.5", 1, "eine ganze Zahl", "a whole number"),
    ("port = 0", 1, "mindestens 1", "at least 1"),
    ("port = 65536", 1, "höchstens 65535", "at most 65535"),
    ("workers = 0", 1, "„workers“ erwartet mindestens 1", "“workers” takes at least 1"),
    ("http_port = 8443", 1, "einen anderen Port als „port“", "another port than “port”"),
    ('http_port = ""', 1, "oder gar keine Zeile", "or no line at all"),
    (f'public_url = "http://{SECRET}"', 1, "zum Beispiel https://expose", "for example https://expose"),
    (f'public_url = "https://{SECRET}/"', 1, "„public_url“", "“public_url”"),
    (f'public_url = "https://{SECRET}:99999"', 1, "einen Port zwischen", "a port between"),
    (f'proxy_listen = "127.0.0.1:{"9" * 5}"', 1, "einen Port zwischen", "a port between"),
    (f'allowed_hosts = ["https://{SECRET}"]', 1, '["www.ihr-buero.de"]', '["www.ihr-buero.de"]'),
    (f'allowed_hosts = "{SECRET}"', 1, "eine Liste in eckigen Klammern", "a list in square brackets"),
    (f'database_url = "mysql://office:{SECRET}@here/office"', 1, "Adresse von PostgreSQL", "address of PostgreSQL"),
    (f'database_url = "postgresql://o:{SECRET}/x@here/office"', 1, "Schrägstrich als %2F", "a slash as %2F"),
    ('language = "fr"', 1, "eines von de, en", "one of de, en"),
    ('log_level = "info"', 1, "eines von DEBUG, INFO", "one of DEBUG, INFO"),
    (f'time_zone = "{SECRET}"', 1, "zum Beispiel Europe/Berlin", "for example Europe/Berlin"),
    (f'trust_roots = "{SECRET}"', 1, "eine Liste", "a list"),
    ('trusted_proxies = ["10.0.0.1/8"]', 1, '"10.0.0.0/8"', '"10.0.0.0/8"'),
    (f'trusted_proxies = ["{SECRET}"]', 1, "„trusted_proxies“", "“trusted_proxies”"),
    (f'resolve = {{"a.test" = "{SECRET}"}}', 1, "Adressen aus Zahlen", "addresses made of numbers"),
    ("resolve = 3", 1, "eine Tabelle", "a table"),
    (f'smtp_host = "smtp://{SECRET}"', 1, "zum Beispiel mail.", "for example mail."),
    (f"smtp_password = {SECRET}", 1, "gerade Anführungszeichen", "straight quotation marks"),
    ("smtp_password = 123", 1, "„smtp_password“", "“smtp_password”"),
    ('smtp_allow_plaintext = "ja"', 1, "true oder false", "true or false"),
    (f'mail_from = "{SECRET}"', 1, "zum Beispiel expose@", "for example expose@"),
    (f'timestamp_url = "ftp://{SECRET}"', 1, "„timestamp_url“", "“timestamp_url”"),
    (f'acme_directory = "http://{SECRET}"', 1, "„acme_directory“", "“acme_directory”"),
    (f'imap_folder = "{SECRET}\\""', 1, "„imap_folder“", "“imap_folder”"),
    ("metrics_token = 3", 1, "einen Text in Anführungszeichen", "a text in quotation marks"),
    # The file as a whole
    (f'port = 443\nsmtp_user = "a"\nport = 444 # {SECRET}', 3, "nur einmal geben", "there may be one only"),
    (f"port: {SECRET}", 1, "ein Gleichheitszeichen", "An equals sign"),
    (f"smtp_user = „{SECRET}“", 1, "müssen gerade sein", "have to be straight"),
    (f'data = "C:\\{SECRET}"', 1, "wird verdoppelt", "is doubled"),
    (f'smtp_user = "{SECRET}\nport = 1', 1, "das schließende Anführungszeichen", "The closing quotation mark"),
    (f'smtp_user = "a" {SECRET}', 1, "Bemerkungen beginnen mit #", "remarks begin with #"),
    ("\0", 1, "kein TOML", "no TOML"),
    ("a = " + "[" * 5000, None, "kein TOML", "no TOML"),
    ('office = "Büro"\n'.encode("cp1252") * 2, 1, "nicht in UTF-8", "not saved as UTF-8"),
    ('port = "x"'.encode("utf-16"), 1, "nicht in UTF-8", "not saved as UTF-8"),
    (b"#" * (1 << 20) + b"\nport = 1", None, "größer als 1 MiB", "larger than 1 MiB"),
    (codecs.BOM_UTF8 + b"port = 443\r\nworkers = 0\r\n", 2, "mindestens 1", "at least 1"),
]


@pytest.mark.parametrize(("file", "line", "de", "en"), MISTAKES)
def test_a_mistake_in_the_file_is_a_sentence(file: str | bytes, line: int | None, de: str, en: str, read: Read) -> None:
    """A misspelt key printed its value, a password, into the server's log, below forty lines of a program's insides."""
    for language, said, at in (("de", de, f", Zeile {line}:"), ("en", en, f", line {line}:")):
        found = read(file, language=language)
        assert said in found, found
        assert found.startswith("siegelpost.toml" + (at if line else ":")), found


def test_all_mistakes_are_told_at_once(read: Read) -> None:
    said = read(f'trusted_proxies = ["{SECRET}"]\nworkers = 0\nsmtp_pasword = "{SECRET}"', SIEGELPOST_PORT=SECRET)
    assert all(each in said for each in ("line 1:", "line 2:", "line 3:", "SIEGELPOST_PORT:"))


def test_a_file_with_what_the_windows_editor_adds_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "siegelpost.toml").write_bytes(codecs.BOM_UTF8 + b"port = 444\r\nworkers = 3\r\n")
    assert (Settings(data=tmp_path).port, Settings(data=tmp_path).workers) == (444, 3)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIEGELPOST_PORT", "SIEGELPOST_PORT: “port” takes a whole number"),
        ("SIEGELPOST_ALLOWED_HOSTS", "SIEGELPOST_ALLOWED_HOSTS: lists and tables are written as JSON"),
        ("SIEGELPOST_PUBLIC_ULR", "there is no setting “SIEGELPOST_PUBLIC_ULR”. Perhaps “SIEGELPOST_PUBLIC_URL” is"),
        ("SIEGELPOST_SMTP_PASWORD", "Perhaps “SIEGELPOST_SMTP_PASSWORD” is meant"),
        ("siegelpost_smtp_pasword", "Perhaps “SIEGELPOST_SMTP_PASSWORD” is meant"),
        ("SIEGELPOST_CONFG", "Perhaps “SIEGELPOST_CONFIG” is meant"),
        ("SIEGELPOST_FETCH_FROM", "SIEGELPOST_FETCH_FROM: “fetch_from” is called “private_networks” now"),
    ],
)
def test_the_environment(name: str, words: str, read: Read) -> None:
    """A variable with a slip of the pen was ignored without a word."""
    assert words in read(**{name: SECRET})


def test_a_variable_that_was_to_be_filled_and_is_empty_is_no_wish_for_sqlite(read: Read) -> None:
    assert "SIEGELPOST_DATABASE_URL: “database_url” takes a value or no line" in read(SIEGELPOST_DATABASE_URL="")


def test_a_file_that_is_named_and_not_there(tmp_path: Path, read: Read) -> None:
    """It was read as an empty one, and the server came up with the defaults."""
    assert "gone.toml: there is no such file" in read(SIEGELPOST_CONFIG=str(tmp_path / "gone.toml")).lower()


def test_a_folder_in_place_of_the_file(tmp_path: Path, read: Read) -> None:
    assert "This is a folder and no file." in read(SIEGELPOST_CONFIG=str(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_a_file_of_another_account(tmp_path: Path) -> None:
    (tmp_path / "siegelpost.toml").write_text(f'smtp_password = "{SECRET}"')
    (tmp_path / "siegelpost.toml").chmod(0o600)
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.setuid(65534)
        try:
            Settings(data=tmp_path)
        except MisconfiguredError as error:
            os._exit(0 if "darf die Datei nicht lesen" in error.text("de") else 1)
        except PermissionError:
            os._exit(3)  # the folders above are closed to it, too
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_option_of_the_command_line_is_called_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setattr("siegelpost.settings._OPTIONS", set())
        changed.setenv("SIEGELPOST_HTTP_PORT", "1")  # so that it is put back
        with pytest.raises(MisconfiguredError) as raised:
            configure(http_port=99_999)
        assert raised.value.text("de") == "--http-port: „http_port“ erwartet höchstens 65535."
    load.cache_clear()


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
