"""How many visitors one worker holds at a time: ``python -m bench.connections [--many 8192]``.

The real server with one worker, on loopback, where each client's address is its own (127.1.x.y). As many visitors as
its limit allows come in by TLS, ask once, and stay. Meanwhile a further one asks again and again on a connection that
it has. Whoever comes beyond that waits outside, one address alone is held to its own limit, and after all have gone
everybody comes in again. The exit status is 1 when something of that is not so. Figures: ``docs/operations.md``.
"""

import argparse
import multiprocessing
import os
import resource
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from bench import servers
from bench.servers import Served, client_context
from siegelpost.tls.front import Limits

# Clients that fill the house, and how many of its connections each address has: well below the limit for one.
CLIENTS, FROM_ONE = 2, 256
ASKED = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
# In seconds: a connection that waits for a request is closed by the server after a minute.
_AGAIN_AFTER = 25.0
_PATIENCE = 60.0
# So long one who comes to a full house is watched.
_WATCHED = 2.0
_BEYOND = 5


@dataclass
class Visitor:
    """A connection that stays, and when it last asked something."""

    socket: socket.socket
    asked_at: float = 0.0

    def ask(self) -> float:
        """One request on it; milliseconds. Raises OSError: it is closed."""
        began = time.perf_counter()
        self.socket.sendall(ASKED)
        answer = self.socket.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise ConnectionResetError(answer[:80])
        self.asked_at = time.monotonic()
        return (time.perf_counter() - began) * 1000


def come(port: int, source: str, patience: float = _PATIENCE) -> Visitor:
    """Come in by TLS and ask once. Raises OSError: the server lets nobody in within so many seconds."""
    plain = socket.create_connection(("127.0.0.1", port), patience, source_address=(source, 0))
    try:
        visitor = Visitor(client_context().wrap_socket(plain, server_hostname="localhost"))
        visitor.ask()
    except OSError:
        plain.close()
        raise
    return visitor


def stay(port: int, many: int, number: int, said: Connection) -> None:
    """One client: so many come, ask now and then so that they are not idle, and leave when they are told to."""
    os.nice(10)
    visitors: list[Visitor] = []
    for at in range(many):
        with suppress(OSError):
            visitors.append(come(port, f"127.1.{number}.{1 + at // FROM_ONE}"))
        _keep(visitors)
    said.send(len(visitors))
    while not said.poll(0.5):
        _keep(visitors)
    said.send(sum(_alive(visitor) for visitor in visitors))
    for visitor in visitors:
        visitor.socket.close()


def _keep(visitors: list[Visitor]) -> None:
    old = time.monotonic() - _AGAIN_AFTER
    for visitor in visitors:
        if visitor.asked_at < old:
            with suppress(OSError):
                visitor.ask()


def _alive(visitor: Visitor) -> bool:
    try:
        visitor.ask()
    except OSError:
        return False
    return True


@dataclass
class Found:
    """What was seen: seconds until all were in, bytes of the worker, milliseconds of one who asks meanwhile."""

    held: int = 0
    alive: int = 0
    seconds: float = 0.0
    empty: int = 0
    full: int = 0
    waited: list[float] = field(default_factory=list)
    waiting: int = 0
    from_one: int = 0
    again: bool = False

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield f"held at a time:            {self.held} (all of them still answered at the end: {self.alive})"
        yield f"until all were in:         {self.seconds:.1f} s, {self.held / self.seconds:.0f} a second"
        each = (self.full - self.empty) / max(1, self.held)
        full = f"{self.empty >> 20} MiB empty, {self.full >> 20} MiB full"
        yield f"memory of the worker:      {full}, {each / 1024:.1f} KiB each"
        p99 = statistics.quantiles(self.waited, n=100)[98]
        yield f"one who asks meanwhile:    {statistics.median(self.waited):.1f} ms (median), {p99:.1f} ms (p99)"
        yield f"more than that:            {self.waiting} of {_BEYOND} wait outside"
        yield f"one address, alone:        {self.from_one} let in"
        yield f"after all have gone:       {'everybody comes in again' if self.again else 'NOBODY COMES IN'}"

    def good(self, many: int) -> bool:
        """Whether the limits are what they are said to be."""
        limits = Limits()
        full = many < limits.connections or self.waiting == _BEYOND
        return (
            self.alive == self.held == many and full and self.from_one == limits.connections_per_address and self.again
        )


def measured(served: Served, many: int) -> Found:
    """Fill the house, and look."""
    found, before = Found(), served.memory()
    spare = come(served.port, "127.2.0.1")  # who asks meanwhile is one of the many
    shares = [(many - 1) // CLIENTS + (number < (many - 1) % CLIENTS) for number in range(CLIENTS)]
    began = time.monotonic()
    processes, ours = [], []
    for number, share in enumerate(shares):
        here, there = multiprocessing.Pipe()
        processes.append(multiprocessing.Process(target=stay, args=(served.port, share, number, there)))
        processes[-1].start()
        ours.append(here)
    while not all(each.poll() for each in ours):
        found.waited.append(spare.ask())
        time.sleep(0.05)
    found.held = 1 + sum(each.recv() for each in ours)
    found.seconds = time.monotonic() - began
    found.empty, found.full = _grown(before, served.memory())
    for at in range(_BEYOND):
        found.waiting += not _let_in(served.port, f"127.3.0.{1 + at}", _WATCHED)
        found.waited.append(spare.ask())
    for each in ours:
        each.send(None)
    found.alive = 1 + sum(each.recv() for each in ours)
    for process in processes:
        process.join()
    spare.socket.close()
    until = time.monotonic() + _PATIENCE
    while not found.again and time.monotonic() < until:
        found.again = _let_in(served.port, "127.3.0.1")
    found.from_one = _from_one(served.port)
    return found


def _let_in(port: int, source: str, patience: float = _PATIENCE) -> bool:
    try:
        come(port, source, patience).socket.close()
    except OSError:
        return False
    return True


def _from_one(port: int) -> int:
    """How many a single address may have at a time."""
    visitors: list[Visitor] = []
    with suppress(OSError):
        while len(visitors) < 2 * Limits().connections_per_address:
            visitors.append(come(port, "127.4.0.1"))
            _keep(visitors)
    for visitor in visitors:
        visitor.socket.close()
    return len(visitors)


def _grown(before: dict[int, int], now: dict[int, int]) -> tuple[int, int]:
    """Bytes before and now of the process that has grown most, which is the worker."""
    return max(((before[pid], now[pid]) for pid in before.keys() & now.keys()), key=lambda each: each[1] - each[0])


def main() -> int:
    """Measure, print, and give the exit status."""
    parser = argparse.ArgumentParser(prog="bench.connections")
    parser.add_argument("--many", type=int, default=Limits().connections)
    chosen = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir(mode=0o700)
        servers.certificate(folder, data)
        with servers.siegelpost(data, workers="1") as served:
            found = measured(served, chosen.many)
    sys.stdout.writelines(f"{line}\n" for line in found.lines())
    return 0 if found.good(chosen.many) else 1


if __name__ == "__main__":
    sys.exit(main())
