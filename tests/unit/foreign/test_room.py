"""The room for strangers' bytes: what costs too much is ended and told, and nothing else is held up or lost."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support import foreign_readers as readers
from tests.support.reading_room import Room, row, running

from siegelpost.foreign import room
from siegelpost.foreign.counts import HostState
from siegelpost.foreign.errors import BusyError, Excess, TooExpensiveError
from siegelpost.foreign.host import MOST_WAITING
from siegelpost.foreign.room import read, stream
from siegelpost.foreign.table import MOST_CALLS, READERS, Lane
from siegelpost.web.asgi import THREADS

ALL: list[Callable[..., object]] = [
    *(readers.plain, readers.refusing, readers.failing, readers.spinning, readers.sleeping, readers.growing),
    *(readers.talking, readers.counting, readers.harming, readers.dying, readers.from_file, readers.held),
    readers.writing,
]


@pytest.fixture(scope="module")
def opened() -> Iterator[Room]:
    with running([row(each) for each in ALL]) as found:
        yield found


@pytest.mark.usefixtures("opened")
def test_what_is_read_comes_back_typed_and_from_another_process_each_time() -> None:
    first, second = read(readers.plain, b"Anna"), read(readers.plain, b"Bert")
    assert (first.text, second.text) == ("Anna", "Bert")
    assert len({first.pid, second.pid, os.getpid()}) == 3


@pytest.mark.usefixtures("opened")
def test_what_the_reader_says_is_heard() -> None:
    with pytest.raises(readers.RefusedError) as refused:
        read(readers.refusing, b"")
    assert refused.value.text("en") == "This is nothing."


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("reader", "excess"),
    [
        (readers.spinning, Excess.TIME),
        (readers.growing, Excess.MEMORY),
        (readers.talking, Excess.ANSWER),
        (readers.dying, Excess.FAILED),
    ],
    ids=["time", "memory", "answer", "crash"],
)
def test_what_costs_too_much_is_ended_and_told(reader: Callable[[], object], excess: Excess) -> None:
    began = time.monotonic()
    with pytest.raises(TooExpensiveError) as told:
        read(reader)
    assert told.value.excess is excess
    assert time.monotonic() - began < 10
    assert read(readers.plain, b"next").text == "next"


def test_what_stands_in_no_row_is_not_read() -> None:
    with pytest.raises(room.UnknownReaderError):
        read(os.listdir, "/")


@pytest.mark.usefixtures("opened")
def test_a_reader_that_only_waits_is_ended_by_the_clock() -> None:
    with pytest.raises(TooExpensiveError) as told:
        read(readers.sleeping, 60)
    assert told.value.excess is Excess.TIME


@pytest.mark.usefixtures("opened")
def test_a_reader_that_fails_is_no_fault_of_who_asked() -> None:
    with pytest.raises(TooExpensiveError) as told:
        read(readers.failing, b"")
    assert told.value.excess is Excess.FAILED


@pytest.mark.usefixtures("opened")
def test_an_answer_that_would_run_something_is_none() -> None:
    with pytest.raises(TooExpensiveError) as told:
        read(readers.harming)
    assert told.value.excess is Excess.FAILED


@pytest.mark.usefixtures("opened")
def test_many_answers_come_one_after_the_other() -> None:
    assert list(stream(readers.counting, 5000)) == list(range(5000))


@pytest.mark.usefixtures("opened")
def test_a_large_file_is_handed_over_and_not_copied(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    with file.open("rb") as given:
        given.read(10)
        assert read(readers.from_file, given) == 50_000_000


@pytest.mark.usefixtures("opened")
def test_a_child_has_nothing_of_the_server_open_and_writes_no_file(tmp_path: Path) -> None:
    assert [each for each in read(readers.held, "") if "socket" not in each and "memfd" not in each] == []
    with pytest.raises(TooExpensiveError):
        read(readers.writing, str(tmp_path / "file"))
    assert (tmp_path / "file").stat().st_size == 0


@pytest.mark.usefixtures("opened")
def test_a_bystander_is_not_held_up() -> None:
    """As one vCard of 50 kB held up a whole worker, the recipients' pages included."""
    told: list[BaseException] = []

    def bomb() -> None:
        try:
            read(readers.spinning)
        except TooExpensiveError as error:
            told.append(error)

    bombs = [threading.Thread(target=bomb) for _ in range(2)]
    for each in bombs:
        each.start()
    longest, started = 0.0, time.monotonic()
    while any(each.is_alive() for each in bombs):
        began = time.monotonic()
        time.sleep(0.01)
        longest = max(longest, time.monotonic() - began)
    assert len(told) == 2
    # Held up, it would be for as long as they work.
    assert longest < (time.monotonic() - started) / 2


