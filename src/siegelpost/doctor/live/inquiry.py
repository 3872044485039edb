"""Asking a real server everything at once, within one deadline."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from time import monotonic
from typing import TypeVar

import dns.resolver

from siegelpost.doctor.case import NOTHING, SentAlong
from siegelpost.doctor.judge import MADE_GOOD, judge
from siegelpost.doctor.judgement import Judgement, VerdictState
from siegelpost.doctor.live import aia, checks, flight, hello, issuance, lookup, staple, web
from siegelpost.doctor.live.client_offers import BROWSERS, QUESTIONS
from siegelpost.doctor.live.findings import FindingId, LiveFinding
from siegelpost.doctor.live.handshake import Connection, Handshake, attempt
from siegelpost.doctor.live.hello import TLS_1_2, Reply
from siegelpost.doctor.live.lookup import Lookup, Source
from siegelpost.doctor.live.names import kind_of
from siegelpost.doctor.live.observation import Observation, Visit
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.report import AddressReport, LiveReport
from siegelpost.doctor.live.target import Target, TargetError, parse
from siegelpost.doctor.live.verdicts import LiveVerdict, verdicts
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509.chain import ChainError, as_certificates, to_pem
from siegelpost.toolbox.deadline import Deadline, spawn
from siegelpost.toolbox.internet import Address, is_public

# Seconds. What a server is given that answers at all; the whole check has its own end.
CONNECT_AND_SHAKE = 10.0
OTHERS_AFTER_FIRST = 1.2
EXTRAS = 1.2
# For a thread whose own deadline is over to say so.
GRACE = 0.2
# Kept back for judging and writing, so that ``timeout`` holds for the caller.
RESERVE = 0.5

Result = TypeVar("Result")


def check(
    target: str,
    *,
    connect_to: tuple[str, int] | None = None,
    local_roots: Iterable[str | bytes] = (),
    at: datetime | None = None,
    timeout: float = 15.0,
    expected_fingerprints: Collection[str] | None = None,
    resolver: dns.resolver.Resolver | None = None,
    resolve: Mapping[str, str] | None = None,
    own_port: int | None = None,
) -> LiveReport:
    """Ask a server as a recipient's browser would, and say what each browser will say.

    ``target`` is a URL, ``host:port`` or a host. ``connect_to`` (address, port) and ``resolve`` (name → address)
    replace the DNS; ``resolver`` replaces the system's. ``local_roots`` are authorities (PEM or DER) that the
    recipients' machines trust besides the public ones. ``at`` is the aware moment to judge for (default: now).
    ``expected_fingerprints`` (SHA-256, hex) are this installation's own certificates: they say that the server is
    ours, so that private addresses from the DNS are asked too. ``own_port`` is the port it listens on here.

    Takes ``timeout`` seconds at most, and about one when the server answers. Never raises for what a name server or
    server does or says.

    Raises:
        ValueError: ``at`` has no time zone, or an address in ``connect_to`` or ``resolve`` is none.
        ChainError: ``local_roots`` hold no certificate.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    roots = tuple(each for given in local_roots for each in as_certificates(given))
    started, checked_at = monotonic(), datetime.now(UTC)
    try:
        wanted = parse(target)
    except TargetError:
        return _unreadable(target, checked_at)
    asking = _Asking(wanted, roots, at, Deadline(timeout - RESERVE), resolver)
    seen = asking.observe(connect_to, resolve or {}, expected_fingerprints, own_port)
    return _report(seen, checked_at, monotonic() - started)


