"""How often one address may look at one dispatch: every look is an event, and events stay for ever.

Beyond the limit nothing is shown, so nothing is shown without its event. Each process counts for itself: the limit is
against a loop that has run wild, not against a person.
"""

import time
from collections import Counter
from collections.abc import Callable

MOST = 1000
WINDOW = 600.0  # seconds


class Openings:
    """Counts looks by dispatch and address, and forgets them with the window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = 0.0
        self._counts: Counter[tuple[str, str]] = Counter()

    def seconds_to_wait(self, dispatch: str, address: str) -> int:
        """Count one look; 0 if it may be answered, else the seconds until the next one may."""
        now = self._clock()
        if now >= self._ends_at:
            self._counts.clear()
            self._ends_at = now + WINDOW
        self._counts[dispatch, address] += 1
        return 0 if self._counts[dispatch, address] <= MOST else max(1, int(self._ends_at - now))
