"""Dry runs, practising first after failures, other challenges in turn, and looking when somebody asks."""

from collections.abc import Callable

import pytest
from tests.support.fake_acme import HARM, FakeAuthority
from tests.unit.tls.acme.conftest import SHORT, Office

from siegelpost.tls.acme import plan as plans
from siegelpost.tls.acme.acquisition import obtain
from siegelpost.tls.acme.plan import Challenge, load_plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import ProgressState, progress
from siegelpost.tls.acme.renewal import request_renewal

FAILURE = {"type": HARM + "connection", "detail": "Timeout during connect"}


@pytest.fixture
def staging(
    fake: FakeAuthority, make_fake: Callable[..., FakeAuthority], monkeypatch: pytest.MonkeyPatch
) -> FakeAuthority:
    """Where one practises for the fake, as Let's Encrypt has it."""
    other = make_fake("staging")
    other_ca, fake_ca = other.ca_bundle, fake.ca_bundle
    fake.ca_bundle = other.ca_bundle = fake_ca + other_ca
    monkeypatch.setitem(plans._STAGING, fake.directory, other.directory)
    return other


def test_a_dry_run_proves_and_leaves_nothing(office: Office, fake: FakeAuthority, staging: FakeAuthority) -> None:
    plan = office.plan(fake)
    ids = obtain(office.store, plan, dry_run=True, now=office.clock, patience=SHORT)
    assert ids == ()
    assert (len(staging.orders), len(fake.orders)) == (1, 0)
    assert staging.orders[0].status == "ready"
    assert staging.issued == []
    assert office.store.history() == []
    found = progress(office.store)
    assert found
    assert (found.state, found.dry_run) == (ProgressState.DONE, True)
    assert set(found.steps.values()) == {"done"}
    assert "activate" not in found.steps


def test_a_dry_run_that_fails_names_the_cause_and_counts_nothing_at_the_real_one(
    office: Office, fake: FakeAuthority, staging: FakeAuthority
) -> None:
    staging.challenge_fails = FAILURE
    with pytest.raises(AcmeError) as caught:
        obtain(office.store, office.plan(fake), dry_run=True, now=office.clock, patience=SHORT)
    assert caught.value.problem.code is Code.NOT_REACHED
    assert fake.orders == []


def test_after_a_failure_of_our_own_it_is_practised_first(
    office: Office, fake: FakeAuthority, staging: FakeAuthority
) -> None:
    office.plan(fake)
    fake.challenge_fails = staging.challenge_fails = FAILURE
    for _ in range(4):
        with pytest.raises(AcmeError):
            office.look()
        office.clock.forward(minutes=15)
    assert (len(fake.orders), len(staging.orders)) == (1, 3), "the strict limits are spared"
    fake.challenge_fails = staging.challenge_fails = None
    assert office.look()
    assert (len(fake.orders), len(staging.orders)) == (2, 4)


def test_challenges_take_turns_after_failures(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake, challenges=(Challenge.TLS_ALPN_01, Challenge.HTTP_01))
    fake.challenge_fails = FAILURE
    for _ in range(3):
        with pytest.raises(AcmeError):
            office.look()
        office.clock.forward(minutes=15)
    assert fake.answered == ["tls-alpn-01", "http-01", "tls-alpn-01"]


def test_who_asks_does_not_wait_for_the_end_of_a_pause(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake)
    fake.challenge_fails = FAILURE
    with pytest.raises(AcmeError):
        office.look()
    fake.challenge_fails = None
    assert office.look() == ()
    request_renewal(office.store)
    assert office.look()
    request_renewal(office.store)
    assert office.look() == (), "a good certificate is not ordered again by asking"
    assert office.look(again=True), "but by saying so"


def test_a_new_plan_is_not_held_up_by_the_failures_of_the_old(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake)
    fake.challenge_fails = FAILURE
    with pytest.raises(AcmeError):
        office.look()
    fake.challenge_fails = None
    office.plan(fake, contact="post@office.test")
    assert office.look()


def test_without_a_plan_nobody_is_asked(office: Office, fake: FakeAuthority) -> None:
    assert load_plan(office.store) is None
    assert office.look() == ()
    assert fake.requests == []
    assert office.status.plan is None
