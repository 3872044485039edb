"""An installation with a program's account, and what came of it."""

import json
from pathlib import Path
from typing import Any

from tests.support.installations import Installation

OPEN = """
import json
from siegelpost.estates.intake import accounts
from siegelpost.estates.intake_models import IntakeAccount
from siegelpost.office.models import Agent
account = IntakeAccount(name="Makler Plus", handling="at_once", **json.loads({fields!r}))
password = accounts.create(account, by=Agent.objects.first())
print(json.dumps([account.login, password]))
"""
CAME = """
import json, time
from siegelpost.estates.intake_models import Arrival
from siegelpost.estates.models import Estate
until = time.monotonic() + {patience}
while True:
    rows = [list(row) for row in Arrival.objects.order_by("name").values_list("name", "state", "way", "address")]
    found = sorted(Estate.objects.values_list("title", flat=True))
    if found == {titles!r} and all(row[1] not in ("taken", "at_work") for row in rows) or time.monotonic() > until:
        break
    time.sleep(0.5)
print(json.dumps([rows, found]))
"""
# Seconds until something that came is brought in: it has to lie still for ten, and this machine may be busy.
PATIENCE = 120


def opened(installation: Installation, **fields: Any) -> tuple[str, str, Path]:
    """A new account's name, its password and its folder."""
    login, password = json.loads(installation.python(OPEN.format(fields=json.dumps(fields))).splitlines()[-1])
    return login, password, installation.data / "intake" / login


def brought(installation: Installation, *titles: str) -> list[list[str]]:
    """Wait until these properties are there, and no others; gives the account of what came."""
    code = CAME.format(patience=PATIENCE, titles=sorted(titles))
    rows: list[list[str]]
    rows, found = json.loads(installation.python(code, timeout=PATIENCE + 60).splitlines()[-1])
    assert found == sorted(titles), rows
    return rows


def lies(folder: Path) -> list[str]:
    """What lies in the folder and below it."""
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
