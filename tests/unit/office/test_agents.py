"""People of the office: added, changed, and never without an administrator."""

import json

import pytest
from tests.support.office import an_agent

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office import agents, sign_in
from siegelpost.office.forms import AgentForm, FirstAccessForm
from siegelpost.office.models import Agent, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Agent:
    return an_agent(role=Role.ADMINISTRATOR)


def _granted() -> list[dict[str, object]]:
    events = Event.objects.filter(kind=EventKind.ACCESS_GRANTED.value).order_by("id")
    return [json.loads(bytes(event.leaf))["data"] for event in events]


def test_somebody_new_comes_in_by_a_link_once(boss: Agent) -> None:
    agent, link = agents.add({"name": "Neu", "email": "Neu@Lindenhof.test", "outside_access": True}, by=boss)
    token = link.rstrip("/").rpartition("/")[2]
    assert agent.email == "neu@lindenhof.test"
    assert not agent.has_usable_password()
    assert sign_in.use(token).agent == agent
    with pytest.raises(sign_in.LinkRefusedError):
        sign_in.use(token)
    assert _granted()[0]["by"] == str(boss.public_id)


def test_a_change_of_rights_is_an_event_a_change_of_name_is_none(boss: Agent) -> None:
    agent = an_agent()
    agent.name = "Jana Roth-Klein"
    agents.change(agent, by=boss)
    assert _granted() == []
    agent.role = Role.MANAGER
    agents.change(agent, by=boss)
    assert [event["role"] for event in _granted()] == ["manager"]


@pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"outside_access": False}, {"is_active": False}])
def test_the_last_administrator_stays_one(boss: Agent, change: dict[str, object]) -> None:
    for name, value in change.items():
        setattr(boss, name, value)
    with pytest.raises(agents.LastAdministratorError):
        agents.change(boss, by=boss)
    boss.refresh_from_db()
    assert (boss.role, boss.outside_access, boss.is_active) == (Role.ADMINISTRATOR, True, True)


def test_an_address_belongs_to_one_person(boss: Agent) -> None:
    form = AgentForm({"name": "Zweit", "email": boss.email.upper(), "role": "agent", "language": "de"})
    assert list(form.errors) == ["email"]


@pytest.mark.parametrize("password", ["kurz", "qwerty123456", "jana.roth@lindenhof.test"])
def test_a_password_that_is_guessed_is_refused(password: str) -> None:
    agent = an_agent(email="jana.roth@lindenhof.test")
    form = FirstAccessForm({"name": "Jana Roth", "email": agent.email, "password": password}, instance=agent)
    assert "password" in form.errors
