"""Public logs of our own, and certificates that stand in them: what no authority would do for a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from tests.support import der
from tests.support.pki import Authority, Certificate, Extension, Key, extension, fresh_key

from siegelpost.doctor.policy.logs import Log


@dataclass(frozen=True)
class TestLog:
    """A log with a key, which writes what it is asked to."""

    __test__ = False

    operator: str
    key: Key = field(default_factory=fresh_key)

    def listed(self, **dates: datetime) -> Log:
        """The log as the list of logs holds it."""
        return Log(f"{self.operator} log", self.operator, self.key.spki, True, **dates)

    def entry(self, issuer: Key, tbs: bytes, at: datetime, *, says: bytes = b"") -> bytes:
        """A signed time stamp (RFC 6962 §3.2) on what ``issuer`` is going to sign; with ``says`` it signs that."""
        stamp = int(at.timestamp() * 1000).to_bytes(8, "big")
        head = b"\0\0" + stamp + b"\0\1" + sha256(issuer.spki).digest()
        signed = head + len(tbs).to_bytes(3, "big") + tbs + b"\0\0"
        _algorithm, signature = self.key.sign(says or signed)
        tail = b"\4\3" + len(signature).to_bytes(2, "big") + signature
        return b"\0" + sha256(self.key.spki).digest() + stamp + b"\0\0" + tail


def entry_list(entries: Sequence[bytes]) -> Extension:
    """The extension that carries entries."""
    packed = b"".join(len(one).to_bytes(2, "big") + one for one in entries)
    return extension("sct_list", der.octets(len(packed).to_bytes(2, "big") + packed))


def logged(
    issuer: Authority, name: str, logs: Sequence[TestLog], *, at: datetime, says: bytes = b"", **shape: Any
) -> Certificate:
    """A certificate for ``name`` with an entry of each log, written at this moment."""
    fixed = {"key": fresh_key(), "serial": 4711, **shape}
    plain = x509.load_der_x509_certificate(issuer.issue(name, **fixed).der)
    entries = [log.entry(issuer.key, plain.tbs_certificate_bytes, at, says=says) for log in logs]
    return issuer.issue(name, **fixed, extensions={"sct_list": entry_list(entries)})
