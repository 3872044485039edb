"""Starts the child processes, keeps them running, ends them."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from siegelpost.server.child import GRACE, PID, Child

log = structlog.get_logger(__name__)

_HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
_KILLED_AFTER = GRACE + 5
# A child that lived this long was started successfully; its end is a new misfortune, not the old one again.
_HEALTHY = 10.0
_BACKOFF = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_START_TIMEOUT = 60.0


@dataclass(slots=True)
class ProcessRole:
    """A kind of child process: ``main`` runs in the child, which ends when it returns.

    One that ``serves_others`` is asked to end only when the others, who finish what they have begun, are gone.
    """

    name: str
    main: Callable[[Child], None]
    serves_others: bool = False


@dataclass(slots=True)
class _Place:
    """One child that shall always be there."""

    role: ProcessRole
    pid: int = 0
    ready: bool = False
    started: float = 0
    failures: int = 0
    start_at: float = field(default_factory=time.monotonic)


class Supervisor:
    """Runs in the main thread of a process that has no other thread: it forks.

    Everything that all children need is imported before, so that they start at once and share its memory.
    """

    def __init__(self, roles: Sequence[ProcessRole]) -> None:
        self._places = [_Place(role) for role in roles]
        self._lifeline = os.pipe()
        self._ready = os.pipe()
        os.set_blocking(self._ready[0], False)
        self._announced = False

    def run(self, on_ready: Callable[[], None]) -> int:
        """Run until SIGTERM or SIGINT; returns the exit status of the whole.

        Args:
            on_ready: called once, when every child has said that it is ready.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        gc.collect()
        gc.freeze()  # what is here now is never looked at again, so its memory stays shared
        began = time.monotonic()
        while True:
            self._start_due()
            if not self._announced:
                self._note_ready()
                if all(place.ready for place in self._places):
                    self._announced = True
                    on_ready()
                elif time.monotonic() > began + _START_TIMEOUT:
                    log.error("the server did not become ready", seconds=_START_TIMEOUT)
                    return self._end(1)
            heard = signal.sigtimedwait(_HEARD, self._patience())
            if heard is None:
                continue
            if heard.si_signo != signal.SIGCHLD:
                log.info("ending; requests in flight are finished", signal=signal.Signals(heard.si_signo).name)
                return self._end(0)
            if self._reap() and not self._announced:
                log.error("a process could not start")
                return self._end(1)

    def _patience(self) -> float:
        if not self._announced:
            return 0.02
        due = [place.start_at for place in self._places if not place.pid]
        return max(0.0, min(due) - time.monotonic()) if due else 3600.0

    def _start_due(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if not place.pid and place.start_at <= now:
                place.pid = self._fork(place.role)
                place.started = now

    def _fork(self, role: ProcessRole) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            os.close(self._lifeline[1])
            os.close(self._ready[0])
            # Ctrl-C reaches the whole foreground group; when to end is the supervisor's to say.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
            role.main(Child(self._lifeline[0], self._ready[1]))
            status = 0
        except BaseException:
            log.exception("a process failed", role=role.name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)  # nothing of the supervisor's own may run in its child

    def _note_ready(self) -> None:
        with suppress(BlockingIOError):
            while pid := os.read(self._ready[0], PID.size):
                for place in self._places:
                    place.ready |= (place.pid,) == PID.unpack(pid)

    def _reap(self) -> bool:
        """Note which children have ended and when to start them again; whether one of them could not start.

        One that was killed from outside before it was ready says nothing of what the next one can do.
        """
        self._note_ready()
        could_not_start = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return could_not_start
            if not pid:
                return could_not_start
            for place in self._places:
                if place.pid == pid:
                    could_not_start |= not place.ready and os.WIFEXITED(status)
                    self._plan_restart(place, status)

    def _plan_restart(self, place: _Place, status: int) -> None:
        now = time.monotonic()
        place.failures = 0 if now - place.started > _HEALTHY else place.failures + 1
        delay = _BACKOFF[min(place.failures, len(_BACKOFF) - 1)]
        log.error(
            "a process ended and is started again",
            role=place.role.name,
            pid=place.pid,
            status=os.waitstatus_to_exitcode(status),
            delay=delay,
        )
        place.pid, place.ready = 0, False
        place.start_at = now + delay

    def _end(self, status: int) -> int:
        """Ask every child to end, wait, and kill those that do not; a second Ctrl-C kills at once."""
        deadline = time.monotonic() + _KILLED_AFTER
        for serves_others in (False, True):
            places = [place for place in self._places if place.role.serves_others == serves_others]
            self._signal(signal.SIGTERM, places)
            while any(place.pid for place in places):
                heard = signal.sigtimedwait(_HEARD, max(0.0, deadline - time.monotonic()))
                if heard is None or heard.si_signo != signal.SIGCHLD:
                    self._signal(signal.SIGKILL, self._places)
                    deadline = time.monotonic() + 1
                self._forget_ended()
        return status

    def _forget_ended(self) -> None:
        for place in self._places:
            if place.pid:
                pid, _ = os.waitpid(place.pid, os.WNOHANG)
                if pid:
                    place.pid = 0

    def _signal(self, number: signal.Signals, places: Sequence[_Place]) -> None:
        for place in places:
            if place.pid:
                os.kill(place.pid, number)
