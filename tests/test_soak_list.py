"""``docs/soak.md``: every long test is on it, and a day stands there only after a run to the end."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support import soak_list

LONG = """
import pytest

pytestmark = pytest.mark.soak

@pytest.fixture
def untidy():
    yield
    raise AssertionError("what it leaves is wrong")

def test_good(): ...
def test_bad(): assert False
def test_skipped(): pytest.skip("not here")
def test_bad_afterwards(untidy): ...
"""


def test_every_long_test_is_listed_and_no_other(repository: Path) -> None:
    files = [str(path) for path in (repository / "tests").rglob("test_*.py") if "mark.soak" in path.read_text()]
    asked = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--soak",
            "-m",
            "soak",
            "--collect-only",
            "-q",
            "-p",
            "no:cacheprovider",
            *files,
        ],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line for line in asked.stdout.splitlines() if "::" in line}
    assert soak_list.read(repository / soak_list.PAGE).keys() == found, "make soak ARGS=--collect-only lists them"


def test_only_what_ran_to_its_end_gets_a_day(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    marker = "markers = soak: long\ntestpaths = tests"
    pytester.makeini(f"[pytest]\naddopts = -p no:django -p tests.support.soak_list\n{marker}")
    page, long = pytester.path / soak_list.PAGE, pytester.path / "tests/test_long.py"
    for path in (page, long):
        path.parent.mkdir()
    long.write_text(LONG)
    earlier = {"test_good": ("2026-01-02", "3 s"), "test_bad": ("2026-03-04", "5 s"), "test_gone": ("2026-05-06", "")}
    soak_list.write(page, {f"tests/test_long.py::{test}": run for test, run in earlier.items()})
    pytester.runpytest_subprocess("--record-soak")
    assert soak_list.read(page) == {
        "tests/test_long.py::test_good": (f"{datetime.now(UTC):%Y-%m-%d}", "0 s"),
        "tests/test_long.py::test_bad": earlier["test_bad"],
        "tests/test_long.py::test_skipped": (soak_list.NEVER, ""),
        "tests/test_long.py::test_bad_afterwards": (soak_list.NEVER, ""),
    }
