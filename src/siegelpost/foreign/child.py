"""A process that reads one thing, within its limits, and ends."""

import ctypes
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import extract_tb
from types import GeneratorType
from typing import Any, NoReturn

from siegelpost.foreign import wire
from siegelpost.foreign.table import BY_FUNCTION, Reader
from siegelpost.foreign.wire import Frame
from siegelpost.toolbox.words import SpokenError

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
# What a job names: its reader; and the descriptors that come along: where the answer goes, the call, files.
LONGEST_NAME, MOST_DESCRIPTORS = 200, 8
_HANDLES = 64
# Behind whoever answers people, where processor time is short.
_NICE = 5
# Bytes of the text that says where a reader came to its end.
_LONGEST_FAILURE = 2000


def wait_for_work(work: socket.socket, functions: dict[str, Callable[..., Any]], host: int) -> NoReturn:
    """Run in a process that was just forked: wait for a job, do it, end. Nothing of the host's is kept but ``work``.

    Args:
        work: from which the job comes.
        functions: the readers, by their name in the table.
        host: the process that forked this one; they end together.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.nice(_NICE)
    status = 1
    try:
        if os.getppid() == host:
            _close_all_but(work.fileno())
            name, descriptors, _flags, _sender = socket.recv_fds(work, LONGEST_NAME, MOST_DESCRIPTORS)
            work.close()
            if descriptors:
                answer, call, *files = descriptors
                with socket.socket(fileno=answer) as out:
                    _work(BY_FUNCTION[name.decode()], functions[name.decode()], out, call, files)
            status = 0
    finally:
        os._exit(status)  # nothing of the host's own may run here


def _work(reader: Reader, function: Callable[..., Any], out: socket.socket, call: int, files: list[int]) -> None:
    limit(reader)
    out.sendall(wire.HEAD.pack(Frame.BEGUN, 0))
    try:
        left = reader.answer
        for kind, one in _answers(function, *wire.taken(call, files)):
            packed = wire.packed(one, left)
            if packed is None:
                out.sendall(wire.HEAD.pack(Frame.ANSWER, 0))
                return
            left -= len(packed)
            out.sendall(wire.HEAD.pack(kind, len(packed)) + packed)
    except MemoryError:
        out.sendall(wire.HEAD.pack(Frame.MEMORY, 0))
    except BrokenPipeError:  # whoever asked does not want to know any more
        pass
    except SpokenError as error:
        _refuse(reader, out, error)
    except Exception as error:
        if type(error).__module__ in reader.answers_of:
            _refuse(reader, out, error)
        else:
            # Where, not what: the error's own words may hold the stranger's.
            places = [f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in extract_tb(error.__traceback__)]
            said = f"{type(error).__name__} at {' '.join(places[-12:])}".encode()[:_LONGEST_FAILURE]
            out.sendall(wire.HEAD.pack(Frame.FAILED, len(said)) + said)


def _answers(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[Frame, object]]:
    found = function(*args, **kwargs)
    if isinstance(found, GeneratorType):
        yield from ((Frame.ITEM, one) for one in found)
        found = None
    yield Frame.RESULT, found


def _refuse(reader: Reader, out: socket.socket, error: Exception) -> None:
    error.__traceback__ = error.__cause__ = error.__context__ = None
    packed = wire.packed(error, reader.answer) or b""
    out.sendall(wire.HEAD.pack(Frame.ERROR, len(packed)) + packed)


def limit(reader: Reader) -> None:
    """Let this process be ended by the system when it goes beyond what reading may cost."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, reader.wall)
    pages = Path("/proc/self/statm").read_text().split()
    present, data = (int(pages[place]) * resource.getpagesize() for place in (0, 5))
    for what, most in (
        (resource.RLIMIT_CPU, reader.cpu),
        (resource.RLIMIT_AS, present + reader.memory),
        # What threads have reserved for themselves counts above from the beginning, and here once it is used.
        (resource.RLIMIT_DATA, data + reader.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _HANDLES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _close_all_but(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
