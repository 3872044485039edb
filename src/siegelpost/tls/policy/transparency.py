"""Certificate Transparency: how many logs must have seen a public certificate.

"since" is compared with the certificate's first day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from siegelpost.tls.policy.rule import Browser, Rule, Scope


@dataclass(frozen=True, kw_only=True)
class Transparency(Rule):
    """`short_logs` for a validity of at most `short_days`, `long_logs` for a longer one, of so many `operators`."""

    short_days: int = 180
    short_logs: int = 2
    long_logs: int = 3
    operators: int = 2

    def logs_for(self, days: float) -> int:
        return self.short_logs if days <= self.short_days else self.long_logs


TRANSPARENCY = (
    Transparency(
        browsers=frozenset({Browser.CHROMIUM}),
        scope=Scope.PUBLIC,
        since=datetime(2018, 5, 1, tzinfo=UTC),
        source="Chrome Certificate Transparency Policy, googlechrome.github.io/CertificateTransparency",
    ),
    Transparency(
        browsers=frozenset({Browser.SAFARI}),
        scope=Scope.PUBLIC,
        since=datetime(2018, 10, 16, tzinfo=UTC),
        source="support.apple.com/103214",
    ),
    # Firefox 135 and later look at every certificate under a root they ship, whenever it was issued.
    Transparency(
        browsers=frozenset({Browser.FIREFOX}),
        scope=Scope.PUBLIC,
        since=datetime(1970, 1, 1, tzinfo=UTC),
        source="wiki.mozilla.org/SecurityEngineering/Certificate_Transparency",
    ),
)
