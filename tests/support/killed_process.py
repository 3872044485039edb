"""A piece of work in a process of its own that may be killed: what it asks of the world is answered here."""

import os
import signal
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

Ask = Callable[[str, bytes], bytes]


def die() -> None:
    """End this process at once, as a power cut or the kernel does: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[Ask], Any], answer: Ask) -> tuple[Any, bool]:
    """Do this in a child of this process, which must have no other threads.

    Args:
        work: gets a way of asking ``answer``, which runs here.

    Returns:
        What it came to, None where it did not live so long; and whether it was killed.
    """
    here, there = Pipe()
    pid = os.fork()
    if not pid:
        here.close()
        _in_the_child(work, there)
    there.close()
    found = None
    try:
        while True:
            kind, *said = here.recv()
            if kind == "ask":
                here.send(answer(*said))
            else:
                found = said[0]
    except (EOFError, ConnectionError):
        pass
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or not status, "the child failed by itself"
    return found, os.WIFSIGNALED(status)


def _in_the_child(work: Callable[[Ask], Any], there: Connection) -> None:
    status = 1

    def ask(host: str, raw: bytes) -> bytes:
        there.send(("ask", host, raw))
        said: bytes = there.recv()
        return said

    try:
        there.send(("done", work(ask)))
        status = 0
    finally:
        os._exit(status)
