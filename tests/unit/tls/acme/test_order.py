"""What an order asks for and the authority refuses is left out, where the certificate is possible without it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.support.fake_acme import HARM, FakeAuthority
from tests.unit.tls.acme.conftest import SHORT, Office

from siegelpost.tls.acme import pace, renewal
from siegelpost.tls.acme.plan import Challenge
from siegelpost.tls.acme.problems import AcmeError, Code


@pytest.fixture
def replacing(due: Office, fake: FakeAuthority) -> Office:
    """Due, at an authority that wants to know what is replaced."""
    fake.window = lambda each: (fake.now() - timedelta(days=2), fake.now() - timedelta(days=1))
    return due


REFUSALS = [
    (403, "unauthorized"),
    (409, "alreadyReplaced"),
    (400, "malformed"),
    (400, "somethingNew"),
    (404, "malformed"),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_a_refused_replaces_is_left_out(replacing: Office, fake: FakeAuthority, status: int, kind: str) -> None:
    """After a change of the account Let's Encrypt answers 403 to every order that names the earlier certificate: each
    renewal was refused for ever (go-acme/lego#3189, polymind-inc/acmebot#1196).
    """
    problem = json.dumps({"type": HARM + kind, "detail": "requester account did not request the certificate"}).encode()
    refused: list[str] = []

    def harm(path: str) -> tuple[int, bytes] | None:
        if path == "/new-order" and not refused:
            refused.append(path)
            return status, problem
        return None

    fake.harm = harm
    assert replacing.look()
    assert [each.replaces for each in fake.orders] == [None, None]
    assert not [each for each in pace._events(replacing.store, replacing.clock()) if each["kind"] == pace.FAILED]


def test_what_is_refused_for_another_reason_is_told_as_that_and_counts_as_no_validation(
    replacing: Office, fake: FakeAuthority
) -> None:
    """It said that another server had answered under the name „?“, and five of them stopped everything for an hour."""
    problem = json.dumps({"type": HARM + "rejectedIdentifier", "detail": "on the list"}).encode()
    fake.harm = lambda path: (400, problem) if path == "/new-order" else None
    for _ in range(7):
        with pytest.raises(AcmeError) as caught:
            replacing.look(asked=True)
        assert caught.value.problem.code is Code.REJECTED_NAME
    assert not [each for each in pace._events(replacing.store, replacing.clock()) if each["kind"] == pace.FAILED]


def test_an_order_that_may_have_arrived_is_not_placed_twice(replacing: Office, fake: FakeAuthority) -> None:
    asked: list[str] = []

    def harm(path: str) -> tuple[int, bytes] | None:
        if path == "/new-order":
            asked.append(path)
            return 500, json.dumps({"type": HARM + "serverInternal"}).encode()
        return None

    fake.harm = harm
    with pytest.raises(AcmeError) as caught:
        replacing.look()
    assert caught.value.problem.code is Code.AUTHORITY_FAILED
    assert len(asked) == 1


@pytest.mark.parametrize("refused", ["unknown", "not for this account"])
def test_a_profile_that_is_refused_gives_way_before_the_certificate_runs_out(
    due: Office, fake: FakeAuthority, refused: str
) -> None:
    """A profile that the authority gave up was asked for until the certificate had run out."""
    profile = "of-yesterday" if refused == "unknown" else "shortlived"
    fake.may_use = lambda profile: profile is None
    due.plan(fake, profile=profile)
    with pytest.raises(AcmeError) as caught:
        due.look()
    assert caught.value.problem.code is (Code.PROFILE_UNKNOWN if refused == "unknown" else Code.ACCOUNT_GONE)
    due.clock.forward(days=25)
    (id,) = due.look()
    stored = due.store.get(id)
    assert stored.not_after - stored.not_before == timedelta(days=90)


def test_a_kept_order_that_has_become_invalid_meanwhile_is_placed_anew(due: Office, fake: FakeAuthority) -> None:
    """The invalid order was taken up again at each try (cert-manager/cert-manager#674, letsencrypt/boulder#3333)."""

    def down(path: str) -> None:
        if path.startswith("/finalize"):
            raise ConnectionError

    fake.harm = down
    with pytest.raises(AcmeError):
        due.look()
    fake.orders[-1].status = "invalid"
    fake.harm = lambda path: None
    assert due.look(asked=True)
    assert len(fake.orders) == 3


def test_an_order_that_takes_hours_is_waited_for_and_not_placed_again(due: Office, fake: FakeAuthority) -> None:
    """Each time-out placed another order until the limit was reached (acmesh-official/acme.sh#4018,
    cert-manager/cert-manager#5062).
    """
    finalized: list[str] = []

    def slow(path: str) -> tuple[int, bytes] | None:
        if path.startswith("/finalize"):
            finalized.append(path)
        if path.startswith("/order") and finalized:
            shown = {"status": "processing", "identifiers": [], "authorizations": [], "finalize": fake.directory}
            return 200, json.dumps(shown).encode()
        return None

    fake.harm = slow
    for _ in range(3):
        with pytest.raises(AcmeError) as caught:
            renewal.look(due.store, roots=due.roots, now=due.clock, asked=True, patience=replace(SHORT, issue=0))
        assert caught.value.problem.code is Code.TOO_SLOW
        due.clock.forward(hours=1)
    assert len(finalized) == 1
    fake.harm = lambda path: None
    assert due.look(asked=True)
    assert len(fake.issued) == 2


@pytest.mark.parametrize("challenges", [(Challenge.TLS_ALPN_01, Challenge.HTTP_01)])
def test_a_way_that_the_authority_does_not_offer_gives_way_to_another(
    office: Office, fake: FakeAuthority, challenges: tuple[Challenge, ...]
) -> None:
    """„The supported validation types are …, but you specified …“, at each renewal (acmesh-official/acme.sh#3910)."""
    fake.offers = ("http-01",)
    office.plan(fake, challenges=challenges)
    assert office.look()
    assert fake.answered == ["http-01"]


def lifetime(office: Office, id: str) -> timedelta:
    stored = office.store.get(id)
    return stored.not_after - stored.not_before


def test_an_address_is_ordered_by_the_profile_it_needs_and_a_name_by_the_usual_one(
    office: Office, fake: FakeAuthority
) -> None:
    """A plan that was changed from a name to an address asked without profile, and was refused for ever."""
    office.plan(fake)
    (named,) = office.look()
    office.plan(fake, name="127.0.0.1")
    (addressed,) = office.look()
    office.plan(fake)
    (again,) = office.look(again=True)
    assert [lifetime(office, each) for each in (named, addressed, again)] == [
        timedelta(days=90),
        timedelta(hours=160),
        timedelta(days=90),
    ]


def test_an_address_is_renewed_within_its_six_days_though_its_authority_is_hardly_ever_there(
    office: Office, fake: FakeAuthority
) -> None:
    """Up for one hour of fifty, from when the renewal is due: some try falls into it."""
    office.plan(fake, name="127.0.0.1")
    (first,) = office.look()
    began = office.clock() + timedelta(hours=106)

    def down(path: str) -> None:
        if not 44 <= (office.clock() - began) / timedelta(hours=1) < 45.5:
            raise ConnectionError

    fake.harm = down
    office.clock.at = began
    renewed: tuple[str, ...] = ()
    while not renewed and office.clock() < office.store.get(first).not_after:
        try:
            renewed = office.look()
        except AcmeError:
            assert office.status.next_try_at
        office.clock.at = max(office.status.next_try_at or office.clock(), office.clock() + timedelta(minutes=10))
    assert renewed
