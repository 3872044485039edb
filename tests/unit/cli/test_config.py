"""``siegelpost config``: what would stand against a start, and where each setting was said."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.pki import Authority

from siegelpost.cli import main
from siegelpost.keys import NAMES
from siegelpost.settings import load

SECRET = "geheim123"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own; what commands are given stays with this test."""
    for name in [name for name in os.environ if name.startswith("SIEGELPOST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("siegelpost.settings._OPTIONS", set())
    monkeypatch.setenv("SIEGELPOST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SIEGELPOST_PORT", str(free_port()))
    monkeypatch.setenv("SIEGELPOST_HOST", "127.0.0.1")
    (tmp_path / "data").mkdir()
    yield tmp_path / "data"
    monkeypatch.undo()
    load.cache_clear()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def run(*arguments: str, **environment: str) -> Result:
    load.cache_clear()
    given = {f"SIEGELPOST_{name.upper()}": value for name, value in environment.items()}
    return CliRunner().invoke(main, ["config", *arguments], env=given)


def states(result: Result) -> Mapping[str, str]:
    """Of each check, the gravest that was found."""
    order = ("good", "hint", "fault")
    found: dict[str, str] = {}
    for row in json.loads(result.output)["checks"]:
        found[row["check"]] = max(found.get(row["check"], "good"), row["state"], key=order.index)
    return found


def test_a_fresh_folder_is_in_order_and_nothing_is_made(folder: Path) -> None:
    result = run("check", "--json", public_url="https://office.test")
    assert result.exit_code == 0, result.output
    assert "fault" not in states(result).values()
    assert list(folder.iterdir()) == []


def test_settings_that_cannot_be_read_are_findings_like_others(folder: Path) -> None:
    (folder / "siegelpost.toml").write_text(f'port = 0\nsmtp_pasword = "{SECRET}"')
    result = run("check", "--lang", "en", port="443")
    assert result.exit_code == 1
    assert result.output.count("✗") == 1
    assert "line 2" in result.output
    assert SECRET not in result.output
    assert states(run("check", "--json")) == {"settings": "fault"}


def wrong(folder: Path, tmp: Path) -> dict[str, tuple[str, str, dict[str, str]]]:
    """What is wrong: the check, the words in German, the settings; what lies in the folder is made here."""
    (tmp / "file").touch()
    (tmp / "root.pem").write_text("no certificate")
    return {
        "data is a file": ("folder", "ist kein Ordner", {"data": str(tmp / "file")}),
        "unknown variable": ("variables", "SIEGELPOST_WEATHER", {"weather": "fine"}),
        "root gone": ("certificates", "ist nicht lesbar", {"trust_roots": json.dumps([str(tmp / "gone.pem")])}),
        "root is none": ("certificates", "steht kein Zertifikat", {"trust_roots": json.dumps([str(tmp / "root.pem")])}),
        "acme_ca is a folder": ("certificates", "ist nicht lesbar", {"acme_ca": str(tmp)}),
        "whole world": ("address", "die ganze Welt", {"trusted_proxies": '["0.0.0.0/0"]'}),
        "no public address": ("address", "public_url fehlt", {}),
        "port beside": ("address", "nennt den Port", {"public_url": "https://office.test"}),
        "no password": ("mail", "fehlt smtp_password", {"smtp_host": "mail.test", "smtp_user": "a"}),
        "no user": ("mail", "fehlt imap_user", {"imap_host": "mail.test", "imap_password": SECRET}),
        "no host": ("mail", "nur zusammen mit smtp_host", {"smtp_password": SECRET}),
        "readable": ("mail", "ginge die Mail offen", {"smtp_host": "mail.test", "smtp_security": "none"}),
        "no address": ("mail", "keine E-Mail-Adresse", {"mail_from": "a@b"}),
        "no PostgreSQL": ("database", "antwortet nicht", {"database_url": f"postgresql://a:{SECRET}@127.0.0.1:1/b"}),
        "no such host": ("ports", "lässt sich der Port", {"host": "192.0.2.1"}),
        "socket": ("ports", "keinen Socket", {"proxy_listen": "unix:/proc/siegelpost.sock"}),
    }


@pytest.mark.parametrize("case", wrong(Path(), Path("/tmp")))  # noqa: S108 - only for the names
def test_what_is_wrong_is_found_by_the_check_that_is_about_it(case: str, folder: Path, tmp_path: Path) -> None:
    if case == "socket" and os.access("/proc", os.W_OK):
        pytest.skip("this account may write everywhere")
    check, words, settings = wrong(folder, tmp_path)[case]
    result = run("check", "--json", **settings)
    assert states(result)[check] in ("fault", "hint"), result.output
    said = [row["text"] for row in json.loads(result.output)["checks"] if row["check"] == check]
    assert any(words in each for each in said), said
    assert result.exit_code == ("fault" in states(result).values())
    assert SECRET not in result.output


def test_a_port_that_is_taken_is_a_hint_for_it_may_be_ours(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("check", "--json", port=str(taken.getsockname()[1]), public_url="https://office.test")
    assert (result.exit_code, states(result)["ports"]) == (0, "hint")


def test_keys_that_others_can_read_and_those_of_another_database(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    (folder / "keys").mkdir()
    (folder / "keys" / NAMES[0]).write_bytes(b"x" * 32)
    (folder / "keys" / NAMES[0]).chmod(0o644)
    with closing(sqlite3.connect(folder / "siegelpost.sqlite3")) as database:
        database.execute("CREATE TABLE ledger_installation (keys TEXT)")
        database.execute("INSERT INTO ledger_installation VALUES (?)", [json.dumps({NAMES[0]: "ab", NAMES[1]: "cd"})])
        database.commit()
    result = run("check", lang="de")
    assert "chmod 600" in result.output
    assert f"{NAMES[0]} ist ein anderer" in result.output
    assert f"{NAMES[1]} fehlt, den die Datenbank kennt" in result.output


def test_a_database_file_that_is_none(folder: Path) -> None:
    (folder / "siegelpost.sqlite3").write_bytes(b"no database " * 100)
    assert states(run("check", "--json"))["database"] == "fault"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_another_account_is_named_with_it(folder: Path) -> None:
    """After a command was run as root, the server could not open what it had made."""
    (folder / "siegelpost.sqlite3").touch()
    os.chown(folder / "siegelpost.sqlite3", 65534, 65534)
    result = run("check")
    assert result.exit_code == 1
    assert "siegelpost.sqlite3 gehört dem Konto nobody" in result.output


def test_the_settings_file_is_for_its_account(folder: Path) -> None:
    (folder / "siegelpost.toml").write_text(f'smtp_host = "m.test"\nsmtp_user = "a"\nsmtp_password = "{SECRET}"')
    (folder / "siegelpost.toml").chmod(0o644)
    assert states(run("check", "--json"))["file"] == "hint"
    (folder / "siegelpost.toml").chmod(0o600)
    assert states(run("check", "--json"))["file"] == "good"


def test_a_certificate_for_another_name_is_told(folder: Path, authority: Authority) -> None:
    from siegelpost.tls.store import Source, Store

    store, issued = Store(folder / "tls"), authority.issue("office.test")
    store.activate(store.add(issued.chain_pem, issued.key_pem, Source.IMPORTED).id)
    assert states(run("check", "--json", public_url="https://office.test"))["certificates"] == "good"
    result = run("check", public_url="https://other.test")
    assert result.exit_code == 1
    assert "Das Zertifikat gilt nicht für other.test" in result.output


def test_each_setting_says_where_it_comes_from_and_no_secret(folder: Path) -> None:
    (folder / "siegelpost.toml").write_text(f'# ours\nworkers = 3\nsmtp_password = "{SECRET}"\n')
    given = {"metrics_token": SECRET, "database_url": f"postgresql://a:{SECRET}@db/b", "imap_password": SECRET}
    result = run("show", "--json", **given)
    rows = json.loads(result.output)
    assert rows["workers"] == {"value": 3, "from": f"{folder}/siegelpost.toml, Zeile 2"}
    assert rows["metrics_token"] == {"value": "********", "from": "SIEGELPOST_METRICS_TOKEN"}
    assert rows["language"] == {"value": "de", "from": "Vorgabe"}
    assert rows["data"]["value"] == str(folder)
    plain = run("show", "--lang", "en", "--data", str(folder), **given)
    assert f'data = "{folder}"  (--data)' in plain.output
    assert "workers = 3  (" in plain.output
    assert SECRET not in result.output + plain.output
    assert plain.exit_code == 0
