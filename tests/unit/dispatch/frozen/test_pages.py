"""What a recipient is shown: one builder for what is frozen, what the lane answers, and what Django answers."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, token_of

from siegelpost.dispatch.frozen import row
from siegelpost.dispatch.frozen.pages import TEMPLATES, Shown, page_html
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.states import DispatchState
from siegelpost.office.models import Language
from siegelpost.office.tokens import token_hash

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def of_kind(kind: Kind, language: Language = Language.GERMAN) -> Dispatch:
    if kind is Kind.SECURE_EXPOSE:
        return a_dispatch(language=language)
    letter = RegisteredLetter([a_contact()], "Kündigung", "hiermit.", language, False, 7, 3)
    return registered.send(an_agent(), letter, batch=uuid.uuid4())[0].dispatch


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(Kind))
def test_the_page_that_was_frozen_is_the_one_that_is_built(kind: Kind, language: Language) -> None:
    dispatch = of_kind(kind, language)
    assert page_html(Shown.of(dispatch)) == bytes(dispatch.gate_html)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_the_lane_reads_past_the_models_is_what_they_say(kind: Kind) -> None:
    """The lane asks the database by itself; a page would else be another after a form than before it."""
    dispatch = of_kind(kind)
    token = token_of(dispatch)
    for state in (DispatchState.NOTIFIED, DispatchState.OPEN):
        Dispatch.objects.update(state=state, period_ends_at=timezone.now() + timedelta(days=14))
        with connection.cursor() as cursor:
            cursor.execute(f"{row.SQL}%s", [token_hash(token)])
            found = row.PageRow(*cursor.fetchone())
        shown = row.shown(found, row.state_of(found, timezone.now()))
        assert shown == Shown.of(Dispatch.objects.get())
        assert (shown.content is not None) == (state is DispatchState.OPEN)


def test_every_state_of_every_kind_has_a_page() -> None:
    only_of_exposés = {DispatchState.WAITING, DispatchState.WITHDRAWN}
    assert set(TEMPLATES[Kind.SECURE_EXPOSE]) == set(DispatchState)
    assert set(TEMPLATES[Kind.REGISTERED_MAIL]) == set(DispatchState) - only_of_exposés
