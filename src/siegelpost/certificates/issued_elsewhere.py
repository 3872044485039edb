"""Certificates for the office's domain that did not come to this server, as the public logs know them.

Every certificate that browsers take stands in public logs (RFC 9162); a *monitor* reads them all and answers for a
domain. Only the one that the office has named is asked (setting ``ct_monitor``), and only when somebody asks. Its
answer is JSON as crt.sh gives it: a list of objects with ``serial_number``, ``issuer_name``, ``name_value`` (names, one
a line), ``not_before`` and ``not_after``.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from cryptography import x509

from siegelpost.certificates.installed import open_store
from siegelpost.doctor.x509.chain import ChainError, from_pem
from siegelpost.settings import Settings
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store, StoreError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, client_context, destination, exchange
from siegelpost.toolbox.public_suffixes import suffixes

MONITOR = Purpose(("https", "http"), 8 * 1024 * 1024, 40.0)
# Of one answer; an office's domain has some dozens. More are said to be left out.
MOST_ENTRIES = 5_000
MOST_NAMES = 50
_GOOD = 200
_ORGANISATION = re.compile(r'(?:^|, )O=("[^"]*"|[^,"]+)')


class MonitorFailure(StrEnum):
    """Why nothing is known."""

    NOT_NAMED = "not_named"
    NO_DOMAIN = "no_domain"
    UNREACHABLE = "unreachable"
    NONSENSE = "nonsense"


class MonitorError(Exception):
    """The logs could not be looked at; ``failure`` says why."""

    def __init__(self, failure: MonitorFailure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """One certificate as the monitor tells of it; moments are aware, UTC."""

    serial: int
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class IssuedElsewhere:
    """What the logs have for a domain.

    Args:
        others: valid ones that this server never had, the latest first.
        own: how many of the valid ones came to this server.
        unread: entries that could not be read, or were too many: of them nothing is known.
    """

    domain: str
    others: tuple[IssuedCertificate, ...]
    own: int
    unread: int


def look(settings: Settings, now: datetime | None = None) -> IssuedElsewhere:
    """Ask the monitor; takes 40 s at most.

    Raises:
        MonitorError: nothing is known.
    """
    domain = domain_of(settings.public_host)
    if not settings.ct_monitor:
        raise MonitorError(MonitorFailure.NOT_NAMED)
    if not domain:
        raise MonitorError(MonitorFailure.NO_DOMAIN)
    entries = _asked(settings.ct_monitor.replace("{domain}", quote(domain)), settings)
    read = [_read(each) for each in entries[:MOST_ENTRIES]]
    now = now or datetime.now(UTC)
    # Each stands there twice, as it was promised to the logs and as it was issued, with the same number.
    valid = {each.serial: each for each in read if each and each.not_after >= now}
    own = _own_serials(open_store(settings))
    others = sorted((each for each in valid.values() if each.serial not in own), key=lambda each: each.not_before)
    unread = sum(each is None for each in read) + max(len(entries) - MOST_ENTRIES, 0)
    return IssuedElsewhere(domain, tuple(reversed(others)), len(valid) - len(others), unread)


def domain_of(host: str) -> str:
    """The domain that somebody has registered; empty where there is none."""
    if is_ip_address(host):
        return ""
    return suffixes(accept_unknown=False).privatesuffix(host) or ""


def _asked(url: str, settings: Settings) -> list[Any]:
    deadline = Deadline(MONITOR.seconds)
    try:
        to = destination(url, MONITOR, private=settings.private_networks, deadline=deadline)
        context = client_context(tuple(settings.trust_roots))
        reply = exchange(to, MONITOR, headers={"Accept": "application/json"}, context=context, deadline=deadline)
    except (OSError, DestinationRefusedError) as error:
        raise MonitorError(MonitorFailure.UNREACHABLE) from error
    if reply.status != _GOOD:
        raise MonitorError(MonitorFailure.UNREACHABLE)
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise MonitorError(MonitorFailure.NONSENSE) from error
    if not isinstance(said, list):
        raise MonitorError(MonitorFailure.NONSENSE)
    return said


def _read(entry: Any) -> IssuedCertificate | None:
    """One entry; None where it is not as it should be."""
    try:
        names = tuple(dict.fromkeys(entry["name_value"].lower().split("\n")))
        organisation = _ORGANISATION.search(entry["issuer_name"])
        return IssuedCertificate(
            serial=int(entry["serial_number"], 16),
            issuer=organisation[1].strip('"') if organisation else entry["issuer_name"],
            names=names[:MOST_NAMES],
            not_before=_moment(entry["not_before"]),
            not_after=_moment(entry["not_after"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _own_serials(store: Store) -> frozenset[int]:
    """Of all that were ever stored here and still are."""
    found = set()
    for each in store.history():
        try:
            leaf = from_pem(store.chain_pem(each.id))[0]
            found.add(x509.load_der_x509_certificate(leaf).serial_number)
        except (StoreError, OSError, ChainError, ValueError, IndexError):
            continue
    return frozenset(found)
