"""``make oracle``: the doctor against real Chromium and Firefox over many cases, with a seed that nobody has seen.

    python -m tests.real.browsers.agreement [--cases 1500] [--seed N] [--only "broken DER"]

The cases are all of the table, and chains drawn from the seed: odd in their fields, and broken in their DER. It asks in
parts and keeps each answer, so that it goes on where it was stopped. At the end it writes ``docs/oracle.md`` (numbers
only) and ends with 1 unless each browser, in each material, accepts and refuses what the doctor had said in all cases,
and by the same code in 97 %.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.real.browsers import ask, broken, odd
from tests.real.browsers.case import Case
from tests.real.browsers.cases import every_case
from tests.real.browsers.test_oracle import BROWSERS, LEAST_EXACT, Line, compare

from siegelpost.doctor.policy import Browser

PAGE = Path("docs/oracle.md")
PART = 60
PROGRAMS = {Browser.CHROMIUM: ask.CHROMIUM, Browser.FIREFOX: ask.FIREFOX}
HEAD = """# The doctor and the browsers

`make oracle` asks Debian's Chromium and Firefox about many chains, and writes here how often the doctor had said the
same. *fields*: chains drawn from a seed, odd in shape, names, constraints, dates, keys; *broken DER*: one element of a
certificate changed and signed again, as no authority does. *wrongly accepted* counts a browser that refuses where the
doctor had said that it accepts.

| day | browsers | seed | material | cases | Chromium: accepts, code | Firefox: accepts, code | wrongly accepted |
|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Material:
    """One kind of cases."""

    name: str
    cases: list[Case]


def materials(number: int, seed: int) -> list[Material]:
    """The table, and as many drawn ones as are left, a fifth of them broken."""
    table = [case for case in every_case() if case.can_be_served]
    drawn = max(0, number - len(table))
    return [
        Material("table", table),
        Material("fields", odd.some(drawn - drawn // 5, first=seed)),
        Material("broken DER", broken.some(drawn // 5, first=seed)),
    ]


def asked(material: Material, kept: Path) -> list[Line]:
    """What both browsers show of each case. What was asked before is read from the file."""
    lines = [Line(each["case"], Browser(each["browser"]), each["shown"], each["said"]) for each in _read(kept)]
    known = {line.case for line in lines}
    left = [case for case in material.cases if case.name not in known]
    for at in range(0, len(left), PART):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, kept.open("a") as file:
            found = compare(left[at : at + PART], Path(folder))
            file.writelines(json.dumps(vars(line)) + "\n" for line in found)
        lines += found
        print(f"{material.name}: {min(at + PART, len(left))} of {len(left)}", flush=True)
    return lines


def _read(kept: Path) -> Iterator[dict[str, str]]:
    if kept.exists():
        yield from map(json.loads, kept.read_text().splitlines())


def wrongly_accepted(lines: Iterable[Line]) -> int:
    """How often one browser refuses what the doctor had said that it accepts."""
    return sum(line.said == "ok" != line.shown for line in lines)


def _shares(lines: list[Line], browser: Browser) -> tuple[float, float]:
    mine = [line for line in lines if line.browser is browser]
    return sum(line.agrees_on_accepting for line in mine) / len(mine), sum(line.agrees for line in mine) / len(mine)


def row(material: Material, seed: int, lines: list[Line]) -> str:
    shares = [f"{accepting:.2%}, {exact:.2%}" for accepting, exact in (_shares(lines, each) for each in BROWSERS)]
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    told = [day, versions(), str(seed), material.name, str(len(lines) // 2), *shares, str(wrongly_accepted(lines))]
    return "| " + " | ".join(told) + " |\n"


def versions() -> str:
    found = []
    for program in PROGRAMS.values():
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split(" built")
        found.append(said[0].strip())
    return ", ".join(found)


def is_good(lines: list[Line]) -> bool:
    """Whether each browser agrees on accepting in every case, and on the code in nearly all: whatever the material."""
    shares = [_shares(lines, each) for each in BROWSERS]
    return all(accepting == 1 and exact >= LEAST_EXACT for accepting, exact in shares)


def _chosen(number: int, seed: int, only: str | None) -> list[Material]:
    if only is None:
        return materials(number, seed)
    table = [case for case in every_case() if case.can_be_served]
    cases = table if only == "table" else {"fields": odd, "broken DER": broken}[only].some(number, first=seed)
    return [Material(only, cases)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--seed", type=int, help="a new one when none is named")
    parser.add_argument("--only", help="one material alone: the table, or so many cases of fields, or of broken DER")
    parser.add_argument("--folder", type=Path, default=Path(".oracle"), help="where answers are kept between two runs")
    chosen = parser.parse_args()
    chosen.folder.mkdir(exist_ok=True)
    remembered = chosen.folder / "seed"
    seed = chosen.seed or (int(remembered.read_text()) if remembered.exists() else secrets.randbelow(10**9))
    remembered.write_text(str(seed))
    rows, good = "", True
    for material in _chosen(chosen.cases, seed, chosen.only):
        lines = asked(material, chosen.folder / f"{material.name.replace(' ', '-')}-{seed}.jsonl")
        rows += row(material, seed, lines)
        good &= is_good(lines)
        for line in lines:
            if not line.agrees:
                print(f"  {line.browser.shown:8} {line.case}: shows {line.shown}, the doctor said {line.said}")
    text = PAGE.read_text() if PAGE.exists() else HEAD
    PAGE.write_text(text + rows)
    remembered.unlink()
    print(rows, end="")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
