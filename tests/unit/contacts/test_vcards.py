"""vCards in and out, as address books really write them, and files that mean harm."""

import base64
import time
from dataclasses import dataclass

import pytest
import vobject
from tests.support.office import a_contact

from siegelpost.contacts import search, vcard_reader, vcards
from siegelpost.contacts.address_books import books
from siegelpost.contacts.models import Contact
from siegelpost.contacts.ways import Way, WayKind
from siegelpost.foreign import room

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Read:
    contact: Contact
    known: Contact | None


@dataclass(frozen=True, slots=True)
class File:
    cards: list[Read]
    unreadable: int
    unread: dict[str, int]


def read(content: bytes) -> File:
    found = room.read(vcard_reader.unpack, content)
    contacts = [vcards.contact_of(books.stored(card)) for card in found.cards]
    known = vcards.known_to(contacts)
    return File([Read(one, known(one)) for one in contacts], found.unreadable, found.unread)


APPLE = """BEGIN:VCARD
VERSION:3.0
N:Müller;Jörg;;Dr.;
FN:Dr. Jörg Müller
ORG:Müller & Söhne;Vertrieb
EMAIL;type=INTERNET;type=WORK;type=pref:joerg@mueller.test
TEL;type=CELL;type=VOICE;type=pref:+49 171 2345678
TEL;type=FAX:0711 99
item1.ADR;type=HOME:;;Gartenstraße 5;Esslingen;;73728;Deutschland
item1.X-ABADR:de
NOTE:sucht Altbau\\, gern mit Garten
PHOTO;ENCODING=b;TYPE=JPEG:{photo}
END:VCARD
"""
OLD_NOKIA = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gro=C3=9F;K=C3=A4the
TEL;HOME:040/123456
NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:eine lange =
Zeile
END:VCARD
"""
ONLY_A_NAME = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ayşe Yılmaz\r\nTEL;TYPE=cell:tel:+49-30-1\r\nEND:VCARD\r\n"
NOBODY = "BEGIN:VCARD\nVERSION:3.0\nEMAIL:info@nirgends.test\nEND:VCARD\n"


def test_what_address_books_write_is_read() -> None:
    photo = "\n ".join(base64.b64encode(b"\xff\xd8" * 20_000).decode()[i : i + 72] for i in range(0, 40_000, 72))
    file = read((APPLE.format(photo=photo) + OLD_NOKIA + ONLY_A_NAME + NOBODY).encode())
    first, second, third, fourth = (one.contact for one in file.cards)
    assert (first.first_name, first.last_name, first.company) == ("Jörg", "Müller", "Müller & Söhne")
    assert [(way.kind, way.value, way.label) for way in first.further] == [
        ("other", "Dr.", "title"),
        ("other", "Vertrieb", "department"),
        ("fax", "0711 99", ""),
    ]
    assert (first.email, first.mobile, first.phone) == ("joerg@mueller.test", "+49 171 2345678", "")
    assert (first.street, first.postal_code, first.city) == ("Gartenstraße 5", "73728", "Esslingen")
    assert first.note == "sucht Altbau, gern mit Garten"
    assert (second.first_name, second.last_name, second.phone) == ("Käthe", "Groß", "040/123456")
    assert second.note == "eine lange Zeile"
    assert (third.first_name, third.last_name) == ("Ayşe", "Yılmaz")
    assert (third.mobile, fourth.last_name, fourth.email) == ("+49 30 1", "info@nirgends.test", "info@nirgends.test")
    assert (file.unreadable, file.unread) == (0, {"PHOTO": 1})


def test_a_file_in_the_old_western_encoding_is_read() -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Schäfer;Björn\r\nFN:Björn Schäfer\r\nEND:VCARD\r\n"
    assert read(text.encode("cp1252")).cards[0].contact.last_name == "Schäfer"


def test_what_goes_out_comes_in_again_as_it_was() -> None:
    contacts = [
        a_contact(company="Öl; Gas, Wasser", street="Am Wall 1", city="Kiel", note="zwei\nZeilen", phone="0431 5"),
        a_contact(first_name="", last_name="", company="Nordlicht GmbH", email=""),
    ]
    again = [one.contact for one in read(vcards.write(contacts).encode()).cards]
    names = ("first_name", "last_name", "company", "email", "phone", "mobile", "street", "postal_code", "city", "note")
    assert [[getattr(one, name) for name in names] for one in again] == [
        [getattr(one, name) for name in names] for one in contacts
    ]


def test_whoever_is_known_is_named() -> None:
    known = a_contact(email="Joerg@Mueller.test")
    (one,) = read(APPLE.format(photo="").encode()).cards
    assert one.known == known
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"no vCard",
        b"END:VCARD\n" * 1000,
    ],
)
def test_what_is_no_vcard_file_is_refused(content: bytes) -> None:
    with pytest.raises(vcard_reader.VCardError):
        read(content)


@pytest.mark.parametrize(
    "body",
    [
        "N:" + ";" * 50_000,
        "N:" + "\\" * 50_000 + "x",
        "N;" + "A=B;" * 20_000 + ":x",
        "N;" + "A=B;" * 30 + ":x",
        "N;" + "AB;" * 11 + "!:x",
        "TEL;" + "TYPE=a,;" * 11 + ";:x",
        'N;A="' + "b" * 50_000,
        "NOTE:" + "\n ".join(["x"] * 20_000),
        "N;ENCODING=QUOTED-PRINTABLE:" + "=\n" * 20_000,
        "N;CHARSET=nonsense:x;y",
        "PHOTO;ENCODING=b:" + "\n".join(["A" * 72] * 4_000),
        "BEGIN:VCARD\n" * 2_000,
        "ADR:;;;",
        "TEL:\x00\x01",
    ],
)
def test_hostile_cards_harm_neither_the_server_nor_the_others(body: str) -> None:
    started = time.process_time()
    content = f"BEGIN:VCARD\nVERSION:3.0\n{body}\nEND:VCARD\n{OLD_NOKIA}"
    file = read(content.encode())
    assert "Groß" in [one.contact.last_name for one in file.cards]
    for one in file.cards:
        one.contact.save()
    assert time.process_time() - started < 20


def test_which_limit_was_hit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three causes had one sentence: no vCard, more than so many, more than so many bytes."""
    monkeypatch.setattr(vcard_reader, "MOST", 3)
    monkeypatch.setattr(vcard_reader, "LARGEST", 2000)
    said = {}
    for name, content in {"none": b"x", "many": OLD_NOKIA.encode() * 4, "large": b"x" * 2001}.items():
        with pytest.raises(vcard_reader.VCardError) as caught:
            vcard_reader.unpack(content)
        said[name] = caught.value.reason
    assert said == {"none": "no_card", "many": "too_many", "large": "too_large"}


