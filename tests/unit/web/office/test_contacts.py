"""Contacts on the office's pages."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html
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
from tests.unit.dispatch.evidence.test_story import happened
from tests.unit.dispatch.recipient.test_to_do import replied, withdraw

from siegelpost.cases import history
from siegelpost.contacts import search
from siegelpost.contacts.models import Consent, Contact
from siegelpost.dispatch.models import Dispatch, Interest
from siegelpost.ledger.events import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    return client


def link(client: Client, address: str, words: str) -> str:
    """Where the page's link with these words leads."""
    page = html.document_fromstring(client.get(address, secure=True).content)
    (found,) = (each for each in page.iter("a") if " ".join("".join(map(str, each.itertext())).split()) == words)
    return str(found.get("href"))


def values(client: Client, address: str) -> dict[str, str]:
    """What stands in the fields of the page's form."""
    page = html.document_fromstring(client.get(address, secure=True).content)
    return {str(field.get("name")): str(field.get("value")) for field in page.iter("input") if field.get("value")}


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("Neumann", "last_name", "Neumann"),
        ("  Ute  Neumann ", "last_name", "Neumann"),
        ("Ute Neumann", "first_name", "Ute"),
        ("ute@neumann.test", "email", "ute@neumann.test"),
        ("+49 (711) 12-34", "phone", "+49 (711) 12-34"),
    ],
)
def test_what_was_searched_for_stands_in_the_form_of_a_new_contact(
    typed: str, field: str, value: str, client: Client
) -> None:
    new = link(client, f"/contacts/?q={typed.replace('+', '%2B').replace(' ', '+')}", "Als neuen Kontakt anlegen")
    assert values(client, new)[field] == value


def test_a_contact_missing_while_sending_is_made_and_one_goes_on_with_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name had to be typed again, and the property chosen was lost."""
    the_guard_says(True, monkeypatch)
    chosen = [an_estate(), an_estate(external_no="A-2")]
    send = "/send/?" + "&".join(f"estate={one.public_id}" for one in chosen)
    new = link(client, f"{send}&q=Neumann", "Neuer Kontakt")
    assert values(client, new)["last_name"] == "Neumann"
    assert link(client, new, "Abbrechen") == send
    answer = client.post(new, {"last_name": "Neumann", "email": "ute@neumann.test", "language": "de"}, secure=True)
    on, made = urlsplit(answer.headers["Location"]), Contact.objects.get(last_name="Neumann")
    asked = {"estate": [str(one.public_id) for one in chosen], "contact": [str(made.public_id)]}
    assert (on.path, parse_qs(on.query)) == ("/send/", asked)
    page = client.get(answer.headers["Location"], secure=True).content.decode()
    assert "Neumann" in page


def test_so_is_one_who_orders_together_and_one_for_a_registered_mail(client: Client) -> None:
    first, estate = a_contact(), an_estate()
    new = link(
        client, f"/send/?contact={first.public_id}&estate={estate.public_id}&together=1&q=Neumann", "Neuer Kontakt"
    )
    answer = client.post(new, {"last_name": "Neumann", "email": "ute@neumann.test", "language": "de"}, secure=True)
    second = Contact.objects.get(last_name="Neumann")
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (asked["contact"], asked["partner"]) == ([str(first.public_id)], [str(second.public_id)])
    new = link(client, "/registered/new/?q=Otto", "Neuer Kontakt")
    answer = client.post(new, {"last_name": "Otto", "email": "otto@lange.test", "language": "de"}, secure=True)
    otto = Contact.objects.get(last_name="Otto")
    assert answer.headers["Location"] == f"/registered/new/?contact={otto.public_id}"


def test_nobody_is_led_elsewhere(client: Client) -> None:
    given = {"last_name": "Neumann", "email": "ute@neumann.test", "language": "de"}
    answer = client.post("/contacts/new/?then=https://elsewhere.test/", given, secure=True)
    assert answer.headers["Location"] == Contact.objects.get(last_name="Neumann").get_absolute_url()


def test_two_of_one_name_are_told_apart_and_can_be_called(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list on the phone was names only: of two Mara Berger nobody knew which was which."""
    the_guard_says(True, monkeypatch)
    lately, never = a_contact(mobile="0171 1", city="Kiel"), a_contact(phone="030 2", city="Berlin", email="m@b.test")
    moments = {
        "an activity": an_activity(contact=lately, at=timezone.now() - timedelta(days=9)).at,
        "a dispatch": a_dispatch(contact=lately).created_at,
    }
    an_appointment(contact=lately, starts_at=timezone.now() + timedelta(days=3))
    assert history.last_contact([lately, never]) == {lately.pk: max(moments.values())}
    page = " ".join(client.get("/contacts/", secure=True).content.decode().split())
    for words in ("Kiel", "Berlin", 'href="tel:01711"', 'href="tel:0302"', "zuletzt heute", "Mara Berger anrufen"):
        assert words in page, words
    assert page.count("zuletzt") == 1


