"""Whether strangers' bytes hold the house: ``python -m bench.hostile [--seconds 300]``.

Eight clients at a time upload, mail and post hostile inputs of every sort to the real server. Meanwhile somebody looks
at ``/health/live`` and at a recipient's open page, events are sealed, and the memory of all processes is watched.
Afterwards all has to be as before. The exit status is 1 when something was missed.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import smtplib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import hostile_inputs as inputs
from bench import servers
from bench.servers import Served, client_context
from siegelpost.mail import sink

CLIENTS = 8
OPEN = 40
CSRF = "x" * 32
# In milliseconds, and MiB of all processes together (PSS: what they share counts once).
MOST_P99, MOST_MEMORY = 250.0, 600.0
# Looks, of which there is one a second or so, between which nothing was sealed though events came.
MOST_UNSEALED = 10
_PATIENCE = 90
_LOOKS_PER_SECOND = 8
_UNFINISHED = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048000\r\n\r\n" + b"x" * 1_000_000


@dataclass(frozen=True)
class Target:
    """The server under attack."""

    port: int
    http_port: int
    mail_port: int
    session: str
    estate: str
    tokens: Sequence[str]


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


def connect(port: int) -> socket.socket:
    """A new connection by TLS."""
    plain = socket.create_connection(("127.0.0.1", port), _PATIENCE)
    return client_context().wrap_socket(plain, server_hostname="localhost")


def upload(target: Target, path: str, name: str, content: bytes, **fields: str) -> str:
    """Hand a file in as the administrator; the status of the answer."""
    mark = "a1b2c3d4e5f6"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {"csrfmiddlewaretoken": CSRF, **fields}.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.bin"\r\n\r\n'.encode()
    body = b"".join([*parts, head, content, f"\r\n--{mark}--\r\n".encode()])
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Cookie": f"__Host-session={target.session}; __Host-csrf={CSRF}",
        "Origin": f"https://localhost:{target.port}",
    }
    return ask(target.port, "POST", path, body, headers)


def ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
    """The status of an answer."""
    connection = http.client.HTTPSConnection("localhost", port)
    connection.sock = connect(port)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers)
        return str(connection.getresponse().status)


def mail(target: Target, content: bytes) -> str:
    """Hand a mail in; what the server says to it."""
    with smtplib.LMTP("127.0.0.1", target.mail_port, timeout=_PATIENCE) as server:
        try:
            server.sendmail("a@x.test", ["post@lindenhof.test"], content)
        except smtplib.SMTPDataError as refused:
            return str(refused.smtp_code)
    return "250"


def withdraw(target: Target, dice: random.Random) -> str:
    """Post a withdrawal at the public address."""
    form = inputs.form()
    body = urlencode({**form, "email": form["email"] % dice.randrange(10**6)}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://localhost:{target.port}"}
    return ask(target.port, "POST", "/widerruf/", body, headers)


def unfinished(target: Target) -> str:
    """Hold large bodies that do not end for a second."""
    with contextlib.ExitStack() as stack:
        for _ in range(15):
            stack.enter_context(connect(target.port)).sendall(_UNFINISHED)
        time.sleep(1)
    return "held"


def raw(target: Target, said: bytes) -> str:
    """Say this on both ports, and listen for a moment."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", target.http_port), 5).close()
    with connect(target.port) as sock:
        sock.settimeout(2)
        with contextlib.suppress(OSError):
            sock.sendall(said)
            return sock.recv(64)[9:12].decode("latin-1")
    return "closed"


def sorts(target: Target, dice: random.Random) -> dict[str, list[Callable[[], str]]]:
    """Every sort of hostile input, and how each of it is brought."""

    def uploads(path: str, name: str, contents: Sequence[bytes], **fields: str) -> list[Callable[[], str]]:
        return [partial(upload, target, path, name, each, **fields) for each in contents]

    media = f"/estates/{target.estate}/media/"
    return {
        "vCard": uploads("/contacts/import/", "file", inputs.cards()),
        "PKCS #12": uploads("/certificate/bought/", "sent", inputs.key_files(), password="wrong"),  # noqa: S106 - of no file
        "chain": uploads("/certificate/bought/", "sent", [inputs.chain()]),
        "picture": uploads(media, "files", inputs.pictures(), group="picture"),
        "PDF": uploads(media, "files", inputs.papers(), group="document"),
        "ZIP": uploads("/estates/import/", "file", inputs.archives()),
        "OpenImmo": uploads("/estates/import/", "file", inputs.transfers()),
        "mail": [partial(mail, target, each) for each in inputs.mails()],
        "withdrawal": [partial(withdraw, target, dice)],
        "unfinished": [partial(unfinished, target)],
        "request": [partial(raw, target, each) for each in inputs.requests()],
    }


def attack(target: Target, number: int, seconds: float) -> Counter[str]:
    """One hostile client: one sort after the other; what each was answered."""
    os.nice(10)  # attackers bring machines of their own
    dice = random.Random(number)  # the same on every run
    brought = list(sorts(target, dice).items())
    answered: Counter[str] = Counter()
    end, turn = time.monotonic() + seconds, number * 3
    while time.monotonic() < end:
        sort, ways = brought[turn % len(brought)]
        turn += 1
        try:
            status = dice.choice(ways)()
        except (OSError, http.client.HTTPException, smtplib.SMTPException) as error:
            status = type(error).__name__
        answered[f"{sort}: {status}"] += 1
    return answered


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
    ports = {"http_port": servers.free_port(), "mail_in_port": servers.free_port()}
    found = Found()
    with servers.siegelpost(data, **{name: str(port) for name, port in ports.items()}) as served:
        target = Target(served.port, ports["http_port"], ports["mail_in_port"], **json.loads(desk.stdout))
        servers.quiet(served)
        time.sleep(2)
        before = Before(set(served.workers()), _fsck(data))
        sorts(target, random.Random())
        with ProcessPoolExecutor(CLIENTS + 1, mp_context=get_context("fork")) as pool:
            attackers = [pool.submit(attack, target, number, seconds) for number in range(CLIENTS)]
            visitor = pool.submit(look, target, seconds)
            at_work: list[Future[Any]] = [*attackers, visitor]
            _watch(served, data, found, lambda: all(each.done() for each in at_work))
            found.times = visitor.result()
            for each in attackers:
                found.answered += each.result()
        found.wrong += _afterwards(served, data, before)
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
    """The server's processes, and what ``siegelpost fsck`` says of an office that was made for this."""

    processes: set[int]
    fsck: list[str]


def _fsck(data: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("siegelpost")), "fsck"]
    checked = subprocess.run(command, env=servers.environment(data), capture_output=True, text=True, check=False)
    return [line for line in checked.stdout.splitlines() if line.startswith("✗")]


def _afterwards(served: Served, data: Path, before: Before) -> Iterator[str]:
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
