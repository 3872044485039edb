"""``make test`` and ``make check``: what they run, and that they believe the first answer."""

import subprocess
from pathlib import Path

import pytest
from tests.support import selection
from tests.support.short_list import JOURNEYS, LISTED, LONG, REAL
from tools import run_tests

ROOT = Path(__file__).parent.parent
CAPABILITIES = {"API installation", "certificate doctor", "secure exposé", "registered mail", "mobile", "proof"}
ONCE_BAD = """
import pathlib

def test_bad():
    tried = pathlib.Path(__file__).with_name("tried")
    again = tried.exists()
    with tried.open("a") as file:
        file.write("once ")
    assert again

def test_good(): pass
"""


FILES = {
    "tests/journeys/test_recipient.py": "def test_from_the_mail_to_the_exposé_and_its_proof(): ...",
    "tests/journeys/test_offline.py": "def test_more(): ...",
    "tests/journeys/test_first_view.py": "import pytest\n\n@pytest.mark.alone\ndef test_more(): ...",
    "tests/real/server/test_serve.py": "def test_more(): ...",
    "tests/real/test_kill.py": "def test_more(): ...",
    "tests/unit/test_formats.py": "def test_more(): ...",
    "tests/test_house.py": "def test_more(): ...",
}


def collected(command: tuple[str, ...], *arguments: str) -> set[str]:
    """What this run would run."""
    asked = subprocess.run(
        [*command, *arguments, "-n0", "--collect-only", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    return {line for line in asked.stdout.splitlines() if "::" in line}


def test_each_capability_has_its_journey_and_each_counterpart_its_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pytest refuses a name that is no test's."""
    monkeypatch.chdir(ROOT)
    assert JOURNEYS.keys() == CAPABILITIES
    assert all(test.startswith("tests/journeys/") for test in JOURNEYS.values())
    assert all(test.startswith("tests/real/") for test in REAL.values())
    found = collected(run_tests.RUNS["test"]["SQLite"], *LISTED)
    assert {
        listed for listed in LISTED if listed in found or any(test.startswith(f"{listed}[") for test in found)
    } == LISTED


def test_test_and_the_rest_are_everything_and_nothing_twice(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a small tree; the larger one is chosen from by the same names."""
    for name, content in FILES.items():
        (pytester.path / name).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / name).write_text(content)
    pytester.makeini(
        "[pytest]\naddopts = --import-mode=importlib -p no:django -p tests.support.selection\nmarkers = alone"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    beside, short = (collected(run_tests.RUNS[name]["SQLite"]) for name in ("check", "test"))
    everything = beside | (alone := collected(run_tests.RUNS["check"]["alone"]))
    assert (len(beside), len(alone), len(everything)) == (6, 1, 7)
    assert short == {test for test in everything if "test_more" not in test or not test.startswith(LONG)}
    assert collected(run_tests.RUNS["rest"]["SQLite"]) == beside - short
    assert collected(run_tests.RUNS["rest"]["alone"]) == alone
    shares = [collected(run_tests.RUNS["check"]["SQLite"], f"--shard={share}") for share in ("1/2", "2/2")]
    assert shares[0] | shares[1] == beside
    assert not shares[0] & shares[1]
    assert run_tests.RUNS["check"].keys() == run_tests.RUNS["rest"].keys() == {"SQLite", "alone", "PostgreSQL"}


@pytest.mark.parametrize("share", ["3/2", "0/2", "half"])
def test_a_share_that_there_is_not_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        selection.shard(share)


def test_a_test_that_fails_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Up to three that failed were tried a second time, and a fault that came now and then passed for health."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_once_bad.py").write_text(ONCE_BAD)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = (*run_tests.PYTEST, "-n0", "-p", "no:django")
    monkeypatch.setitem(run_tests.RUNS, "test", {"SQLite": command})
    assert run_tests.main("test") == 1
    assert capfd.readouterr().out.endswith("1 passed, 1 failed\n")
    assert (tmp_path / "tried").read_text() == "once "


def test_a_run_that_broke_off_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_gone.py").write_text("import os\n\ndef test_gone(): os._exit(3)\n")
    outcome = run_tests.run((*run_tests.PYTEST, "-n0", "-p", "no:django"))
    assert (outcome.passed, outcome.failed) == (0, 1)