class _Asking:
    """One check under way: the threads it has out, and the deadline they share."""

    def __init__(
        self,
        target: Target,
        roots: tuple[bytes, ...],
        at: datetime | None,
        deadline: Deadline,
        resolver: dns.resolver.Resolver | None,
    ) -> None:
        self.target = target
        self.kind = kind_of(target)
        self.roots = roots
        self.at = at
        self.deadline = deadline
        self.resolver = resolver

    def observe(
        self,
        connect_to: tuple[str, int] | None,
        resolve: Mapping[str, str],
        expected: Collection[str] | None,
        own_port: int | None,
    ) -> Observation:
        issuing = self._ask_issuance()
        here = spawn(_knock, own_port, self.deadline.at_most(1.0)) if own_port else None
        found, port = self._where(connect_to, resolve)
        trusted = found.source.trusted or expected is not None
        asked = [each for each in found.addresses if trusted or is_public(each)]
        skipped = tuple(each for each in found.addresses if each not in asked)
        visits, main, connection = self._visit(asked, port)
        seen = Observation(
            self.target,
            self.kind,
            port,
            found,
            not_asked=skipped,
            expected=None if expected is None else frozenset(expected),
            at=self.at,
        )
        if main is not None:
            seen = self._ask_more(replace(seen, main=main), connection)
            main = seen.main
        return replace(
            seen,
            visits=tuple(main if main and each.address == main.address else each for each in visits),
            issuance=_by(issuing, self.deadline.at_most(EXTRAS)) if issuing else None,
            own_port=_by(here, self.deadline.at_most(EXTRAS)) if here else None,
        )

    def _ask_issuance(self) -> Future[issuance.Issuance] | None:
        if not self.kind.issued or self.target.address:
            return None
        return spawn(issuance.ask, self.target.name, self.resolver, self.deadline)

    def _where(self, connect_to: tuple[str, int] | None, resolve: Mapping[str, str]) -> tuple[Lookup, int]:
        if connect_to is not None:
            address, port = connect_to
            return lookup.fixed(Source.GIVEN, [ip_address(address.strip("[]"))]), port
        found = lookup.find(
            self.target,
            resolver=self.resolver,
            resolve=resolve,
            local=self.kind.asked_of_machine,
            deadline=self.deadline,
        )
        return found, self.target.port

    def _visit(self, addresses: Sequence[Address], port: int) -> tuple[list[Visit], Visit | None, Connection | None]:
        """Every address at the same time; the first in order that answered is the one for further questions."""
        deadline = self.deadline.at_most(min(CONNECT_AND_SHAKE, self.deadline.left() - EXTRAS - GRACE))
        tries = [(each, spawn(attempt, each, port, self.target.server_name, deadline)) for each in addresses]
        results = _gathered([future for _, future in tries], Deadline(deadline.left() + GRACE))
        visits: list[Visit] = []
        main: Visit | None = None
        kept: Connection | None = None
        for (address, _), result in zip(tries, results, strict=True):
            if result is None:
                visits.append(Visit(Handshake(address, port, Outcome.CONNECT_TIMEOUT, seconds=OTHERS_AFTER_FIRST)))
                continue
            shake, connection = result
            visit = Visit(shake, self._judged_with_all(shake))
            visits.append(visit)
            if connection is not None and kept is None:
                main, kept = visit, connection
            elif connection is not None:
                connection.close()
        if main is None:
            main = next((each for each in visits if each.handshake.outcome.connected), None)
        return visits, main, kept

    def _ask_more(self, seen: Observation, connection: Connection | None) -> Observation:
        """What only a server that can be reached can tell: its HTTP answer, its TLS, the missing intermediate."""
        main = seen.main
        assert main is not None  # noqa: S101 - the caller asked
        until = self.deadline.at_most(EXTRAS)
        head: Future[web.Head | None] | None = None
        plain: Future[bool] | None = None
        if connection is not None:
            connection.wire.deadline = until
            head = spawn(web.ask, connection, self.target)
        elif main.handshake.outcome is not Outcome.PLAIN_HTTP:
            plain = spawn(web.speaks_plain, main.address, seen.port, until)
        ask = (main.address, seen.port, self.target.server_name)
        offers = {browser: spawn(hello.ask, *ask, offer, until) for browser, offer in BROWSERS.items()}
        questions = {key: spawn(hello.ask, *ask, offer, until) for key, offer in QUESTIONS.items()}
        completion, completed = self._completed(main)
        silent = Reply(Outcome.HANDSHAKE_TIMEOUT)
        seen = replace(
            seen,
            head=_by(head, until) if head else None,
            plain=plain is not None and _by(plain, until) is True,
            offers={browser: _by(future, until) or silent for browser, future in offers.items()},
            questions={key: _by(future, until) or silent for key, future in questions.items()},
            completion=completion,
            completed=completed,
        )
        if connection is None:
            seen = replace(seen, main=replace(main, handshake=_explained(main.handshake, seen.offers)))
        return seen

    def _completed(self, main: Visit) -> tuple[aia.Completion | None, Judgement | None]:
        """Fetch what the chain lacks, when it is refused for lacking it; and the whole, judged, if that helped."""
        if main.judgement is None or not _lacks(main.judgement):
            return None, None
        done = aia.complete(main.handshake.chain, self.deadline, resolver=self.resolver)
        if done.url is None:
            return None, None
        whole = self._judged(done.chain) if done.problem is None else None
        if whole is not None and _lacks(whole):
            return replace(done, problem="unknown authority"), None
        return done, whole

    def _judged_with_all(self, shake: Handshake) -> Judgement | None:
        """A certificate that lacks what the server may send along is judged by whether it does."""
        judgement = self._judged(shake.chain)
        if judgement is None or not _has(judgement, *MADE_GOOD):
            return judgement
        return self._judged(shake.chain, self._sent_along(shake))

    def _sent_along(self, shake: Handshake) -> SentAlong:
        offer, until = BROWSERS[Browser.FIREFOX], self.deadline.at_most(EXTRAS)
        sent = flight.ask(shake.address, shake.port, self.target.server_name, offer, until)
        if sent is None or sent.certificate != shake.chain[0]:
            return SentAlong(read=False)
        lists = (sent.entries, staple.entries(sent.staple, shake.chain))
        return SentAlong(
            stapled=staple.is_good(sent.staple, shake.chain, self.at),
            entries=tuple(each for each in lists if each is not None),
        )

    def _judged(self, chain: tuple[bytes, ...], along: SentAlong = NOTHING) -> Judgement | None:
        try:
            name, roots = self.target.name, self.roots
            return judge(chain, name, at=self.at, local_roots=roots, along=along) if chain else None
        except (ChainError, ValueError):
            return None


