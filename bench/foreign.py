"""What reading in the room for strangers' bytes costs beside the reading itself: ``python -m bench.foreign [JOBS]``.

One small card a job, one after the other, in the room and in this process; milliseconds. Where the machine has other
work, processor time is the figure to look at.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from siegelpost.contacts.vcard_reader import CardFile, unpack
from siegelpost.foreign import room

CARD = b"BEGIN:VCARD\nVERSION:3.0\nN:Berger;Mara\nEND:VCARD\n"


def times(read: Callable[[], CardFile], jobs: int) -> list[float]:
    """How long each took, in milliseconds."""
    found = []
    for _ in range(jobs):
        began = time.perf_counter()
        read()
        found.append((time.perf_counter() - began) * 1000)
    return found


def spent() -> float:
    """Processor time of this process, of the room's host and of the host's children that have ended; seconds."""
    fields = Path(f"/proc/{room.OWN.pid()}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    began = time.perf_counter()
    room.read(unpack, CARD)
    print(f"first job, with the start of a room of one's own: {(time.perf_counter() - began) * 1000:.0f} ms")
    within = statistics.median(times(lambda: unpack(CARD), count))
    before = spent()
    apart = times(lambda: room.read(unpack, CARD), count)
    processor = (spent() - before) / count * 1000 - within
    over = sorted(each - within for each in apart)
    late = over[int(len(over) * 0.95)]
    print(f"a job costs {statistics.median(over):.2f} ms more (95 of 100: {late:.2f} ms)")
    print(f"of processor time {processor:.2f} ms")
