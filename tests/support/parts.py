"""Real parts of the system that some tests need: a missing one is a failure, never a silent skip.

On a machine where they cannot be installed, ``SIEGELPOST_ALLOW_MISSING=1`` turns the failure into a skip; the
last lines of the run name the missing parts in both cases.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

MARK = "missing real part: "
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
    if found := find(program):
        return found
    message = f"{MARK}{program} (Debian package {PACKAGES.get(program, program)})"
    if os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1":
        pytest.skip(message)
    pytest.fail(message, pytrace=False)


def need_low_ports(address: str) -> None:
    """Ports below 1024 can be listened on here, as root may; otherwise as for a program that is missing."""
    try:
        socket.create_server((address, 80)).close()
    except PermissionError:
        message = f"{MARK}the right to listen on port 80 (run as root)"
        if os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1":
            pytest.skip(message)
        pytest.fail(message, pytrace=False)


def main() -> None:
    """Print the Debian packages of all missing parts, in one line; nothing when none is missing."""
    if missing := {package for program, package in PACKAGES.items() if not find(program)}:
        print(*sorted(missing))


if __name__ == "__main__":
    main()
