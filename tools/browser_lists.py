"""Compare the doctor's lists of logs and roots with those that the browsers of this machine have compiled in.

    python -m tools.browser_lists [--chromium FILE] [--firefox FILE]

Prints one line for each difference, and ends with 1 where the doctor would refuse what a browser accepts.
"""

import argparse
import mmap
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.logs import log_list
from siegelpost.doctor.policy.stores import UNLISTED
from siegelpost.doctor.x509.trust import public_authorities

PROGRAMS = {
    Browser.CHROMIUM: Path("/usr/lib/chromium/chromium"),
    Browser.FIREFOX: Path("/usr/lib/firefox-esr/libxul.so"),
}
# How a key on P-256 and an RSA key begin, and a certificate.
KEY = re.compile(
    rb"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"
    rb"|\x30\x82..\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82",
    re.DOTALL,
)
CERTIFICATE = re.compile(rb"\x30\x82(?=..\x30\x82..\xa0\x03\x02\x01)", re.DOTALL)
# Logs stand one after the other in a program, and nothing else does beside them.
BESIDE = 1024


@dataclass(frozen=True)
class Program:
    """What one browser has compiled in."""

    content: mmap.mmap

    @classmethod
    def at(cls, path: Path) -> "Program":
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def _elements(self, beginning: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
        for found in beginning.finditer(self.content):
            at = found.start()
            size = self.content[at + 1]
            whole = 2 + size if size < 0x80 else 4 + int.from_bytes(self.content[at + 2 : at + 4], "big")
            yield at, self.content[at : at + whole]

    @cached_property
    def keys(self) -> dict[bytes, int]:
        """Public keys, by the SHA-256 that is a log's identifier, and where each stands."""
        return {sha256(key).digest(): at for at, key in self._elements(KEY)}

    @cached_property
    def certificates(self) -> frozenset[bytes]:
        """The SHA-256 of each certificate."""
        return frozenset(sha256(whole).digest() for _at, whole in self._elements(CERTIFICATE))


@dataclass(frozen=True)
class Difference:
    """``refuses`` says that the doctor would refuse what the browser accepts."""

    text: str
    refuses: bool = False


def log_differences(program: Program, at: datetime) -> Iterator[Difference]:
    """Where the list of logs and the browser's are not the same on this day."""
    known = log_list()
    beside = [program.keys[identifier] for identifier in known.logs.keys() & program.keys.keys()]
    for identifier, log in known.logs.items():
        counts = log.accepted and not (log.since and at < log.since) and not (log.gone and at >= log.gone)
        if identifier in program.keys and not counts:
            yield Difference(f"log {log.name} is in the browser, and is not accepted here", refuses=True)
        elif counts and identifier not in program.keys:
            yield Difference(f"log {log.name} is accepted here, and is not in the browser")
    for identifier, place in program.keys.items():
        if identifier not in known.logs and any(abs(place - other) < BESIDE for other in beside):
            yield Difference(f"log {identifier.hex()} is in the browser, and not in the list")


def root_differences(program: Program, browser: Browser, at: datetime) -> Iterator[Difference]:
    """Where the list of shipped roots and the browser's are not the same on this day."""
    unlisted = {root for rule in UNLISTED if browser in rule.browsers and at >= rule.since for root in rule.roots}
    for root in public_authorities().certificates:
        is_there, is_unlisted = root.fingerprint in program.certificates, root.fingerprint.hex() in unlisted
        if is_there and is_unlisted:
            yield Difference(f"root {root.subject_text} is in the browser, and is called unlisted here", refuses=True)
        elif not is_there and not is_unlisted:
            yield Difference(f"root {root.subject_text} is believed here, and is not in the browser")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for browser, path in PROGRAMS.items():
        parser.add_argument(f"--{browser.value}", type=Path, default=path)
    chosen = vars(parser.parse_args())
    at, refuses = datetime.now(UTC), False
    for browser in PROGRAMS:
        program = Program.at(chosen[browser.value])
        found = [*log_differences(program, at), *root_differences(program, browser, at)]
        print(f"{browser.shown}: {len(found)} differences")
        for difference in sorted(found, key=lambda each: (not each.refuses, each.text)):
            print(f"  {'! ' if difference.refuses else '  '}{difference.text}")
        refuses |= any(difference.refuses for difference in found)
    return int(refuses)


if __name__ == "__main__":
    sys.exit(main())
