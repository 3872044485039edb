"""How often something may happen that comes from outside: every limit in one table, with what it is counted by.

:mod:`siegelpost.web.throttle` counts those of a window, over all processes; allauth counts :data:`CODE`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address


class Key(Enum):
    """What is counted as one."""

    SOURCE = auto()  # where it comes from: :func:`source` of an IP address
    MAILBOX = auto()  # :func:`mailbox` of an e-mail address
    ACCOUNT = auto()
    DEVICE = auto()  # one on which somebody has signed in before
    DISPATCH = auto()
    FORM = auto()  # one that was sent, by its mark
    OFFICE = auto()  # all together


@lru_cache(maxsize=4096)
def source(address: str) -> str:
    """An IPv4 address whole, also as a part of an IPv6 one; of IPv6 the /64, which is what one customer has.

    What is no address, or a /64 already, stays as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))
    return address


def mailbox(address: str) -> str:
    """What is one mailbox with most providers: without case, and without what stands behind a plus sign."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


_RULES: dict[Key, Callable[[str], str]] = {Key.SOURCE: source, Key.MAILBOX: mailbox}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times within each ``window`` for one key; where that is zero, at the same time."""

    name: str
    most: int
    window: timedelta
    by: tuple[Key, ...]

    def key(self, *values: str) -> str:
        """What is counted, of a value for each of ``by``."""
        return "\n".join(_RULES.get(key, str)(value) for key, value in zip(self.by, values, strict=True))

    @property
    def seconds(self) -> int:
        """The length of the window."""
        return int(self.window.total_seconds())


_AT_ONCE = timedelta(0)
_MINUTES, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Of recipients and the public
OPENING = Limit("opening", 1000, 10 * _MINUTES, (Key.DISPATCH, Key.SOURCE))
RECIPIENT_ACT = Limit("declare", 60, 10 * _MINUTES, (Key.SOURCE,))
ONCE = Limit("once", 1, _HOUR, (Key.FORM,))
# A public withdrawal sends a mail to the address that was typed in: nobody shall be flooded by it. Beyond these the
# withdrawal counts all the same, and its mail waits for the office.
WITHDRAW_BY_CLIENT = Limit("withdraw-client", 10, _HOUR, (Key.SOURCE,))
WITHDRAW_TO_ADDRESS = Limit("withdraw-address", 5, _DAY, (Key.MAILBOX,))
WITHDRAW_PUBLIC = Limit("withdraw-public", 200, _DAY, (Key.OFFICE,))
# The one that refuses: no household and no company withdraws this often.
WITHDRAW_FLOOD = Limit("withdraw-flood", 300, _HOUR, (Key.SOURCE,))

# Of who wants in
SIGN_IN_LINK = Limit("sign-in-link", 30, 10 * _MINUTES, (Key.SOURCE,))
HAND_OVER_LINK = Limit("hand-over-link", 30, 10 * _MINUTES, (Key.SOURCE,))
PASSWORD_BY_SOURCE = Limit("sign-in-source", 30, 10 * _MINUTES, (Key.SOURCE,))
PASSWORD_BY_ACCOUNT = Limit("sign-in-source-account", 5, 5 * _MINUTES, (Key.ACCOUNT, Key.SOURCE))
PASSWORD_BY_DEVICE = Limit("sign-in-device", 10, 5 * _MINUTES, (Key.ACCOUNT, Key.DEVICE))
# Only who knows the password can try codes.
CODE = Limit("code", 5, 5 * _MINUTES, (Key.ACCOUNT,))

# At once
CONNECTION = Limit("connection", 512, _AT_ONCE, (Key.SOURCE,))  # for each worker process; whole offices share a source
LIVE_PAGE = Limit("live-page", 12, _AT_ONCE, (Key.ACCOUNT,))  # who has a few tabs and devices, at most
