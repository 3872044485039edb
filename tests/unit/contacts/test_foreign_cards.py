"""Address books as phones and programs write them, and what is to become of each card."""

import base64
from pathlib import Path

import pytest

from siegelpost.contacts import vcard_reader
from siegelpost.contacts.person_names import split_name
from siegelpost.contacts.vcard_reader import CardFile, CardText


def card(*lines: str, version: str = "3.0", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode(encoding)


def read(content: bytes) -> CardFile:
    return vcard_reader.unpack(content)


def said(one: CardText) -> dict[str, str]:
    """All that a card says, main and further, by place and label."""
    main = {name: value for name in CardText.__slots__ if name != "ways" and (value := getattr(one, name))}
    return main | {f"{way.kind}:{way.label}": way.value for way in one.ways}


N, MUSTER = "N:Muster;Erika", {"last_name": "Muster", "first_name": "Erika"}
JUERGEN = {"last_name": "Müller", "first_name": "Jürgen"}
PHOTO = base64.b64encode(b"\xff\xd8" * 40_000).decode()
BOOKS: dict[str, tuple[bytes, dict[str, str]]] = {
    "Outlook 2.1, mobile after work": (
        card(N, "TEL;WORK;VOICE:04131 1111", "TEL;CELL;VOICE:0170 2222222", version="2.1"),
        {**MUSTER, "phone": "04131 1111", "mobile": "0170 2222222"},
    ),
    "2.1, fax first": (
        card(N, "TEL;WORK;FAX:04131 9999", "TEL;WORK;VOICE:04131 1111", version="2.1"),
        {**MUSTER, "phone": "04131 1111", "fax:work": "04131 9999"},
    ),
    "Nextcloud, a quoted list of kinds": (
        card(N, 'TEL;TYPE="WORK,FAX":04131 9', 'TEL;TYPE="CELL,VOICE":0170 2', version="4.0"),
        {**MUSTER, "mobile": "0170 2", "fax:work": "04131 9"},
    ),
    "4.0, number as an address": (
        card(N, 'TEL;VALUE=uri;TYPE="cell,voice":tel:+49-170-2222222;ext=5', version="4.0"),
        {**MUSTER, "mobile": "+49 170 2222222"},
    ),
    "4.0, mail as an address": (
        card(N, "EMAIL;VALUE=uri:mailto:e%2Ba@muster.example", version="4.0"),
        {**MUSTER, "email": "e+a@muster.example"},
    ),
    "Thunderbird, encoding alone": (
        b"begin:vcard\r\nfn;quoted-printable:J=C3=BCrgen M=C3=BCller\r\n"
        b"n;quoted-printable:M=C3=BCller;J=C3=BCrgen\r\nemail;internet:jm@muster.example\r\nversion:2.1\r\nend:vcard\r\n",
        {**JUERGEN, "email": "jm@muster.example"},
    ),
    "UTF-16 with a mark": ("\ufeff".encode("utf-16-le") + card("N:Müller;Jürgen", encoding="utf-16-le"), JUERGEN),
    "UTF-16, big end first": ("\ufeff".encode("utf-16-be") + card("N:Müller;Jürgen", encoding="utf-16-be"), JUERGEN),
    "UTF-16 without a mark": (card("N:Müller;Jürgen", encoding="utf-16-le"), JUERGEN),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + card("N:Müller;Jürgen"), JUERGEN),
    "cp1252": (card("N:Müller;Jürgen", encoding="cp1252"), JUERGEN),
    "quoted-printable of Windows without a word": (
        card("N;ENCODING=QUOTED-PRINTABLE:M=FCller;J=FCrgen", version="2.1"),
        JUERGEN,
    ),
    "quoted-printable over lines": (
        card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=\r\n=BCller;J=\r\n=C3=BCrgen", version="2.1"),
        JUERGEN,
    ),
    "Outlook, German": (
        card(
            "N;LANGUAGE=de;CHARSET=Windows-1252:Müller;Jürgen",
            "ORG;CHARSET=Windows-1252:Bäckerei „Süß“;Verkauf",
            "ADR;WORK;PREF;CHARSET=Windows-1252:;;Am Südhang 1;Lüneburg;;21335;Deutschland",
            "LABEL;WORK;PREF;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:Am S=FCdhang 1=0D=0A=\r\n21335 L=FCneburg",
            "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
            version="2.1",
            encoding="cp1252",
        ),
        {
            **JUERGEN,
            "company": "Bäckerei „Süß“",
            "street": "Am Südhang 1",
            "city": "Lüneburg",
            "postal_code": "21335",
            "other:department": "Verkauf",
        },
    ),
    "no name, but a mail": (
        card("EMAIL:nur@mail.example"),
        {"last_name": "nur@mail.example", "email": "nur@mail.example"},
    ),
    "no name, but a number": (card("TEL:0170 1"), {"last_name": "0170 1", "mobile": "0170 1"}),
    "preferred ones last": (
        card(
            N,
            "EMAIL;TYPE=INTERNET:alt@muster.example",
            "EMAIL;TYPE=INTERNET;TYPE=pref:neu@muster.example",
            "TEL;TYPE=HOME:04131 1",
            "TEL;TYPE=CELL;TYPE=pref:0170 2",
        ),
        {
            **MUSTER,
            "email": "neu@muster.example",
            "email:": "alt@muster.example",
            "mobile": "0170 2",
            "phone": "04131 1",
        },
    ),
    "4.0, preference as a number": (
        card(N, "EMAIL;PREF=9:zwei@x.test", "EMAIL;PREF=1:eins@x.test", version="4.0"),
        {**MUSTER, "email": "eins@x.test", "email:": "zwei@x.test"},
    ),
    "a seventh number, the only mobile": (
        card(N, *(f"TEL;TYPE=WORK:040 {place}" for place in range(6)), "TEL;TYPE=CELL:0170 7"),
        {**MUSTER, "phone": "040 0", "mobile": "0170 7", "phone:work": "040 5"},
    ),
    "a profile": (card("PROFILE:VCard", N), MUSTER),
    "a card within": (
        card(N, "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "N:Inner;Ida", "END:VCARD", "TEL:0170 3", version="2.1"),
        {**MUSTER, "mobile": "0170 3"},
    ),
    "a card within, in one line": (
        card(N, "AGENT:BEGIN:VCARD\\nFN:Ida Inner\\nEND:VCARD\\n"),
        MUSTER,
    ),
    "Apple's labels": (
        card(N, "item1.TEL:0800 1", "item1.X-ABLabel:_$!<Work>!$_", "item2.TEL:0800 2", "item2.X-ABLabel:Hütte"),
        {**MUSTER, "phone": "0800 1", "phone:Hütte": "0800 2"},
    ),
    "names escaped, one line only": (card("FN:Müller\\, Jürgen"), JUERGEN),
    "a name of particles": (
        card("FN:Dr. Anna von der Höhe"),
        {"last_name": "von der Höhe", "first_name": "Anna", "other:title": "Dr."},
    ),
    "a name with everything": (
        card("N:Höhe;Anna;Maria;Prof. Dr.;MdB"),
        {"last_name": "Höhe", "first_name": "Anna Maria", "other:title": "Prof. Dr.", "other:suffix": "MdB"},
    ),
    "a company alone": (card("FN:Nordlicht GmbH", "ORG:Nordlicht GmbH"), {"company": "Nordlicht GmbH"}),
    "two addresses": (
        card(N, "ADR;TYPE=HOME:;;Weg 1;Kiel;;24103;", "ADR;TYPE=WORK:;2. OG;Wall 2;Wien;;1010;Österreich"),
        {
            **MUSTER,
            "street": "Weg 1",
            "city": "Kiel",
            "postal_code": "24103",
            "address:work": "Wall 2, 2. OG, 1010 Wien, Österreich",
        },
    ),
    "all that is known besides": (
        card(N, "URL:https://x.test", "BDAY:1970-01-31", "TITLE:Ärztin", "NICKNAME:Eri", "CATEGORIES:Kunden,Käufer"),
        {
            **MUSTER,
            "other:web": "https://x.test",
            "other:birthday": "1970-01-31",
            "other:job": "Ärztin",
            "other:nickname": "Eri",
            "other:groups": "Kunden,Käufer",
        },
    ),
    "a picture without indentation": (
        card("PHOTO;ENCODING=BASE64;JPEG:", *(PHOTO[at : at + 72] for at in range(0, 7200, 72)), "", N, version="2.1"),
        MUSTER,
    ),
    "two notes": (card(N, "NOTE:eins\\nzwei", "NOTE:drei"), {**MUSTER, "note": "eins\nzwei\ndrei"}),
    "old line breaks": (b"BEGIN:VCARD\rN:M\xc3\xbcller;J\xc3\xbcrgen\rEND:VCARD\r", JUERGEN),
    "a letter split by a fold": (
        b"BEGIN:VCARD\r\nN:M\xc3\r\n \xbcller;J\xc3\xbcrgen\r\nEND:VCARD\r\n",
        JUERGEN,
    ),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_card_is_read_as_it_was_meant(name: str) -> None:
    """Mobile numbers were lost, faxes taken for telephones, umlauts spoiled, second numbers dropped without a word."""
    content, expected = BOOKS[name]
    file = read(content)
    assert [said(one) for one in file.cards] == [expected]
    assert file.unreadable == 0


def test_there_are_enough() -> None:
    assert len(BOOKS) >= 30


CARDS = Path(__file__).parent / "cards"
AS_THEY_CAME: dict[str, list[dict[str, str]]] = {
    "01-cell21": [{**MUSTER, "phone": "04131 1111", "mobile": "0170 2222222"}],
    "02-fax-first21": [{**MUSTER, "phone": "04131 1111", "fax:work": "04131 9999"}],
    "04-tel-uri": [{**MUSTER, "mobile": "+49 170 2222222", "email": "e@muster.example"}],
    "05-mailto": [{**MUSTER, "email": "e@muster.example"}],
    "06-tb-bare-qp": [{**JUERGEN, "email": "jm@muster.example"}],
    "09-utf16": [JUERGEN],
    "12-email-only": [{"last_name": "nur@mail.example", "email": "nur@mail.example"}],
    "18-pref": [
        {
            **MUSTER,
            "email": "neu@muster.example",
            "email:": "alt@muster.example",
            "mobile": "0170 2",
            "phone": "04131 1",
        }
    ],
    "39-outlook-de": [
        {
            **JUERGEN,
            "company": "Bäckerei „Süß“",
            "phone": "04131 1",
            "mobile": "0170 2",
            "fax:work": "04131 3",
            "street": "Am Südhang 1",
            "city": "Lüneburg",
            "postal_code": "21335",
            "email": "jm@muster.example",
            "other:department": "Verkauf",
        }
    ],
    "40-one-latin1-card": [
        {"last_name": "Müller", "first_name": "Jörg"},
        {"last_name": "Groß", "first_name": "Otto"},
    ],
}


def test_each_file_has_its_answer() -> None:
    assert {path.stem for path in CARDS.iterdir()} == set(AS_THEY_CAME)


@pytest.mark.parametrize("name", AS_THEY_CAME)
def test_whole_files_as_they_came(name: str) -> None:
    """The files the findings above were made with, byte for byte."""
    file = read((CARDS / f"{name}.vcf").read_bytes())
    assert [said(one) for one in file.cards] == AS_THEY_CAME[name]
    assert (file.unreadable, file.unread) == (0, {})


def test_one_broken_byte_spoils_one_letter_and_no_other_card() -> None:
    """A single Latin-1 byte had the whole file read as Latin-1: "JÃ¶rg MÃ¼ller"."""
    file = read(card("N:Müller;Jörg") + card("N:Groß;Otto", encoding="latin-1"))
    assert [one.last_name for one in file.cards] == ["Müller", "Groß"]


def test_pictures_are_not_counted_and_told() -> None:
    """Forty cards with photographs were too large, and four hundred and one too many."""
    content = card(N, f"PHOTO;ENCODING=b;TYPE=JPEG:{PHOTO}", "X-FAVOURITE:1") * 500
    assert len(content) > 50_000_000
    file = read(content)
    assert len(file.cards) == 500
    assert file.unread == {"PHOTO": 500, "X-FAVOURITE": 500}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Erika", ("", "", "Erika")),
        ("Erika Muster", ("", "Erika", "Muster")),
        ("von der Höhe", ("", "", "von der Höhe")),
        ("Vincent van Gogh", ("", "Vincent", "van Gogh")),
        ("Prof. Dr.-Ing. Max Muster", ("Prof. Dr.-Ing.", "Max", "Muster")),
        ("Al Pacino", ("", "Al", "Pacino")),
        ("", ("", "", "")),
    ],
)
def test_names_in_one_line(whole: str, parts: tuple[str, str, str]) -> None:
    assert split_name(whole) == parts