def test_one_lane_does_not_wait_for_another() -> None:
    """However many files are uploaded, mails are read."""
    with running([row(readers.sleeping, Lane.FILES), row(readers.plain, Lane.MAILS)]):
        waiting = [threading.Thread(target=read, args=(readers.sleeping, 1.0)) for _ in range(3)]
        for each in waiting:
            each.start()
        time.sleep(0.1)
        assert read(readers.plain, b"mail").text == "mail"
        assert any(each.is_alive() for each in waiting)
        for each in waiting:
            each.join()


def test_a_queue_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(room._calls, Lane.FILES, threading.BoundedSemaphore(100))
    with running([row(readers.sleeping)]) as opened:
        told = _asked_at_once(2, 1.0)
        told += _asked_at_once(MOST_WAITING + 8, 0.01)
        for each in told:
            each.join()
        assert opened.door.counts.state().turned_away >= 8


def test_a_crowd_leaves_threads_to_everybody_else() -> None:
    """Of a worker's eight threads five may wait here: whoever declares something is not behind a heap of uploads."""
    assert MOST_CALLS[Lane.FILES] + MOST_CALLS[Lane.PICTURES] <= THREADS - 3
    with running([row(readers.sleeping)]):
        crowd = _asked_at_once(MOST_CALLS[Lane.FILES], 1.5)
        time.sleep(0.1)
        with pytest.raises(BusyError) as told:
            read(readers.sleeping, 0.01)
        for each in crowd:
            each.join()
        assert "Minute" in told.value.text("de")
        assert read(readers.sleeping, 0.01) > 0


def _asked_at_once(many: int, seconds: float) -> list[threading.Thread]:
    def ask() -> None:
        with suppress(BusyError):
            read(readers.sleeping, seconds)

    found = [threading.Thread(target=ask) for _ in range(many)]
    for each in found:
        each.start()
    return found


def test_a_host_that_was_killed_is_waited_for() -> None:
    with running([row(readers.plain), row(readers.sleeping)]) as opened:
        assert read(readers.plain, b"before").text == "before"
        opened.kill()
        threading.Timer(0.3, opened.start).start()
        assert read(readers.plain, b"after").text == "after"


def test_what_was_being_read_when_the_host_died_is_read_once_more() -> None:
    """It says nothing about the bytes, so they are not called too expensive."""
    with running([row(readers.sleeping)]) as opened:
        threading.Timer(0.2, opened.restart).start()
        assert read(readers.sleeping, 0.6) > 0


def test_nobody_waits_for_ever_where_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.3)
    with running([row(readers.plain)]) as opened:
        opened.kill()
        with pytest.raises(BusyError) as told:
            read(readers.plain, b"")
    assert "minute" in told.value.text("en")
    assert "Minute" in told.value.text("de")


def test_who_looks_after_the_server_sees_what_the_host_does() -> None:
    with running([row(readers.plain), row(readers.spinning)]) as opened:
        read(readers.plain, b"")
        with pytest.raises(TooExpensiveError):
            read(readers.spinning)
        _wait_until(lambda: opened.door.counts.state() == HostState(here=True, read=2, stopped=1, turned_away=0))
        assert room.host_state() == opened.door.counts.state()
        opened.kill()
        assert not opened.door.counts.state().here


def test_nobody_gets_to_the_door_who_was_not_given_it() -> None:
    """It has no name, neither in the file system nor beside it."""
    door = room.Door.made()
    assert door.outside.getsockname() == door.inside.getsockname() == ""
    door.outside.close()
    door.inside.close()


def test_the_children_end_with_the_host() -> None:
    with running([row(readers.plain), row(readers.sleeping)]) as opened:
        children = _children(opened.pid)
        read(readers.plain, b"")
        children |= _children(opened.pid)
        assert children
        opened.kill()
        _wait_until(lambda: not any(map(_is_alive, children)))


def test_a_room_of_ones_own_ends_with_whoever_started_it() -> None:
    """Also where that is killed: no process is left behind."""
    program = (
        "import time; from siegelpost.foreign import room; room.OWN.outside(); print(room.OWN.pid(), flush=True); "
        "time.sleep(60)"
    )
    command = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert command.stdout is not None
    pid = int(command.stdout.readline())
    _wait_until(lambda: _children(pid))
    everybody = {pid, *_children(pid)}
    command.kill()
    command.wait()
    command.stdout.close()
    _wait_until(lambda: not any(map(_is_alive, everybody)))


def test_every_reader_of_the_table_is_there_and_bounded() -> None:
    for reader in READERS:
        assert 0 < reader.cpu <= 120
        assert reader.cpu < reader.wall <= 600
        assert reader.memory <= 1024 * 1024 * 1024


@pytest.mark.parametrize("excess", list(Excess))
def test_both_languages_say_what_happened_what_is_safe_and_what_to_do(excess: Excess) -> None:
    error = TooExpensiveError(excess)
    assert "nichts übernommen" in error.text("de")
    assert "Nothing was taken" in error.text("en")


def _children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(each) for each in found.read_text().split()} if found.exists() else set()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] not in "ZX"


def _wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
