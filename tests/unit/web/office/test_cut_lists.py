"""What is cut says so and leads to the rest: choices of forms, what goes into one sending, lists of names."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_appointment, an_estate, an_office

from siegelpost.cases import history
from siegelpost.formats import named
from siegelpost.web.office import registered, send

pytestmark = pytest.mark.django_db
MORE = "Alle zur Wahl stellen"


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address, secure=True)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.usefixtures("an_office_at_work")
def test_a_property_that_was_sent_often_does_not_push_the_others_out() -> None:
    """Fifteen dispatches of one property were all that was looked at."""
    contact, often, once = a_contact(), an_estate(status="archived"), an_estate(status="archived")
    a_dispatch(contact=contact, estates=[once])
    for _ in range(2):
        a_dispatch(contact=contact, estates=[often])
    an_activity(contact=contact, estate=often)
    assert history.estates_of(contact) == history.Choice([often, once], more=False)
    assert history.contacts_of(often) == history.Choice([contact], more=False)
    assert history.contacts_of(None) == history.Choice([], more=False)


def test_whoever_a_form_does_not_offer_is_a_tap_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thirty-first contact of a property could be chosen nowhere, and nobody said so."""
    estate, people = an_estate(), [a_contact(last_name=f"Kern{number}") for number in range(3)]
    for days, one in enumerate(people):
        an_activity(contact=one, estate=estate, at=timezone.now() - timedelta(days=days))
    appointment = an_appointment(estate=estate)
    addresses = [
        f"/estates/{estate.public_id}/hand-over/",
        f"/appointments/{appointment.public_id}/",
        f"/appointments/new/?estate={estate.public_id}",
        f"/activities/new/?estate={estate.public_id}",
    ]
    for address in addresses:
        shown = page(client, address)
        assert all(one.last_name in shown for one in people), address
        assert MORE not in shown
    monkeypatch.setattr(history, "_MOST_LIKELY", 1)
    for address in addresses:
        shown = page(client, address)
        assert "Kern1" in shown
        assert "Kern2" not in shown
        assert MORE in shown
        assert "stehen alle, die" not in shown
        everything = page(client, f"{address}{'&' if '?' in address else '?'}all=1")
        assert "Kern2" in everything
        assert MORE not in everything


def test_so_is_a_property_of_which_somebody_calls(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = a_contact()
    titles = [an_estate(title=f"Haus {number}").title for number in range(4)]
    monkeypatch.setattr(history, "_MOST_LIKELY", 1)
    for address, count in (("/conversations/new/?", 2), (f"/conversations/new/?contact={contact.public_id}&", 1)):
        shown = page(client, address)
        assert sum(title in shown for title in titles) == count
        assert MORE in shown
        everything = page(client, f"{address}all=1")
        assert all(title in everything for title in titles)


def test_what_goes_not_into_one_sending_is_named_and_never_left_out_unseen(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An eleventh property was left out without a word, also of what was sent."""
    monkeypatch.setattr(send, "MOST_ESTATES", 2)
    monkeypatch.setattr(registered, "MOST_RECIPIENTS", 1)
    estates, people = [an_estate(title=f"Haus {n}") for n in range(3)], [a_contact(last_name=n) for n in ("Au", "Bo")]
    chosen = "&".join(f"estate={one.public_id}" for one in estates)
    for address in (f"/send/?contact={people[0].public_id}&{chosen}", f"/send/several/?{chosen}"):
        answer = client.get(address, secure=True)
        assert answer.status_code == 302
        assert str(estates[2].public_id) not in answer.headers["Location"]
        shown = page(client, "/account/")
        assert "Ein Exposé hat höchstens 2 Objekte. Nicht dabei: Haus 2." in shown
    client.get(f"/registered/new/?contact={people[0].public_id}&contact={people[1].public_id}", secure=True)
    assert "Auf einmal gehen höchstens 1 Einschreiben hinaus. Nicht dabei: Mara Bo." in page(client, "/account/")
    # A form never names more: nothing less than it says is sent.
    given = {"contact": str(people[0].public_id), "estate": [str(one.public_id) for one in estates]}
    assert client.post("/send/now/", given, secure=True).status_code == 404
    look = ",".join(str(one.public_id) for one in estates)
    assert client.get(f"/send/seen/{look}~~de/", secure=True).status_code == 404


def test_of_many_names_the_first_are_told_and_how_many_there_are() -> None:
    assert named(["a", "b"], 2) == "a, b"
    assert named(["a", "b", "c", "d"], 2) == "a, b und noch 2"
    with translation.override("en"):
        assert named(["a", "b", "c", "d"], 2) == "a, b and 2 more"
