"""``python -m tools.undone``: whether the tests of mends fail where a mend is undone.

A test that passes on the code of before holds nothing. Each row of ``tests/undone.toml`` is undone in a copy of the
program, alone, and its test is run there: it has to pass in the untouched copy, and to fail without the mend.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests/undone.toml"
# What pytest gives where tests ran, and some failed.
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Mend:
    """Of which finding it is, where it stands, the words as they are and without it, and the test that has to fail."""

    of: str
    file: str
    now: str
    undone: str
    test: str


def mends() -> list[Mend]:
    """The rows of the table."""
    return [Mend(**row) for row in tomllib.loads(TABLE.read_text())["mend"]]


def copied(folder: Path) -> None:
    """The program and its tests as they stand, without what was made of them."""
    unwanted = shutil.ignore_patterns(".*", "build", "dist", "__pycache__", "node_modules")
    shutil.copytree(ROOT, folder, ignore=unwanted, dirs_exist_ok=True)


def tried(folder: Path, test: str) -> int:
    """The status of pytest for this test of the copy."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}/src", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", test]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode


def verdict(folder: Path, mend: Mend) -> str:
    """What undoing this mend shows; "" where its test holds it."""
    path = folder / mend.file
    text = path.read_text()
    if text.count(mend.now) != 1:
        return "the words are not there, or more than once"
    if status := tried(folder, mend.test):
        return f"the test does not pass as it is ({status})"
    path.write_text(text.replace(mend.now, mend.undone))
    try:
        status = tried(folder, mend.test)
    finally:
        path.write_text(text)
    return "" if status == _FAILED else f"the test does not fail without it ({status})"


def main() -> int:
    """0 where each test fails without its mend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", default="", help="only mends of which these words stand in the table")
    words = parser.parse_args().words
    bad = 0
    with tempfile.TemporaryDirectory(prefix="siegelpost-undone-") as name:
        folder = Path(name)
        copied(folder)
        for mend in mends():
            if words in mend.of:
                found = verdict(folder, mend)
                bad += bool(found)
                print(f"{'✗' if found else '✓'} {mend.of}{f': {found}' if found else ''}", flush=True)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
