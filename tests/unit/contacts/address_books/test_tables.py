"""Address books as tables, as Outlook, Google, onOffice, FLOWFACT and people write them."""

import pytest

from siegelpost.contacts.address_books import tables
from siegelpost.contacts.address_books.field_words import WORDS
from siegelpost.contacts.vcard_reader import CardText, VCardError, VCardReason


def read(text: str | bytes) -> tuple[list[str], list[CardText | None]]:
    table = tables.unpack(text.encode() if isinstance(text, str) else text)
    fields = tables.guess(table.headings)
    return fields, [tables.card(table.headings, fields, row) for row in table.rows]


def said(one: CardText | None) -> dict[str, str]:
    assert one is not None
    main = {name: value for name in CardText.__slots__ if name != "ways" and (value := getattr(one, name))}
    return main | {f"{way.kind}:{way.label}": way.value for way in one.ways}


OUTLOOK = (
    '"Anrede","Vorname","Weitere Vornamen","Nachname","Suffix","Firma","Abteilung","Position","Straße geschäftlich",'
    '"Ort geschäftlich","Postleitzahl geschäftlich","Land/Region geschäftlich","Straße privat","Ort privat",'
    '"Postleitzahl privat","Fax geschäftlich","Telefon geschäftlich","Telefon (privat)","Mobiltelefon",'
    '"E-Mail-Adresse","E-Mail-Typ","E-Mail: Angezeigter Name","E-Mail 2: Adresse","Notizen","Webseite"\r\n'
    '"Herr","Jörg","Maria","Müller","","Bäckerei ""Süß""","Verkauf","Chef","Wall 1","Kiel","24103","Deutschland",'
    '"Weg 2","Plön","24306","0431 9","0431 1","04522 2","0170 3","j@mueller.test","SMTP","Jörg","zwei@mueller.test",'
    '"sucht Altbau,\nmit Garten","https://x.test"\r\n'
)
OUTLOOK_SAID = {
    "salutation": "mr",
    "first_name": "Jörg Maria",
    "last_name": "Müller",
    "company": 'Bäckerei "Süß"',
    "street": "Wall 1",
    "city": "Kiel",
    "postal_code": "24103",
    "phone": "0431 1",
    "mobile": "0170 3",
    "email": "j@mueller.test",
    "note": "sucht Altbau,\nmit Garten",
    "other:department": "Verkauf",
    "other:job": "Chef",
    "other:web": "https://x.test",
    "address:home": "Weg 2, 24306 Plön",
    "fax:work": "0431 9",
    "phone:home": "04522 2",
    "email:": "zwei@mueller.test",
}
BOOKS: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "Outlook, German": (OUTLOOK, OUTLOOK_SAID),
    "Outlook, German, Windows' letters": (OUTLOOK.encode("cp1252"), OUTLOOK_SAID),
    "Outlook, German, UTF-16 and tabulators": (
        ("\ufeff" + "Nachname\tVorname\tPLZ\r\nMüller\tJörg\t24103\r\n").encode("utf-16-le"),
        {"last_name": "Müller", "first_name": "Jörg", "postal_code": "24103"},
    ),
    "Outlook, English": (
        "Title,First Name,Last Name,Company,Business Street,Business City,Business Postal Code,Business Phone,"
        "Home Phone,Mobile Phone,E-mail Address,E-mail Display Name,Job Title\n"
        "Dr.,Ann,Miller,ACME,1 Main St,Kiel,24103,1,2,3,ann@x.test,Ann Miller,CEO\n",
        {
            "first_name": "Ann",
            "last_name": "Miller",
            "company": "ACME",
            "street": "1 Main St",
            "city": "Kiel",
            "postal_code": "24103",
            "phone": "1",
            "mobile": "3",
            "email": "ann@x.test",
            "phone:home": "2",
            "other:title": "Dr.",
            "other:job": "CEO",
        },
    ),
    "Google": (
        "First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,"
        "Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Street,Address 1 - City,"
        "Address 1 - Postal Code,Notes,Labels\n"
        "Jörg,Müller,,* Home,a@x.test,Work,b@x.test,Mobile,0170 1 ::: 0170 2,Work Fax,040 3,Weg 1,Kiel,24103,hallo,"
        "* myContacts\n",
        {
            "first_name": "Jörg",
            "last_name": "Müller",
            "email": "a@x.test",
            "mobile": "0170 1",
            "street": "Weg 1",
            "city": "Kiel",
            "postal_code": "24103",
            "note": "hallo",
            "email:work": "b@x.test",
            "mobile:": "0170 2",
            "fax:work": "040 3",
        },
    ),
    "onOffice": (
        "Anrede;Titel;Vorname;Name;Firma;Strasse;Plz;Ort;Land;Telefon1;Handy;Email;Fax1;Bemerkung\n"
        "Frau;Dr.;Anna;von der Höhe;;Weg 1;1010;Wien;Österreich;01 2;0660 3;a@x.test;01 4;ruft an\n",
        {
            "salutation": "ms",
            "first_name": "Anna",
            "last_name": "von der Höhe",
            "street": "Weg 1",
            "postal_code": "1010",
            "city": "Wien",
            "phone": "01 2",
            "mobile": "0660 3",
            "email": "a@x.test",
            "note": "ruft an",
            "fax:": "01 4",
            "other:title": "Dr.",
            "other:country": "Österreich",
        },
    ),
    "FLOWFACT": (
        "sep=;\nNachname;Vorname;Straße;Hausnummer;PLZ;Wohnort;Telefon privat;Telefon dienstlich;E-Mail privat\n"
        "Groß;Otto;Wall;7a;21335;Lüneburg;04131 1;04131 2;otto@x.test\n",
        {
            "last_name": "Groß",
            "first_name": "Otto",
            "street": "Wall 7a",
            "postal_code": "21335",
            "city": "Lüneburg",
            "phone": "04131 1",
            "email": "otto@x.test",
            "phone:work": "04131 2",
        },
    ),
    "names in one column": (
        "Name,Telefon,E-Mail\nDr. Anna von der Höhe,040 1,anna@x.test\n",
        {
            "first_name": "Anna",
            "last_name": "von der Höhe",
            "phone": "040 1",
            "email": "anna@x.test",
            "other:title": "Dr.",
        },
    ),
    "nobody's name": ("Vorname;E-Mail\n;nur@x.test\n", {"last_name": "nur@x.test", "email": "nur@x.test"}),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_table_is_read_as_it_was_meant(name: str) -> None:
    """Only vCards were taken; Outlook and the offices' programs write tables."""
    content, expected = BOOKS[name]
    _, cards = read(content)
    assert [said(one) for one in cards] == [expected]


