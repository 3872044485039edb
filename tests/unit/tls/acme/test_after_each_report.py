"""After each of the operators' reports: the best certificate is served, no order is lost and no limit burnt, and the
next try succeeds once the cause is gone.

The rows of docs/operators-reports.md whose own tests look at something else. Each is lived through once: with its cause
there is a look, and another at each moment that the status names; then the cause is taken away.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
from tests.support.authority_limits import run_into
from tests.support.fake_acme import HARM, FakeAuthority
from tests.support.zones import DEAD, View, Zone
from tests.unit.tls.acme.conftest import SHORT, ZONE, Office, Serve

from siegelpost.tls.acme import lease as leases
from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.challenges import dns01
from siegelpost.tls.acme.lease import lease
from siegelpost.tls.acme.plan import Challenge, DnsProvider
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import write_json

TRIES = 3
QUICK = replace(SHORT, lease=0, propagation=0.2)
End = Callable[[], None]


def looked(office: Office) -> Code | None:
    """What a look comes to; None: all is well."""
    try:
        renewal.look(office.store, roots=office.roots, now=office.clock, patience=QUICK)
    except AcmeError as error:
        return error.problem.code
    return None


def heals(office: Office, fake: FakeAuthority, begin: Callable[[], End], said: list[Code | None], orders: int) -> None:
    """Live through it, from a certificate that is due.

    Args:
        begin: has the cause begin; gives back what takes it away.
        said: by each look with the cause, the last one again and again; None: it is got over.
        orders: so many are placed in all, from the first certificate to the one after the cause.
    """
    end = begin()
    expected = [*said, *[said[-1]] * (TRIES - len(said))]
    for code in expected:
        served = office.store.current()
        assert looked(office) is code
        now = office.store.current()
        assert code is None or now == served, "what was served still is"
        assert any(each.not_before <= office.clock() < each.not_after for each in now)
        if code not in (None, Code.BUSY):  # who only waits for another tries again at any time
            assert office.status.next_try_at
            assert office.status.next_try_at > office.clock()
            office.clock.at = office.status.next_try_at
    end()
    before = office.store.current()
    if None in said:
        office.clock.forward(days=61)
    assert looked(office) is None
    after = office.store.current()
    assert len(after) == 1
    assert after != before
    assert office.status.problem is None
    assert len(fake.orders) == orders
    assert {each.status for each in fake.orders} <= {"valid", "invalid"}, "none is left open"
    assert len(fake.issued) == len([each for each in fake.orders if each.status == "valid"])
    assert not run_into(fake)


# At the authority ---------------------------------------------------------------------------------------------


def _answers(fake: FakeAuthority, status: int, kind: str, at: str = "/new-order") -> End:
    problem = json.dumps({"type": HARM + kind, "detail": f"today it is {kind}"}).encode()
    fake.harm = lambda path: (status, problem) if path == at else None

    def end() -> None:
        fake.harm = lambda path: None

    return end


def _refuses_contacts(office: Office, fake: FakeAuthority) -> End:
    fake.takes_contact = lambda contact: False
    fake.accounts.clear()
    office.plan(fake, contact="post@office.invalid")

    def end() -> None:
        fake.takes_contact = lambda contact: True

    return end


def _offers_one_way(office: Office, fake: FakeAuthority) -> End:
    before, fake.offers = fake.offers, ("http-01",)
    office.plan(fake, challenges=(Challenge.TLS_ALPN_01, Challenge.HTTP_01))

    def end() -> None:
        fake.offers = before

    return end


def _gives_a_profile_up(profile: str) -> Callable[[Office, FakeAuthority], End]:
    def begin(office: Office, fake: FakeAuthority) -> End:
        fake.may_use = lambda profile: profile is None
        office.plan(fake, profile=profile)

        def end() -> None:
            fake.may_use = lambda profile: True
            if profile == "of-yesterday":
                office.plan(fake)

        return end

    return begin


def _fails_validations(kind: str, *ways: Challenge) -> Callable[[Office, FakeAuthority], End]:
    def begin(office: Office, fake: FakeAuthority) -> End:
        if ways:
            office.plan(fake, challenges=ways)
        fake.challenge_fails = {"type": HARM + kind, "detail": "203.0.113.9: Timeout during connect"}

        def end() -> None:
            fake.challenge_fails = None

        return end

    return begin


def _is_busy_in_its_own_words(office: Office, fake: FakeAuthority) -> End:
    return _answers(fake, 503, "rateLimited")


def _has_a_limit(office: Office, fake: FakeAuthority) -> End:
    return _answers(fake, 429, "rateLimited")


@dataclass(frozen=True)
class Report:
    begins: Callable[[Office, FakeAuthority], End]
    said: list[Code | None]
    orders: int


VALIDATIONS = {
    "connection": Code.NOT_REACHED,
    "dns": Code.DNS_FAILED,
    "tls": Code.TLS_FAILED,
    "unauthorized": Code.WRONG_ANSWER,
    "caa": Code.CAA,
    "dnssec": Code.DNSSEC,
    "somethingNew": Code.REFUSED,
}
AT_THE_AUTHORITY = {
    "the contact is refused": Report(_refuses_contacts, [None], 3),
    "a chosen way is not offered": Report(_offers_one_way, [None], 3),
    "a profile is unknown": Report(_gives_a_profile_up("of-yesterday"), [Code.PROFILE_UNKNOWN], 2),
    "a profile is not for this account": Report(_gives_a_profile_up("shortlived"), [Code.ACCOUNT_GONE], 2),
    "it is busy, and says so": Report(_is_busy_in_its_own_words, [Code.RATE_LIMITED], 2),
    "a limit is reached": Report(_has_a_limit, [Code.RATE_LIMITED], 2),
    "port 80 is closed, ways take turns": Report(
        _fails_validations("connection", Challenge.TLS_ALPN_01, Challenge.HTTP_01), [Code.NOT_REACHED], 5
    ),
    **{f"not proved: {kind}": Report(_fails_validations(kind), [code], 5) for kind, code in VALIDATIONS.items()},
}


@pytest.mark.parametrize("kind", AT_THE_AUTHORITY)
def test_what_an_authority_answers_heals(due: Office, fake: FakeAuthority, kind: str) -> None:
    report = AT_THE_AUTHORITY[kind]
    heals(due, fake, lambda: report.begins(due, fake), report.said, report.orders)


# In the DNS ---------------------------------------------------------------------------------------------------

HOST = f"post.{ZONE}"
RECORD = f"_acme-challenge.{HOST}"
ALIAS = "post-makler-test.proofs.invalid"
STRANGER = {(f"*.{ZONE}", "CNAME"): "abc123.dynamic.invalid."}
NOWHERE = "::1"
GOOD = View(f"ns1.{ZONE}", ["127.0.0.2"])


@dataclass(frozen=True)
class InTheZone:
    """What is wrong with a zone; ``late``: no name server gives the record to this machine."""

    said: list[Code | None]
    orders: int = 3
    views: tuple[View, ...] = (GOOD,)
    extra: dict[tuple[str, str], str] | None = None
    writable: tuple[str, ...] = ()
    late: bool = False
    # The authority asks others than this machine does.
    seen_outside: bool = False
    options: tuple[tuple[str, str], ...] = ()


IN_THE_DNS = {
    "a name server by IPv6 only, and none here": InTheZone([None], views=(GOOD, View(f"ns2.{ZONE}", [NOWHERE]))),
    "a name server is dead": InTheZone([None], views=(GOOD, View(f"ns2.{ZONE}", ["127.0.0.3"], DEAD))),
    "a wildcard leads to a stranger": InTheZone([None], extra=STRANGER, writable=(ZONE,)),
    "the record is a zone of its own": InTheZone([None], writable=(RECORD,)),
    "the record arrives late": InTheZone([Code.NOT_PROPAGATED], orders=2, late=True),
    "split DNS": InTheZone([*[Code.NOT_PROPAGATED] * 5, None], late=True, seen_outside=True),
    "a delegated zone without its CNAME": InTheZone(
        [Code.ALIAS_MISSING], orders=2, writable=("proofs.invalid",), options=(("alias", "proofs.invalid"),)
    ),
}


@pytest.mark.parametrize("kind", IN_THE_DNS)
def test_what_the_dns_answers_heals(
    office: Office, fake: FakeAuthority, serve: Serve, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fake authority looks for the record, where the zone has it."""
    monkeypatch.setattr(dns01, "_ASK_EVERY", 0.05)
    wrong = IN_THE_DNS[kind]
    zone = serve(GOOD)

    def looks(path: str) -> None:
        if path.startswith("/chall"):
            found = any(zone.texts.values()) and (zone.arrived() or wrong.seen_outside)
            fake.challenge_fails = None if found else {"type": HARM + "unauthorized", "detail": "no TXT record"}

    fake.harm = looks
    plan_by_dns(office, fake, zone)
    assert looked(office) is None
    office.clock.forward(days=61)

    def begin() -> End:
        worse = serve(*wrong.views, extra=dict(wrong.extra or {}), writable=wrong.writable)
        zone.texts = worse.texts
        worse.arrived = zone.arrived = lambda: not wrong.late
        plan_by_dns(office, fake, worse, **dict(wrong.options))

        def end() -> None:
            worse.arrived = zone.arrived = lambda: True
            worse.extra.clear()
            worse.extra.update({(RECORD, "CNAME"): f"{ALIAS}."} if wrong.options else {})

        return end

    heals(office, fake, begin, wrong.said, wrong.orders)


def plan_by_dns(office: Office, fake: FakeAuthority, zone: Zone, **options: str) -> None:
    provider = DnsProvider("rfc2136", {"server": zone.server, **options})
    office.plan(fake, name=HOST, challenges=(Challenge.DNS_01,), dns=provider)


def test_a_lease_that_outlives_its_holder_heals(
    due: Office, fake: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another is at work, nothing is ordered here; when one on another node beats no more, one order is."""

    def begin() -> End:
        other = ExitStack()
        other.enter_context(lease(Store(due.store.folder), 0))

        def end() -> None:
            other.close()
            monkeypatch.setattr(leases, "BEAT", 0.05)
            monkeypatch.setattr(leases, "DEAD_AFTER", 2.0)
            file = due.store.folder / "acme" / "lease.json"
            write_json(file, {"id": "elsewhere", "beat": 1, "node": "another", "pid": 1, "started": "1"})

        return end

    heals(due, fake, begin, [Code.BUSY], 2)
