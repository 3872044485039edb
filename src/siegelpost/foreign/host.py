"""The process whose children read strangers' bytes: it has all readers loaded, and a few children wait ahead.

It has one thread and reads nothing of what the bytes are: a job comes as a name and a few descriptors, and goes to a
child as it came. What became of the child is told to whoever asked, so that "it cost too much" and "the whole room was
gone for a moment" are two things.
"""

import gc
import os
import select
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import structlog

from siegelpost.foreign import child, wire
from siegelpost.foreign.counts import Counts
from siegelpost.foreign.table import AT_ONCE, BY_FUNCTION, READERS, Lane, Reader

log = structlog.get_logger(__name__)

# Children that wait for work.
_AHEAD = 2
# Jobs of one lane that wait for a child.
MOST_WAITING = 32
# A child that its own limits did not end is ended from here, so many seconds later.
_GRACE = 2.0
_AFTER_FAILURE = 0.5


@dataclass(slots=True)
class _Job:
    """Something to be read: ``answer`` and further descriptors for the child, ``verdict`` for us."""

    reader: Reader
    answer: int
    verdict: int
    rest: list[int]

    def is_wanted(self) -> bool:
        """Whether whoever asked still waits."""
        poll = select.poll()
        poll.register(self.answer, 0)
        return not poll.poll(0)

    def handed_on(self) -> None:
        for descriptor in (self.answer, *self.rest):
            os.close(descriptor)

    def drop(self) -> None:
        self.handed_on()
        os.close(self.verdict)


@dataclass(slots=True)
class _Child:
    pid: int
    work: socket.socket


@dataclass(slots=True)
class _Running:
    job: _Job
    ends: float


@dataclass(slots=True)
class _LaneState:
    waiting: deque[_Job] = field(default_factory=deque)
    running: int = 0


def load_readers() -> dict[str, Callable[..., Any]]:
    """The functions of the table, with all that they need."""
    functions = {}
    for reader in READERS:
        functions[reader.function] = _named(reader.function)
        for name in reader.warm:
            if ":" in name:
                _named(name)()
            else:
                import_module(name)
    return functions


def _named(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), attribute)
    return found


class Host:
    """Hands jobs to children, one each."""

    def __init__(
        self, door: socket.socket, functions: dict[str, Callable[..., Any]], counts: Counts | None = None
    ) -> None:
        """Nothing is forked yet.

        Args:
            door: from which jobs come; the other end is with those who ask.
            functions: the readers by their names.
            counts: where it is written down what was done.
        """
        self._door = door
        self._counts = counts or Counts()
        self._functions = functions
        self._ahead: list[_Child] = []
        self._running: dict[int, _Running] = {}
        self._lanes = {lane: _LaneState() for lane in Lane}
        self._fork_at = 0.0

    def run(self, lifeline: int) -> None:
        """Work until ``lifeline`` becomes readable, or nobody can ask any more."""
        heard, wake = os.pipe()
        for end in (heard, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        ended: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
        poll = select.poll()
        for descriptor in (self._door.fileno(), heard, lifeline):
            poll.register(descriptor, select.POLLIN)
        gc.collect()
        gc.freeze()
        self._counts.begin()
        while not ended:
            self._begin_waiting()
            ready = {descriptor for descriptor, _event in poll.poll(self._patience())}
            if heard in ready:
                with suppress(BlockingIOError):
                    os.read(heard, 4096)
            self._reap()
            self._end_overdue()
            if lifeline in ready or (self._door.fileno() in ready and not self._take()):
                break
        self._end()

    def _patience(self) -> float | None:
        """Milliseconds until something has to be done even if nothing happens."""
        ends = [each.ends for each in self._running.values()]
        if len(self._ahead) < _AHEAD:
            ends.append(self._fork_at)
        return max(0.0, min(ends) - time.monotonic()) * 1000 + 1 if ends else None

    def _take(self) -> bool:
        """Take a job in; False when nobody is left who could ask."""
        try:
            name, descriptors, _flags, _sender = socket.recv_fds(
                self._door, child.LONGEST_NAME, child.MOST_DESCRIPTORS, socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC
            )
        except (BlockingIOError, InterruptedError):
            return True
        except ConnectionError:
            return False
        reader = BY_FUNCTION.get(name.decode("ascii", "replace"))
        if reader is None or len(descriptors) < 3:
            for descriptor in descriptors:
                os.close(descriptor)
            return bool(name)
        answer, verdict, *rest = descriptors
        job = _Job(reader, answer, verdict, rest)
        waiting = self._lanes[reader.lane].waiting
        if len(waiting) >= MOST_WAITING:
            for old in [old for old in waiting if not old.is_wanted()]:
                waiting.remove(old)
                old.drop()
        if len(waiting) >= MOST_WAITING:
            self._counts.add(turned_away=1)
            job.drop()
        else:
            waiting.append(job)
        return True

    def _begin_waiting(self) -> None:
        """Give waiting jobs to children, as long as there are places in their lanes."""
        self._fork_ahead()
        for lane, state in self._lanes.items():
            while state.waiting and state.running < AT_ONCE[lane] and self._ahead:
                job = state.waiting.popleft()
                if job.is_wanted():
                    self._begin(job, state)
                else:
                    job.drop()
        self._fork_ahead()

    def _begin(self, job: _Job, state: _LaneState) -> None:
        worker = self._ahead.pop(0)
        try:
            socket.send_fds(worker.work, [job.reader.function.encode()], [job.answer, *job.rest])
        except OSError:  # it was ended from outside while it waited
            state.waiting.appendleft(job)
            return
        finally:
            worker.work.close()
        job.handed_on()
        state.running += 1
        self._running[worker.pid] = _Running(job, time.monotonic() + job.reader.wall + _GRACE)

    def _fork_ahead(self) -> None:
        while len(self._ahead) < _AHEAD and time.monotonic() >= self._fork_at:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            host = os.getpid()
            try:
                pid = os.fork()
            except OSError:  # no memory, or no processes: in a moment again
                log.exception("strangers' bytes cannot be read for a moment")
                self._fork_at = time.monotonic() + _AFTER_FAILURE
                ours.close()
                theirs.close()
                return
            if not pid:
                self._counts.let_go()
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                child.wait_for_work(theirs, self._functions, host)
            theirs.close()
            self._ahead.append(_Child(pid, ours))

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if done := self._running.pop(pid, None):
                self._lanes[done.job.reader.lane].running -= 1
                self._tell(done.job, status)
            for waiting in [each for each in self._ahead if each.pid == pid]:
                self._ahead.remove(waiting)
                waiting.work.close()
                self._fork_at = time.monotonic() + _AFTER_FAILURE

    def _tell(self, job: _Job, status: int) -> None:
        self._counts.add(read=1, stopped=bool(status))
        if status:
            log.warning("strangers' bytes were not read to the end", reader=job.reader.function, status=status)
        with suppress(OSError):
            os.write(job.verdict, wire.VERDICT.pack(status))
        os.close(job.verdict)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for pid, each in self._running.items():
            if each.ends <= now:
                each.ends = now + _GRACE
                os.kill(pid, signal.SIGKILL)

    def _end(self) -> None:
        for pid in [*self._running, *(each.pid for each in self._ahead)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
