"""``siegelpost fsck``: status 0, 1 or 2, and findings for people and programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILL = """
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.sequencer import seal
call_command("migrate", "ledger", verbosity=0)
with transaction.atomic():
    append(EventKind.GATE_OPENED, subject="s")
seal()
"""


def run(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SIEGELPOST_DATABASE_URL"}
    environment["SIEGELPOST_DATA"] = str(data)
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def fsck(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = "from siegelpost.cli import main; main()"
    return run(data, "-c", program, "fsck", "--data", str(data), *options)


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    filled = run(tmp_path, "-c", FILL)
    assert filled.returncode == 0, filled.stderr
    return tmp_path


def test_from_well_to_damaged(installation: Path) -> None:
    well = fsck(installation)
    assert (well.returncode, well.stdout) == (
        0,
        "Alles in Ordnung. 1 Ereignisse, davon 0 noch nicht gesiegelt, 1 Siegel.\n",
    ), well.stderr
    (installation / "keys/ledger.key").unlink()
    damaged = fsck(installation, "--lang", "en")
    assert damaged.returncode == 1
    assert "The signing key is missing" in damaged.stdout
    report = json.loads(fsck(installation, "--json").stdout)
    assert report["ok"] is False
    assert [finding["check"] for finding in report["findings"]] == ["key"]


def test_where_there_is_nothing(tmp_path: Path) -> None:
    result = fsck(tmp_path)
    assert result.returncode == 2
    assert "keine Installation" in result.stderr
