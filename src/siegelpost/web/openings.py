"""How often one address may look at one dispatch: every look is an event, and events stay for ever.

Beyond the limit nothing is shown, so nothing is shown without its event. The limit holds across processes: each tells
the database after every :data:`BATCH` looks, so that a person's few cost nothing, and a loop that has run wild gets no
more than the limit and one batch for each process.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import structlog
from django.db import DatabaseError, connection

from siegelpost.toolbox.limits import OPENING, source
from siegelpost.web import throttle
from siegelpost.web.throttle import TooOftenError

BATCH = 50

log = structlog.get_logger(__name__)


class Openings:
    """Counts looks by dispatch and address, and forgets them with the window."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ends_at = 0.0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._stopped: set[tuple[str, str]] = set()

    async def seconds_to_wait(self, dispatch: str, address: str) -> int:
        """Count one look; 0 if it may be answered, else the seconds until the next one may."""
        now, window = self._clock(), OPENING.seconds
        if now >= self._ends_at:
            self._counts.clear()
            self._stopped.clear()
            self._ends_at = now - now % window + window
        who = (dispatch, source(address))
        self._counts[who] += 1
        if self._counts[who] % BATCH == 0 and who not in self._stopped:
            try:
                await asyncio.to_thread(_tell, *who)
            except TooOftenError:
                self._stopped.add(who)
            except DatabaseError:
                log.exception("looks could not be counted")  # nor can they be recorded, so nothing is shown
        return max(1, int(self._ends_at - now)) if who in self._stopped else 0


def _tell(*who: str) -> None:
    try:
        throttle.spend(OPENING, *who, uses=BATCH)
    finally:
        connection.close()  # of a thread that nobody else would tidy up
