"""``siegelpost checklist``: for people, for programs, in both languages."""

import json

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
