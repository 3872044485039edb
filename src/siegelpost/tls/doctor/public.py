"""What is asked only of certificates under roots that browsers ship."""

from dataclasses import dataclass
from datetime import UTC, datetime

from siegelpost.tls import der
from siegelpost.tls.der import DerError
from siegelpost.tls.doctor import certificate as parts
from siegelpost.tls.doctor.case import Case
from siegelpost.tls.doctor.certificate import Certificate
from siegelpost.tls.doctor.fault import Fault
from siegelpost.tls.policy import Browser, newest
from siegelpost.tls.policy.cause import Cause
from siegelpost.tls.policy.distrust import DISTRUSTED
from siegelpost.tls.policy.transparency import TRANSPARENCY
from siegelpost.tls.policy.validity import VALIDITY_LIMITS

# Version, log, time stamp, no extensions, and the head of a signature.
SHORTEST_ENTRY = 1 + 32 + 8 + 2 + 4
LAST_SECOND = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def faults(case: Case, browser: Browser, root: Certificate) -> list[Fault]:
    """Everything that this browser asks of the server's certificate because of the root above it."""
    dates = case.leaf.dates
    if dates is None:
        return []
    public = case.trust.is_public(root)
    first, last = dates
    found = []
    limit = newest(VALIDITY_LIMITS, browser, public=public, at=first)
    if limit and last - first > limit.length:
        days = (last - first).days
        found.append(Fault(Cause.VALID_TOO_LONG, case.leaf, {"days": days, "limit": limit.days}))
    if public:
        found += _distrust(case, browser, root)
        found += _logged(case, browser, (last - first).total_seconds() / 86400, first)
    return found


def _distrust(case: Case, browser: Browser, root: Certificate) -> list[Fault]:
    issued = _issued(case.leaf, browser)
    fingerprint = root.fingerprint.hex()
    return [
        Fault(Cause.NO_LONGER_TRUSTED, root, {"authority": rule.authority, "date": rule.since})
        for rule in DISTRUSTED
        if browser in rule.browsers and fingerprint in rule.roots and issued > rule.since
    ]


def _issued(certificate: Certificate, browser: Browser) -> datetime:
    """When the certificate was issued: Chrome trusts the logs' word, the others the certificate's."""
    assert certificate.dates is not None  # noqa: S101 - the caller has asked
    entries = [entry.at for entry in log_entries(certificate)]
    return min(entries) if entries and browser is Browser.CHROMIUM else certificate.dates[0]


def _logged(case: Case, browser: Browser, days: float, first: datetime) -> list[Fault]:
    rule = newest(TRANSPARENCY, browser, public=True, at=first)
    if rule is None:
        return []
    logs = {entry.log for entry in log_entries(case.leaf) if entry.at <= case.at}
    wanted = rule.logs_for(days)
    if len(logs) < wanted:
        return [Fault(Cause.NOT_LOGGED, case.leaf, {"found": len(logs), "wanted": wanted})]
    return []


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One signed time stamp of a log: which log, and when. The signature is not checked here."""

    log: bytes
    at: datetime


def log_entries(certificate: Certificate) -> list[LogEntry]:
    """The embedded time stamps (RFC 6962 §3.3). A list that cannot be read counts for nothing."""
    extension = certificate.extension(parts.SCT_LIST)
    if extension is None:
        return []
    try:
        content = der.only(extension, der.OCTET_STRING)
    except DerError:
        return []
    if len(content) < 2 or int.from_bytes(content[:2], "big") != len(content) - 2:
        return []
    found, position = [], 2
    while position + 2 <= len(content):
        size = int.from_bytes(content[position : position + 2], "big")
        entry = content[position + 2 : position + 2 + size]
        if size < SHORTEST_ENTRY or len(entry) != size:
            return []
        seconds = int.from_bytes(entry[33:41], "big") / 1000
        if entry[0] == 0 and seconds < LAST_SECOND:
            found.append(LogEntry(entry[1:33], datetime.fromtimestamp(seconds, UTC)))
        position += 2 + size
    return found
