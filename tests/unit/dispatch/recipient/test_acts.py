"""What recipients did is told by rank: no later look hides a withdrawal, a refusal or a wish."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch

from siegelpost.dispatch import search
from siegelpost.dispatch.evidence import story, timeline
from siegelpost.dispatch.models import Dispatch, Interest, Kind, Withdrawal
from siegelpost.dispatch.recipient import acts, to_do
from siegelpost.dispatch.recipient.acts import RecipientAct
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def look(dispatch: Dispatch, kind: EventKind = EventKind.NOTIFICATION_ACCESS_TRACKING) -> None:
    with transaction.atomic():
        append(kind, subject=str(dispatch.public_id), data={"machine": False, "method": "GET"})


def decided(dispatch: Dispatch, state: DispatchState, **fields: object) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state, declared_at=timezone.now(), **fields)
    kind = {DispatchState.REFUSED: EventKind.CONSIGNMENT_REJECTION}.get(state, EventKind.DECLARATION_MADE)
    with transaction.atomic():
        append(kind, subject=str(dispatch.public_id))


def wish(dispatch: Dispatch, kind: str, note: str = "") -> None:
    Interest.objects.create(dispatch=dispatch, kind=kind, note=note, made_at=timezone.now())
    with transaction.atomic():
        append(EventKind.INTEREST_STATED, subject=str(dispatch.public_id), data={"interest": kind})


def withdraw(dispatch: Dispatch) -> None:
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject}
    Withdrawal.objects.create(dispatch=dispatch, made_at=timezone.now(), **fields)
    Dispatch.objects.filter(pk=dispatch.pk).update(state=DispatchState.WITHDRAWN)
    with transaction.atomic():
        append(EventKind.WITHDRAWAL_DECLARED, subject=str(dispatch.public_id))


def done_with(dispatch: Dispatch) -> list[RecipientAct]:
    return [one.deed for one in acts.of([Dispatch.objects.get(pk=dispatch.pk)])[dispatch.pk]]


def news() -> list[RecipientAct]:
    (one,) = search.news_since(timezone.now() - timedelta(hours=1))
    return [done.deed for done in one.done]


def test_a_refusal_is_not_hidden_by_the_look_that_follows_it() -> None:
    """Today said "link opened, perhaps by a program" of everybody who had refused a registered mail."""
    dispatch = a_dispatch()
    look(dispatch)
    decided(dispatch, DispatchState.REFUSED, kind=Kind.REGISTERED_MAIL)
    look(dispatch)
    assert news() == [RecipientAct.REFUSED]


def test_a_withdrawal_is_not_hidden_by_anything_that_follows_it() -> None:
    """Today said "link opened" of a prospect who had withdrawn and came to the page again."""
    dispatch = a_dispatch()
    decided(dispatch, DispatchState.OPEN)
    wish(dispatch, "viewing")
    withdraw(dispatch)
    look(dispatch)
    look(dispatch, EventKind.CONTENT_ACCESS_TRACKING)
    assert news()[0] is RecipientAct.WITHDREW
    assert done_with(dispatch) == [
        RecipientAct.WITHDREW,
        RecipientAct.DECLARED,
        RecipientAct.VIEWING,
        RecipientAct.SEEN,
        RecipientAct.OPENED,
    ]


def test_who_withdrew_last_week_and_looks_today_has_withdrawn_all_the_same() -> None:
    dispatch = a_dispatch()
    decided(dispatch, DispatchState.OPEN)
    withdraw(dispatch)
    Withdrawal.objects.update(made_at=timezone.now() - timedelta(days=7))
    Dispatch.objects.update(declared_at=timezone.now() - timedelta(days=8))
    look(dispatch)
    assert news() == [RecipientAct.WITHDREW, RecipientAct.OPENED]


def test_acceptance_is_told_as_acceptance() -> None:
    """Today said "was given the content" of a registered mail that had been accepted."""
    dispatch = a_dispatch()
    decided(dispatch, DispatchState.OPEN, kind=Kind.REGISTERED_MAIL)
    look(dispatch, EventKind.CONTENT_HANDOVER)
    assert news() == [RecipientAct.ACCEPTED]


def test_a_wish_is_told_beside_the_declaration_with_its_words() -> None:
    """Today said "has said how to go on", the list said nothing, and the words stood in one mail only."""
    dispatch = a_dispatch()
    decided(dispatch, DispatchState.OPEN)
    wish(dispatch, "viewing", "Samstag ab 10 Uhr passt mir gut, 0171 2345678.")
    look(dispatch, EventKind.CONTENT_ACCESS_TRACKING)
    assert news() == [RecipientAct.DECLARED, RecipientAct.VIEWING]
    done = acts.of([Dispatch.objects.get(pk=dispatch.pk)])[dispatch.pk]
    beside = acts.beside_state(done)
    assert beside is not None
    assert (beside.deed, beside.said) == (RecipientAct.VIEWING, "Samstag ab 10 Uhr passt mir gut, 0171 2345678.")


def test_acts_come_before_mere_looks_however_many_those_are() -> None:
    refused, *others = [a_dispatch(contact=a_contact(email=f"{number}@kunde.test")) for number in range(5)]
    decided(refused, DispatchState.REFUSED, kind=Kind.REGISTERED_MAIL)
    for one in others:
        look(one)
    found = search.news_since(timezone.now() - timedelta(hours=1), at_most=2)
    assert found[0].dispatch == refused
    assert len(found) == 2


def test_events_about_something_else_are_no_news() -> None:
    with transaction.atomic():
        append(EventKind.WITHDRAWAL_DECLARED, subject="office")
    assert search.news_since(timezone.now() - timedelta(hours=1)) == []


def test_every_deed_has_words_and_a_rank() -> None:
    assert set(acts.WORDS) == set(RecipientAct) == set(acts.RANK)


def test_acts_have_words_in_one_table_and_every_place_says_the_same() -> None:
    """A wish was worded in five places, and of one act each said another thing."""
    assert set(acts.WORDS) == set(RecipientAct)
    headlines = {about: str(subject.headline) for about, subject in to_do.SUBJECTS.items()}
    same = {"viewing": "VIEWING", "off": "OFF", "call": "CALL", "papers": "PAPERS", "withdrawal": "WITHDREW"}
    same |= {"reply": "REPLIED", "refused": "REFUSED", "knows": "KNOWS", "withdrawal_by_mail": "WITHDREW_BY_MAIL"}
    for about, name in same.items():
        assert headlines[about] == str(acts.WORDS[RecipientAct[name]].after_name)
    dispatch = a_dispatch()
    for kind in ("viewing", "call", "papers", "none"):
        wish(dispatch, kind)
    said = [entry.detail for entry in timeline.of(dispatch) if entry.kind is EventKind.INTEREST_STATED]
    assert said == [acts.line(kind) for kind in ("viewing", "call", "papers", "none")]
    titles = [line.title for line in story.of(dispatch)]
    assert set(said) <= set(titles)
    assert acts.line("of a later version") == "of a later version"
