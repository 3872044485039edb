"""``siegelpost fsck``: status 0, 1 or 2, and findings for people and programs."""

import json
from pathlib import Path

from tests.support.installations import Installation

FILL = """
from django.db import transaction
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.sequencer import seal
with transaction.atomic():
    append(EventKind.CHECKLIST_SIGNED, subject="s")
seal()
"""


def test_from_well_to_damaged(installation: Installation) -> None:
    installation.python(FILL)
    well = installation.run("fsck")
    assert well.returncode == 0, well.stdout
    assert well.stdout.endswith("Alles in Ordnung. 1 Ereignisse, davon 0 noch nicht gesiegelt, 1 Siegel.\n")
    (installation.data / "keys/ledger.key").unlink()
    damaged = installation.run("fsck", "--lang", "en")
    assert damaged.returncode == 1
    assert "is missing. The ledger itself is safe" in damaged.stdout
    report = json.loads(installation.run("fsck", "--json").stdout)
    assert report["ok"] is False
    assert {finding["check"] for finding in report["findings"] if not finding["remark"]} == {"key"}


def test_a_database_that_cannot_be_read_is_a_finding(installation: Installation) -> None:
    """A file overwritten with other bytes is damage, not a mistake of whoever asks."""
    if installation.settings:  # PostgreSQL keeps its files itself
        return
    installation.python("")
    file = installation.data / "siegelpost.sqlite3"
    file.write_bytes(file.read_bytes()[:40960] + bytes(40960))
    damaged = installation.run("fsck")
    assert damaged.returncode == 1, damaged.stderr
    assert "malformed" in damaged.stdout


def test_where_there_is_nothing(tmp_path: Path) -> None:
    result = Installation(tmp_path).run("fsck")
    assert result.returncode == 2
    assert "keine Installation" in result.stderr
