"""What the agent is told of mails that were not taken: why, when they are tried again, and trying at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.office import a_dispatch
from tests.unit.dispatch.delivery.test_events import begin, end, notice_of

from siegelpost.dispatch.delivery.status import try_now, waiting
from siegelpost.dispatch.evidence import timeline
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.causes import Cause
from siegelpost.mail.models import AttemptOutcome, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.delivery import _finish
from siegelpost.mail.outgoing.transitions import Answer, What, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def put_off(dispatch: Dispatch, answer: Answer) -> OutgoingMail:
    mail = notice_of(dispatch)
    _finish(mail, begin(mail), AttemptOutcome.DEFERRED, answer)
    return notice_of(dispatch)


def test_what_was_put_off_says_when_it_is_tried_again_and_until_when() -> None:
    dispatch = a_dispatch()
    assert waiting(dispatch) == [], "it has not been tried yet"
    mail = put_off(dispatch, Answer(451, "4.7.1 come back later"))
    (one,) = waiting(dispatch)
    assert one.next_attempt_at == mail.next_attempt_at
    assert timedelta(seconds=50) < mail.next_attempt_at - timezone.now() < timedelta(seconds=61)
    assert timedelta(days=4, hours=23) < mail.give_up_at - timezone.now() <= timedelta(days=5)
    assert one.words == "451 4.7.1 come back later"
    assert one.explained.text == ""


def test_trouble_on_the_way_is_told_in_words_with_a_remedy() -> None:
    dispatch = a_dispatch()
    put_off(dispatch, Answer(None, "Connection refused", Cause.UNREACHABLE))
    (one,) = waiting(dispatch)
    assert one.explained.text == str(Cause.UNREACHABLE.label)
    assert "Firewall" in one.explained.remedy
    mail = notice_of(dispatch)
    _finish(mail, begin(mail), AttemptOutcome.DEFERRED, Answer(None, "", Cause.NOT_CONFIGURED))
    told = [entry.detail for entry in timeline.of(dispatch) if entry.kind == "DeliveryAttempt" and entry.detail]
    assert told == [f"{Cause.UNREACHABLE.label} · Connection refused", str(Cause.NOT_CONFIGURED.label)]


def test_tried_at_once_it_is_due_now_and_has_its_five_days_again() -> None:
    dispatch = a_dispatch()
    put_off(dispatch, Answer(451, "later"))
    OutgoingMail.objects.update(give_up_at=timezone.now() + timedelta(hours=1))
    assert try_now(dispatch) == 1
    mail = notice_of(dispatch)
    assert mail.next_attempt_at <= timezone.now()
    assert mail.give_up_at > timezone.now() + timedelta(days=4)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 ok")
    assert waiting(dispatch) == []
    assert try_now(dispatch) == 0
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.NOTIFIED


def test_what_has_failed_for_good_has_no_next_attempt_and_a_bounce_is_not_sent_twice() -> None:
    dispatch = a_dispatch()
    mail = notice_of(dispatch)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 ok")
    change(notice_of(dispatch), What.BOUNCED, MailState.BOUNCED, answer=Answer(550, "5.1.1 no such user"))
    (one,) = waiting(dispatch)
    assert (one.next_attempt_at, one.may_try, one.words) == (None, False, "550 5.1.1 no such user")
    assert try_now(dispatch) == 0


def test_another_mail_than_the_notice_that_was_refused_can_be_tried_again() -> None:
    dispatch = a_dispatch()
    mail = notice_of(dispatch)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 ok")
    OutgoingMail.objects.update(purpose=Purpose.CODE, state=MailState.REFUSED)
    (one,) = waiting(dispatch)
    assert one.may_try
    assert try_now(dispatch) == 1
    assert notice_of(dispatch).state == MailState.QUEUED
