"""Write ``docs/security-promises.md``, promise × test: ``python -m tools.promises_doc > docs/security-promises.md``."""

import sys
import tomllib
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "tests/promises.toml"
HEAD = """\
# Promises and their tests

What [SECURITY.md](../SECURITY.md) promises, under the same names, in exact words, and the tests that fail where a
promise is broken. `path::name` is one test, a path alone all tests of that file.

This page is written by `make docs` from `tests/promises.toml`.
"""


def promises() -> dict[str, dict[str, list[str]]]:
    """By the name SECURITY.md gives it: what exactly is promised, and the tests that hold it."""
    return tomllib.loads(SOURCE.read_text())


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, rows) for name, rows in promises().items())


def _section(name: str, rows: dict[str, list[str]]) -> str:
    lines = [f"| {promise} | {'<br>'.join(f'`{test}`' for test in tests)} |\n" for promise, tests in rows.items()]
    return f"\n## {name}\n\n| promise | held by |\n|---|---|\n{''.join(lines)}"


if __name__ == "__main__":
    sys.stdout.write(page())
