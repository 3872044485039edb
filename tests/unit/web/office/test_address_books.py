"""Address books in the browser: upload, bar, columns, choice over several pages, taking back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.unit.contacts.address_books.test_work import cards

from siegelpost.contacts.address_books import work
from siegelpost.contacts.models import AddressBook, Contact

pytestmark = pytest.mark.django_db

START = "/contacts/import/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent())
    return client


def uploaded(client: Client, content: bytes, name: str = "kontakte.vcf") -> str:
    answer = client.post(START, {"file": SimpleUploadedFile(name, content)}, secure=True)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def text(client: Client, address: str) -> str:
    return client.get(address, secure=True).content.decode()


def test_many_over_several_pages(client: Client) -> None:
    """Four hundred and one cards were too many for one form, and nothing at all was taken."""
    address = uploaded(client, cards(*range(450)))
    assert "0 von 450 verglichen" in text(client, address)
    bar = client.get(f"{address}?state=comparing", secure=True, headers=HTMX).content.decode()
    assert "<progress" in bar
    work.round_()
    assert client.get(f"{address}?state=comparing", secure=True, headers=HTMX).headers["HX-Refresh"] == "true"
    page = text(client, address)
    assert "450 Kontakte in der Datei" in page
    assert "gibt es die E-Mail-Adresse oder Nummer hier schon" not in page
    shown = re.findall(r'name="shown" value="(\d+)"', page)
    assert len(shown) == 100
    assert client.post(f"{address}choose/", {"shown": shown, "act": "all"}, secure=True).status_code == 302
    # Nobody of the first page but one; then on, and all the others.
    choice = {"shown": shown, "take": shown[:1], "act": "2"}
    answer = client.post(f"{address}choose/", choice, secure=True)
    assert answer.headers["Location"] == f"{address}?page=2"
    assert "351 sind angekreuzt" in text(client, f"{address}?page=2")
    client.post(f"{address}choose/", {"act": "take"}, secure=True)
    work.round_()
    assert Contact.objects.filter(card=None).count() == 351
    assert "351 Kontakte von 450" in text(client, address)
    assert address in text(client, START)
    client.post(f"{address}undo/", secure=True)
    work.round_()
    assert "als wäre nichts übernommen" in text(client, address)
    assert not Contact.objects.filter(card=None).exists()


def test_columns_are_shown_and_can_be_changed(client: Client) -> None:
    address = uploaded(client, b"Nachname;Kennung;E-Mail\nMuster;4711;m@x.test\n", "k.csv")
    page = text(client, address)
    assert "4711" in page
    assert page.count("selected>") == 3
    client.post(f"{address}columns/", {"field": ["last_name", "x", "email"]}, secure=True)
    assert AddressBook.objects.get().state == "mapping"
    client.post(f"{address}columns/", {"field": ["last_name", "", "email"]}, secure=True)
    work.round_()
    assert "Kennung (1)" in text(client, address)
    client.post(f"{address}columns/", {"again": "1"}, secure=True)
    assert "Was steht in welcher Spalte?" in text(client, address)
    client.post(f"{address}throw-away/", secure=True)
    assert client.get(address, secure=True).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "keine vCard und keine Tabelle"), (b"a;b\n" * 20_002, "mehr als 20.000"), (None, "wählen Sie eine Datei")],
)
def test_what_is_wrong_is_said(client: Client, content: bytes | None, words: str) -> None:
    """One sentence stood for three causes."""
    given = {} if content is None else {"file": SimpleUploadedFile("x.csv", content or b" ")}
    answer = client.post(START, given, secure=True)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AddressBook.objects.exists()


def test_nobody_ticked_is_said_and_photographs_have_a_word(client: Client) -> None:
    address = uploaded(client, cards(1).replace(b"EMAIL", b"PHOTO:x\nEMAIL"))
    work.round_()
    assert "Fotos (1)" in text(client, address)
    answer = client.post(f"{address}choose/", {"shown": ["0"], "act": "take"}, secure=True, follow=True)
    assert "mindestens einen" in answer.content.decode()
    assert AddressBook.objects.get().state == "ready"


def test_what_comes_too_late_is_told(client: Client) -> None:
    address = uploaded(client, cards(1))
    answer = client.post(f"{address}undo/", secure=True, follow=True)
    assert "Inzwischen ist es anders" in answer.content.decode()