def _lacks(judgement: Judgement) -> bool:
    """Whether a browser refuses the chain because it ends before an authority that the browser knows."""
    return _has(judgement, Cause.MISSING_INTERMEDIATE, Cause.UNKNOWN_AUTHORITY)


def _has(judgement: Judgement, *causes: Cause) -> bool:
    return any(finding.cause in causes for verdict in judgement.verdicts.values() for finding in verdict.findings)


def _gathered(futures: Sequence[Future[Result]], deadline: Deadline) -> list[Result | None]:
    """All results that come in time; after the first, the others have only a moment more."""
    pending = set(futures)
    while pending and deadline.left() > 0:
        done = {each for each in pending if each.done()}
        pending -= done
        if done:
            deadline = deadline.at_most(OTHERS_AFTER_FIRST)
        if pending:
            wait(pending, timeout=deadline.left(), return_when=FIRST_COMPLETED)
    return [each.result() if each.done() else None for each in futures]


def _by(future: Future[Result], deadline: Deadline) -> Result | None:
    """The result if it comes in time."""
    try:
        return future.result(deadline.left() + GRACE)
    except TimeoutError:
        return None


def _knock(port: int, deadline: Deadline) -> Outcome:
    """Whether anything listens on this machine's own port."""
    from siegelpost.doctor.live.wire import Wire, WireError

    outcome = Outcome.CONNECT_TIMEOUT
    for address in ("127.0.0.1", "::1"):
        try:
            Wire(ip_address(address), port, deadline, most=0).close()
        except WireError as error:
            outcome = error.outcome
        else:
            return Outcome.ANSWERED
    return outcome


def _explained(shake: Handshake, offers: Mapping[Browser, Reply]) -> Handshake:
    """A failed handshake in the light of the browsers' own: a server that answers them in TLS 1.0 is an old one."""
    if any(each.version is not None and each.version < TLS_1_2 for each in offers.values()):
        return replace(shake, outcome=Outcome.OLD_TLS)
    return shake


def _report(seen: Observation, checked_at: datetime, duration: float) -> LiveReport:
    found = verdicts(seen)
    worst = _worst(seen)
    completed = None
    if seen.completion and seen.completion.fetched:
        completed = to_pem(seen.completion.chain)
    return LiveReport(
        host=seen.target.host,
        port=seen.port,
        checked_at=checked_at,
        duration=duration,
        verdicts=found,
        judgement=worst.judgement if worst else None,
        findings=checks.run(seen),
        addresses=tuple(_address(each) for each in seen.visits),
        chain=worst.handshake.chain if worst else (),
        completed_pem=completed,
    )


def _worst(seen: Observation) -> Visit | None:
    judged = [each for each in seen.visits if each.judgement]
    order = (False, None, True)
    return min(judged, key=lambda each: order.index(each.judgement.ok if each.judgement else True), default=None)


def _address(visit: Visit) -> AddressReport:
    shake = visit.handshake
    leaf = sha256(shake.chain[0]).hexdigest() if shake.chain else None
    return AddressReport(shake.address, shake.outcome.value, round(shake.seconds * 1000), leaf)


def _unreadable(target: str, checked_at: datetime) -> LiveReport:
    finding = LiveFinding(FindingId.TARGET_UNREADABLE, {"target": target[:200]})
    unknown = {each: LiveVerdict(each, VerdictState.UNKNOWN, stopped=finding.id) for each in Browser}
    return LiveReport(target[:200], 0, checked_at, 0.0, unknown, None, (finding,))
