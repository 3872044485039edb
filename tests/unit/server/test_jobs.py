"""The rounds of the jobs: what goes on while all writing is stopped, and what rests."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.server import jobs
from siegelpost.server.jobs import ROUNDS, Round

CALLS: Counter[str] = Counter()
HERE = __name__


def looks() -> None:
    """A round that goes on."""
    CALLS["looks"] += 1


def writes() -> None:
    """A round that rests."""
    CALLS["writes"] += 1


@pytest.fixture
def running() -> Iterator[None]:
    CALLS.clear()
    ending = threading.Event()
    rounds = (Round(f"{HERE}.looks", 0.01, also_halted=True), Round(f"{HERE}.writes", 0.01))
    threads = [threading.Thread(target=jobs._go, args=(each, ending)) for each in rounds]
    halt.halt("keys", UnsafeError("Ein Schlüssel fehlt.", "A key is missing."))
    for thread in threads:
        thread.start()
    yield
    ending.set()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("running")
def test_rounds_rest_while_all_writing_is_stopped_and_then_go_on_by_themselves() -> None:
    """Each of them failed again and again, and those that write no event did what they do every day."""
    until = time.monotonic() + 10
    while CALLS["looks"] < 10 and time.monotonic() < until:
        time.sleep(0.01)
    assert CALLS["looks"] >= 10
    assert CALLS["writes"] == 0
    halt.lift("keys")
    while not CALLS["writes"] and time.monotonic() < until:
        time.sleep(0.01)
    assert CALLS["writes"]


def test_only_these_go_on() -> None:
    """The first two find out that all is well again; the third keeps the server reachable."""
    assert {each.function.removeprefix("siegelpost.") for each in ROUNDS if each.also_halted} == {
        "ledger.sequencer.seal",
        "ledger.installation.watch",
        "server.renewal.look",
    }
