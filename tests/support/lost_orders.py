"""Which orders an office left open and forgot, placing another one in their place.

What may be forgotten is what nobody can know any more: the order of another account, and one whose record this machine
could not keep, because its process was killed, its disk was full, or the file was spoiled.
"""

from tests.support.fake_acme import FakeAuthority
from tests.support.ninety_days import START, Office, account_damaged, disk_full, killed, state_damaged

EXCUSES = frozenset(fault.__name__ for fault in (account_damaged, disk_full, killed, state_damaged))
OPEN = ("pending", "ready", "processing")


def lost_orders(office: Office) -> list[str]:
    """One line for each."""
    return [line for fake in office.authorities for line in _lost(office, fake)]


def _lost(office: Office, fake: FakeAuthority) -> list[str]:
    days = [(at - START).days for kind, _account, at in fake.happened if kind == "order"]
    found = []
    for placed, day in zip(fake.orders, days, strict=True):
        later = [
            (other, until)
            for other, until in zip(fake.orders, days, strict=True)
            if other.number > placed.number and (other.account, other.names) == (placed.account, placed.names)
        ]
        if placed.status in OPEN and later and not EXCUSES & set(office.faults[day : later[0][1] + 1]):
            found.append(f"{fake.directory}: order {placed.number} of day {day} is still {placed.status}")
    return found
