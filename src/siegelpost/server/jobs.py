"""The jobs process: what is due by the clock (:mod:`siegelpost.server.periodic`)."""

import os
import select
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from siegelpost.foreign.errors import BusyError
from siegelpost.ledger import halt
from siegelpost.server.child import GRACE, Child

if TYPE_CHECKING:  # it imports models, and the supervisor imports this before Django is set up
    from siegelpost.server.periodic import PeriodicJob

log = structlog.get_logger(__name__)

# After a failure the next try waits longer, up to this.
_MOST_PATIENCE = 60.0
# Who works no more often than every so many seconds keeps no connection open meanwhile; each holds about a megabyte.
_SELDOM = 30.0
# While all writing is stopped, each job looks so often whether it may go on; seconds.
_RESTING = 2.0


def run(child: Child) -> None:
    """Do jobs until the supervisor asks to end or is gone; what has begun is finished."""
    from django.db import DatabaseError, connections

    from siegelpost.contacts.address_books import work as address_books
    from siegelpost.dispatch.evidence import retention
    from siegelpost.estates.imports import job as imports_job
    from siegelpost.mail.outgoing import delivery
    from siegelpost.mail.push import delivery as push
    from siegelpost.server.periodic import JOBS

    ending = threading.Event()
    wake_read, wake_write = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(wake_write, b"e"))
    threads = [threading.Thread(target=_repeat, args=(job, ending), name=job.name, daemon=True) for job in JOBS]
    for thread in threads:
        thread.start()
    child.ready()
    select.select([child.lifeline, wake_read], [], [])
    for event in (ending, delivery.stopping, push.stopping, imports_job.stopping, address_books.stopping):
        event.set()
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    with suppress(DatabaseError):  # whoever writes at this moment leaves it to the next start
        retention.clear_log()
    connections.close_all()


def _repeat(job: "PeriodicJob", ending: threading.Event) -> None:
    from django.db import close_old_connections, connections

    failures = 0
    while not ending.is_set():
        close_old_connections()
        if not job.also_halted and halt.reason():
            ending.wait(min(job.every, _RESTING))
            continue
        try:
            job.function()
            failures = 0
        except BusyError:  # it waits for others of its lane, and nothing is wrong
            failures = min(failures + 1, 10)
            log.info("a periodic job waits until somebody can read what strangers brought", job=job.name)
        except Exception:
            failures = min(failures + 1, 10)
            log.exception("a periodic job failed and will be tried again", job=job.name)
        if job.every >= _SELDOM:
            connections.close_all()
        ending.wait(max(job.every, min(job.every * 2**failures, _MOST_PATIENCE)))
    connections.close_all()
