"""What an agent does most often is done in few taps: a table of jobs, each walked by the links of the pages.

Typing is no tap, and neither is scrolling; that a form is sent is one.
"""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.support.office import a_contact, an_agent, an_estate
from tests.support.taps import Finger
from tests.unit.dispatch.recipient.test_to_do import NOTE, opened, say
from tests.unit.dispatch.test_resend import to_falsch

from siegelpost.contacts.models import Activity, Appointment, Contact
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import to_do
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.office.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
Walk = Callable[[Client, Agent], Finger]


def expose_from_a_contact(client: Client, _agent: Agent) -> Finger:
    contact, estate = a_contact(), an_estate()
    finger = Finger(client, contact.get_absolute_url())
    finger.tap("Exposé senden")
    finger.tap_row(estate.title)
    finger.tap("Jetzt senden")
    assert Dispatch.objects.get().contact == contact
    return finger


def expose_from_a_property(client: Client, _agent: Agent) -> Finger:
    contact, estate = a_contact(), an_estate()
    finger = Finger(client, estate.get_absolute_url())
    finger.tap("Exposé senden")
    finger.tap_row(str(contact))
    finger.tap("Jetzt senden")
    assert Dispatch.objects.get().contact == contact
    return finger


def contact_from_a_call(client: Client, _agent: Agent) -> Finger:
    estate = an_estate()
    finger = Finger(client, "/")
    finger.tap("Gespräch notieren")
    finger.type(name="Ute Neumann", number="0171 555 0199", text="Möchte das Exposé.", follow_up_on="2027-01-11")
    finger.choose("estate", estate.title)
    finger.tap("Speichern")
    made = Contact.objects.get(last_name="Neumann")
    assert finger.address == made.get_absolute_url()
    noted = Activity.objects.get()
    assert (noted.contact, noted.estate, str(noted.follow_up_on)) == (made, estate, "2027-01-11")
    return finger


def answer_to_a_wish(client: Client, agent: Agent) -> Finger:
    dispatch = opened(agent)
    say(dispatch, InterestKind.VIEWING, NOTE)
    finger = Finger(client, "/")
    finger.tap("Termin", row="möchte besichtigen")
    assert f"„{NOTE}“" in finger.text, "the hour that was wished for stands beside the hour that is typed"
    finger.type(starts_at="2027-01-16T10:00")
    finger.tap("Speichern")
    made = Appointment.objects.get()
    assert (made.contact, made.estate) == (dispatch.contact, dispatch.estates.get())
    assert made.invited_email == dispatch.contact.email, "whoever wished for it hears of it"
    assert to_do.waiting() == [], "what is answered is no longer to be done"
    return finger


def registered_mail(client: Client, _agent: Agent) -> Finger:
    contact = a_contact()
    finger = Finger(client, contact.get_absolute_url())
    finger.tap("Einschreiben")
    finger.type(subject="Kündigung", message="Hiermit kündigen wir den Maklervertrag.")
    finger.see_preview()
    finger.tap("Jetzt senden")
    assert Dispatch.objects.get().kind == "registered_mail"
    return finger


def several_contacts(client: Client, _agent: Agent) -> Finger:
    contacts = [a_contact(), a_contact(last_name="Kern", email="jan@kern.test")]
    finger = Finger(client, an_estate().get_absolute_url())
    finger.tap("Exposé senden")
    finger.tick("recipient", *(str(one.public_id) for one in contacts))
    finger.tap("Weiter mit den Angekreuzten")
    finger.tap("Jetzt an 2 senden")
    assert {one.contact for one in Dispatch.objects.all()} == set(contacts)
    return finger


def address_after_a_bounce(client: Client, _agent: Agent) -> Finger:
    before = to_falsch()
    finger = Finger(client, "/")
    finger.type(email="hans.falk@web.test")
    finger.tap("Korrigieren und noch einmal senden")
    finger.tap("Jetzt senden")
    assert Dispatch.objects.get(instead_of=before.public_id).contact.email == "hans.falk@web.test"
    return finger


JOBS: dict[str, tuple[Walk, int]] = {
    "exposé from a contact": (expose_from_a_contact, 3),
    "exposé from a property": (expose_from_a_property, 3),
    "new contact from a call, with property and follow-up": (contact_from_a_call, 3),
    "answer to a wish for a viewing": (answer_to_a_wish, 2),
    "registered mail": (registered_mail, 2),
    "exposé to two contacts at once, three and one for each": (several_contacts, 5),
    "another address after a mail came back": (address_after_a_bounce, 2),
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_takes_no_more_taps_than_this(job: str) -> None:
    """A contact from a call took six taps and two forms, and a wish could be answered from nowhere."""
    agent = an_agent(password="vier Wörter sind genug")
    client = Client()
    client.force_login(agent)
    walk, taps = JOBS[job]
    assert walk(client, agent).taps == taps
