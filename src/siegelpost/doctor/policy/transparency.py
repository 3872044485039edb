"""Certificate Transparency: how many logs must have seen a public certificate.

"since" is compared with the certificate's first day, or with the moment of the visit where ``by_visit`` says so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from siegelpost.doctor.policy.rule import Browser, Rule, Scope

# Authorities date certificates back, and a server's clock may be slow: an entry so much younger than the moment
# that is asked about is no entry from the future.
FORGIVEN = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transparency(Rule):
    """``logs`` holds (longest validity in days, entries); beyond the last it is ``most``. They come from two operators.

    ``google`` says that one of these must be Google, and one must not.
    """

    logs: tuple[tuple[int, int], ...] = ((180, 2),)
    most: int = 3
    google: bool = False
    by_visit: bool = False

    def logs_for(self, days: float) -> int:
        return next((wanted for longest, wanted in self.logs if days <= longest), self.most)

    def is_met_by(self, operators: list[str], days: float) -> bool:
        """Whether entries of so many logs, each with its operator, are enough for a validity of so many days."""
        distinct = set(operators)
        if len(operators) < self.logs_for(days) or len(distinct) < 2:
            return False
        return not self.google or "Google" in distinct


# 15, 27 and 39 months.
BY_MONTHS = ((455, 2), (822, 3), (1187, 4))

TRANSPARENCY = (
    Transparency(
        logs=BY_MONTHS,
        most=5,
        google=True,
        browsers=frozenset({Browser.CHROMIUM}),
        scope=Scope.PUBLIC,
        since=datetime(2018, 5, 1, tzinfo=UTC),
        source="Chrome Certificate Transparency Policy, version until April 2022",
    ),
    Transparency(
        browsers=frozenset({Browser.CHROMIUM}),
        scope=Scope.PUBLIC,
        since=datetime(2022, 4, 15, tzinfo=UTC),
        source="Chrome Certificate Transparency Policy, googlechrome.github.io/CertificateTransparency",
    ),
    Transparency(
        logs=BY_MONTHS,
        most=5,
        browsers=frozenset({Browser.SAFARI}),
        scope=Scope.PUBLIC,
        since=datetime(2018, 10, 16, tzinfo=UTC),
        source="support.apple.com/103214, certificates issued before 21 April 2021",
    ),
    Transparency(
        browsers=frozenset({Browser.SAFARI}),
        scope=Scope.PUBLIC,
        since=datetime(2021, 4, 21, tzinfo=UTC),
        source="support.apple.com/103214",
    ),
    # Firefox 135 and later look at every certificate under a root they ship, whenever it was issued.
    Transparency(
        by_visit=True,
        browsers=frozenset({Browser.FIREFOX}),
        scope=Scope.PUBLIC,
        since=datetime(2025, 2, 4, tzinfo=UTC),
        source="wiki.mozilla.org/SecurityEngineering/Certificate_Transparency; Firefox 135",
    ),
)
