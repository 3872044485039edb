"""Who may listen to the live pages, asked anew every second: only sessions that the pages themselves would let in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.support.office import an_agent

from siegelpost.contacts.models import Card
from siegelpost.office.models import Agent, Role
from siegelpost.toolbox.limits import LIVE_PAGE
from siegelpost.toolbox.locks import Places
from siegelpost.web.live_pages import let_in

pytestmark = pytest.mark.django_db


def signed_in(agent: Agent) -> str:
    client = Client()
    client.force_login(agent)
    return client.session.session_key or ""


def test_who_is_signed_in_and_may_is_let_in_and_nobody_else() -> None:
    agent, manager = an_agent(), an_agent(role=Role.MANAGER)
    sessions = {signed_in(agent): agent.pk, signed_in(manager): manager.pk}
    assert let_in([*sessions, "unknown", Client().session.session_key or ""]) == sessions


def forget_password(agent: Agent) -> None:
    agent.set_password("ein anderes, längeres Passwort")
    agent.save()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda agent: Agent.objects.filter(pk=agent.pk).update(outside_access=False), id="right"),
        pytest.param(lambda agent: Agent.objects.filter(pk=agent.pk).update(is_active=False), id="no longer here"),
        pytest.param(lambda agent: Card.objects.filter(agent=agent).delete(), id="card"),
        pytest.param(forget_password, id="password"),
        pytest.param(lambda _: Session.objects.all().delete(), id="signed out"),
        pytest.param(lambda _: Session.objects.update(expire_date=timezone.now() - timedelta(1)), id="expired"),
    ],
)
def test_whoever_loses_it_is_let_in_no_more(change: Callable[[Agent], object]) -> None:
    agent = an_agent()
    session = signed_in(agent)
    assert let_in([session]) == {session: agent.pk}
    change(agent)
    assert let_in([session]) == {}


def test_places_are_given_back_and_each_person_has_their_own(tmp_path: Path) -> None:
    places = Places(tmp_path / "run" / "live", LIVE_PAGE.most)
    taken = [places.take(1) for _ in range(LIVE_PAGE.most)]
    assert None not in taken
    assert places.take(1) is None
    assert places.take(2) is not None
    places.give_back(taken[3] or 0)
    assert places.take(1) == taken[3]
    places.close()
