"""What is asked only of certificates under roots that browsers ship."""

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
        found += _logged(case, browser)
    return found


def _distrust(case: Case, browser: Browser, root: Certificate) -> list[Fault]:
    assert case.leaf.dates is not None  # noqa: S101 - asked above
    print_ = root.fingerprint.hex()
    return [
        Fault(Cause.NO_LONGER_TRUSTED, root, {"authority": rule.authority, "date": rule.since})
        for rule in DISTRUSTED
        if browser in rule.browsers and print_ in rule.roots and case.leaf.dates[0] > rule.since
    ]


def _logged(case: Case, browser: Browser) -> list[Fault]:
    assert case.leaf.dates is not None  # noqa: S101 - asked above
    first, last = case.leaf.dates
    rule = newest(TRANSPARENCY, browser, public=True, at=first)
    if rule is None:
        return []
    logs = set(log_ids(case.leaf))
    wanted = rule.logs_for((last - first).total_seconds() / 86400)
    if len(logs) < wanted:
        return [Fault(Cause.NOT_LOGGED, case.leaf, {"found": len(logs), "wanted": wanted})]
    return []


def log_ids(certificate: Certificate) -> list[bytes]:
    """The logs whose signed time stamps (RFC 6962 §3.3) are embedded. What cannot be read counts for nothing."""
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
        if size < 47 or len(entry) != size:
            return []
        if entry[0] == 0:
            found.append(entry[1:33])
        position += 2 + size
    return found
