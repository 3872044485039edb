"""What is asked only of certificates under roots that browsers ship."""

from collections.abc import Sequence
from datetime import datetime

from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.case import Case
from siegelpost.doctor.policy import Browser, knowledge, newest
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.distrust import DISTRUSTED
from siegelpost.doctor.policy.stores import PHASED_OUT, UNLISTED
from siegelpost.doctor.policy.validity import VALIDITY_LIMITS
from siegelpost.doctor.x509 import transparency
from siegelpost.doctor.x509.certificate import Certificate


def faults(case: Case, browser: Browser, path: Sequence[Certificate]) -> list[Fault]:
    """Everything that this browser asks of the server's certificate because of the root at the end of the path."""
    dates, root = case.leaf.dates, path[-1]
    if dates is None:
        return []
    public = case.trust.is_public(root)
    first, last = dates
    found = []
    limit = newest((*VALIDITY_LIMITS, *knowledge.current().limits), browser, public=public, at=first)
    if limit and last - first > limit.length:
        days = (last - first).days
        found.append(Fault(Cause.VALID_TOO_LONG, case.leaf, {"days": days, "limit": limit.days}))
    if public:
        found += _distrust(case, browser, root)
        found += _logged(case, browser, path[1] if len(path) > 1 else None)
    return found


def _distrust(case: Case, browser: Browser, root: Certificate) -> list[Fault]:
    issued = _issued(case, browser)
    fingerprint = root.fingerprint.hex()
    known = knowledge.current()
    unlisted = (*UNLISTED, *known.unlisted)
    if any(browser in rule.browsers and fingerprint in rule.roots and case.at >= rule.since for rule in unlisted):
        return [Fault(Cause.UNKNOWN_AUTHORITY, root)]
    return [
        Fault(Cause.NO_LONGER_TRUSTED, root, {"authority": rule.authority, "date": rule.since})
        for rule in (*DISTRUSTED, *PHASED_OUT, *known.distrusted)
        if browser in rule.browsers and fingerprint in rule.roots and issued > rule.since
    ]


def _issued(case: Case, browser: Browser) -> datetime:
    """When the certificate was issued: Chrome trusts the logs' word, the others the certificate's."""
    assert case.leaf.dates is not None  # noqa: S101 - the caller has asked
    entries = [entry.at for entry in transparency.log_entries(case.leaf, case.along.entries)]
    return min(entries) if entries and browser is Browser.CHROMIUM else case.leaf.dates[0]


def _logged(case: Case, browser: Browser, issuer: Certificate | None) -> list[Fault]:
    answer = transparency.weigh(case.leaf, issuer, browser, case.at, case.along.entries)
    if answer is None or answer.enough:
        return []
    cause = Cause.LOG_NOT_KNOWN if answer.enough is None else Cause.NOT_LOGGED
    return [Fault(cause, case.leaf, {"found": answer.found, "wanted": answer.wanted})]
