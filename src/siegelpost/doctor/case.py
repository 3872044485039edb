"""What is asked of the doctor: certificates as a server sent them, a name, a moment, and whom the visitor trusts."""

from dataclasses import dataclass
from datetime import datetime

from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.names import Host
from siegelpost.doctor.x509.trust import Trust


@dataclass(frozen=True, slots=True)
class SentAlong:
    """What a server sends beside its certificates, which can make good what they lack.

    Args:
        stapled: a good OCSP answer.
        entries: lists of entries of public logs, from the handshake or an OCSP answer (RFC 6962 §3.3).
        read: False where it is not known what the server sends.
    """

    stapled: bool = False
    entries: tuple[bytes, ...] = ()
    read: bool = True


NOTHING = SentAlong()


@dataclass(frozen=True, slots=True)
class Case:
    """``size`` is what the server's certificates take in the handshake, in bytes (RFC 8446 §4.4.2)."""

    leaf: Certificate
    others: tuple[Certificate, ...]
    host: Host
    at: datetime
    trust: Trust
    along: SentAlong = NOTHING
    size: int = 0
