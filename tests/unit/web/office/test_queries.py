"""How many queries each page with a list asks: so many, and not one more for every row it shows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_activity,
    an_agent,
    an_appointment,
    an_estate,
    an_office,
    the_guard_says,
)

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch, Interest
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent

pytestmark = pytest.mark.django_db

QUERIES = {
    "/": 29,
    "/today/now/": 29,
    "/contacts/": 20,
    "/contacts/?q=berger": 21,
    "/contacts/duplicates/": 12,
    "/contacts/{contact}/": 35,
    "/estates/": 14,
    "/estates/?q=altbau&place=essl&rooms=2": 15,
    "/estates/{estate}/": 35,
    "/appointments/": 12,
    "/appointments/?whose=all": 12,
    "/activities/new/?contact={contact}": 16,
    "/conversations/new/": 12,
    "/conversations/new/?contact={contact}": 15,
    "/dispatches/": 25,
    "/dispatches/?group=under-way": 25,
    "/registered/new/": 11,
    "/send/": 11,
    "/send/?contact={contact}": 13,
}


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Agent:
    an_office()
    the_guard_says(True, monkeypatch)
    return an_agent(password="vier Wörter sind genug")


def grow(agent: Agent, contact: Contact, estate: Estate) -> None:
    """More of everything that a list shows, with whatever its rows name."""
    for number in range(5):
        other, another = (
            a_contact(last_name=f"Berger{number}", email=f"zwei{Contact.objects.count() // 2}@berger.test"),
            an_estate(),
        )
        an_activity(agent=agent, contact=contact, estate=another, follow_up_on=timezone.localdate())
        an_activity(agent=agent, contact=other, estate=estate)
        an_appointment(agent=agent, contact=contact, estate=another)
        an_appointment(agent=agent, contact=other, estate=estate)
        a_dispatch(agent, contact=contact, estates=[another])
        a_dispatch(agent, contact=other, estates=[estate])
        for dispatch in Dispatch.objects.filter(contact__in=[contact, other]):
            fields = {"dispatch": dispatch, "made_at": timezone.now()}
            Interest.objects.create(kind="viewing", note="Samstag ab 10 Uhr", **fields)


def counted(client: Client, contact: Contact, estate: Estate) -> dict[str, int]:
    found = {}
    for page in QUERIES:
        address = page.format(contact=contact.public_id, estate=estate.public_id)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address, secure=True).status_code == 200, page
        found[page] = len(queries)
    return found


def test_a_page_asks_so_much_however_long_its_list(agent: Agent) -> None:
    client = Client()
    client.force_login(agent)
    contact, estate = a_contact(), an_estate()
    grow(agent, contact, estate)
    counted(client, contact, estate)  # the first request also writes down where the agent is signed in
    few = counted(client, contact, estate)
    for _ in range(2):
        grow(agent, contact, estate)
    assert counted(client, contact, estate) == few
    assert few == QUERIES, repr(sorted(few.items()))
