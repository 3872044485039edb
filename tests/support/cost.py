"""What something costs in the server: time on a processor, here and in the database's process for this connection.

How long others had the processor is not counted, so that a busy machine finds what a quiet one finds.
"""

import time
from pathlib import Path

from django.db import connection


def seconds() -> float:
    """The time used so far by this thread and, on PostgreSQL, by the process that answers its connection."""
    return time.thread_time() + _in_the_database()


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
