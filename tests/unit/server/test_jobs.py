"""The jobs process: what goes on while all writing is stopped, what rests, and that nothing runs beside itself."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from tests.support.waiting import until

from siegelpost.foreign.errors import BusyError
from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt, installation, sequencer
from siegelpost.server import jobs, renewal
from siegelpost.server.periodic import JOBS, PeriodicJob

CALLS: Counter[str] = Counter()


def looks() -> None:
    """A job that goes on."""
    CALLS["looks"] += 1


def writes() -> None:
    """A job that rests."""
    CALLS["writes"] += 1


@pytest.fixture
def running() -> Iterator[None]:
    CALLS.clear()
    ending = threading.Event()
    table = (PeriodicJob(looks, 0.01, also_halted=True), PeriodicJob(writes, 0.01))
    threads = [threading.Thread(target=jobs._repeat, args=(job, ending)) for job in table]
    halt.halt("keys", UnsafeError("Ein Schlüssel fehlt.", "A key is missing."))
    for thread in threads:
        thread.start()
    yield
    ending.set()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("running")
def test_jobs_rest_while_all_writing_is_stopped_and_then_go_on_by_themselves() -> None:
    """Each of them failed again and again, and those that write no event did what they do every day."""
    until(lambda: CALLS["looks"] >= 10)
    assert CALLS["writes"] == 0
    halt.lift("keys")
    until(lambda: CALLS["writes"])


def test_only_these_go_on() -> None:
    """The first two find out that all is well again; the third keeps the server reachable."""
    go_on = {sequencer.seal, installation.watch, renewal.look}
    assert {job.function for job in JOBS if job.also_halted} == go_on


def test_each_stands_in_the_table_once_under_the_room_that_owns_it() -> None:
    """None runs twice at a time: its one thread calls it, and mails keep one pace and one rest to a process."""
    assert max(Counter(job.name for job in JOBS).values()) == 1
    owners = {job.name: job.owner for job in JOBS}
    assert owners["siegelpost.mail.outgoing.delivery.sweep"] == "mail"
    assert owners["siegelpost.server.renewal.look"] == "server"


def test_a_job_that_waits_until_somebody_can_read_is_no_fault() -> None:
    """An import beside a large ZIP of a program's wrote a traceback into the log, though nothing was wrong."""
    ending = threading.Event()

    def reads() -> None:
        ending.set()
        raise BusyError

    job = threading.Thread(target=jobs._repeat, args=(PeriodicJob(reads, 0.01, also_halted=True), ending))
    with capture_logs() as lines:
        job.start()
        job.join()
    assert [line["log_level"] for line in lines] == ["info"]
