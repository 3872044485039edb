"""How long a server certificate may be valid. "since" is compared with the certificate's first day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from siegelpost.doctor.policy.rule import Browser, Rule, Scope

BASELINE = "CA/Browser Forum, TLS Baseline Requirements 2.2.6, §6.3.2"
CHROME = frozenset({Browser.CHROMIUM})
APPLE = frozenset({Browser.SAFARI})


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidityLimit(Rule):
    days: int

    @property
    def length(self) -> timedelta:
        """Browsers count 86,400 seconds a day and forgive nothing but the last second itself."""
        return timedelta(days=self.days)


VALIDITY_LIMITS = (
    ValidityLimit(
        days=825,
        scope=Scope.PUBLIC,
        browsers=CHROME | APPLE,
        since=datetime(2018, 3, 1, tzinfo=UTC),
        source="CA/Browser Forum, Ballot 193",
    ),
    ValidityLimit(
        days=398,
        scope=Scope.PUBLIC,
        browsers=CHROME | APPLE,
        since=datetime(2020, 9, 1, tzinfo=UTC),
        source="support.apple.com/102028; Chrome Root Program Policy; " + BASELINE,
    ),
    ValidityLimit(
        days=200,
        scope=Scope.PUBLIC,
        browsers=CHROME | APPLE,
        since=datetime(2026, 3, 15, tzinfo=UTC),
        source="CA/Browser Forum, Ballot SC-081v3; " + BASELINE,
    ),
    ValidityLimit(
        days=100,
        scope=Scope.PUBLIC,
        browsers=CHROME | APPLE,
        since=datetime(2027, 3, 15, tzinfo=UTC),
        source="CA/Browser Forum, Ballot SC-081v3; " + BASELINE,
    ),
    ValidityLimit(
        days=47,
        scope=Scope.PUBLIC,
        browsers=CHROME | APPLE,
        since=datetime(2029, 3, 15, tzinfo=UTC),
        source="CA/Browser Forum, Ballot SC-081v3; " + BASELINE,
    ),
    # Apple alone holds authorities that people added by hand to a limit, too.
    ValidityLimit(
        days=825,
        scope=Scope.LOCAL,
        browsers=APPLE,
        since=datetime(2019, 7, 1, tzinfo=UTC),
        source="support.apple.com/103769 (HT210176)",
    ),
)


def longest_sold(at: datetime) -> int:
    """How many days a certificate bought at this moment may be valid at most."""
    limits = [rule for rule in VALIDITY_LIMITS if rule.scope is Scope.PUBLIC and rule.since <= at]
    return max(limits, key=lambda rule: rule.since).days if limits else 1185