def test_an_answer_is_the_last_contact_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)
    dispatch = a_dispatch()
    made_at = timezone.now() + timedelta(seconds=5)
    Interest.objects.create(dispatch=dispatch, kind="call", made_at=made_at)
    assert history.last_contact([dispatch.contact]) == {dispatch.contact.pk: made_at}


@pytest.mark.parametrize(
    "act",
    [
        withdraw,
        lambda one: happened(one, EventKind.PRIOR_KNOWLEDGE_STATED),
        lambda one: happened(one, EventKind.CONSIGNMENT_REJECTION),
        lambda one: happened(one, EventKind.DISPATCH_SENT_AGAIN),
        lambda one: replied(one, "Ist der Keller trocken?"),
        lambda one: Consent.objects.create(contact=one.contact, text="x", language="de", token_hash=b"1"),
    ],
)
@pytest.mark.usefixtures("an_office_at_work")
def test_whatever_a_recipient_did_is_the_last_contact(act: Callable[[Dispatch], object]) -> None:
    """Who had withdrawn yesterday was shown as last heard of when the exposé was sent."""
    dispatch = a_dispatch()
    Dispatch.objects.filter(pk=dispatch.pk).update(created_at=timezone.now() - timedelta(days=9))
    before = timezone.now()
    act(dispatch)
    assert history.last_contact([dispatch.contact])[dispatch.contact.pk] >= before


def test_who_works_here_is_not_among_the_prospects(client: Client) -> None:
    """The first contact of a new office was oneself."""
    mara = a_contact()
    assert [*search.find().contacts] == [mara]
    assert [str(one) for one in search.find("Jana").contacts] == ["Jana Roth"]
    assert "Jana Roth" not in client.get("/contacts/", secure=True).content.decode()
    assert "Jana Roth" in client.get("/contacts/?who=office", secure=True).content.decode()
    mara.delete()
    assert not search.any_there(), "oneself is not the first prospect"


def test_how_to_reach_somebody_and_what_is_open_stand_above_the_history(client: Client) -> None:
    """Number, address and note stood below the timeline."""
    contact = a_contact(mobile="0171 1", note="Sucht drei Zimmer bis 320.000 €")
    an_activity(contact=contact, text="Bank fragen", follow_up_on=timezone.localdate() + timedelta(days=3))
    an_appointment(contact=contact, title="Zweite Besichtigung")
    page = client.get(contact.get_absolute_url(), secure=True).content.decode()
    begun = page.index('id="history"')
    for words in ("0171 1", "mara@berger.test", "Sucht drei Zimmer", "Bank fragen", "Zweite Besichtigung"):
        assert page.index(words) < begun, words


def test_a_namesake_does_not_stand_in_the_way_of_a_new_contact(client: Client) -> None:
    """Where the search found anybody at all, there was no way on to a new contact."""
    a_contact(last_name="Neumann")
    new = link(client, f"/send/?estate={an_estate().public_id}&q=Neumann", "Jemand anderes: neuer Kontakt")
    assert values(client, new)["last_name"] == "Neumann"
    assert "estate=" in link(client, new, "Abbrechen")
    new = link(client, "/registered/new/?q=Neumann", "Jemand anderes: neuer Kontakt")
    assert values(client, new)["last_name"] == "Neumann"
