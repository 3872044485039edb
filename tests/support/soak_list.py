"""``docs/soak.md``: when each long test last ran to its end; ``make soak`` writes it, test by test."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

PAGE = Path("docs/soak.md")
NEVER = "never recorded"
HEAD = """# Long tests

`make soak` runs them, and writes here when each last ran to its end without a fault, and how long it took;
`make soak ARGS="-k gate"` only some of them. New ones are listed by `make soak ARGS=--collect-only`.

| test | last ran to its end (UTC) | took |
|---|---|---|
"""
_LINE = re.compile(r"^\| `(?P<test>[^`]+)` \| (?P<when>[^|]+) \| (?P<took>[^|]*) \|$", re.MULTILINE)
Runs = dict[str, tuple[str, str]]


def read(page: Path) -> Runs:
    """What is known of each: the day, and how long it took."""
    return {each["test"]: (each["when"], each["took"]) for each in _LINE.finditer(page.read_text())}


def write(page: Path, runs: Runs) -> None:
    """All of them, by name."""
    lines = [f"| `{test}` | {when} | {took} |\n" for test, (when, took) in sorted(runs.items())]
    page.write_text(HEAD + "".join(lines))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("siegelpost").addoption("--record-soak", action="store_true", help=f"write {PAGE}")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record-soak") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(config.rootpath / PAGE))


class _Recorder:
    """Writes at once what has passed, for a night's work may be broken off."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self._took: dict[str, float] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        known, found = read(self._page), {item.nodeid for item in session.items if item.get_closest_marker("soak")}
        if not found:
            return
        whole = session.config.args == session.config.getini("testpaths") and not session.config.option.keyword
        kept = {test: run for test, run in known.items() if test in found or not whole}
        write(self._page, dict.fromkeys(found, (NEVER, "")) | kept)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "soak" not in report.keywords or report.outcome != "passed":
            self._took.pop(report.nodeid, None)
        elif report.when == "call":
            self._took[report.nodeid] = report.duration
        elif report.when == "teardown" and report.nodeid in self._took:
            took = f"{self._took.pop(report.nodeid):.0f} s"
            write(self._page, read(self._page) | {report.nodeid: (f"{datetime.now(UTC):%Y-%m-%d}", took)})
