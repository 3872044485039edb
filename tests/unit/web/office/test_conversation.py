"""*Gespräch notieren*: one form, from anywhere, that also makes the contact."""

import html

import pytest
from django.test import Client
from tests.support.office import a_contact, an_agent, an_estate, an_office

from siegelpost.contacts.models import Activity, Contact

pytestmark = pytest.mark.django_db
GIVEN = {"text": "Sucht drei Zimmer.", "kind": "call", "at": "2026-11-25T10:30"}


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    return client


def test_from_a_contact_it_asks_for_nothing_that_is_known(client: Client) -> None:
    contact = a_contact()
    new = f"/conversations/new/?contact={contact.public_id}"
    page = client.get(new, secure=True).content.decode()
    assert 'name="name"' not in page
    answer = client.post(new, GIVEN, secure=True)
    assert answer.headers["Location"] == contact.get_absolute_url()
    assert Activity.objects.get().contact == contact


def test_from_a_property_the_property_is_chosen(client: Client) -> None:
    estate = an_estate()
    new = f"/conversations/new/?estate={estate.public_id}"
    assert f'value="{estate.pk}" selected' in client.get(new, secure=True).content.decode()
    client.post(new, {**GIVEN, "name": "Ute Neumann", "estate": estate.pk}, secure=True)
    noted = Activity.objects.get()
    assert (str(noted.contact), noted.estate) == ("Ute Neumann", estate)


def test_who_may_be_known_already_is_asked_and_nobody_is_made_twice(client: Client) -> None:
    mara = a_contact(mobile="0171 2345678", city="Kiel")
    before = Contact.objects.count()
    given = {**GIVEN, "name": "Mara Berger", "number": "0171 2345678"}
    part = client.post("/conversations/new/", given, secure=True, headers={"HX-Request": "true"})
    assert "Kiel" in part.content.decode(), "what tells two of one name apart"
    asked = client.post("/conversations/new/", given, secure=True)
    assert asked.status_code == 422
    assert "Wer war es?" in html.unescape(asked.content.decode())
    assert "Sucht drei Zimmer." in asked.content.decode(), "nothing that was typed is lost"
    assert not Activity.objects.exists()
    client.post("/conversations/new/", {**given, "who": str(mara.public_id)}, secure=True)
    assert Activity.objects.get().contact == mara
    assert Contact.objects.count() == before
    client.post("/conversations/new/", {**given, "who": "new"}, secure=True)
    assert Contact.objects.count() == before + 1


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("text", ""), ("email", "ute@"), ("at", "2027-03-28T02:30")]
)
def test_what_cannot_be_kept_is_said_and_neither_contact_nor_note_is_kept(
    field: str, value: str, client: Client
) -> None:
    before = Contact.objects.count()
    answer = client.post("/conversations/new/", {**GIVEN, "name": "Ute Neumann", field: value}, secure=True)
    assert answer.status_code == 422
    assert (Contact.objects.count(), Activity.objects.exists()) == (before, False)
    # Whatever is wrong is not folded away.
    assert ("<details open>" in answer.content.decode()) == (field == "at")


def test_what_nobody_sees_is_no_part_of_who_called(client: Client) -> None:
    """Who may be known was asked before it was looked whether that can be: PostgreSQL takes no zero byte."""
    hidden = {**GIVEN, "name": "\u202eUte\x00 Neumann", "number": "0711\x00 1", "email": "a\x00@b.test"}
    assert client.post("/conversations/new/", hidden, secure=True).status_code in {302, 422}
    assert not [one for one in Contact.objects.all() if {"\x00", "\u202e"} & set(one.full_name + one.phone + one.email)]
