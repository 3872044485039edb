"""What the doctor says: per browser a verdict, and the three criteria that people were told of long ago."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509.weak_keys import Weakness

Values = Mapping[str, Any]


class VerdictState(StrEnum):
    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class JudgementFinding:
    """One fault, with the code under which the browser shows it.

    ``values`` fill the placeholders of the texts; ``follows`` is true for what the browser would only show once
    the leading fault is mended. ``blamed`` is the SHA-256 of the certificate at fault, in hexadecimal.
    """

    cause: Cause
    code: str | None
    values: Values = field(default_factory=dict, compare=False)
    follows: bool = False
    blamed: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one browser will do: ``state``, and why. The first finding is the one that the browser shows."""

    browser: Browser
    state: VerdictState
    findings: tuple[JudgementFinding, ...] = ()

    @property
    def ok(self) -> bool:
        return self.state is VerdictState.OK

    @property
    def code(self) -> str | None:
        """The browser's own code: ``ERR_CERT_…``, ``SEC_ERROR_…``; None when it accepts or cannot be known."""
        return self.findings[0].code if self.findings else None


class UnknownKind(StrEnum):
    AUTHORITY = "authority"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Unknown:
    """What knowledge that has grown old cannot tell of a chain that it does not refuse: what browsers did since.

    ``days`` is the knowledge's age; ``authority`` the root that they ship, and may have ceased to believe.
    """

    kind: UnknownKind
    days: int
    authority: str = ""


class CriterionKind(StrEnum):
    NAME = "name"
    DATE = "date"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the three old questions. ``met`` is None when it cannot be known."""

    kind: CriterionKind
    met: bool | None
    values: Values = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One certificate of the path that was judged, for drawing it: the server's own first, the root last.

    ``trusted`` says that the visitor's machine believes it by itself, ``public`` that browsers ship it, ``sent``
    that the server sends it along.
    """

    subject: str
    issuer: str
    serial: str
    not_before: datetime | None
    not_after: datetime | None
    key: str
    fingerprint: str
    trusted: bool
    public: bool
    sent: bool
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The doctor's whole answer about one chain, one name and one moment.

    ``unknown`` is empty where nothing is accepted, and where knowledge is young enough to be taken at its word.
    """

    name: str
    at: datetime
    verdicts: Mapping[Browser, Verdict]
    criteria: tuple[Criterion, ...]
    path: tuple[ChainLink, ...]
    public: bool
    # No browser minds: others have the private key, or can find it.
    weakness: Weakness | None = None
    unknown: tuple[Unknown, ...] = ()

    @property
    def ok(self) -> bool | None:
        """True when every browser accepts, False when one refuses, None when one cannot be known."""
        states = {verdict.state for verdict in self.verdicts.values()}
        if VerdictState.REFUSED in states:
            return False
        return None if VerdictState.UNKNOWN in states else True

    @property
    def ends(self) -> datetime | None:
        """The moment at which the first certificate of the path runs out."""
        return min((link.not_after for link in self.path if link.not_after), default=None)
