"""Rate limits that hold across processes: one atomic counter per key and window of time."""

import hashlib
import time

from django.db import transaction
from django.db.models import F

from siegelpost.settings import load
from siegelpost.toolbox.limits import ONCE, Limit
from siegelpost.web.models import Count


class TooOftenError(Exception):
    """The limit is reached; ``seconds`` is the time until it starts anew."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


def spend(limit: Limit, *who: str, uses: int = 1) -> None:
    """Count a use, or several; ``who`` has a value for each key of the limit, kept only as a keyed hash.

    Raises:
        TooOftenError: the limit was reached before.
    """
    now = int(time.time())
    count = _counted(limit, limit.key(*who), now, uses)
    if count.count > limit.most:
        raise TooOftenError(count.ends_at - now)


def is_first_use(mark: str, issued: int) -> bool:
    """Whether nobody has used this mark before; asking uses it up, in whichever process that is.

    Args:
        issued: when it was made, in seconds. Its counter is kept for at least an hour from then.
    """
    return _counted(ONCE, mark, issued + ONCE.seconds, 1).count == 1


def _counted(limit: Limit, key: str, now: int, uses: int) -> Count:
    with transaction.atomic():
        count, _ = Count.objects.get_or_create(key=_hash(limit, key), ends_at=_end(limit, now))
        Count.objects.filter(pk=count.pk).update(count=F("count") + uses)
        count.refresh_from_db()
    return count


def give_back(limit: Limit, *who: str) -> None:
    """Take one use back: it turned out to be none (a sign-in that succeeded, say)."""
    window = Count.objects.filter(key=_hash(limit, limit.key(*who)), ends_at=_end(limit, int(time.time())), count__gt=0)
    window.update(count=F("count") - 1)


def _hash(limit: Limit, key: str) -> str:
    return hashlib.blake2b(f"{limit.name}\n{key}".encode(), key=load().secret("throttle"), digest_size=32).hexdigest()


def _end(limit: Limit, now: int) -> int:
    return now - now % limit.seconds + limit.seconds


def forget_old() -> None:
    """Remove counters of rate limits whose window is over."""
    Count.objects.filter(ends_at__lt=int(time.time())).delete()
