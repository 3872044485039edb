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
    "lftp": "lftp",
    "sftp": "openssh-client",
    "curl": "curl",
    "w3m": "w3m",
    "xvfb-run": "xvfb",
    "xauth": "xauth",
}


# Where Debian puts what shows pages without being a program; and the packages it comes from.
WEBKIT = tuple(
    f"/usr/lib/{machine}-linux-gnu/girepository-1.0/WebKit2-4.1.typelib" for machine in ("x86_64", "aarch64")
)
WEBKIT_PACKAGES = ("gir1.2-webkit2-4.1", "python3-gi-cairo")


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
        missing(f"{program} (Debian package {PACKAGES.get(program, program)})")
    return found


def need_webkit() -> None:
    """Likewise for the WebKit of GNOME, which Debian's own Python shows pages by."""
    if not any(Path(place).exists() for place in WEBKIT):
        missing("WebKit (Debian packages gir1.2-webkit2-4.1, python3-gi-cairo)")


def need_reader(package: str) -> None:
    """Likewise for a reader of another maker, of those that npm has."""
    if not (READERS / "node_modules" / package).exists():
        missing(f"{package} (npm --prefix tests/readers ci)")


def need_low_ports(address: str) -> None:
    """Ports below 1024 can be listened on here, as root may; otherwise as for a program that is missing."""
    try:
        socket.create_server((address, 80)).close()
    except PermissionError:
        missing("the right to listen on port 80 (run as root)")


def missing(part: str) -> NoReturn:
    """Fail, or skip where parts may be missing, and name the part."""
    if os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1":
        pytest.skip(MARK + part)
    pytest.fail(MARK + part, pytrace=False)


def main() -> None:
    """Print the Debian packages of all missing parts, in one line; nothing when none is missing."""
    missing = {package for program, package in PACKAGES.items() if not find(program)}
    if not any(Path(place).exists() for place in WEBKIT):
        missing |= set(WEBKIT_PACKAGES)
    if missing:
        print(*sorted(missing))


if __name__ == "__main__":
    main()
