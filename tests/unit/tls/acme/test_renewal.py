"""When the next order is due: shares of the lifetime, pauses after failures, several node's clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from siegelpost.tls.acme.plan import KeyType, Plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Reason
from siegelpost.tls.acme.renewal import BACKOFF, GIVING_UP_AFTER, after_failure, due
from siegelpost.tls.acme.state import RenewalState, Window
from siegelpost.tls.store import Source, Stored

START = datetime(2026, 11, 1, tzinfo=UTC)
PLAN = Plan(("office.test",))


def stored(lifetime: timedelta, key_type: str = "ecdsa") -> Stored:
    end = START + lifetime
    return Stored(key_type, Source.ACME, PLAN.names, key_type, "CN=Test", START, end, "f" * 64, START)


@pytest.mark.parametrize("lifetime", [timedelta(hours=160), timedelta(days=90), timedelta(days=200)])
def test_a_third_and_a_twentieth_of_whatever_lifetime(lifetime: timedelta) -> None:
    certificate = stored(lifetime)
    planned = due(PLAN, [certificate], RenewalState(), START)
    assert planned.reason is Reason.RENEWAL
    assert abs(planned.at - (certificate.not_after - lifetime / 3)) < timedelta(seconds=1)
    late = due(PLAN, [certificate], RenewalState(), certificate.not_after - lifetime / 21)
    assert late.reason is Reason.EMERGENCY


def test_the_authoritys_moment_counts_but_not_beyond_the_emergency() -> None:
    certificate = stored(timedelta(days=90))
    for chosen, expected in (
        (START + timedelta(days=3), START + timedelta(days=3)),
        (certificate.not_after + timedelta(days=9), certificate.not_after - timedelta(days=4.5)),
    ):
        window = Window(chosen, chosen, chosen, START)
        assert due(PLAN, [certificate], RenewalState(windows={certificate.id: window}), START).at == expected


@pytest.mark.parametrize("lifetime", [timedelta(days=90), timedelta(hours=160)])
def test_a_window_that_always_lies_in_the_past_renews_every_few_hours_at_most(lifetime: timedelta) -> None:
    """Five certificates in ten seconds, and then a week's wait (cert-manager/cert-manager#8993)."""
    certificate = stored(lifetime)
    past = Window(START - timedelta(days=9), START - timedelta(days=8), START - timedelta(days=8), START)
    found = due(PLAN, [certificate], RenewalState(windows={certificate.id: past}), START)
    assert found.at == certificate.not_before + timedelta(hours=6)


def test_without_a_certificate_or_with_a_key_type_missing_it_is_due_now() -> None:
    assert due(PLAN, [], RenewalState(), START).at == START
    both = Plan(PLAN.names, key_types=(KeyType.ECDSA, KeyType.RSA))
    found = due(both, [stored(timedelta(days=90))], RenewalState(), START)
    assert (found.reason, found.at) == (Reason.NEW_PLAN, START)
    whole = [stored(timedelta(days=90)), stored(timedelta(days=60), "rsa")]
    assert due(both, whole, RenewalState(), START).at == START + timedelta(days=40), "the first to end"


def test_pauses_grow_to_six_hours_for_thirty_days_and_then_to_a_day() -> None:
    state, now = RenewalState(), START
    pauses: list[timedelta] = []
    while now - START < GIVING_UP_AFTER + timedelta(days=3):
        state = after_failure(state, AcmeError(Code.UNREACHABLE), [], now)
        assert state.next_try_at
        pauses.append(state.next_try_at - now)
        now = state.next_try_at
    assert [each / timedelta(minutes=1) for each in pauses[:5]] == [1, 2, 2, 5, 10]
    assert pauses[len(BACKOFF)] == timedelta(hours=6)
    assert pauses[-1] == timedelta(days=1)
    assert pauses == sorted(pauses)


def ends_in(left: timedelta, lifetime: timedelta = timedelta(days=90)) -> Stored:
    """Served, and so long still good."""
    return replace(stored(lifetime), not_before=START + left - lifetime, not_after=START + left)


def test_the_nearer_the_end_the_shorter_the_pause() -> None:
    """Right for six days too: six hours' pause would eat a certificate of which eight hours are left."""
    state = RenewalState(failures=30, failing_since=START)
    for left in (timedelta(hours=8), timedelta(minutes=30), timedelta(seconds=10)):
        found = after_failure(state, AcmeError(Code.UNREACHABLE), [ends_in(left)], START).next_try_at
        assert found
        assert found - START == max(left / 8, timedelta(minutes=1))


def test_a_certificate_of_six_days_is_tried_for_every_hour() -> None:
    """160 hours, renewed when 53 are left: pauses of up to six hours would leave some eight tries."""
    short = ends_in(timedelta(hours=53), timedelta(hours=160))
    state = RenewalState(failures=30, failing_since=START)
    assert after_failure(state, AcmeError(Code.UNREACHABLE), [short], START).next_try_at == START + timedelta(hours=1)


def test_the_authoritys_wish_to_wait_is_longer_than_any_pause() -> None:
    error = AcmeError(Code.RATE_LIMITED, wait=timedelta(days=2))
    served = [ends_in(timedelta(days=5))]
    assert after_failure(RenewalState(), error, served, START).next_try_at == START + timedelta(days=2)


def test_a_wish_to_wait_beyond_the_end_is_asked_about_once_more_in_time() -> None:
    """A page of some proxy that says „in a week“ would have let a certificate run out that ends in two days."""
    error = AcmeError(Code.AUTHORITY_FAILED, wait=timedelta(days=7))
    served = [ends_in(timedelta(days=2))]
    assert after_failure(RenewalState(), error, served, START).next_try_at == START + timedelta(days=1)


def test_an_emergency_is_told_as_one_while_it_fails() -> None:
    certificate = stored(timedelta(days=90))
    now = certificate.not_after - timedelta(days=1)
    state = after_failure(RenewalState(), AcmeError(Code.UNREACHABLE), [certificate], now)
    assert due(PLAN, [certificate], state, now).reason is Reason.EMERGENCY
