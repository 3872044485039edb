"""Taking back, sending again, declaring and withdrawing while mails are handed over: real threads, a real mail server.

Nothing is begun to be handed over after a dispatch was taken back, no declaration is lost, nothing goes out twice.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from tests.support.mailing import use
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_agent,
    an_estate,
    an_office,
    the_guard_says,
    token_of,
    withdrawn,
)
from tests.support.smtp import Fault, Mailbox, mailbox
from tests.support.waiting import until

from siegelpost.dispatch import links, resend, schedule
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.links import LinkClosedError
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.send import send
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.estates.models import Estate
from siegelpost.ledger.models import Event
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import delivery
from siegelpost.office.models import Agent

CLIENT = Client("203.0.113.7", "Mozilla/5.0")
Act = Callable[[], object]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Mailbox]:
    an_office()
    the_guard_says(True, monkeypatch)
    # It thinks for a while about each mail: there is time to come between.
    with mailbox(tmp_path / "mails", delay=0.02) as running:
        use(running.port)
        yield running


@pytest.fixture
def made() -> tuple[Agent, Estate]:
    return an_agent(), an_estate()


def at_once(chance: random.Random, *acts: Act) -> list[bool]:
    """Let all begin together, each after a moment of its own; gives which were possible."""
    barrier = Barrier(len(acts))

    def run(act: Act, moment: float) -> bool:
        barrier.wait(30)
        time.sleep(moment)
        try:
            act()
        except (NotPossibleError, LinkClosedError):
            return False
        else:
            return True
        finally:
            connection.close()

    moments = [chance.uniform(0, 0.06) for _ in acts]
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, moments))


def deliver_all() -> None:
    """As the jobs process does; what waits for later is tried at once."""
    for _ in range(20):
        OutgoingMail.objects.filter(state=MailState.QUEUED).update(next_attempt_at=timezone.now())
        if not OutgoingMail.objects.filter(state=MailState.QUEUED).exists():
            return
        delivery.sweep()


def notices(dispatch: Dispatch) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE)


def kinds(dispatch: Dispatch) -> list[str]:
    events = Event.objects.filter(subject=str(dispatch.public_id)).order_by("id")
    return ["Started" if b'"what":"attempt_started"' in bytes(event.leaf) else event.kind for event in events]


def none_twice(server: Mailbox) -> None:
    arrived = Counter(mail.message_id for mail in server.mails())
    assert set(arrived.values()) <= {1}, "a mail went out twice"


def nothing_after_it_was_taken_back(dispatch: Dispatch, server: Mailbox) -> None:
    told = kinds(dispatch)
    assert told.count("DispatchRevoked") == 1
    assert "Started" not in told[told.index("DispatchRevoked") :], "a handover began after it was taken back"
    arrived = {mail.message_id for mail in server.mails()}
    for mail in notices(dispatch):
        assert mail.state != MailState.QUEUED
        assert (mail.message_id in arrived) == (mail.state == MailState.ACCEPTED), mail.state


def _revoke(server: Mailbox, made: tuple[Agent, Estate], times: int) -> None:
    chance, (agent, estate), begun = random.Random(1), made, 0
    for number in range(times):
        if number % 2:  # greylisted: it would come again in a minute
            server.sink.faults = [Fault("RCPT", "451 4.7.1 later", times=1)]
        dispatch = a_dispatch(agent, estates=[estate], contact=a_contact(email=f"{number}@berger.test"))

        def back(one: Dispatch = dispatch, late: bool = number == times - 1) -> None:
            if late:  # by chance alone the handover might be the later one each time
                until(lambda: notices(one).filter(attempts__gt=0).exists())
            send.revoke(one, by=agent)

        at_once(chance, deliver_all, back)
        deliver_all()
        nothing_after_it_was_taken_back(dispatch, server)
        begun += "Started" in kinds(dispatch)
    none_twice(server)
    assert begun, "no handover had begun in any of them: this has shown nothing"


def _send_again(server: Mailbox, made: tuple[Agent, Estate], times: int) -> None:
    chance, (agent, estate) = random.Random(2), made
    for number in range(times):
        dispatch = a_dispatch(agent, estates=[estate], contact=a_contact(email=f"{number}@berger.test"))
        notices(dispatch).update(state=MailState.REFUSED)
        Dispatch.objects.filter(pk=dispatch.pk).update(state=DispatchState.UNDELIVERABLE)
        tap = uuid.uuid4()

        def anew(one: Dispatch = dispatch, public_id: uuid.UUID = tap) -> None:
            send.send(agent, resend.letter_of(one), public_id=public_id)

        def elsewhere(one: Dispatch = dispatch) -> None:
            send.send(agent, resend.letter_of(one), public_id=uuid.uuid4())

        def back(one: Dispatch = dispatch) -> None:
            send.revoke(one, by=agent)

        first, second, other, revoked = at_once(chance, anew, anew, elsewhere, back, deliver_all)[:4]
        deliver_all()
        followers = Dispatch.objects.filter(instead_of=dispatch.public_id)
        assert followers.count() == (first or second) + other <= 1, "it was sent again twice"
        assert followers.count() + revoked == 1
        assert kinds(dispatch).count("DispatchRevoked") == 1
        assert not notices(dispatch).filter(state=MailState.QUEUED).exists()
    none_twice(server)


def _declare_and_withdraw(server: Mailbox, made: tuple[Agent, Estate], times: int) -> None:
    chance, (agent, estate) = random.Random(3), made
    for number in range(times):
        dispatch = a_dispatch(agent, estates=[estate], contact=a_contact(email=f"{number}@berger.test"))
        token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
        words = {"name": "Mara Berger", "email": dispatch.contact.email, "contract": dispatch.subject}

        def order(token: str = token, stamp: str = stamp) -> None:
            declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)

        def back(one: Dispatch = dispatch) -> None:
            send.revoke(one, by=agent)

        def withdraw(token: str = token, words: Mapping[str, Any] = words) -> None:
            withdrawn(**words, token=token, client=CLIENT)

        def confirm() -> None:
            schedule.quick()
            deliver_all()

        ordered = at_once(chance, order, order, back, withdraw, withdraw, confirm, deliver_all)
        confirm()
        dispatch.refresh_from_db()
        told = kinds(dispatch)
        declared = Counter(dispatch.declarations.values_list("kind", flat=True))
        # Whoever was told that it is declared finds it; whoever came too late declared nothing.
        assert declared == (Counter(["order", "begin_early", "knows_loss"]) if any(ordered[:2]) else Counter())
        assert told.count("DeclarationMade") == len(declared)
        assert ordered[2] != any(ordered[:2]), "taken back and ordered"
        assert told.count("WithdrawalDeclared") == told.count("WithdrawalAcknowledged") == 1
        assert dispatch.withdrawals.count() == 1
        mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id))
        assert mails.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, state=MailState.ACCEPTED).count() == 1
        assert mails.filter(purpose=Purpose.CONFIRMATION).count() <= 1
        if ordered[2]:
            nothing_after_it_was_taken_back_but_the_acknowledgement(told)
    none_twice(server)


def nothing_after_it_was_taken_back_but_the_acknowledgement(told: list[str]) -> None:
    after = told[told.index("DispatchRevoked") :]
    assert after.count("Started") <= 1


RACES = [_revoke, _send_again, _declare_and_withdraw]


@pytest.mark.parametrize("race", RACES)
def test_of_acts_at_the_same_time_each_counts_once(
    race: Callable[..., None], server: Mailbox, made: tuple[Agent, Estate]
) -> None:
    race(server, made, 5)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("race", RACES)
def test_of_many_more_too(race: Callable[..., None], server: Mailbox, made: tuple[Agent, Estate]) -> None:
    race(server, made, 60)
