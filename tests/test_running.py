"""``make test``'s second try: only for a few tests, only once, and said."""

from pathlib import Path

import pytest
from tools import run_tests

ONCE_BAD = """
import pathlib, pytest

@pytest.mark.parametrize("number", range({bad}))
def test_bad(number):
    tried = pathlib.Path(__file__).with_name(f"tried-{{number}}")
    again = tried.exists()
    tried.touch()
    assert again and {mends}

def test_good(): pass
"""


@pytest.mark.parametrize(
    ("bad", "mends", "passed", "failed", "better"),
    [
        (0, True, 1, 0, 0),
        (2, True, 3, 0, 2),
        (2, False, 1, 2, 0),
        (run_tests.MOST_SECOND_TRIES + 1, True, 1, run_tests.MOST_SECOND_TRIES + 1, 0),
    ],
)
def test_the_second_try(
    bad: int, mends: bool, passed: int, failed: int, better: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_once_bad.py").write_text(ONCE_BAD.format(bad=bad, mends=mends))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    outcome, names = run_tests.with_second_tries([*run_tests.PYTEST, "-n", "0", "-p", "no:django"])
    assert (outcome.passed, outcome.failed, len(names)) == (passed, failed, better)
    assert bool(outcome.status) == bool(failed)
