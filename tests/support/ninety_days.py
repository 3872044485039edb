"""Ninety days of an office's certificate, with another fault every day, in seconds.

The product's own renewal runs over them, unchanged. Scripted are the clock, the authorities (the tests' fake one,
asked in this process instead of over a socket) and the name servers' answers; ``os.fsync`` is left out. What is counted
is what an operator would count: hours in which no valid certificate was served, and what the authorities had to bear.

What is killed is a process of its own, and dies by SIGKILL. Each fault ends within its day and leaves at least six
hours of it, so a certificate can be had on each of them.
"""

import io
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import parse_headers
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import requests
from requests.adapters import BaseAdapter
from tests.support.fake_acme import HARM, FakeAuthority, Handler
from tests.support.killed_process import Ask, die, in_a_process

from siegelpost.tls.acme import client, renewal
from siegelpost.tls.acme.challenges import dns01, name_servers
from siegelpost.tls.acme.challenges.name_servers import Arrival, NameServer
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.plan import Challenge, DnsProvider, Plan, save_plan
from siegelpost.tls.acme.problems import AcmeError
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Store
from siegelpost.toolbox import durable

DAYS = 90
NAME = "post.makler.test"
START = datetime(2026, 12, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_PATIENCE = Patience(lease=5, propagation=0, validation=0, issue=0)
_LOOKED_AT_LEAST = 4 * _HOUR
_LONGEST_FAULT = 17


@dataclass
class Office:
    """One office in its ninety days."""

    seed: int
    store: Store
    at: datetime = START
    skew: timedelta = timedelta()
    authorities: list[FakeAuthority] = field(default_factory=list)
    # Requests and writes until it is killed; None: it is not.
    killed_in: int | None = None
    disk_full: bool = False
    record_arrives: bool = True
    without: list[tuple[datetime, timedelta]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    kills: int = 0
    ask: Ask | None = None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def now(self) -> datetime:
        """What this machine's clock shows."""
        return self.at + self.skew

    def answer(self, host: str, raw: bytes) -> bytes:
        """What the authority of this host says to a request."""
        fake = next(each for each in self.authorities if host in each.directory)
        said: bytes = type("Asked", (Direct,), {"fake": fake})(raw).wfile.getvalue()
        return said

    def step(self) -> None:
        """A request or a write has happened, or will not."""
        if self.killed_in is not None:
            self.killed_in -= 1
            if self.killed_in < 0:
                die()


# The faults of a day: each begins, and gives back what ends it.
Fault = Callable[[Office, FakeAuthority], Callable[[], None]]
NOTHING: Callable[[], None] = lambda: None  # noqa: E731 - what most of them end with


def _harmed(fake: FakeAuthority, harm: Callable[[str], tuple[int, bytes] | None], **headers: str) -> Callable[[], None]:
    fake.harm, fake.harm_headers = harm, headers

    def end() -> None:
        fake.harm, fake.harm_headers = (lambda path: None), {}

    return end


def _problem(kind: str) -> bytes:
    return json.dumps({"type": HARM + kind, "detail": f"today it is {kind}"}).encode()


def down(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    def harm(path: str) -> None:
        raise ConnectionError

    return _harmed(fake, harm)


def down_in_the_middle(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    where = office.random.choice(["/new-order", "/authz", "/chall", "/finalize", "/cert", "/order"])

    def harm(path: str) -> None:
        if path.startswith(where):
            raise ConnectionError

    return _harmed(fake, harm)


def busy(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    """A page for people, that asks for anything between a minute and a week."""
    wait = office.random.choice([60, 3600, 7 * 86400])
    return _harmed(fake, lambda path: (503, b"<html>Service busy</html>"), **{"Retry-After": str(wait)})


def broken(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    return _harmed(fake, lambda path: (500, _problem("serverInternal")) if path != "/directory" else None)


def limited(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    wait = office.random.choice([3600, 6 * 3600, 7 * 86400])
    harm = {"/new-order": (429, _problem("rateLimited"))}
    return _harmed(fake, harm.get, **{"Retry-After": str(wait)})


def nonsense(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    where = office.random.choice(["/directory", "/new-order", "/authz", "/cert"])
    return _harmed(
        fake, lambda path: (200, b"<html>sign in to this network</html>") if path.startswith(where) else None
    )


def bad_nonces(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    return _harmed(
        fake,
        lambda path: (400, _problem("badNonce")) if office.random.random() < 0.9 and path != "/directory" else None,
    )


def no_replacing(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    for each in fake.issued:
        each.order.account = "another"
    return NOTHING


def account_deactivated(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.deactivated.update(fake.accounts.values())
    return NOTHING


def account_forgotten(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.accounts.clear()
    return NOTHING


def account_damaged(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    files = sorted(office.store.folder.glob("acme/accounts/*/*"))
    if files:
        file = office.random.choice(files)
        file.write_bytes(b"") if office.random.random() < 0.5 else file.unlink()
    return NOTHING


def state_damaged(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    for file in office.store.folder.glob("acme/*.json"):
        if file.name != "plan.json" and office.random.random() < 0.5:
            file.write_bytes(b"")
    return NOTHING


def not_proved(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    kind = office.random.choice(["connection", "dns", "dnssec", "caa", "unauthorized", "tls"])
    fake.challenge_fails = {"type": HARM + kind, "detail": f"today it is {kind}"}

    def end() -> None:
        fake.challenge_fails = None

    return end


def record_does_not_arrive(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    office.record_arrives = False
    fake.challenge_fails = {"type": HARM + "unauthorized", "detail": "no TXT record"}

    def end() -> None:
        office.record_arrives, fake.challenge_fails = True, None

    return end


def clock_wrong(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    office.skew = office.random.choice([-1, 1]) * timedelta(hours=office.random.choice([2, 20, 30, 24 * 400]))

    def end() -> None:
        office.skew = timedelta()

    return end


def disk_full(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    office.disk_full = True

    def end() -> None:
        office.disk_full = False

    return end


def killed(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    office.killed_in = office.random.randrange(60)

    def end() -> None:
        office.killed_in = None

    return end


def chain_unknown(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.chains = [fake.middle(known=False)]
    if office.random.random() < 0.5:
        fake.chains.append(fake.middle(known=True))

    def end() -> None:
        fake.chains = [fake.middle(known=True)]

    return end


def other_names(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.names_for = lambda names: ["somebody.else.test"]

    def end() -> None:
        fake.names_for = lambda names: names

    return end


def renewed_early(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    """A mass revocation: everything is to be renewed now (ARI)."""
    fake.window = lambda each: (fake.now() - 2 * _HOUR, fake.now() - _HOUR)
    return lambda: setattr(fake, "window", usual_window)


def window_never(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.window = lambda each: (fake.now() + timedelta(days=3000), fake.now() + timedelta(days=3001))
    return lambda: setattr(fake, "window", usual_window)


def profile_gone(office: Office, fake: FakeAuthority) -> Callable[[], None]:
    fake.may_use = lambda profile: profile in (None, "shortlived")

    def end() -> None:
        fake.may_use = lambda profile: True

    return end


def usual_window(each: Any) -> tuple[datetime, datetime]:
    lifetime = each.leaf.not_valid_after_utc - each.leaf.not_valid_before_utc
    begins = each.leaf.not_valid_after_utc - lifetime / 3
    return begins, begins + lifetime / 45


FAULTS: Sequence[Fault] = (
    *(down, down_in_the_middle, busy, broken, limited, nonsense, bad_nonces, no_replacing),
    *(account_deactivated, account_forgotten, account_damaged, state_damaged, not_proved, record_does_not_arrive),
    *(clock_wrong, disk_full, killed, chain_unknown, other_names, renewed_early, window_never, profile_gone),
)


# What is scripted


class Direct(Handler):
    """The fake authority's answer to one request, without a socket."""

    def __init__(self, raw: bytes) -> None:
        self.rfile, self.wfile = io.BytesIO(raw), io.BytesIO()
        self.client_address = ("127.0.0.1", 0)
        self.close_connection = True
        self.handle_one_request()


class Adapter(BaseAdapter):
    """Asks the fake authorities by their hosts."""

    office: Office

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.office.step()
        assert request.url
        host, _sep, path = request.url.removeprefix("https://").partition("/")
        given: Any = request.body or b""
        body = given.encode() if isinstance(given, str) else bytes(given)
        head = "".join(f"{name}: {value!s}\r\n" for name, value in request.headers.items())
        raw = f"{request.method} /{path} HTTP/1.0\r\n{head}\r\n".encode() + body
        said = (self.office.ask or self.office.answer)(host, raw)
        self.office.step()
        if not said:
            raise requests.ConnectionError("the connection was closed")
        out = io.BytesIO(said)
        status = int(out.readline().split()[1])
        headers = parse_headers(out)
        response = requests.Response()
        response.status_code, response.url = status, request.url
        response.headers.update(dict(headers.items()))
        response.raw = out
        response.request = request
        return response

    def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def scripted(office: Office) -> Iterator[None]:
    """The clock is given as an argument; everything else of the world stands here."""

    @contextmanager
    def new_file(file: Path) -> Iterator[BinaryIO]:
        office.step()
        if office.disk_full:
            raise OSError(28, "No space left on device")
        with real_new_file(file) as out:
            yield out
        office.step()

    def arrival(servers: Any, name: str, value: str) -> Arrival:
        return Arrival(("ns1",), (), ()) if office.record_arrives else Arrival((), ("ns1",), ())

    real_new_file = durable.new_file
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(
            client, "HTTPAdapter", type("Mounted", (Adapter,), {"office": office, "__init__": lambda *_, **__: None})
        )
        changed.setattr(client, "_BETWEEN_READS", 0.0)
        changed.setattr(os, "fsync", lambda descriptor: None)
        changed.setattr(durable, "new_file", new_file)
        changed.setattr(dns01, "arrival", arrival)
        changed.setattr(dns01, "_write", lambda *_: office.step())
        changed.setattr(name_servers, "alias_of", lambda name, resolver: "")
        changed.setattr(name_servers, "zone_of", lambda name, resolver: None)
        changed.setattr(name_servers, "servers_of", lambda zone, resolver: (NameServer("ns1", ()),))
        yield


# The days


def ninety_days(seed: int, folder: Path) -> Office:
    """Live through them; see the counts of what is given back."""
    random.seed(seed)  # the product's own: the moment within a window
    office = Office(seed, Store(folder))
    for number in range(office.random.choice([1, 1, 2])):
        fake = FakeAuthority(f"https://ca{number}.test/directory", now=lambda: office.at, window=usual_window)
        fake.chains = [fake.middle(known=True)]
        office.authorities.append(fake)
    with scripted(office):
        save_plan(office.store, plan_of(office))
        look(office)
        assert serves(office, office.at), "the first day is a good one"
        for day in range(DAYS):
            one_day(office, START + timedelta(days=day))
    return office


def plan_of(office: Office) -> Plan:
    """Of six, 45 or 90 days, for a name or an address, proved by a port or by the DNS."""
    name = office.random.choice([NAME, NAME, "192.0.2.7"])
    profile = "shortlived" if name != NAME else office.random.choice(["shortlived", "tlsserver", ""])
    by_dns = name == NAME and office.random.random() < 0.5
    challenges = (Challenge.DNS_01,) if by_dns else (Challenge.HTTP_01, Challenge.TLS_ALPN_01)
    dns = DnsProvider("rfc2136") if by_dns else None
    authorities = tuple(type(each.authority)(each.directory, profile=profile) for each in office.authorities)
    return Plan((name,), authorities, challenges, dns)


def one_day(office: Office, morning: datetime) -> None:
    """With its fault at some hour, for some hours."""
    fault, fake = office.random.choice(FAULTS), office.random.choice(office.authorities)
    hours = office.random.randrange(1, _LONGEST_FAULT)
    begins = morning + office.random.randrange(24 - hours - 1) * _HOUR
    office.faults.append(fault.__name__)
    live_until(office, begins)
    end = fault(office, fake)
    live_until(office, begins + hours * _HOUR)
    end()
    live_until(office, morning + timedelta(days=1))


def live_until(office: Office, moment: datetime) -> None:
    """The jobs process looks when a try is due, and every few hours anyway (in truth: every ten minutes)."""
    while office.at < moment:
        look(office)
        planned = acme_status(office.store, office.now()).next_try_at
        pause = max((planned - office.now()) if planned else _LOOKED_AT_LEAST, timedelta(minutes=1))
        until = min(office.at + min(pause, _LOOKED_AT_LEAST), moment)
        good = serves(office, office.at)
        if good is None or good < until:
            missing = until - max(good or office.at, office.at)
            office.without.append((office.at, missing))
        office.at = until


def look(office: Office) -> None:
    """As the jobs process does; where it is to be killed, in a process of its own, and it comes again with the next."""
    if office.killed_in is None:
        office.problems += _looked(office)
        return

    def work(ask: Ask) -> tuple[list[str], int | None]:
        office.ask = ask
        return _looked(office), office.killed_in

    found, killed = in_a_process(work, office.answer)
    problems, office.killed_in = found or ([], None)
    office.problems += problems
    office.kills += killed


def _looked(office: Office) -> list[str]:
    roots = office.authorities[0].roots + office.authorities[-1].roots
    try:
        renewal.look(office.store, roots=roots, now=office.now, patience=_PATIENCE)
    except AcmeError as error:
        return [str(error)]
    return []


def serves(office: Office, at: datetime) -> datetime | None:
    """Until when what is served is valid, by the true clock; None: nothing is."""
    return max(
        (each.not_after for each in office.store.current() if each.not_before <= at < each.not_after), default=None
    )
