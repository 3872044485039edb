"""How often something may happen that comes from outside: every limit in one table, with what it is counted by.

:mod:`siegelpost.web.throttle` counts those of a window, over all processes.
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
def one_address(text: str) -> str | None:
    """An IP address in its one spelling: of IPv4 never as a part of an IPv6 one, without a zone; None if it is none."""
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


@lru_cache(maxsize=4096)
def source(address: str) -> str:
    """An IPv4 address whole, also as a part of an IPv6 one; of IPv6 the /64, which is what one customer has.

    What is no address, or a /64 already, stays as it is.
    """
    found = one_address(address)
    if found is not None and ":" in found:
        return str(IPv6Network((int(IPv6Address(found)), 64), strict=False))
    return found or address


_SHARED = "everybody by way of "


def shared(address: str) -> str:
    """The source of all who come by a proxy that says nothing of them that can be believed."""
    return _SHARED + address


def mailbox(address: str) -> str:
    """What is one mailbox with most providers: without case, and without what stands behind a plus sign."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


_RULES: dict[Key, Callable[[str], str]] = {Key.SOURCE: source, Key.MAILBOX: mailbox}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times within each ``window`` for one key; where that is zero, at the same time.

    ``most_shared`` holds in its place where all visitors seem to come from one address (:func:`shared`): nobody shall
    be refused for what strangers do, and the checklist says what is wrong. Where somebody could guess, it is the same.
    """

    name: str
    most: int
    window: timedelta
    by: tuple[Key, ...]
    most_shared: int | None = None

    def most_for(self, *values: str) -> int:
        """How often, for these values of ``by``."""
        is_shared = any(value.startswith(_SHARED) for value in values)
        return self.most if self.most_shared is None or not is_shared else self.most_shared

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
# A copy with name and time is drawn anew each time it is fetched.
MARKED_COPY = Limit("marked-copy", 60, 10 * _MINUTES, (Key.DISPATCH, Key.SOURCE))
RECIPIENT_ACT = Limit("declare", 60, 10 * _MINUTES, (Key.SOURCE,), most_shared=6_000)
ONCE = Limit("once", 1, _HOUR, (Key.FORM,))
# A withdrawal sends a mail to the address that was typed in: nobody shall be flooded by it. It is recorded before
# anything is counted here; beyond these its mail goes out later, and nothing is refused.
WITHDRAW_BY_LINK = Limit("withdraw-link", 5, _DAY, (Key.DISPATCH,))
WITHDRAW_BY_CLIENT = Limit("withdraw-client", 10, _HOUR, (Key.SOURCE,), most_shared=200)
WITHDRAW_TO_ADDRESS = Limit("withdraw-address", 5, _DAY, (Key.MAILBOX,))
WITHDRAW_PUBLIC = Limit("withdraw-public", 200, _DAY, (Key.OFFICE,))

# Mails that a press on a page sends to one recipient: each dispatch has few, and all together have an end.
LANGUAGE_MAIL = Limit("language-mail", 6, _DAY, (Key.DISPATCH,))
LANGUAGE_MAILS = Limit("language-mails", 200, _DAY, (Key.OFFICE,))
CODE_MAIL = Limit("code-mail", 10, _DAY, (Key.DISPATCH,))
CODE_MAILS = Limit("code-mails", 300, _DAY, (Key.OFFICE,))

# Of who wants in
SIGN_IN_LINK = Limit("sign-in-link", 30, 10 * _MINUTES, (Key.SOURCE,))
HAND_OVER_LINK = Limit("hand-over-link", 30, 10 * _MINUTES, (Key.SOURCE,))
PASSWORD_BY_SOURCE = Limit("sign-in-source", 30, 10 * _MINUTES, (Key.SOURCE,))
PASSWORD_BY_ACCOUNT = Limit("sign-in-source-account", 5, 5 * _MINUTES, (Key.ACCOUNT, Key.SOURCE))
PASSWORD_BY_DEVICE = Limit("sign-in-device", 10, 5 * _MINUTES, (Key.ACCOUNT, Key.DEVICE))
# Only who knows the password can try codes.
CODE = Limit("code", 5, 5 * _MINUTES, (Key.ACCOUNT,))
# Of programs that hand properties over; their passwords cannot be guessed, but each try costs something.
INTAKE = Limit("intake", 60, 10 * _MINUTES, (Key.SOURCE,), most_shared=600)

# At once
INTAKE_BODY = Limit("intake-body", 4, _AT_ONCE, (Key.ACCOUNT,))
INTAKE_CONNECTION = Limit("intake-connection", 8, _AT_ONCE, (Key.SOURCE,))  # programs open a few side by side
CONNECTION = Limit("connection", 512, _AT_ONCE, (Key.SOURCE,))  # for each worker process; whole offices share a source
PLAIN_CONNECTION = Limit("plain-connection", 64, _AT_ONCE, (Key.SOURCE,))  # for each worker process; one short answer
MAIL_CONNECTION = Limit("mail-connection", 50, _AT_ONCE, (Key.SOURCE,))  # mail servers hand in some 20 at a time
# Bodies of who is not signed in, over all processes: of them 1 MiB each is let in, so 1 GiB of the disk at most.
BODY_ON_DISK = Limit("body-on-disk", 250, _AT_ONCE, (Key.SOURCE,))
BODIES_ON_DISK = Limit("bodies-on-disk", 1000, _AT_ONCE, (Key.OFFICE,))
LIVE_PAGE = Limit("live-page", 12, _AT_ONCE, (Key.ACCOUNT,))  # who has a few tabs and devices, at most
