"""What the mail server says of a notice, and what it does to the dispatch; what must not be said in the ledger."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, sent_again_as_it_was

from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send.send import revoke
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt, MailState, OutgoingMail
from siegelpost.mail.outgoing.delivery import _finish
from siegelpost.mail.outgoing.transitions import Answer, What, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def notice_of(dispatch: Dispatch) -> OutgoingMail:
    return OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk")


def begin(mail: OutgoingMail) -> DeliveryAttempt:
    attempt = DeliveryAttempt(mail=mail, number=mail.attempts + 1)
    change(mail, What.ATTEMPT_STARTED, MailState.SENDING, attempt=attempt, attempts=attempt.number, claimed_by="me")
    return attempt


def end(mail: OutgoingMail, attempt: DeliveryAttempt, outcome: AttemptOutcome, answer: str) -> None:
    _finish(mail, attempt, outcome, Answer(int(answer[:3]), answer[4:]))


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 <mara.berger@web.test>: Recipient address rejected: User unknown",
        "550 no mailbox for Mara.Berger here",
        "550 mail for MARA.BERGER@WEB.TEST (was mara@old.test) refused",
    ],
)
def test_the_ledger_never_holds_an_address_the_mail_server_repeats(words: str) -> None:
    mail = notice_of(a_dispatch(contact=a_contact(email="mara.berger@web.test")))
    end(mail, begin(mail), AttemptOutcome.REFUSED, words)
    leaves = [bytes(leaf).decode() for leaf in Event.objects.values_list("leaf", flat=True)]
    assert not [leaf for leaf in leaves if "mara.berger" in leaf.lower() or "old.test" in leaf]
    failed = json.loads(bytes(Event.objects.get(kind="RelayToNonERDSFailure").leaf))
    assert failed["data"]["answer"].startswith("550 ")


def test_an_answer_that_the_database_could_take_later_only_keeps_the_moment_it_was_given_in() -> None:
    mail = notice_of(a_dispatch())
    attempt = begin(mail)
    attempt.ended_at = timezone.now() - timedelta(minutes=3)
    end(mail, attempt, AttemptOutcome.ACCEPTED, "250 Ok")
    assert mail.accepted_at == attempt.ended_at
    accepted = json.loads(bytes(Event.objects.get(kind="RelayToNonERDS").leaf))
    assert accepted["data"]["answered_at"] == attempt.ended_at.isoformat()


def test_a_revoked_dispatchs_mail_that_was_deferred_meanwhile_does_not_go_out() -> None:
    dispatch = a_dispatch()
    mail = notice_of(dispatch)
    attempt = begin(mail)
    revoke(dispatch, by=dispatch.agent)
    end(mail, attempt, AttemptOutcome.DEFERRED, "451 try again later")
    assert notice_of(dispatch).state == MailState.CANCELLED


def test_the_bounce_of_an_earlier_notice_says_nothing_about_the_later_one() -> None:
    dispatch = a_dispatch()
    first = notice_of(dispatch)
    end(first, begin(first), AttemptOutcome.ACCEPTED, "250 ok")
    Dispatch.objects.update(state=DispatchState.UNDELIVERABLE)
    sent_again_as_it_was(dispatch)
    second = notice_of(dispatch)
    assert second != first
    end(second, begin(second), AttemptOutcome.ACCEPTED, "250 ok")
    change(first, What.BOUNCED, MailState.BOUNCED, answer=Answer(550, "no such user"))
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.NOTIFIED


def test_nothing_of_the_recipient_stands_in_a_leaf() -> None:
    dispatch = a_dispatch()
    mail = notice_of(dispatch)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 2.1.5 mara@berger.test queued as 4XyZ")
    revoke(dispatch, by=dispatch.agent)
    for leaf in Event.objects.values_list("leaf", flat=True):
        text = bytes(leaf).decode().lower()
        assert "berger" not in text
        assert "mara" not in text
    assert "4XyZ" in bytes(Event.objects.get(kind="RelayToNonERDS").leaf).decode()
