"""``make test``: the whole suite on SQLite, then its database part on PostgreSQL, and the sum of both.

A few tests that fail are tried a second time, alone, and named when they pass then: the two workers share two cores
with browsers, mail servers and authorities, and what is measured in seconds suffers from that. More than a few are no
accident and fail at once. Arguments go to pytest, in both runs.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.parts import MARK

WORKERS = os.environ.get("TEST_WORKERS", "2")
# By file: a module's tests share its browser, which is started once.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", "--dist", "loadfile", "-n", WORKERS)
MOST_SECOND_TRIES = 3
RUNS = {
    "SQLite": PYTEST,
    "PostgreSQL": (sys.executable, "-m", "tests.support.postgres", *PYTEST, "--database"),
}


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest came to."""

    passed: int
    failed: int
    skipped: int
    bad: tuple[str, ...]
    missing: frozenset[str]
    seconds: float
    status: int

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped in {self.seconds:.0f} s"


def run(command: Sequence[str]) -> Outcome:
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
        failed=len(bad) or int(status != 0),
        skipped=len(skipped),
        bad=tuple(dict.fromkeys(f"{case.get('file')}::{case.get('name')}" for case in bad)),
        missing=frozenset(part for case in [*bad, *skipped] for part in _missing(case)),
        seconds=time.monotonic() - started,
        status=status,
    )


def _missing(case: ET.Element) -> list[str]:
    told = [child.get("message", "") for child in case]
    return [text.partition(MARK)[2].splitlines()[0] for text in told if MARK in text]


def with_second_tries(command: Sequence[str]) -> tuple[Outcome, tuple[str, ...]]:
    """Run pytest, and the few tests that failed once more, alone; gives what it came to and who needed that."""
    first = run(command)
    if not 0 < len(first.bad) <= MOST_SECOND_TRIES:
        return first, ()
    print(f"\nA second try, alone: {', '.join(first.bad)}", flush=True)
    second = run([*command, "-n", "0", *first.bad])
    if second.status and not second.bad:
        return first, ()
    better = tuple(test for test in first.bad if test not in second.bad)
    came_to = replace(
        second,
        passed=first.passed + len(better),
        skipped=first.skipped,
        missing=first.missing | second.missing,
        seconds=first.seconds + second.seconds,
    )
    return came_to, better


def main(arguments: Sequence[str]) -> int:
    """Run both, whatever the first came to; 0 only when both passed."""
    results = {name: with_second_tries([*command, *arguments]) for name, command in RUNS.items()}
    outcomes = {name: outcome for name, (outcome, _) in results.items()}
    print()
    for name, (outcome, better) in results.items():
        print(f"{name + ':':12}{outcome}")
        for test in better:
            print(f"{'':12}only at the second try: {test}")
    for part in sorted({part for outcome in outcomes.values() for part in outcome.missing}):
        print(f"{MARK}{part}")
    total = [sum(getattr(outcome, what) for outcome in outcomes.values()) for what in ("passed", "failed")]
    print(f"{total[0]} passed, {total[1]} failed")
    return int(any(outcome.status for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
