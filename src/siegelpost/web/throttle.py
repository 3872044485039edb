"""Rate limits that hold across processes: one atomic counter per key and window of time."""

import hashlib
import time
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from siegelpost.settings import load
from siegelpost.toolbox.limits import ONCE, Limit
from siegelpost.web.models import Count

# Adds uses to a counter, and says how many there are now. Parameters: key, ends_at, uses; sqlite3 itself takes ``?``.
COUNT_SQL = """
INSERT INTO web_count (key, ends_at, count) VALUES (%s, %s, %s)
ON CONFLICT (key, ends_at) DO UPDATE SET count = web_count.count + excluded.count RETURNING count
"""


class TooOftenError(Exception):
    """The limit is reached; ``seconds`` is the time until it starts anew."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class Window(NamedTuple):
    """What one key of a limit is counted by now: which counter, until when (seconds since 1970), and up to how many."""

    key: str
    ends_at: int
    most: int


def window(limit: Limit, *who: str, now: float | None = None) -> Window:
    """The window of now; ``who`` has a value for each key of the limit, kept only as a keyed hash."""
    return _window(limit, limit.key(*who), limit.most_for(*who), time.time() if now is None else now)


def spend(limit: Limit, *who: str, uses: int = 1) -> None:
    """Count a use, or several, as :func:`window` says.

    Raises:
        TooOftenError: the limit was reached before.
    """
    now = int(time.time())
    counter = window(limit, *who, now=now)
    if count(counter, uses) > counter.most:
        raise TooOftenError(counter.ends_at - now)


def is_first_use(mark: str, issued: int) -> bool:
    """Whether nobody has used this mark before; asking uses it up, in whichever process that is.

    Args:
        issued: when it was made, in seconds. Its counter is kept for at least an hour from then.
    """
    return count(_window(ONCE, mark, ONCE.most, issued + ONCE.seconds), 1) == 1


def count(counter: Window, uses: int) -> int:
    """Add uses to a counter; how many there are now, theirs included."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, [counter.key, counter.ends_at, uses])
        (counted,) = cursor.fetchone()
    return int(counted)


def give_back(limit: Limit, *who: str) -> None:
    """Take one use back: it turned out to be none (a sign-in that succeeded, say)."""
    counter = window(limit, *who)
    counts = Count.objects.filter(key=counter.key, ends_at=counter.ends_at, count__gt=0)
    counts.update(count=F("count") - 1)


def _window(limit: Limit, key: str, most: int, now: float) -> Window:
    hashed = hashlib.blake2b(f"{limit.name}\n{key}".encode(), key=load().secret("throttle"), digest_size=32).hexdigest()
    second = int(now)
    return Window(hashed, second - second % limit.seconds + limit.seconds, most)


def forget_old() -> None:
    """Remove counters of rate limits whose window is over."""
    Count.objects.filter(ends_at__lt=int(time.time())).delete()
