"""The jobs process: background tasks, and rounds that are due by the clock."""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import structlog

from siegelpost.ledger import halt
from siegelpost.server.child import GRACE, Child

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """Something to do again and again: ``function`` is called without arguments, ``every`` so many seconds.

    While the ledger is halted (:mod:`siegelpost.ledger.halt`) it rests.

    Each round has a thread of its own: a slow one must not hold up the others. A round looks at the state and does
    what is due, so that one that failed, or was cut off, is made good by the next.
    """

    function: str
    every: float
    # Also while all writing is stopped: what finds out whether it still has to be, and what keeps the server reachable.
    also_halted: bool = False


ROUNDS: tuple[Round, ...] = (
    Round("siegelpost.ledger.sequencer.seal", 0.5, also_halted=True),
    Round("siegelpost.ledger.installation.watch", 30, also_halted=True),
    Round("siegelpost.dispatch.schedule.quick", 1),
    Round("siegelpost.dispatch.schedule.slow", 60),
    Round("siegelpost.estates.imports.work.round_", 1),
    Round("siegelpost.estates.imports.upload.forget_old", 3600),
    Round("siegelpost.mail.outgoing.delivery.recover", 60),
    Round("siegelpost.mail.incoming.imap.watch", 60),
    Round("siegelpost.mail.incoming.lmtp.serve", 5),
    Round("siegelpost.mail.domain.dkim.check_again", 3600),
    Round("siegelpost.proof.timestamp.stamp_if_wanted", 3600),
    Round("siegelpost.certificates.actions.note_activations", 5),
    Round("siegelpost.certificates.refusals.alarm", 300),
    Round("siegelpost.cases.push_news.round_", 2),
    Round("siegelpost.cases.push_news.certificate_round", 3600),
    Round("siegelpost.cases.push_news.follow_up_round", 60),
    Round("siegelpost.certificates.expiry_notice.warn", 600),
    Round("siegelpost.web.throttle.forget_old", 3600),
    Round("siegelpost.dispatch.uploads.forget_old", 3600),
    Round("siegelpost.cases.erasure.finish", 3600),
    Round("siegelpost.cases.clearance.round_", 3600),
    Round("siegelpost.dispatch.evidence.retention.sweep", 3600),
    Round("siegelpost.server.finished_jobs.forget_old", 3600),
    Round("siegelpost.server.renewal.look", 1, also_halted=True),
)
# Two, so that a silent mail server holds up only half of what else is to be done.
TASK_THREADS = 2
TASK_INTERVAL = 0.2
# After a failure the next try waits longer, up to this.
_MOST_PATIENCE = 60.0
# While all writing is stopped, each round looks so often whether it may go on; seconds.
_RESTING = 2.0


def run(child: Child, rounds: Sequence[Round] = ROUNDS) -> None:
    """Do jobs until the supervisor asks to end or is gone; what has begun is finished."""
    from siegelpost.estates.imports import work
    from siegelpost.mail.outgoing import delivery

    ending = threading.Event()
    wake_read, wake_write = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(wake_write, b"e"))
    threads = [threading.Thread(target=_go, args=(each, ending), daemon=True) for each in rounds]
    threads += [threading.Thread(target=_tasks, args=(ending,), daemon=True) for _ in range(TASK_THREADS)]
    for thread in threads:
        thread.start()
    child.ready()
    select.select([child.lifeline, wake_read], [], [])
    ending.set()
    delivery.stopping.set()
    work.stopping.set()
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _go(each: Round, ending: threading.Event) -> None:
    module, _, name = each.function.rpartition(".")
    _repeat(lambda: getattr(import_module(module), name)(), each, ending)


def _tasks(ending: threading.Event) -> None:
    """Run what the tasks' table holds, as django-tasks-db's own worker does."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=f"{socket.gethostname()[:40]}-{os.getpid()}-{threading.get_ident() % 100_000}",
        excluded_queue_names=[],
    )

    def some() -> None:
        # The worker takes the database's write lock only to find that nothing is due: look first.
        while not (ending.is_set() or halt.reason()) and DBTaskResult.objects.ready().exists():
            worker.run()

    _repeat(some, Round("tasks", TASK_INTERVAL), ending)


def _repeat(function: Callable[[], object], each: Round, ending: threading.Event) -> None:
    from django.db import close_old_connections, connections

    failures = 0
    while not ending.is_set():
        close_old_connections()
        if not each.also_halted and halt.reason():
            ending.wait(min(each.every, _RESTING))
            continue
        try:
            function()
            failures = 0
        except Exception:
            failures = min(failures + 1, 10)
            log.exception("a round failed and will be tried again", round=each.function)
        ending.wait(max(each.every, min(each.every * 2**failures, _MOST_PATIENCE)))
    connections.close_all()
