"""``siegelpost checklist``: for people, for programs, in both languages."""

import hashlib
import json
from pathlib import Path

from tests.support.installations import Installation

from siegelpost.checklist.table import CHECKS


def test_a_new_installation(installation: Installation) -> None:
    environment = {"public_url": "https://localhost:9", "port": "9"}
    new = Installation(installation.data, {**installation.settings, **environment})
    told = new.run("checklist", "--json", "--lang", "en")
    assert told.returncode == 1, told.stderr
    found = json.loads(told.stdout)
    assert [check["key"] for check in found["checks"]] == [check.key for check in CHECKS]
    states = {check["key"]: check["state"] for check in found["checks"]}
    assert states["mail_encryption"] == "bad"
    assert states["certificate"] != "ok"
    assert found["state"] == "bad"
    assert "No mail server" in told.stdout
    german = new.run("checklist")
    assert "Es ist kein Mailserver eingetragen" in german.stdout


def test_what_is_kept_can_be_printed_and_stands_in_the_ledger(installation: Installation, tmp_path: Path) -> None:
    new = Installation(installation.data, {**installation.settings, "public_url": "https://localhost:9", "port": "9"})
    paper = tmp_path / "list.pdf"
    told = new.run("checklist", "--json", "--sign", "--pdf", str(paper))
    assert told.returncode == 1, told.stderr
    kept = json.loads(told.stdout)["pdf_sha256"]
    assert hashlib.sha256(paper.read_bytes()).hexdigest() == kept
    assert (installation.data / "files" / kept[:2] / kept[2:4] / kept).read_bytes() == paper.read_bytes()
