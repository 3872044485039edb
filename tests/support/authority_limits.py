"""The limits of Let's Encrypt (letsencrypt.org/docs/rate-limits, 2026-08-05), counted by what an authority saw.

A renewal with ``replaces`` (ARI) is spared what is counted of certificates and orders; failures and accounts are not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.fake_acme import FakeAuthority
from tests.support.fake_issuer import certificate_id

Event = tuple[str, datetime]


@dataclass(frozen=True)
class CountedLimit:
    """At most so many within a while, of events with the same key."""

    name: str
    most: int
    within: timedelta
    events: Callable[[FakeAuthority], Iterator[Event]]


def _certificates(fake: FakeAuthority) -> Iterator[tuple[list[str], datetime]]:
    known = {certificate_id(each.leaf) for each in fake.issued}
    for each in fake.issued:
        if each.order.replaces not in known:
            yield each.order.names, each.leaf.not_valid_before_utc


def _identical(fake: FakeAuthority) -> Iterator[Event]:
    yield from ((" ".join(sorted(names)), at) for names, at in _certificates(fake))


def _domains(fake: FakeAuthority) -> Iterator[Event]:
    """Of names with two labels below their ending at most, as the tests' are."""
    for names, at in _certificates(fake):
        yield from ((domain, at) for domain in {".".join(name.split(".")[-2:]) for name in names})


def _happened(kind: str) -> Callable[[FakeAuthority], Iterator[Event]]:
    return lambda fake: ((key, at) for each, key, at in fake.happened if each == kind)


LIMITS = (
    CountedLimit("certificates for the same names", 5, timedelta(days=7), _identical),
    CountedLimit("certificates for a domain", 50, timedelta(days=7), _domains),
    CountedLimit("orders of an account", 300, timedelta(hours=3), _happened("order")),
    CountedLimit("failed validations of a name", 5, timedelta(hours=1), _happened("failed")),
    CountedLimit("accounts from an address", 10, timedelta(hours=3), _happened("account")),
)


def run_into(fake: FakeAuthority) -> list[str]:
    """Which of them, and when."""
    found = []
    for limit in LIMITS:
        by_key: dict[str, list[datetime]] = defaultdict(list)
        for key, at in limit.events(fake):
            by_key[key].append(at)
        found += [
            f"{fake.directory}: {limit.name} ({key}) at {at}"
            for key, moments in by_key.items()
            for at in moments
            if sum(at - limit.within < each <= at for each in moments) > limit.most
        ]
    return found


def most_seen(fake: FakeAuthority) -> dict[str, int]:
    """How near it came to each of them: the most that there were within its while."""
    found = {}
    for limit in LIMITS:
        by_key: dict[str, list[datetime]] = defaultdict(list)
        for key, at in limit.events(fake):
            by_key[key].append(at)
        counts = (sum(at - limit.within < each <= at for each in all_) for all_ in by_key.values() for at in all_)
        found[limit.name] = max(counts, default=0)
    return found
