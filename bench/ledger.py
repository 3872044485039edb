"""What an event costs, in a ledger of a thousand and of a million events: preparing, inserting, sealing, proving.

    python bench/ledger.py [--events 1000000]

Times are those of the processor, so that a busy machine does not blur what the size changes; only p99 and ``locked``
(how long a seal holds the write lock) are by the clock. Uses a data folder of its own under the system's temporary
folder, SQLite with synchronous=FULL.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

ROUNDS = 15
GROUP = 64  # events in one transaction, as in group commit


def main() -> None:
    """Fill, measure at each size, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    target = parser.parse_args().events
    with tempfile.TemporaryDirectory(prefix="siegelpost-bench-") as folder:
        os.environ |= {"SIEGELPOST_DATA": folder, "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print(f"{'events':>9} {'prepare':>8} {'insert':>8} {'p99':>8} {'seal':>8} {'locked':>8} {'proof':>8} {'MB':>6}")
        print(f"{'':>9} {'µs':>8} {'µs':>8} {'ms':>8} {'µs':>8} {'ms':>8} {'ms':>8} {'':>6}")
        size = 0
        for goal in (1_000, 10_000, 100_000, target):
            if goal > size:
                fill(goal - size)
                size = goal
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = measure()
            size += ROUNDS * GROUP
            megabytes = sum(file.stat().st_size for file in Path(folder).glob("*.sqlite3*")) / 1e6
            print(f"{goal:>9,} " + " ".join(f"{value:>8.2f}" for value in row) + f" {megabytes:>6.0f}", flush=True)


def fill(count: int) -> None:
    """Write and seal many events quickly; six events a dispatch, as in life."""
    from siegelpost.ledger.sequencer import seal

    for start in range(0, count, 5_000):
        insert(min(5_000, count - start))
        seal()


def insert(count: int) -> tuple[float, float]:
    """Insert in one transaction, as the hot lane does; gives seconds of the processor and of the clock."""
    from django.db import connection

    from siegelpost.ledger.log import INSERT_SQL

    rows = [prepared() for _ in range(count)]
    connection.ensure_connection()
    raw = connection.connection
    begun, clock = time.process_time(), time.perf_counter()
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany(INSERT_SQL["sqlite"], rows)
    raw.execute("COMMIT")
    return time.process_time() - begun, time.perf_counter() - clock


# Six events each, as a dispatch has.
_subjects = (str(dispatch) for dispatch in iter(uuid4, None) for _ in range(6))


def prepared() -> object:
    """An event as the recipient's page writes it, two personal values with it."""
    from siegelpost.ledger.events import EventKind
    from siegelpost.ledger.log import prepare

    return prepare(
        EventKind.NOTIFICATION_ACCESS_TRACKING,
        subject=next(_subjects),
        data={"page": "gate", "machine": False, "language": "de"},
        personal={"ip": "192.0.2.17", "browser": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0"},
    )


def measure() -> list[float]:
    """Medians at the present size: µs per event prepared, inserted (p99 of a group in ms), sealed; ms of the write
    transaction of a seal; ms for one inclusion proof with its tiles read anew.
    """
    from django.db import transaction

    from siegelpost.ledger.models import Checkpoint
    from siegelpost.ledger.sequencer import seal
    from siegelpost.ledger.tree_reader import StoredTiles

    prepare_s = timed(lambda: [prepared() for _ in range(1000)]) / 1000
    inserts, seals, locked = [], [], []
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__
    began = 0.0

    def entering(self: transaction.Atomic) -> None:
        nonlocal began
        enter(self)
        began = time.perf_counter()

    def leaving(self: transaction.Atomic, *arguments: Any) -> None:
        leave(self, *arguments)
        locked.append(time.perf_counter() - began)

    for _ in range(ROUNDS):
        inserts.append(insert(GROUP))
        with patch.multiple(transaction.Atomic, __enter__=entering, __exit__=leaving):
            begun = time.process_time()
            seal()
            seals.append(time.process_time() - begun)
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    proof = timed(lambda: StoredTiles().inclusion_proof(size // 3, size))
    return [
        prepare_s * 1e6,
        statistics.median(processor for processor, _ in inserts) / GROUP * 1e6,
        max(clock for _, clock in inserts) * 1e3,
        statistics.median(seals) / GROUP * 1e6,
        statistics.median(locked) * 1e3,
        proof * 1e3,
    ]


def timed(work: Callable[[], object]) -> float:
    """Median processor seconds of five runs."""
    runs = []
    for _ in range(5):
        begun = time.process_time()
        work()
        runs.append(time.process_time() - begun)
    return statistics.median(runs)


if __name__ == "__main__":
    main()
