"""Installations of before, kept as backups: the newest code brings them up to date and opens every page of them."""

import json
import shutil
from pathlib import Path

import pytest
from tests.support.installations import Installation

ROOT = Path(__file__).parent.parent
KEPT = sorted((ROOT / "tests" / "fixtures").glob("installation-*.tar.gz"))
# Bytes. Mails and proofs in it are sealed or packed already.
LARGEST = 2 * 1024 * 1024
OPENED = """
import json, sys
sys.path.insert(0, {root!r})
from tests.support.open_installation import opened
print(json.dumps(opened(json.loads({known!r})), ensure_ascii=False))
"""


def test_there_are_some_and_they_are_small() -> None:
    assert KEPT
    assert [file.name for file in KEPT if file.stat().st_size > LARGEST] == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("backup", KEPT, ids=lambda file: file.name.partition(".")[0])
def test_every_page_of_it_opens_every_proof_is_good_and_nothing_is_amiss(backup: Path, tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", {"public_url": "https://office.test"})
    # Ends with 1 where the check of the whole finds something.
    said = installation.check("restore", backup, timeout=200)
    assert "Alles in Ordnung" in said
    known = backup.with_name(f"{backup.name.partition('.')[0]}.json").read_text()
    printed = installation.python(OPENED.format(root=str(ROOT), known=known), timeout=200)
    assert json.loads(printed.strip().splitlines()[-1]) == []
    assert "Alles in Ordnung" in installation.check("fsck", timeout=100)
    shutil.rmtree(installation.data)
