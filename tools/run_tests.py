"""``make test`` and ``make check``: runs of pytest, whatever the one before came to, and the sum of all.

========  ==========================================================================================================
test      unit and hostile tests, and the short list of journeys and real parts (``tests/support/short_list.py``)
check     everything on SQLite, then on PostgreSQL what uses the database
rest      what ``check`` runs and ``test`` did not, so that both together are everything, and nothing twice
========  ==========================================================================================================

What measures for how long somebody waits (marked ``alone``) runs when nothing else does, one after the other. A test
that fails has failed: none is tried again. Further arguments go to pytest, in every run.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.parts import MARK

Command = tuple[str, ...]
# One more than processors: most of a long test is waiting for browsers, mail servers and periods.
WORKERS = os.environ.get("TEST_WORKERS") or str((os.cpu_count() or 1) + 1)
# By file: a module's tests share its browser, which is started once.
PYTEST: Command = (sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1")
BESIDE: Command = (*PYTEST, "--dist=loadfile", "-n", WORKERS, "--alone=none")
ALONE: Command = (*PYTEST, "-n0", "--alone=only")
ON_POSTGRESQL: dict[str, Command] = {
    "PostgreSQL": (sys.executable, "-m", "tests.support.postgres", *BESIDE, "--database")
}
RUNS: dict[str, dict[str, Command]] = {
    "test": {"SQLite": (*BESIDE, "--part=short")},
    "check": {"SQLite": BESIDE, "alone": ALONE, **ON_POSTGRESQL},
    "rest": {"SQLite": (*BESIDE, "--part=rest"), "alone": ALONE, **ON_POSTGRESQL},
}


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest came to."""

    passed: int
    failed: int
    skipped: int
    missing: frozenset[str]
    seconds: float

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped in {self.seconds:.0f} s"


def run(command: Command) -> Outcome:
    """Run pytest, its output going straight to the terminal; a run that broke off counts as one failure."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = subprocess.run([*command, f"--junitxml={report}"], check=False).returncode
        cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314 - pytest's own
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    return Outcome(
        passed=len(cases) - len(bad) - len(skipped),
        failed=len(bad) or int(status not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)),
        skipped=len(skipped),
        missing=frozenset(part for case in [*bad, *skipped] for part in _missing(case)),
        seconds=time.monotonic() - started,
    )


def _missing(case: ET.Element) -> list[str]:
    told = [child.get("message", "") for child in case]
    return [text.partition(MARK)[2].splitlines()[0] for text in told if MARK in text]


def main(what: str, *arguments: str) -> int:
    """Run each; 0 only when all passed, and some ran: a share may have none of one sort."""
    outcomes = {name: run((*command, *arguments)) for name, command in RUNS[what].items()}
    print()
    for name, outcome in outcomes.items():
        print(f"{name + ':':12}{outcome}")
    for part in sorted({part for outcome in outcomes.values() for part in outcome.missing}):
        print(f"{MARK}{part}")
    passed, failed = (sum(each) for each in zip(*((one.passed, one.failed) for one in outcomes.values()), strict=True))
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or not passed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