def test_a_card_that_never_ends_is_counted() -> None:
    file = read(f"BEGIN:VCARD\nN:offen\n{OLD_NOKIA}BEGIN:VCARD\nN:offen".encode())
    assert (len(file.cards), file.unreadable) == (1, 2)


def test_further_ways_go_out_and_come_in_again() -> None:
    """A second number or address was dropped without a word."""
    ways = [
        Way(WayKind.EMAIL, "buero@x.test", "work"),
        Way(WayKind.MOBILE, "0171 99"),
        Way(WayKind.FAX, "040 9", "home"),
        Way(WayKind.PHONE, "040 8", "Ferienhaus, Sylt"),
        Way(WayKind.ADDRESS, "Am Wall 1; Hinterhaus, 24103 Kiel", "home"),
        Way(WayKind.OTHER, "https://x.test", "web"),
        Way(WayKind.OTHER, "Dr.", "title"),
        Way(WayKind.OTHER, "4711", "Kundennummer"),
    ]
    contact = a_contact(mobile="0170 1", phone="040 1", street="Weg 1", city="Kiel", ways=[way.stored for way in ways])
    text = vcards.write([contact])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (again,) = [one.contact for one in read(text.encode()).cards]
    assert (again.mobile, again.phone, again.email) == (contact.mobile, contact.phone, contact.email)
    assert {(way.kind, way.value, way.label) for way in again.further} == {(w.kind, w.value, w.label) for w in ways}
    # Another library reads the same.
    other = vobject.readOne(text)
    assert {tel.value for tel in other.contents["tel"]} == {"0170 1", "040 1", "0171 99", "040 9", "040 8"}
    assert other.n.value.prefix == "Dr."


def test_what_is_longer_than_its_field_is_kept_whole() -> None:
    name = "Gesellschaft " * 30
    (one,) = read(f"BEGIN:VCARD\nFN:x\nORG:{name}\nEND:VCARD\n".encode()).cards
    assert len(one.contact.company) == 200
    assert one.contact.note.strip() == name.strip()


def test_a_contact_is_found_and_known_by_each_of_its_numbers() -> None:
    known = a_contact(
        email="", ways=[Way(WayKind.MOBILE, "0170 5556667").stored, Way(WayKind.EMAIL, "zwei@x.test").stored]
    )
    assert list(search.find("0170 555").contacts) == list(search.find("zwei@x.test").contacts) == [known]
    for line in ("TEL:+49 170 5556667", "EMAIL:Zwei@x.test"):
        (one,) = read(f"BEGIN:VCARD\nN:Wer\n{line}\nEND:VCARD\n".encode()).cards
        assert one.known == known
