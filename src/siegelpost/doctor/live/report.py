"""The result of one live check, for programs and for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from siegelpost.doctor.judgement import Judgement, VerdictState
from siegelpost.doctor.live.findings import LiveFinding, Severity
from siegelpost.doctor.live.verdicts import LiveVerdict
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.x509.chain import to_pem
from siegelpost.toolbox.internet import Address


@dataclass(frozen=True, slots=True)
class AddressReport:
    """One address of the server: ``outcome`` as in ``Outcome``, ``fingerprint`` of the certificate that it showed."""

    address: Address
    outcome: str
    milliseconds: int
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What a recipient's browser will meet at this server, and what else was found on the way.

    ``verdicts`` are per browser and decide ``ok``; ``judgement`` is the judge's word on the chain that was sent (of
    several addresses the gravest), None when no chain came. ``checked_at`` is UTC, ``duration`` in seconds.
    ``fingerprint`` is the SHA-256 of the server's certificate in hex; ``completed_pem`` the chain with what was missing
    fetched, when it was to be had.
    """

    host: str
    port: int
    checked_at: datetime
    duration: float
    verdicts: Mapping[Browser, LiveVerdict]
    judgement: Judgement | None
    findings: tuple[LiveFinding, ...]
    addresses: tuple[AddressReport, ...] = ()
    chain: tuple[bytes, ...] = ()
    completed_pem: str | None = None

    @property
    def ok(self) -> bool | None:
        """True: no recipient sees a warning. False: some do, or get no page. None: it could not be found out."""
        states = {verdict.state for verdict in self.verdicts.values()}
        if VerdictState.REFUSED in states or any(each.severity is Severity.BAD for each in self.findings):
            return False
        return None if VerdictState.UNKNOWN in states else True

    @property
    def chain_pem(self) -> str:
        """The chain as the server sent it."""
        return to_pem(self.chain)

    @property
    def fingerprint(self) -> str | None:
        return sha256(self.chain[0]).hexdigest() if self.chain else None
