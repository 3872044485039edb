"""``siegelpost doctor data``: how old the knowledge is, and newer knowledge from a file or by the rule for requests."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tools.sign_knowledge import SHIPPED, public_half, signed

from siegelpost.cli.doctor import doctor
from siegelpost.doctor.policy import knowledge
from siegelpost.doctor.policy.logs import OLD_AFTER

KEY = Ed25519PrivateKey.generate()


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(knowledge, "KEYS", (public_half(KEY),))
    monkeypatch.setattr(knowledge, "_folder", [])
    yield
    for folder in knowledge._folder:
        (folder / knowledge.FILE).unlink(missing_ok=True)
    knowledge._read.clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(doctor, ["data", *words])


def file_of(day: datetime, folder: Path) -> Path:
    said = json.loads(SHIPPED.read_text()) | {"day": day.strftime("%Y-%m-%d")}
    (folder / "new.json").write_bytes(signed(said, KEY))
    return folder / "new.json"


@pytest.mark.usefixtures("installation")
def test_it_says_of_what_day_the_knowledge_is(tmp_path: Path) -> None:
    shown = run("--lang", "en")
    day = knowledge.current().day
    assert str(day.year) in shown.output
    assert "came with this version" in shown.output
    assert shown.exit_code == int(datetime.now(UTC) > day + OLD_AFTER)


@pytest.mark.usefixtures("installation")
def test_a_newer_file_is_taken_over_and_told(tmp_path: Path) -> None:
    file = file_of(datetime.now(UTC) - timedelta(days=1), tmp_path)
    shown = run("--update", str(file))
    assert shown.exit_code == 0, shown.output
    assert "gilt ab jetzt" in shown.output
    assert "Unterschrift stimmt" in shown.output
    again = run("--update", str(file), "--lang", "en")
    assert (again.exit_code, "no newer" in again.output) == (2, True)
    told = json.loads(run("--json", "--lang", "en").output)
    assert told["old"] is False


@pytest.mark.usefixtures("installation")
def test_what_is_not_taken_over_is_said_and_nothing_changes(tmp_path: Path) -> None:
    file = file_of(datetime.now(UTC), tmp_path)
    file.write_bytes(file.read_bytes().replace(b"Cloudflare", b"Cloudfiare"))
    refused = run("--update", str(file))
    assert (refused.exit_code, "Unterschrift der Datei stimmt nicht" in refused.output) == (2, True)
    absent = run("--update", str(tmp_path / "none.json"), "--lang", "en")
    assert (absent.exit_code, "could not be had" in absent.output) == (2, True)
    assert knowledge.current().shipped


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("url", ["http://example.com/k.json", "https://127.0.0.1/k.json", "https://user@example.com/"])
def test_an_address_that_leads_into_the_house_or_is_not_secured_is_not_asked(url: str) -> None:
    refused = run("--update", url, "--lang", "en")
    assert (refused.exit_code, "could not be had" in refused.output) == (2, True)


@pytest.mark.usefixtures("installation")
def test_update_belongs_to_data() -> None:
    assert CliRunner().invoke(doctor, ["example.com", "--update", "x"]).exit_code == 2
