"""What something costs: time on a processor, here and in the database's process for this connection, or time by the
clock.

How long others had the processor is not counted, so that a busy machine finds what a quiet one finds.
"""

import os
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.db import connection
from django.template import Context, Engine

YARDSTICK = Engine().from_string(
    "{% for row in rows %}<li title='{{ row.name|upper }}'>{{ row.name }}, {{ row.on|date:'j. F Y' }}"
    "{% if row.number > 10 %} ({{ row.number|floatformat:2 }}){% endif %}</li>{% endfor %}"
)
ROWS = Context({"rows": [{"name": f"<Zeile {at}>", "on": date(2026, 1, 1), "number": at} for at in range(200)]})
# Seconds.
YARDSTICK_TAKES = 0.014


def seconds() -> float:
    """The time used so far by this thread and, on PostgreSQL, by the process that answers its connection."""
    return time.thread_time() + _in_the_database()


class Stopwatch:
    """Stands still while a thread of this process, or of these, waits for a processor.

    What has to end by itself within seconds is measured by it.
    """

    def __init__(self, *processes: int) -> None:
        self._processes = processes or (os.getpid(),)
        self._before = waits(*self._processes)
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return time.monotonic() - self._began - self.waited

    @property
    def waited(self) -> float:
        """For how long it stood still; a thread that has ended no longer tells."""
        return sum(seconds - self._before.get(thread, 0.0) for thread, seconds in waits(*self._processes).items())


def used(*processes: int) -> float:
    """For how many seconds these processes have had a processor so far, to the nanosecond."""
    # The clock of another process by its number, as clock_getcpuclockid(3) makes it.
    return sum(time.clock_gettime((~process << 3) | 2) for process in processes)


def waits(*processes: int) -> dict[str, float]:
    """For how many seconds each thread of these processes has waited for a processor so far."""
    found = {}
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(OSError):  # it has just ended
                found[thread.parent.name] = int(thread.read_text().split()[1]) / 1e9  # proc(5): nanoseconds
    return found


def pace() -> float:
    """By how much this machine is slower just now than the one that bounds of seconds are meant for; at least one.

    Told by a list that is none of ours: whatever slows its drawing slows the page that was measured just before.
    """
    begun = time.thread_time()
    YARDSTICK.render(ROWS)
    return max(1.0, (time.thread_time() - begun) / YARDSTICK_TAKES)


def _in_the_database() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    # proc(5) knows hundredths of a second only; this file of the scheduler, nanoseconds.
    answering = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(answering.read_text().split()[0]) / 1e9


def p95(values: list[float]) -> float:
    """The value that 95 of a hundred do not exceed."""
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]
