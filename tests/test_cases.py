"""Every whole file that somebody found something wrong with is held by a test that is there (``cases.toml``)."""

import tomllib
from pathlib import Path

from tests.test_docs import is_test

ROOT = Path(__file__).parent
CASES: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "cases.toml").read_text())
# Where they lie byte for byte.
FOLDERS = {
    "openimmo": ROOT / "unit/estates/imports/files",
    "pictures": ROOT / "unit/estates/files",
    "vcard": ROOT / "unit/contacts/cards",
}


def test_each_has_a_test_that_is_there() -> None:
    assert {kind: len(files) for kind, files in CASES.items()} == {
        "openimmo": 32,
        "mail": 17,
        "vcard": 10,
        "pictures": 4,
        "chains": 1,
        "calendar": 4,
        "proof": 6,
    }
    named = [(file, test) for files in CASES.values() for file, tests in files.items() for test in tests or [""]]
    assert [(file, test) for file, test in named if not is_test(test)] == []


def test_no_file_lies_there_that_no_test_holds() -> None:
    for kind, folder in FOLDERS.items():
        assert {path.name for path in folder.iterdir()} == set(CASES[kind]), folder
