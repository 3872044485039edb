"""The table of operators' reports names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
ROWS = [line for line in (ROOT / "docs/operators-reports.md").read_text().splitlines() if "::" in line]


def test_every_report_has_a_test_that_is_there() -> None:
    assert len(ROWS) >= 26
    for row in ROWS:
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row):
            assert f"def {name}(" in (ROOT / file).read_text(), f"{file}::{name}"
