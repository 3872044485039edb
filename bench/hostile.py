"""Whether strangers' bytes hold the house: ``python -m bench.hostile [--seconds 300]``.

Eight clients at a time upload, mail and post hostile inputs of every sort to the real server. Meanwhile somebody looks
at ``/health/live`` and at a recipient's open page, events are sealed, and the memory of all processes is watched.
Afterwards all has to be as before. The exit status is 1 when something was missed.
"""

import argparse
import contextlib
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import servers
from bench.hostile_clients import Target, attack, good_card, good_mail, sorts, tidy_up
from bench.servers import Served
from siegelpost.mail import sink

CLIENTS = 8
OPEN = 40
# In milliseconds, and MiB of all processes together (PSS: what they share counts once).
MOST_P99, MOST_MEMORY = 250.0, 600.0
# Looks, of which there is one a second or so, between which nothing was sealed though events came.
MOST_UNSEALED = 10
# More files and connections that may be open afterwards: each thread keeps one to the database, which is three files.
MOST_FILES = 100
_LOOKS_PER_SECOND = 8


@dataclass
class Found:
    """What was seen: milliseconds by page, MiB, how many events are sealed, the answers by sort, what is wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)  # each process's share when they had most
    sealed: list[int] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def p99(self, page: str) -> float:
        """Of 100 looks, how long all but one take at most."""
        return statistics.quantiles(self.times[page], n=100)[98]


def look(target: Target, seconds: float) -> dict[str, list[float]]:
    """Somebody who looks at both pages again and again, each time on a new connection; milliseconds."""
    times: dict[str, list[float]] = {"/health/live": [], "recipient": []}
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        token = target.tokens[turn % len(target.tokens)]
        turn += 1
        for page, path in (("/health/live", "/health/live"), ("recipient", f"/s/{token}/")):
            began = time.perf_counter()
            received = servers.fetch(target.port, path)
            times[page].append((time.perf_counter() - began) * 1000)
            assert received.startswith(b"HTTP/1.1 200 "), received[:200]
        time.sleep(1 / _LOOKS_PER_SECOND)
    return times


def run(folder: Path, seconds: float) -> Found:
    """Attack a new installation in this folder for so long, and look at it before, meanwhile and afterwards."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    servers.certificate(folder, data)
    with sink.running(folder / "mails") as smtp_port:
        return _attacked(folder, data, smtp_port, seconds)


def _attacked(folder: Path, data: Path, smtp_port: int, seconds: float) -> Found:
    desk = subprocess.run(
        [sys.executable, "-m", "bench.desk", str(OPEN), str(smtp_port)],
        env=servers.environment(data),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    ports: dict[str, Any] = {name: servers.free_port() for name in ("http_port", "mail_port", "ftp_port", "sftp_port")}
    found = Found()
    settings = {name.replace("mail_", "mail_in_"): str(port) for name, port in ports.items()}
    with servers.siegelpost(data, **settings) as served:
        made = json.loads(desk.stdout)
        target = Target(served.port, **ports, **{**made, "intake": tuple(made["intake"])})
        servers.quiet(served)
        time.sleep(2)
        before = Before(set(served.workers()), _fsck(data), served.open_files(), _good(target))
        sorts(target, random.Random())
        with ProcessPoolExecutor(CLIENTS + 1, mp_context=get_context("fork")) as pool:
            attackers = [pool.submit(attack, target, number, seconds) for number in range(CLIENTS)]
            visitor = pool.submit(look, target, seconds)
            at_work: list[Future[Any]] = [*attackers, visitor]
            _watch(served, data, found, lambda: all(each.done() for each in at_work))
            found.times = visitor.result()
            for each in attackers:
                found.answered += each.result()
        found.wrong += _afterwards(served, data, before, target)
    found.wrong += _raised((folder / "data.log").read_text())
    return found


def _raised(log: str) -> Iterator[str]:
    """What tracebacks in the log end with, and how often."""
    ends = Counter(
        next((line for line in part.splitlines()[1:] if line[:1] not in {" ", ""}), "")
        for part in log.split("Traceback (most recent call last):")[1:]
    )
    yield from (f"{count} tracebacks: {end[:300]}" for end, count in ends.items())


def _watch(served: Served, data: Path, found: Found, is_over: Callable[[], bool]) -> None:
    while not is_over():
        shares = sorted((share / 2**20 for share in served.shares().values()), reverse=True)
        if sum(shares) > max(found.memory, default=0):
            found.largest = shares
        found.memory.append(sum(shares))
        found.sealed.append(_sealed(data))
        time.sleep(1)


def _sealed(data: Path) -> int:
    """How many events are sealed."""
    with contextlib.closing(sqlite3.connect(data / "siegelpost.sqlite3", timeout=30)) as database:
        return int(database.execute("SELECT coalesce(max(size), 0) FROM ledger_checkpoint").fetchone()[0])


@dataclass(frozen=True)
class Before:
    """The server's processes, what ``siegelpost fsck`` says of an office that was made for this, and what works."""

    processes: set[int]
    fsck: list[str]
    open_files: int
    good: list[str]


def _good(target: Target) -> list[str]:
    """What is answered to what people bring."""
    return [good_card(target), good_mail(target)]


def _fsck(data: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("siegelpost")), "fsck"]
    checked = subprocess.run(command, env=servers.environment(data), capture_output=True, text=True, check=False)
    return [line for line in checked.stdout.splitlines() if line.startswith("✗")]


