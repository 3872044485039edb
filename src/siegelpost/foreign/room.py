"""Having strangers' bytes read: the same call as to the reader itself, done in a process that may be ended over it.

Never inside a transaction, and never in an event loop: it may take as long as the reader's row in the table says.
"""

import atexit
import io
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, ParamSpec, TypeVar, cast

import structlog

from siegelpost.foreign import wire
from siegelpost.foreign.counts import Counts, HostState
from siegelpost.foreign.errors import BusyError, Excess, TooExpensiveError
from siegelpost.foreign.table import BY_FUNCTION, MOST_CALLS, Reader
from siegelpost.foreign.wire import Frame

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
# Seconds until somebody begins to read; a room that has to be started again is back within one.
PATIENCE = 30.0
_CALL_PATIENCE = 1.0
# A room that ended in the middle (killed, out of memory) is asked once more.
_TRIES = 2
_GRACE = 5.0
_CHUNK = 1024 * 1024
# The last is sent by the host.
_OUT_OF_TIME = frozenset({signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL})
_EXCESSES = {Frame.MEMORY: Excess.MEMORY, Frame.ANSWER: Excess.ANSWER}


class UnknownReaderError(LookupError):
    """The function does not stand in the table."""


class _RoomGoneError(Exception):
    """The whole room ended while it read this; that says nothing about the bytes."""


@dataclass(frozen=True, slots=True)
class Door:
    """Two ends of a socket: at ``outside`` is asked, ``inside`` is the host's. ``counts`` is what the host does."""

    outside: socket.socket
    inside: socket.socket
    counts: Counts

    @classmethod
    def made(cls) -> "Door":
        """A new one; it has no name, so nobody gets to it who was not given it."""
        return cls(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET), Counts())


class _Own:
    """A room of this process's own, for commands and tests: started at the first call, ended with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._outside: socket.socket | None = None

    def outside(self) -> socket.socket:
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                self.close()
            if self._outside is None:
                door = Door.made()
                command = [sys.executable, "-m", "siegelpost.foreign", str(door.inside.fileno())]
                self._process = subprocess.Popen(  # noqa: S603 - this program
                    command, pass_fds=[door.inside.fileno()], start_new_session=True
                )
                door.inside.close()
                self._outside = door.outside
            return self._outside

    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End it; the next call starts a new one."""
        if self._outside is not None:
            self._outside.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._outside = self._process = None

    def forget(self) -> None:
        """In a process that was just forked: the room is the other's."""
        if self._outside is not None:
            self._outside.close()
        if self._process is not None:
            self._process.returncode = 0  # not our child
        self._lock = threading.Lock()  # another thread may have held it
        self._outside = self._process = None


OWN = _Own()
_calls = {lane: threading.BoundedSemaphore(most) for lane, most in MOST_CALLS.items()}
_given: list[Door] = []
os.register_at_fork(after_in_child=OWN.forget)
atexit.register(OWN.close)


def ask_at(door: Door) -> None:
    """Have everything read by the host at this door, which somebody else starts, and starts again."""
    _given[:] = [door]


def host_state() -> HostState | None:
    """How the host at the server's door does; None in a process that has none."""
    return _given[0].counts.state() if _given else None


