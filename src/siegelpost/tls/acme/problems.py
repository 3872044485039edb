"""What can go wrong on the way to a certificate, as codes; the sentences stand in ``sentences``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    NO_DNS = "no_dns"
    UNTRUSTED_DIRECTORY = "untrusted_directory"
    NONSENSE = "nonsense"
    AUTHORITY_FAILED = "authority_failed"
    TOO_SLOW = "too_slow"
    RATE_LIMITED = "rate_limited"
    REJECTED_NAME = "rejected_name"
    REFUSED = "refused"
    EAB_MISSING = "eab_missing"
    ACCOUNT_REFUSED = "account_refused"
    ACCOUNT_GONE = "account_gone"
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
    ALIAS_MISSING = "alias_missing"
    NOT_PROPAGATED = "not_propagated"
    RECORD_NOT_SEEN = "record_not_seen"
    # The record of dns-persist-01.
    STANDING_MISSING = "standing_missing"
    STANDING_PARTLY = "standing_partly"
    STANDING_WRONG_PLACE = "standing_wrong_place"
    STANDING_OTHER_ACCOUNT = "standing_other_account"
    STANDING_NAME_ONLY = "standing_name_only"
    STANDING_ENDED = "standing_ended"
    STANDING_UNREADABLE = "standing_unreadable"
    STANDING_REFUSED = "standing_refused"
    STANDING_NOT_OFFERED = "standing_not_offered"
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
        again_at: our own pacing asks not to come before this moment.
        wait: for so long the authority asks not to come again.
        values: fill the sentences' placeholders.
    """

    def __init__(
        self, code: Code, *, again_at: datetime | None = None, wait: timedelta | None = None, **values: object
    ) -> None:
        self.problem = Problem(code, {name: str(value)[:500] for name, value in values.items()})
        self.again_at = again_at
        self.wait = wait
        # Of several authorities that were asked: when each may be asked again.
        self.waits: Mapping[str, datetime] = {}
        super().__init__(code)

    def __str__(self) -> str:
        return f"{self.problem.code}: {dict(self.problem.values)}"

    def told_as(self, code: Code, **values: object) -> Self:
        """The same, by a code and with values that say more."""
        more = {name: str(value)[:500] for name, value in values.items()}
        self.problem = Problem(code, {**self.problem.values, **more})
        return self

    def not_before(self, now: datetime) -> datetime | None:
        """When whoever refused may be asked again; None: at any time."""
        return self.again_at if self.wait is None else now + self.wait

    @property
    def of_a_validation(self) -> bool:
        """Whether an authority looked, and counts what it found as failed."""
        return "challenge" in self.problem.values

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """What was written down, raised again."""
        error = cls(problem.code)
        error.problem = problem
        return error


# These are known before, or without, the authority having looked at our server: another authority may well succeed,
# and nothing speaks for trying its staging directory first.
NOT_OUR_SERVER = frozenset(
    {Code.UNREACHABLE, Code.NO_DNS, Code.UNTRUSTED_DIRECTORY, Code.NONSENSE, Code.AUTHORITY_FAILED, Code.TOO_SLOW}
    | {Code.RATE_LIMITED, Code.PACED, Code.EAB_MISSING, Code.ACCOUNT_REFUSED, Code.ACCOUNT_GONE}
    | {Code.PROFILE_UNKNOWN, Code.BUSY}
)
# The office has to enter or change a record; the order waits for that. Another authority may find its own in order.
RECORD_TO_ENTER = frozenset(
    {Code.STANDING_MISSING, Code.STANDING_PARTLY, Code.STANDING_WRONG_PLACE, Code.STANDING_OTHER_ACCOUNT}
    | {Code.STANDING_NAME_ONLY, Code.STANDING_ENDED, Code.STANDING_UNREADABLE}
)
# No authority can help: the next one is not asked.
OURS = frozenset(
    {Code.STORE, Code.STORE_GONE, Code.CLOCK, Code.BUSY, Code.WAITS}
    | {Code.DNS_PROVIDER, Code.ALIAS_MISSING, Code.NOT_PROPAGATED}
)
