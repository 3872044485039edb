"""The doctor against Debian's Chromium and Firefox: both are asked about the same chains, in one run."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.real.browsers import ask, broken, odd, servers, trust
from tests.real.browsers.case import Case
from tests.real.browsers.cases import every_case, selection

from siegelpost.doctor.browsers import firefox_decoder
from siegelpost.doctor.judge import judge
from siegelpost.doctor.policy import Browser

BROWSERS = (Browser.CHROMIUM, Browser.FIREFOX)
ANSWERS = Path(__file__).with_name("answers.json")
LEAST_EXACT = 0.97


@dataclass(frozen=True)
class Line:
    """One case and one browser: what it showed, and what the doctor had said."""

    case: str
    browser: Browser
    shown: str
    said: str

    @property
    def agrees(self) -> bool:
        return self.shown == self.said

    @property
    def agrees_on_accepting(self) -> bool:
        return (self.shown == "ok") == (self.said == "ok")


def need(*programs: str) -> None:
    missing = [program for program in programs if not shutil.which(program)]
    if missing and os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1":
        pytest.skip(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.fail(f"not installed: {', '.join(missing)}")


async def _ask_both(urls: dict[str, str], folder: Path) -> tuple[ask.Answers, ask.Answers]:
    database = folder / "database"
    return await asyncio.gather(
        ask.ask_chromium(urls, folder / "chromium", database),
        ask.ask_firefox(urls, folder / "firefox", database),
    )


def compare(cases: Iterable[Case], folder: Path) -> list[Line]:
    """Serve the cases, ask both browsers about each, and put the doctor's word beside theirs."""
    # An authority that NSS cannot decode cannot be added to a machine.
    cases = [case for case in cases if all(map(firefox_decoder.decodes, case.roots))]
    trust.write_database(folder / "database", (root for case in cases for root in case.roots))
    with servers.Servers((case.name, case.served) for case in cases) as running:
        urls = {case.name: f"https://{case.host}:{running.ports[case.name]}/" for case in cases}
        answers = dict(zip(BROWSERS, asyncio.run(_ask_both(urls, folder)), strict=True))
    lines = []
    for case in cases:
        judgement = judge(case.served.chain, case.host, local_roots=case.roots)
        for browser in BROWSERS:
            verdict = judgement.verdicts[browser]
            said = "ok" if verdict.ok else str(verdict.code)
            lines.append(Line(case.name, browser, answers[browser][case.name], said))
    return lines


def table(lines: list[Line]) -> str:
    """Percentages per browser, then every line on which they differ."""
    rows = []
    for browser in BROWSERS:
        mine = [line for line in lines if line.browser is browser]
        accepting = sum(line.agrees_on_accepting for line in mine)
        exact = sum(line.agrees for line in mine)
        rows.append(
            f"{browser.shown:8} {len(mine):4} cases   accepted/refused {accepting / len(mine):7.2%}   "
            f"code {exact / len(mine):7.2%}"
        )
    rows += [
        f"  {line.browser.shown:8} {line.case}: shows {line.shown}, the doctor said {line.said}"
        for line in lines
        if not line.agrees
    ]
    return "\n".join(rows)


def _check(lines: list[Line], capsys: pytest.CaptureFixture[str]) -> None:
    text = table(lines)
    with capsys.disabled():
        print(f"\n{text}")
    for browser in BROWSERS:
        mine = [line for line in lines if line.browser is browser]
        assert all(line.agrees_on_accepting for line in mine), text
        assert sum(line.agrees for line in mine) >= LEAST_EXACT * len(mine), text


@pytest.mark.browser
@pytest.mark.real
@pytest.mark.timeout(600)
def test_the_doctor_says_what_the_browsers_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need("chromium", "firefox-esr", "certutil")
    cases = selection()
    assert len(cases) >= 120
    _check(compare([*cases, *odd.some(50), *broken.some(20, first=1000)], tmp_path), capsys)


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.real
@pytest.mark.timeout(3600)
def test_the_doctor_says_what_the_browsers_show_of_odd_chains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A thousand drawn chains; other ones with ORACLE_SEED=number."""
    need("chromium", "firefox-esr", "certutil")
    first = int(os.environ.get("ORACLE_SEED", "10000"))
    _check(compare(odd.some(1000, first=first), tmp_path), capsys)


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.real
@pytest.mark.timeout(1800)
def test_the_doctor_says_what_the_browsers_show_in_every_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All cases; the answers are kept for the unit tests when ORACLE_KEEP_ANSWERS=1."""
    need("chromium", "firefox-esr", "certutil")
    cases = [case for case in every_case() if case.can_be_served]
    lines = compare(cases, tmp_path)
    if os.environ.get("ORACLE_KEEP_ANSWERS") == "1":
        keep(lines)
    _check(lines, capsys)


def keep(lines: list[Line]) -> None:
    """Write what the browsers showed, so that the unit tests can go by it without them."""
    shown: dict[str, dict[str, str]] = {}
    for line in lines:
        if not line.shown.startswith("?"):
            shown.setdefault(line.case, {})[line.browser] = line.shown
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    ANSWERS.write_text(json.dumps({"asked": day, "answers": shown}, indent=1, ensure_ascii=False) + "\n")
