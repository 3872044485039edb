"""Who of all processes and nodes works on the certificate now.

The holder beats: every few seconds it writes a new number into a file of the shared folder. Whoever waits watches
that file by a clock that only goes forward; when no beat has come for a while, the holder is dead, and the lease
is taken over. So neither clocks that jump nor clocks that differ between nodes can make two holders.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json

BEAT = 2.0
DEAD_AFTER = 12.0


def held_by_anybody(store: Store) -> bool:
    """Whether somebody seems to hold the lease; a holder of this machine that has died is seen at once."""
    content = read_json(_file(store))
    return bool(content) and not _died_here(content)


class Lease:
    """Held as long as :attr:`lost` is false."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._id = secrets.token_hex(8)
        self._beats = 0
        self._ended = threading.Event()
        self._lost = False
        self._beaten = time.monotonic()

    @property
    def lost(self) -> bool:
        """Another holder has taken over, or may have: this process slept too long."""
        return self._lost or time.monotonic() - self._beaten > DEAD_AFTER

    def check(self) -> None:
        """Raises AcmeError (``busy``) when the lease is lost: nothing more may be ordered or activated."""
        if self.lost:
            raise AcmeError(Code.BUSY)

    def _take(self, seen: dict[str, Any]) -> bool:
        """Write ourselves into the file, if it still says what we have seen."""
        with self._store.locked():
            if read_json(_file(self._store)) != seen:
                return False
            self._write()
            return True

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            try:
                with self._store.locked():
                    self._lost = read_json(_file(self._store)).get("id") != self._id
                    if self._lost:
                        return
                    self._write()
            except OSError:  # a full disk: as long as nobody else takes over, the work goes on
                continue
            self._beaten = time.monotonic()

    def _write(self) -> None:
        self._beats += 1
        write_json(
            _file(self._store),
            {
                "id": self._id,
                "beat": self._beats,
                "node": _node(),
                "pid": os.getpid(),
                "started": _started(os.getpid()),
            },
        )

    def _release(self) -> None:
        with suppress(OSError), self._store.locked():
            if read_json(_file(self._store)).get("id") == self._id:
                _file(self._store).unlink(missing_ok=True)


@contextmanager
def lease(store: Store, patience: float) -> Iterator[Lease]:
    """Hold the lease; wait up to ``patience`` seconds for whoever has it, or longer for one that seems dead.

    Raises:
        AcmeError: ``busy``, somebody else is at work; ``store``, the folder cannot be written to.
    """
    held = Lease(store)
    try:
        _acquire(held, store, patience)
    except OSError as error:
        raise AcmeError(Code.STORE, detail=error.strerror) from error
    held._beaten = time.monotonic()
    thread = threading.Thread(target=held._beat, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        held._ended.set()
        thread.join()
        held._release()


def _acquire(held: Lease, store: Store, patience: float) -> None:
    began = watched = time.monotonic()
    seen = read_json(_file(store))
    while True:
        now = time.monotonic()
        free = not seen or _died_here(seen) or now - watched > DEAD_AFTER
        if free and held._take(seen):
            return
        looked = read_json(_file(store))
        if looked != seen:
            seen, watched = looked, now
            if now - began > patience and seen:
                raise AcmeError(Code.BUSY)
        if now - began > max(patience, DEAD_AFTER + BEAT):
            raise AcmeError(Code.BUSY)
        time.sleep(0.05)


def _file(store: Store) -> Path:
    return store.folder / "acme" / "lease.json"


def _node() -> str:
    """This start of this machine: process numbers of another one mean nothing here."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip() + "@" + socket.gethostname()
    return ""


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks (proc(5), field 22); empty when there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""


def _died_here(content: dict[str, Any]) -> bool:
    """The holder was a process of this machine that is no more."""
    try:
        return bool(content["node"]) and content["node"] == _node() and content["started"] != _started(content["pid"])
    except (KeyError, TypeError):
        return False
