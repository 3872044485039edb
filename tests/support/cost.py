"""What something costs: time on a processor, here and in the database's process for this connection, or time by the
clock.

How long others had the processor is not counted, so that a busy machine finds what a quiet one finds.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from django.db import connection


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


def waits(*processes: int) -> dict[str, float]:
    """For how many seconds each thread of these processes has waited for a processor so far."""
    found = {}
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(OSError):  # it has just ended
                found[thread.parent.name] = int(thread.read_text().split()[1]) / 1e9  # proc(5): nanoseconds
    return found


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
