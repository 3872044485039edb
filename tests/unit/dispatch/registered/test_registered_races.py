"""A registered mail's recipient and its office act at the same time: one of them counts, and no guess is free."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from tests.support.office import an_office, the_guard_says, token_of
from tests.unit.dispatch.registered.test_registered import CLIENT, answer_for, events_of, sent

from siegelpost.dispatch import schedule
from siegelpost.dispatch.links import LinkClosedError
from siegelpost.dispatch.models import CodeBy
from siegelpost.dispatch.registered import decision, second_factor
from siegelpost.dispatch.send.send import revoke
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.mail.models import OutgoingMail, Purpose

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def test_accepting_and_refusing_at_the_same_time_gives_exactly_one_outcome() -> None:
    for _ in range(6):
        dispatch = sent().dispatch
        token, answer = token_of(dispatch), answer_for(dispatch)

        def press(number: int, token: str = token, answer: decision.DecisionInput = answer) -> None:
            try:
                (decision.accept if number % 2 else decision.refuse)(token, answer, CLIENT)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(press, range(6)))
        dispatch.refresh_from_db()
        kinds = events_of(dispatch)
        decided = [kind for kind in kinds if kind in {"ConsignmentAcceptance", "ConsignmentRejection"}]
        expected = {DispatchState.OPEN: ["ConsignmentAcceptance"], DispatchState.REFUSED: ["ConsignmentRejection"]}
        assert decided == expected[DispatchState(dispatch.state)]
        assert kinds.count("ContentConsignment") == (dispatch.state == DispatchState.OPEN)


def test_of_accepting_refusing_taking_back_and_the_end_of_the_period_at_once_exactly_one_counts() -> None:
    ends = {
        DispatchState.OPEN: "ConsignmentAcceptance",
        DispatchState.REFUSED: "ConsignmentRejection",
        DispatchState.REVOKED: "DispatchRevoked",
        DispatchState.EXPIRED: "AcceptanceRejectionExpiry",
    }
    for round_ in range(4):
        dispatch = sent().dispatch
        token, answer = token_of(dispatch), answer_for(dispatch)
        acts: list[Callable[[], object]] = [
            partial(decision.accept, token, answer, CLIENT),
            partial(decision.refuse, token, answer, CLIENT),
            partial(revoke, dispatch, by=dispatch.agent),
            partial(schedule._expire, dispatch.pk),
        ]

        def press(act: Callable[[], object]) -> None:
            try:
                act()
            except (LinkClosedError, NotPossibleError):
                pass
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(press, (acts[round_:] + acts[:round_]) * 2))
        dispatch.refresh_from_db()
        assert [kind for kind in events_of(dispatch) if kind in ends.values()] == [ends[DispatchState(dispatch.state)]]
        assert events_of(dispatch).count("ContentConsignment") == (dispatch.state == DispatchState.OPEN)
        schedule.quick()
        confirmed = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.CONFIRMATION)
        assert confirmed.count() == (dispatch.state in {DispatchState.OPEN, DispatchState.REFUSED})


def test_parallel_guesses_get_no_more_tries_than_there_are() -> None:
    made = sent(code_by=CodeBy.PHONE)
    token, answer = token_of(made.dispatch), answer_for(made.dispatch, code="123")

    def guess(_number: int) -> str:
        try:
            decision.accept(token, answer, CLIENT)
        except (second_factor.WrongCodeError, second_factor.LockedError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(16)))
    assert "opened" not in outcomes
    assert events_of(made.dispatch).count("CodeRefused") == second_factor.MOST_TRIES
