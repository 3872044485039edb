"""Rate limits that hold across processes: one atomic counter per key and window of time."""

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from siegelpost.settings import load
from siegelpost.web.models import Count


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times per ``window``."""

    name: str
    most: int
    window: timedelta


DECLARE = Limit("declare", 60, timedelta(minutes=10))
# A public withdrawal sends a mail to the address that was typed in: nobody shall be flooded by it. Beyond these the
# withdrawal counts all the same, and its mail waits for the office.
WITHDRAW_BY_CLIENT = Limit("withdraw-client", 10, timedelta(hours=1))
WITHDRAW_TO_ADDRESS = Limit("withdraw-address", 5, timedelta(days=1))
WITHDRAW_PUBLIC = Limit("withdraw-public", 200, timedelta(days=1))
# The one limit that refuses: no household and no company withdraws this often.
WITHDRAW_FLOOD = Limit("withdraw-flood", 300, timedelta(hours=1))
SIGN_IN_LINK = Limit("sign-in-link", 30, timedelta(minutes=10))
ONCE = Limit("once", 1, timedelta(hours=1))
HAND_OVER_LINK = Limit("hand-over-link", 30, timedelta(minutes=10))


class TooOftenError(Exception):
    """The limit is reached; ``seconds`` is the time until it starts anew."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


def spend(limit: Limit, who: str, *, uses: int = 1) -> None:
    """Count a use of ``limit`` by ``who`` (an address of a client, say; kept only as a keyed hash), or several.

    Raises:
        TooOftenError: the limit was reached before.
    """
    now = int(time.time())
    count = _counted(limit, who, now, uses)
    if count.count > limit.most:
        raise TooOftenError(count.ends_at - now)


def is_first_use(mark: str, issued: int) -> bool:
    """Whether nobody has used this mark before; asking uses it up, in whichever process that is.

    Args:
        issued: when it was made, in seconds. Its counter is kept for at least an hour from then.
    """
    return _counted(ONCE, mark, issued + int(ONCE.window.total_seconds()), 1).count == 1


def _counted(limit: Limit, who: str, now: int, uses: int) -> Count:
    with transaction.atomic():
        count, _ = Count.objects.get_or_create(key=_key(limit, who), ends_at=_end(limit, now))
        Count.objects.filter(pk=count.pk).update(count=F("count") + uses)
        count.refresh_from_db()
    return count


def give_back(limit: Limit, who: str) -> None:
    """Take one use back: it turned out to be none (a sign-in that succeeded, say)."""
    window = Count.objects.filter(key=_key(limit, who), ends_at=_end(limit, int(time.time())), count__gt=0)
    window.update(count=F("count") - 1)


def _key(limit: Limit, who: str) -> str:
    return hashlib.blake2b(f"{limit.name}\n{who}".encode(), key=load().secret("throttle"), digest_size=32).hexdigest()


def _end(limit: Limit, now: int) -> int:
    seconds = int(limit.window.total_seconds())
    return now - now % seconds + seconds


def forget_old() -> None:
    """Remove counters of rate limits whose window is over."""
    Count.objects.filter(ends_at__lt=int(time.time())).delete()
