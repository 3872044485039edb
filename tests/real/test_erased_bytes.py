"""Whoever is erased is gone from the bytes of the database, and from the log that SQLite writes ahead."""

from pathlib import Path

from tests.support.installations import Installation

ROOT = Path(__file__).parents[2]
# Looked at while the connection is open: the last one to close takes the log with it.
ERASED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from siegelpost.server.prepare import prepare
from siegelpost.settings import load
prepare(load())
from siegelpost.cases import erasure
from tests.support.office import a_contact, an_agent
def held():
    files = sorted(load().data.glob("siegelpost.sqlite3*"))
    return [file.name.rpartition("sqlite3")[2] for file in files if b"Schweigerin" in file.read_bytes()]
agent, contact = an_agent(), a_contact(last_name="Schweigerin")
before = held()
erasure.erase(contact, by=agent)
print("before:", *before, "after:", *held())
"""


def test_an_erased_name_is_in_no_file_of_the_database(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", {"public_url": "https://office.test"})
    installation.data.mkdir(mode=0o700)
    printed = installation.python(ERASED, timeout=60)
    assert printed.strip().splitlines()[-1] == "before: -wal after:"