def test_columns_that_say_nothing_known_are_left_to_whoever_brings_it() -> None:
    fields, _ = read("Nachname;Kundennummer;E-Mail-Typ\nMuster;4711;SMTP\n")
    assert fields == ["last_name", "", ""]
    table = tables.unpack(b"Nachname;Kundennummer\nMuster;4711\n")
    assert said(tables.card(table.headings, ["last_name", "other"], table.rows[0])) == {
        "last_name": "Muster",
        "other:Kundennummer": "4711",
    }


def test_a_table_without_headings_loses_no_row() -> None:
    table = tables.unpack(b"Muster;erika@x.test\nGross;otto@x.test\n")
    assert (table.headings, len(table.rows)) == (("1.", "2."), 2)


def test_one_wrong_address_in_a_cell_takes_no_other_with_it() -> None:
    _, [card] = read(
        "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value\nAnn,Lee,Work,anna ::: a@x.test ::: b@x.test\n"
    )
    assert card is not None
    assert card.email == "a@x.test"
    assert [(way.kind, way.value) for way in card.ways] == [("other", "anna"), ("email", "b@x.test")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", VCardReason.NO_CARD),
        (b"\x00" * 500, VCardReason.NO_CARD),
        (b"PK\x03\x04" + b"\x01" * 500, VCardReason.NO_CARD),
        (b"ein Wort\nnoch eins\n", VCardReason.NO_CARD),
        (b"Nachname;Vorname\n", VCardReason.NO_CARD),
        (b";" * 300, VCardReason.TOO_MANY),
        (b"a;b\n" * 20_002, VCardReason.TOO_MANY),
    ],
)
def test_what_is_none_is_refused_with_the_reason(content: bytes, reason: VCardReason) -> None:
    with pytest.raises(VCardError) as caught:
        tables.unpack(content)
    assert caught.value.reason is reason


def test_a_quote_without_end_costs_no_more_than_its_length() -> None:
    assert tables.unpack(b'a;b\n"' + b"x;" * 500_000).cut == 1


def test_every_field_has_its_words() -> None:
    assert set(tables.FIELDS) == set(WORDS)
