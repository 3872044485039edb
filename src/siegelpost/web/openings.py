"""How often one address may look at one dispatch: every look is an event, and events stay for ever.

Beyond the limit nothing is shown, so nothing is shown without its event. A look is counted in the transaction that
writes its event (:mod:`siegelpost.web.group_commit`), so that the limit is exact to the count over all processes; who
has reached it is remembered here, so that a loop that has run wild costs the database nothing more.
"""

import time
from collections.abc import Callable

from siegelpost.toolbox.limits import MARKED_COPY, OPENING
from siegelpost.web import throttle
from siegelpost.web.throttle import Window


class Openings:
    """Knows by what a look is counted, and who has had all of theirs."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._spent: set[Window] = set()

    def window(self, dispatch: str, address: str, *, copy: bool = False) -> Window:
        """By what the next look of this address at this dispatch is counted; ``copy``: at a copy drawn for it."""
        return throttle.window(MARKED_COPY if copy else OPENING, dispatch, address, now=self._clock())

    def seconds_to_wait(self, look: Window) -> int:
        """0 if it may be tried, else the seconds until the next one may be answered."""
        return self._seconds_left(look) if look in self._spent else 0

    def spent(self, look: Window) -> int:
        """Remember that this window's looks have all been had; the seconds until the next one may be answered."""
        self._spent = {other for other in self._spent if other.ends_at > self._clock()} | {look}
        return self._seconds_left(look)

    def _seconds_left(self, look: Window) -> int:
        return max(1, look.ends_at - int(self._clock()))
