"""Real parts of the system that some tests need: a missing one is a failure, never a silent skip.

On a machine where they cannot be installed, ``SIEGELPOST_ALLOW_MISSING=1`` turns the failure into a skip; the
last lines of the run name the missing parts in both cases.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

MARK = "missing real part: "
READERS = Path(__file__).parents[1] / "readers"
# program -> the Debian package it comes from; tools/real_parts.sh installs them
PACKAGES = {
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "certutil": "libnss3-tools",
    "pebble": "pebble",
    "pebble-challtestsrv": "pebble",
    "postgres": "postgresql",
    "initdb": "postgresql",
    "nginx": "nginx-light",
    "wrk": "wrk",
    "openssl": "openssl",
    "caddy": "caddy",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "postfix": "postfix",
    "dovecot": "dovecot-imapd",
    "sievec": "dovecot-sieve",
    "node": "nodejs",
    "npm": "npm",
}


def _places() -> Iterator[Path]:
    """Where Debian puts programs that are not on every user's path; the newest PostgreSQL first."""
    yield Path("/usr/sbin")
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda place: float(place.parent.name), reverse=True)


def find(program: str) -> Path | None:
    """The program of this name, or ``None`` when this machine has none."""
    if found := shutil.which(program):
        return Path(found).resolve() if program in {"postgres", "initdb"} else Path(found)
    return next((place / program for place in _places() if (place / program).exists()), None)


def need(program: str) -> Path:
    """The program of this name; the test fails (or is skipped, see above) where there is none."""
    if not (found := find(program)):
        _missing(f"{program} (Debian package {PACKAGES.get(program, program)})")
    return found


def need_reader(package: str) -> None:
    """Likewise for a reader of another maker, of those that npm has."""
    if not (READERS / "node_modules" / package).exists():
        _missing(f"{package} (npm --prefix tests/readers ci)")


def need_low_ports(address: str) -> None:
    """Ports below 1024 can be listened on here, as root may; otherwise as for a program that is missing."""
    try:
        socket.create_server((address, 80)).close()
    except PermissionError:
        _missing("the right to listen on port 80 (run as root)")


def _missing(part: str) -> NoReturn:
    if os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1":
        pytest.skip(MARK + part)
    pytest.fail(MARK + part, pytrace=False)


def main() -> None:
    """Print the Debian packages of all missing parts, in one line; nothing when none is missing."""
    if missing := {package for program, package in PACKAGES.items() if not find(program)}:
        print(*sorted(missing))


if __name__ == "__main__":
    main()
