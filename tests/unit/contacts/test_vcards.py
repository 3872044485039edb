"""vCards in and out, as address books really write them, and files that mean harm."""

import base64
import time

import pytest
from tests.support.office import a_contact

from siegelpost.contacts import vcards
from siegelpost.contacts.models import Contact

pytestmark = pytest.mark.django_db

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
    file = vcards.read((APPLE.format(photo=photo) + OLD_NOKIA + ONLY_A_NAME + NOBODY).encode())
    first, second, third = (one.contact for one in file.cards)
    assert (first.first_name, first.last_name, first.company) == ("Jörg", "Müller", "Müller & Söhne")
    assert (first.email, first.mobile, first.phone) == ("joerg@mueller.test", "+49 171 2345678", "")
    assert (first.street, first.postal_code, first.city) == ("Gartenstraße 5", "73728", "Esslingen")
    assert first.note == "sucht Altbau, gern mit Garten"
    assert (second.first_name, second.last_name, second.phone) == ("Käthe", "Groß", "040/123456")
    assert second.note == "eine lange Zeile"
    assert (third.first_name, third.last_name) == ("Ayşe", "Yılmaz")
    assert file.unreadable == 1


def test_a_file_in_the_old_western_encoding_is_read() -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Schäfer;Björn\r\nFN:Björn Schäfer\r\nEND:VCARD\r\n"
    assert vcards.read(text.encode("cp1252")).cards[0].contact.last_name == "Schäfer"


def test_what_goes_out_comes_in_again_as_it_was() -> None:
    contacts = [
        a_contact(company="Öl; Gas, Wasser", street="Am Wall 1", city="Kiel", note="zwei\nZeilen", phone="0431 5"),
        a_contact(first_name="", last_name="", company="Nordlicht GmbH", email=""),
    ]
    again = [one.contact for one in vcards.read(vcards.write(contacts).encode()).cards]
    names = ("first_name", "last_name", "company", "email", "phone", "mobile", "street", "postal_code", "city", "note")
    assert [[getattr(one, name) for name in names] for one in again] == [
        [getattr(one, name) for name in names] for one in contacts
    ]


def test_whoever_is_known_is_named() -> None:
    known = a_contact(email="Joerg@Mueller.test")
    (one,) = vcards.read(APPLE.format(photo="").encode()).cards
    assert one.known == known
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"no vCard",
        b"BEGIN:VCARD\nN:offen",
        b"END:VCARD\n" * 1000,
        b"x" * (vcards.LARGEST + 1),
        OLD_NOKIA.encode() * (vcards.MOST + 1),
    ],
)
def test_what_is_no_vcard_file_is_refused(content: bytes) -> None:
    with pytest.raises(vcards.VCardError):
        vcards.read(content)


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
    file = vcards.read(content.encode())
    assert "Groß" in [one.contact.last_name for one in file.cards]
    for one in file.cards:
        one.contact.save()
    assert time.process_time() - started < 20
