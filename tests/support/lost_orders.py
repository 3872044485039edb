"""Which orders an office left open and forgot, placing another one in their place.

What may be forgotten is what nobody can know any more: the order of another account, and one whose record this machine
could not keep, because its process was killed, its disk was full, or the file was spoiled. Nor is one needed any more
when the certificate came from another authority meanwhile.
"""

from datetime import datetime

from tests.support.fake_acme import FakeAuthority
from tests.support.ninety_days import START, Office, account_damaged, disk_full, killed, state_damaged

EXCUSES = frozenset(fault.__name__ for fault in (account_damaged, disk_full, killed, state_damaged))
OPEN = ("pending", "ready", "processing")


def lost_orders(office: Office) -> list[str]:
    """One line for each."""
    return [line for fake in office.authorities for line in _lost(office, fake)]


def _lost(office: Office, fake: FakeAuthority) -> list[str]:
    placed_at = _moments(fake)
    found = []
    for placed, at in zip(fake.orders, placed_at, strict=True):
        later = [
            until
            for other, until in zip(fake.orders, placed_at, strict=True)
            if other.number > placed.number and (other.account, other.names) == (placed.account, placed.names)
        ]
        if placed.status not in OPEN or not later or _came_from_another(office, fake, at, later[0]):
            continue
        day, end = _day(at), _day(later[0])
        if not EXCUSES & set(office.faults[day : end + 1]):
            found.append(f"{fake.directory}: order {placed.number} of day {day} is still {placed.status}")
    return found


def _came_from_another(office: Office, fake: FakeAuthority, begin: datetime, end: datetime) -> bool:
    return any(
        order.status == "valid" and begin <= at <= end
        for other in office.authorities
        if other is not fake
        for order, at in zip(other.orders, _moments(other), strict=True)
    )


def _moments(fake: FakeAuthority) -> list[datetime]:
    return [at for kind, _account, at in fake.happened if kind == "order"]


def _day(at: datetime) -> int:
    return (at - START).days