def read(reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``reader`` gives for these arguments, within the limits of its row in the table.

    Open files (``rb``) among the arguments are handed on as they are and read from their beginning.

    Raises:
        TooExpensiveError: reading went beyond its limits, or the reader came to its end over it.
        BusyError: nobody could read it now.
        UnknownReaderError: the function stands in no row.
        Exception: what the reader itself raises to say what is wrong with the bytes.
    """
    for _frame, found in _asked(_row(reader), (args, kwargs)):
        return cast(T, found)
    raise AssertionError  # an answer has an end


def stream(reader: Callable[P, Iterable[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
    """What a reader that is a generator gives, one after the other; raises as :func:`read`."""
    for frame, found in _asked(_row(reader), (args, kwargs)):
        if frame is Frame.ITEM:
            yield cast(T, found)


def _row(reader: Callable[..., object]) -> Reader:
    name = f"{reader.__module__}:{reader.__qualname__}"
    if name not in BY_FUNCTION:
        raise UnknownReaderError(name)
    return BY_FUNCTION[name]


def _asked(row: Reader, call: object) -> Iterator[tuple[Frame, object]]:
    place = _calls[row.lane]
    if not place.acquire(timeout=_CALL_PATIENCE):
        raise BusyError
    try:
        yield from _tried(row, call)
    finally:
        place.release()


def _tried(row: Reader, call: object) -> Iterator[tuple[Frame, object]]:
    patience = time.monotonic() + PATIENCE
    for last in (number == _TRIES for number in range(1, _TRIES + 1)):
        given = 0
        try:
            for answer in _one_try(row, call, patience):
                given += 1
                yield answer
            return
        except _RoomGoneError:
            # What was given already cannot be given again.
            if last or given:
                raise BusyError from None


def _one_try(row: Reader, call: object, patience: float) -> Iterator[tuple[Frame, object]]:
    files: list[BinaryIO] = []
    arguments = wire.put(call, files)
    ours, theirs = socket.socketpair()
    verdict, told = os.pipe()
    try:
        _send(row, [theirs.fileno(), told, arguments, *(file.fileno() for file in files)], patience)
        theirs.close()
        os.close(told)
        told = -1
        yield from _frames(row, ours, verdict, patience)
    finally:
        ours.close()
        theirs.close()
        for descriptor in (arguments, verdict, *([told] if told >= 0 else [])):
            os.close(descriptor)


def _send(row: Reader, descriptors: list[int], patience: float) -> None:
    while True:
        outside = _given[0].outside if _given else OWN.outside()
        try:
            socket.send_fds(outside, [row.function.encode()], descriptors, socket.MSG_DONTWAIT)
        except BlockingIOError:  # many wait already
            _until(outside, select.POLLOUT, patience)
        except OSError:
            if time.monotonic() > patience:
                raise BusyError from None
            time.sleep(0.05)
        else:
            return


def _until(what: socket.socket, event: int, ends: float) -> None:
    poll = select.poll()
    poll.register(what, event)
    if not poll.poll(max(0.0, ends - time.monotonic()) * 1000):
        raise BusyError


def _frames(row: Reader, ours: socket.socket, verdict: int, patience: float) -> Iterator[tuple[Frame, object]]:
    ends, left = patience, row.answer
    while True:
        kind, data = _frame(ours, verdict, ends, left)
        left -= len(data)
        if kind is Frame.BEGUN:
            ends = time.monotonic() + row.wall + _GRACE
        elif kind in (Frame.ITEM, Frame.RESULT, Frame.ERROR):
            found = _unpacked(row, data)
            if kind is Frame.ERROR:
                raise found if isinstance(found, Exception) else TooExpensiveError(Excess.FAILED)
            yield kind, found
            if kind is Frame.RESULT:
                return
        else:
            if kind is Frame.FAILED:
                where = data.decode("ascii", "replace")
                log.warning("a reader of strangers' bytes failed", reader=row.function, where=where)
            raise TooExpensiveError(_EXCESSES.get(kind, Excess.FAILED))


def _unpacked(row: Reader, data: bytes) -> object:
    try:
        return wire.unpacked(data, row.answers_of)
    except wire.BrokenAnswerError as error:
        log.warning("a reader of strangers' bytes gave no answer", reader=row.function, why=repr(error.__cause__))
        raise TooExpensiveError(Excess.FAILED) from None


def _frame(ours: socket.socket, verdict: int, ends: float, most: int) -> tuple[Frame, bytes]:
    head = _exactly(ours, wire.HEAD.size, ends)
    if head is None:
        raise _cause_of(verdict)
    kind, length = wire.HEAD.unpack(head)
    if length > most:
        raise TooExpensiveError(Excess.ANSWER)
    data = _exactly(ours, length, ends)
    if data is None:
        raise _cause_of(verdict)
    return Frame(kind), data


def _exactly(ours: socket.socket, length: int, ends: float) -> bytes | None:
    """So many bytes; None where the other side ended before."""
    found = io.BytesIO()
    while (missing := length - found.tell()) > 0:
        _until(ours, select.POLLIN, ends)
        with suppress(ConnectionError):
            if some := ours.recv(min(missing, _CHUNK)):
                found.write(some)
                continue
        return None
    return found.getvalue()


def _cause_of(verdict: int) -> Exception:
    """Why no answer came, as the host tells it."""
    poll = select.poll()
    poll.register(verdict, select.POLLIN)
    poll.poll(_GRACE * 1000)
    os.set_blocking(verdict, False)
    try:
        told = os.read(verdict, wire.VERDICT.size)
    except BlockingIOError:
        told = b""
    if len(told) != wire.VERDICT.size:
        return _RoomGoneError()
    (status,) = wire.VERDICT.unpack(told)
    in_time = not os.WIFSIGNALED(status) or os.WTERMSIG(status) not in _OUT_OF_TIME
    return TooExpensiveError(Excess.FAILED if in_time else Excess.TIME)
