"""What can go wrong on the way to a certificate, as codes; the sentences stand in ``sentences``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class Code(StrEnum):
    # The plan itself.
    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    WILDCARD_NEEDS_DNS = "wildcard_needs_dns"
    ADDRESS_NEEDS_PORT = "address_needs_port"
    DNS_PROVIDER_MISSING = "dns_provider_missing"
    NO_AUTHORITY = "no_authority"
    # The authority.
    UNREACHABLE = "unreachable"
    UNTRUSTED_DIRECTORY = "untrusted_directory"
    NONSENSE = "nonsense"
    AUTHORITY_FAILED = "authority_failed"
    TOO_SLOW = "too_slow"
    RATE_LIMITED = "rate_limited"
    REJECTED_NAME = "rejected_name"
    REFUSED = "refused"
    EAB_MISSING = "eab_missing"
    ACCOUNT_REFUSED = "account_refused"
    PROFILE_UNKNOWN = "profile_unknown"
    NO_CHALLENGE = "no_challenge"
    # The validation.
    NOT_REACHED = "not_reached"
    WRONG_ANSWER = "wrong_answer"
    TLS_FAILED = "tls_failed"
    DNS_FAILED = "dns_failed"
    DNSSEC = "dnssec"
    CAA = "caa"
    DNS_PROVIDER = "dns_provider"
    NOT_PROPAGATED = "not_propagated"
    # What came back.
    WRONG_NAMES = "wrong_names"
    WRONG_KEY = "wrong_key"
    DOCTOR = "doctor"
    # This machine.
    STORE = "store"
    STORE_GONE = "store_gone"
    CLOCK = "clock"
    PACED = "paced"
    BUSY = "busy"
    WAITS = "waits"
    INTERRUPTED = "interrupted"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Problem:
    """One code, and what fills the placeholders of its sentences."""

    code: Code
    values: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the files of this package."""
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The reverse; raises KeyError or ValueError for anything else."""
        return cls(Code(content["code"]), dict(content["values"]))


class AcmeError(Exception):
    """An order came to nothing; what was served before still is.

    Args:
        code: what happened.
        again_at: the authority (or our own pacing) asks not to come before this moment.
        values: fill the sentences' placeholders.
    """

    def __init__(self, code: Code, *, again_at: datetime | None = None, **values: object) -> None:
        self.problem = Problem(code, {name: str(value)[:500] for name, value in values.items()})
        self.again_at = again_at
        super().__init__(f"{code}: {dict(self.problem.values)}")

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """What was written down, raised again."""
        error = cls(problem.code)
        error.problem = problem
        error.args = (f"{problem.code}: {dict(problem.values)}",)
        return error


# These are known before, or without, the authority having looked at our server: another authority may well succeed,
# and nothing speaks for trying its staging directory first.
NOT_OUR_SERVER = frozenset(
    {Code.UNREACHABLE, Code.UNTRUSTED_DIRECTORY, Code.NONSENSE, Code.AUTHORITY_FAILED, Code.TOO_SLOW}
    | {Code.RATE_LIMITED, Code.PACED, Code.EAB_MISSING, Code.ACCOUNT_REFUSED, Code.PROFILE_UNKNOWN, Code.BUSY}
)
# No authority can help: the next one is not asked.
OURS = frozenset(
    {Code.STORE, Code.STORE_GONE, Code.CLOCK, Code.BUSY, Code.WAITS, Code.DNS_PROVIDER, Code.NOT_PROPAGATED}
)
