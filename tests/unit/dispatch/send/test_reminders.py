"""Reminders of both kinds: as often as the office wants, true in the ledger, and never after any act."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, an_office, the_guard_says, token_of

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.registered import decision
from siegelpost.dispatch.send import reminders
from siegelpost.dispatch.send.registered import send
from siegelpost.dispatch.send.send import MOST_EXPOSE_REMINDERS, revoke
from siegelpost.ledger.models import Event
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.transitions import Answer, What, change
from siegelpost.office.models import Language

CLIENT = Client("203.0.113.7", "Mozilla/5.0")


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def a_registered_mail() -> Dispatch:
    letter = RegisteredLetter([a_contact()], "Kündigung", "hiermit …", Language.GERMAN, False, 7, 3)
    return send(an_agent(), letter, batch=uuid.uuid4())[0].dispatch


EVERY_KIND = pytest.mark.parametrize("make", [a_dispatch, a_registered_mail])


def answered(purpose: Purpose = Purpose.NOTICE) -> None:
    """As if the mail server had answered 250 to the mails that wait."""
    for mail in OutgoingMail.objects.filter(purpose=purpose, state=MailState.QUEUED):
        change(mail, What.ACCEPTED, MailState.ACCEPTED, answer=Answer(250, "Ok"))


def let_days_pass() -> None:
    Dispatch.objects.filter(next_reminder_at__isnull=False).update(next_reminder_at=timezone.now())


def sent() -> int:
    return OutgoingMail.objects.filter(purpose=Purpose.REMINDER).exclude(state=MailState.CANCELLED).count()


@EVERY_KIND
def test_a_reminder_goes_out_when_it_is_due_and_not_before(make: Callable[[], Dispatch]) -> None:
    dispatch = make()
    let_days_pass()
    schedule.slow()
    assert sent() == 0, "the notice has not even reached the mail server"
    answered()
    schedule.slow()
    assert sent() == 0
    let_days_pass()
    schedule.slow()
    schedule.slow()
    assert sent() == 1
    # Its link works like the first one.
    assert links.find(token_of(dispatch)) == dispatch
    answered(Purpose.REMINDER)
    kinds = Event.objects.filter(subject=str(dispatch.public_id)).values_list("kind", flat=True)
    assert list(kinds).count("RelayToNonERDS") == 2
    assert list(kinds).count("NotificationForAcceptance") == 1


def test_an_exposé_is_reminded_of_twice_at_most_and_a_registered_mail_until_its_period_ends() -> None:
    exposé, registered = a_dispatch(), a_registered_mail()
    answered()
    for _ in range(8):
        let_days_pass()
        schedule.slow()
    for dispatch, most in ((exposé, MOST_EXPOSE_REMINDERS), (registered, 7)):
        mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.REMINDER)
        assert mails.count() == most


def planned(dispatch: Dispatch, after: datetime) -> datetime | None:
    reminders.schedule(dispatch, after)
    return dispatch.next_reminder_at


def test_no_reminder_is_planned_beyond_the_period_or_when_the_office_wants_none() -> None:
    dispatch = a_registered_mail()
    now = timezone.now()
    assert planned(dispatch, now) == now + timedelta(days=3)
    assert planned(dispatch, now + timedelta(days=6)) is None
    an_office(expose_reminder_days=0)
    a_dispatch()
    answered()
    let_days_pass()
    schedule.slow()
    assert (
        not OutgoingMail.objects.filter(purpose=Purpose.REMINDER).exclude(dispatch_id=str(dispatch.public_id)).exists()
    )


def _stamp(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


ACTS: dict[str, tuple[Callable[[], Dispatch], Callable[[Dispatch, str], object]]] = {
    "declared": (a_dispatch, lambda one, token: declare(token, Form(_stamp(one), "Mara", frozenset()), CLIENT)),
    "accepted": (
        a_registered_mail,
        lambda one, token: decision.accept(token, decision.DecisionInput(_stamp(one), True), CLIENT),
    ),
    "refused": (
        a_registered_mail,
        lambda one, token: decision.refuse(token, decision.DecisionInput(_stamp(one), True), CLIENT),
    ),
    "taken back": (a_dispatch, lambda one, token: revoke(one, by=one.agent)),
    "over": (a_registered_mail, lambda one, token: Dispatch.objects.update(expires_at=timezone.now())),
}


@pytest.mark.parametrize("act", ACTS)
def test_after_any_act_none_is_sent_and_one_that_waits_is_stopped(act: str) -> None:
    make, done = ACTS[act]
    dispatch = make()
    answered()
    let_days_pass()
    schedule.slow()
    assert sent() == 1
    done(dispatch, token_of(dispatch))
    let_days_pass()
    schedule.slow()
    schedule.slow()
    assert sent() == 0
    assert OutgoingMail.objects.filter(purpose=Purpose.REMINDER).count() == 1


def test_one_that_the_mail_server_put_off_is_not_tried_again_after_the_act() -> None:
    dispatch = a_registered_mail()
    answered()
    let_days_pass()
    schedule.slow()
    reminder = OutgoingMail.objects.get(purpose=Purpose.REMINDER)
    token = token_of(dispatch)
    change(reminder, What.ATTEMPT_STARTED, MailState.SENDING)
    decision.accept(token, decision.DecisionInput(_stamp(dispatch), True), CLIENT)
    change(reminder, What.DEFERRED, MailState.QUEUED, answer=Answer(451, "later"))
    reminder.refresh_from_db()
    assert reminder.state == MailState.CANCELLED


def test_no_reminder_leads_to_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    a_registered_mail()
    answered()
    let_days_pass()
    the_guard_says(False, monkeypatch)
    schedule.slow()
    assert sent() == 0
    the_guard_says(True, monkeypatch)
    schedule.slow()
    assert sent() == 1