def _afterwards(served: Served, data: Path, before: Before, target: Target) -> Iterator[str]:
    """What is not as it was before."""
    if missing := before.processes - set(served.workers()):
        yield f"processes that ended: {missing}"
    if left := [path.name for path in (data / "run" / "bodies").iterdir()]:
        yield f"bodies that were left: {left}"
    if not servers.fetch(served.port, "/health/ready").startswith(b"HTTP/1.1 200 "):
        yield "the server is not ready"
    end = time.monotonic() + 60
    while b"\nsiegelpost_events_waiting 0\n" not in servers.fetch(served.port, "/metrics"):
        if time.monotonic() > end:
            yield "events wait for their seal"
            break
        time.sleep(0.5)
    tidy_up(target)
    if (good := _good(target)) != before.good:
        yield f"what was answered with {before.good} is with {good}"
    while (files := served.open_files()) > before.open_files + MOST_FILES:
        if time.monotonic() > end:
            yield f"{files} files and connections are open; before there were {before.open_files}"
            break
        time.sleep(0.5)
    yield from (f"fsck: {line}" for line in _fsck(data) if line not in before.fsck)


def report(found: Found, seconds: float) -> None:
    """Print all figures."""
    for page, times in found.times.items():
        middle = statistics.median(times)
        latest = f"p99 {found.p99(page):6.1f} ms   max {max(times):7.1f} ms"
        say(f"{page:14} {len(times):6} looks   p50 {middle:6.1f} ms   {latest}")
    say(f"memory         at most {max(found.memory):.0f} MiB of all processes (PSS), in the end {found.memory[-1]:.0f}")
    say(f"               then, each: {' '.join(f'{share:.0f}' for share in found.largest)}")
    say(f"sealed         {found.sealed[0]} events before, {found.sealed[-1]} in the end, in {seconds:.0f} s")
    for answer, count in sorted(found.answered.items()):
        say(f"  {answer:40} {count:6}")


def missed_by(found: Found) -> list[str]:
    """What was missed of what is wanted."""
    missed = [f"{page}: p99 {found.p99(page):.0f} ms" for page in found.times if found.p99(page) > MOST_P99]
    if max(found.memory) > MOST_MEMORY:
        missed.append(f"memory: {max(found.memory):.0f} MiB")
    stretch = max(len(list(same)) for _, same in groupby(found.sealed))
    if stretch > MOST_UNSEALED:
        missed.append(f"nothing was sealed between {stretch} looks")
    return missed + found.wrong


def say(line: str) -> None:
    """To whoever started it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Measure, print, and give the exit status."""
    parser = argparse.ArgumentParser(prog="bench.hostile", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="siegelpost-hostile-") as name:
        found = run(Path(name), chosen.seconds)
    report(found, chosen.seconds)
    for each in missed_by(found):
        say(f"missed: {each}")
    return 1 if missed_by(found) else 0


if __name__ == "__main__":
    sys.exit(main())
