"""Whole address books as programs write them out: the same people, by each program's own columns and cards.

Columns are named as the programs name them; ``heading=what`` says what of a :class:`Person` stands there.
"""

import csv
import io
import quopri
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Person:
    """Somebody in an address book, with what people keep of each other."""

    first: str = ""
    last: str = ""
    mr: str = ""
    title: str = ""
    middle: str = ""
    suffix: str = ""
    nick: str = ""
    company: str = ""
    department: str = ""
    job: str = ""
    mail: str = ""
    mail2: str = ""
    work: str = ""
    home: str = ""
    mobile: str = ""
    mobile2: str = ""
    fax: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    wstreet: str = ""
    wzip: str = ""
    wcity: str = ""
    wcountry: str = ""
    note: str = ""
    bday: str = ""
    web: str = ""
    group: str = ""
    own: str = ""
    spouse: str = ""

    @property
    def said(self) -> dict[str, str]:
        """All of it by name, and what programs make of it."""
        whole = " ".join(filter(None, [self.title, self.first, self.middle, self.last, self.suffix]))
        year, month, day = (*self.bday.split("-"), "", "")[:3] if self.bday else ("", "", "")
        return asdict(self) | {
            "whole": whole or self.company,
            "upside": ", ".join(filter(None, [self.last, self.first])),
            "german_day": f"{day}.{month}.{year}" if day else "",
            "year": year,
            "month": month,
            "day": day,
            "town": " ".join(filter(None, [self.zip, self.city])),
            "labelled": "Ferienhaus Sylt" if self.home else "",
        }


PEOPLE = (
    Person("Jürgen", "Müller-Lüdenscheidt", "Herr", mail="jml@lindenhof.example", mobile="0171 2345678"),
    Person(
        *("Anna", "von der Höhe", "Frau", "Prof. Dr.", "Maria", "MdB", "Anni", "Höhe & Söhne KG", "Vertrieb Süd"),
        *("Geschäftsführerin", "anna@hoehe.example", "privat@hoehe.example", "+49 40 1234-567", "040 7654321"),
        *("+49 171 9988776", "0151 4455667", "040 1234-568", "Am Südhang 1a", "21335", "Lüneburg", "Niedersachsen"),
        *(
            "Deutschland",
            "Große Elbstraße 12",
            "22767",
            "Hamburg",
            "Deutschland",
            "Sucht 3 Zimmer,\nmit Balkon; ab Mai",
        ),
        *("1970-01-31", "https://hoehe.example", "Käufer", "Provision 3,57 %", "Bernd Höhe"),
    ),
    Person(company="Nordlicht Immobilien GmbH", work="04131 11110", mail="info@nordlicht.example", city="Kiel"),
    Person("Zoë", "D’Angelo", street="Rua das Flores 7", zip="4050-262", city="Porto", country="Portugal"),
    Person("Piet", "Östlund", fax="0431 999", note='Sagt immer „ja“ und "nein"; Rückruf 17–19 Uhr', group="Mieter"),
    Person(last="Familie Çelik", home="030 555 0199", mobile2="0160 1112223", bday="1988-02-29", web="celik.example"),
    Person("Großvater", "Weiß", "Herr", "Dipl.-Ing. (FH)", job="Rentner", wcity="Wien", wcountry="Österreich"),
    Person("Li", "Wang 王", nick="小李", mail="li.wang@example.cn", mail2="wang@work.example", own="zahlt bar"),
)


# Tables


def table(columns: str, delimiter: str = ",", encoding: str = "utf-8", before: str = "", end: str = "\r\n") -> bytes:
    """The people in these columns, with all else left empty."""
    out = io.StringIO()
    pairs = [column.rpartition("=") if "=" in column else (column, "", "") for column in columns.split("|")]
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow([heading for heading, _, _ in pairs])
    for person in PEOPLE:
        said = person.said
        writer.writerow(
            [" ::: ".join(filter(None, [said.get(one, "") for one in what.split("+")])) for *_, what in pairs]
        )
    return (before + out.getvalue()).encode(encoding, "xmlcharrefreplace" if encoding == "cp1252" else "strict")


OUTLOOK_DE = (
    "Anrede=title|Vorname=first|Weitere Vornamen=middle|Nachname=last|Suffix=suffix|Firma=company|Abteilung=department"
    "|Position=job|Straße geschäftlich=wstreet|Straße geschäftlich 2|Straße geschäftlich 3|Ort geschäftlich=wcity"
    "|Region geschäftlich|Postleitzahl geschäftlich=wzip|Land/Region geschäftlich=wcountry|Straße privat=street"
    "|Straße privat 2|Ort privat=city|Bundesland/Kanton privat=state|Postleitzahl privat=zip|Land/Region privat=country"
    "|Weitere Straße|Weiterer Ort|Fax geschäftlich=fax|Telefon geschäftlich=work|Telefon geschäftlich 2|Rückmeldung"
    "|Autotelefon|Telefon Firma|Fax privat|Telefon (privat)=home|Telefon (privat 2)|ISDN|Mobiltelefon=mobile"
    "|Weiteres Telefon=mobile2|Pager|Haupttelefon|Mobiltelefon 2|Telefon für Hörbehinderte|Telex|Abrechnungsinformation"
    "|Benutzer 1=own|Benutzer 2|E-Mail-Adresse=mail|E-Mail-Typ|E-Mail: Angezeigter Name=whole|E-Mail 2: Adresse=mail2"
    "|E-Mail 2: Typ|E-Mail 2: Angezeigter Name|Empfohlen von|Geburtstag=german_day|Geschlecht|Hobby|Initialen"
    "|Internet-Frei/Gebucht|Jahrestag|Kategorien=group|Kinder|Konto|Name Assistent|Name des/der Vorgesetzten"
    "|Notizen=note"
    "|Organisations-Nr.|Ort|Partner=spouse|Postfach geschäftlich|Postfach privat|Priorität|Privat|Regierungs-Nr."
    "|Reisekilometer|Sprache|Stichwörter|Vertraulichkeit|Verzeichnisserver|Webseite=web"
)
OUTLOOK_EN = (
    "Title=title|First Name=first|Middle Name=middle|Last Name=last|Suffix=suffix|Company=company|Department=department"
    "|Job Title=job|Business Street=wstreet|Business Street 2|Business Street 3|Business City=wcity|Business State"
    "|Business Postal Code=wzip|Business Country/Region=wcountry|Home Street=street|Home Street 2|Home City=city"
    "|Home State=state|Home Postal Code=zip|Home Country/Region=country|Other Street|Other City|Assistant's Phone"
    "|Business Fax=fax|Business Phone=work|Business Phone 2|Callback|Car Phone|Company Main Phone|Home Fax"
    "|Home Phone=home|Home Phone 2|ISDN|Mobile Phone=mobile|Other Fax|Other Phone=mobile2|Pager|Primary Phone"
    "|Radio Phone|TTY/TDD Phone|Telex|Account|Anniversary|Assistant's Name|Billing Information|Birthday=bday"
    "|Business Address PO Box|Categories=group|Children|Directory Server|E-mail Address=mail|E-mail Type"
    "|E-mail Display Name=whole|E-mail 2 Address=mail2|E-mail 2 Type|E-mail 2 Display Name|E-mail 3 Address|Gender"
    "|Government ID Number|Hobby|Initials|Internet Free Busy|Keywords|Language|Location|Manager's Name|Mileage"
    "|Notes=note|Office Location|Organizational ID Number|PO Box|Priority|Private|Profession|Referred By|Sensitivity"
    "|Spouse=spouse|User 1=own|User 2|Web Page=web"
)
OUTLOOK_COM = (
    "First Name=first|Middle Name=middle|Last Name=last|Title=title|Suffix=suffix|Nickname=nick|Given Yomi|Surname Yomi"
    "|E-mail Address=mail|E-mail 2 Address=mail2|E-mail 3 Address|Home Phone=home|Home Phone 2|Business Phone=work"
    "|Business Phone 2|Mobile Phone=mobile|Car Phone|Other Phone=mobile2|Primary Phone|Pager|Business Fax=fax|Home Fax"
    "|Other Fax|Company Main Phone|Callback|Radio Phone|Telex|TTY/TDD Phone|IMAddress|Job Title=job"
    "|Department=department|Company=company|Office Location|Manager's Name|Assistant's Name|Assistant's Phone"
    "|Company Yomi|Business Street=wstreet|Business City=wcity|Business State|Business Postal Code=wzip"
    "|Business Country/Region=wcountry|Home Street=street|Home City=city|Home State=state|Home Postal Code=zip"
    "|Home Country/Region=country|Other Street|Personal Web Page=web|Spouse=spouse|Schools|Hobby|Location|Web Page"
    "|Birthday=bday|Anniversary|Notes=note"
)
GOOGLE_OLD = (
    "Name=whole|Given Name=first|Additional Name=middle|Family Name=last|Yomi Name|Name Prefix=title|Name Suffix=suffix"
    "|Initials|Nickname=nick|Short Name|Maiden Name|Birthday=bday|Gender|Location|Billing Information|Directory Server"
    "|Mileage|Occupation=job|Hobby|Sensitivity|Priority|Subject|Notes=note|Language|Photo|Group Membership=group"
    "|E-mail 1 - Type|E-mail 1 - Value=mail+mail2|E-mail 2 - Type|E-mail 2 - Value|Phone 1 - Type"
    "|Phone 1 - Value=mobile|Phone 2 - Type|Phone 2 - Value=work|Phone 3 - Type=labelled|Phone 3 - Value=home"
    "|Phone 4 - Type"
    "|Phone 4 - Value=mobile2|Address 1 - Type|Address 1 - Formatted|Address 1 - Street=street|Address 1 - City=city"
    "|Address 1 - PO Box|Address 1 - Region=state|Address 1 - Postal Code=zip|Address 1 - Country=country"
    "|Address 1 - Extended Address|Organization 1 - Type|Organization 1 - Name=company|Organization 1 - Title=job"
    "|Organization 1 - Department=department|Organization 2 - Name=spouse|Website 1 - Type|Website 1 - Value=web"
    "|Custom Field 1 - Type|Custom Field 1 - Value=own"
)
GOOGLE_NEW = (
    "First Name=first|Middle Name=middle|Last Name=last|Phonetic First Name|Phonetic Middle Name|Phonetic Last Name"
    "|Name Prefix=title|Name Suffix=suffix|Nickname=nick|File As|Organization Name=company|Organization Title=job"
    "|Organization Department=department|Birthday=bday|Notes=note|Photo|Labels=group|E-mail 1 - Label"
    "|E-mail 1 - Value=mail|E-mail 2 - Label|E-mail 2 - Value=mail2|Phone 1 - Label|Phone 1 - Value=mobile"
    "|Phone 2 - Label|Phone 2 - Value=work|Phone 3 - Label=labelled|Phone 3 - Value=home|Phone 4 - Label"
    "|Phone 4 - Value=mobile2|Address 1 - Label|Address 1 - Formatted|Address 1 - Street=street|Address 1 - City=city"
    "|Address 1 - PO Box|Address 1 - Region=state|Address 1 - Postal Code=zip|Address 1 - Country=country"
    "|Address 2 - Label|Address 2 - Street=wstreet|Address 2 - City=wcity|Address 2 - Postal Code=wzip"
    "|Address 2 - Country=wcountry|Relation 1 - Label|Relation 1 - Value=spouse|Website 1 - Label|Website 1 - Value=web"
    "|Custom Field 1 - Label|Custom Field 1 - Value=own"
)
THUNDERBIRD_DE = (
    "Vorname=first|Nachname=last|Anzeigename=whole|Spitzname=nick|Primäre E-Mail-Adresse=mail"
    "|Sekundäre E-Mail-Adresse=mail2|Messenger-Name|Tel. dienstlich=work|Tel. privat=home|Fax-Nummer=fax"
    "|Pager-Nummer|Mobil-Tel.-Nr.=mobile|Privat: Adresse=street|Privat: Adresse 2|Privat: Ort=city"
    "|Privat: Bundesland=state|Privat: PLZ=zip|Privat: Land=country|Dienstlich: Adresse=wstreet|Dienstlich: Adresse 2"
    "|Dienstlich: Ort=wcity|Dienstlich: Bundesland|Dienstlich: PLZ=wzip|Dienstlich: Land=wcountry|Arbeitstitel=job"
    "|Abteilung=department|Organisation=company|Webseite 1=web|Webseite 2|Geburtsjahr=year|Geburtsmonat=month"
    "|Geburtstag=day|Benutzerdef. 1=own|Benutzerdef. 2|Benutzerdef. 3|Benutzerdef. 4|Notizen=note"
)
THUNDERBIRD_EN = (
    "First Name=first|Last Name=last|Display Name=whole|Nickname=nick|Primary Email=mail|Secondary Email=mail2"
    "|Screen Name|Work Phone=work|Home Phone=home|Fax Number=fax|Pager Number|Mobile Number=mobile|Home Address=street"
    "|Home Address 2|Home City=city|Home State=state|Home ZipCode=zip|Home Country=country|Work Address=wstreet"
    "|Work Address 2|Work City=wcity|Work State|Work ZipCode=wzip|Work Country=wcountry|Job Title=job"
    "|Department=department|Organization=company|Web Page 1=web|Web Page 2|Birth Year=year|Birth Month=month"
    "|Birth Day=day|Custom 1=own|Custom 2|Custom 3|Custom 4|Notes=note"
)
MAC_EN = (
    "First name=first|Last name=last|Company=company|Job title=job|Mobile=mobile|Home phone=home|Work phone=work"
    "|iPhone=mobile2|Work fax=fax|Home email=mail|Work email=mail2|Home street=street|Home zip=zip|Home city=city"
    "|Home country=country|Work street=wstreet|Work ZIP=wzip|Work city=wcity|Birthday=bday|URL=web|Note=note"
)
MAC_DE = (
    "Vorname=first|Nachname=last|Firma=company|Position=job|Mobil=mobile|Telefon (privat)=home|Telefon (Arbeit)=work"
    "|iPhone=mobile2|Fax (Arbeit)=fax|E-Mail (privat)=mail|E-Mail (Arbeit)=mail2|Straße (privat)=street"
    "|PLZ (privat)=zip|Ort (privat)=city|Land (privat)=country|Straße (Arbeit)=wstreet|PLZ (Arbeit)=wzip"
    "|Ort (Arbeit)=wcity"
    "|Geburtstag=german_day|URL=web|Notiz=note"
)
ONOFFICE = (
    "Datensatznr|Kundennummer|Anrede=mr|Titel=title|Vorname=first|Name=last|Zusatz1=company|Straße=street|PLZ=zip"
    "|Ort=city|Land=country|Telefon1=work|Telefon2=home|Telefax1=fax|Mobil1=mobile|Mobil2=mobile2|Email=mail"
    "|Email2=mail2"
    "|Homepage=web|Geburtsdatum=german_day|Kontaktart=group|Bemerkung=note|Benutzer"
)
FLOWFACT = (
    "Kennung|Anrede=mr|Titel=title|Vorname=first|Nachname=last|Firma=company|Abteilung=department|Funktion=job"
    "|Strasse=street|Postleitzahl=zip|Ort=city|Land=country|Tel. (Büro)=work|Tel. (privat)=home|Mobiltelefon=mobile"
    "|Fax=fax|E-Mail (geschäftlich)=mail|E-Mail (privat)=mail2|Internet=web|Geburtstag=german_day|Merkmale=group"
    "|Ansprechpartner=spouse|Bemerkungen=note"
)
PROPSTACK = (
    "ID|Anrede=mr|Titel=title|Vorname=first|Nachname=last|Firma=company|Position=job|E-Mail=mail|Weitere E-Mail=mail2"
    "|Telefon=work|Telefon privat=home|Handy=mobile|Straße=street|Hausnummer|PLZ=zip|Stadt=city|Land=country"
    "|Geburtstag=german_day|Webseite=web|Gruppen=group|Quelle=own|Notizen=note"
)
GMX = (
    "Anrede=mr|Titel=title|Vorname=first|Nachname=last|Spitzname=nick|Geburtstag=german_day|Firma=company"
    "|Abteilung=department|Position=job|E-Mail Privat=mail|E-Mail Arbeit=mail2|Telefon Privat=home|Telefon Arbeit=work"
    "|Mobil Privat=mobile|Mobil Arbeit=mobile2|Fax Arbeit=fax|Straße Privat=street|PLZ Privat=zip|Ort Privat=city"
    "|Land Privat=country|Straße Arbeit=wstreet|PLZ Arbeit=wzip|Ort Arbeit=wcity|Internet=web|Kategorie=group"
    "|Notiz=note"
)
YAHOO = (
    "First=first|Middle=middle|Last=last|Nickname=nick|Email=mail|Category=group|Home=home|Work=work|Pager|Fax=fax"
    "|Mobile=mobile|Other=mobile2|Alternate Email 1=mail2|Personal Website=web|Title=job|Company=company"
    "|Work Address=wstreet|Work City=wcity|Work ZIP=wzip|Work Country=wcountry|Home Address=street|Home City=city"
    "|Home State=state|Home ZIP=zip|Home Country=country|Birthday=bday|Custom 1=own|Comments=note"
)
SIMPLE = "Name=upside|Telefon=mobile|E-Mail=mail|Ort=town|Bemerkung=note"
SIMPLE_EN = "Full name=whole|Phone=mobile|Email=mail|Street address=street|City=town|Comment=note"
LETTERS = "Anrede=mr|Titel=title|Vorname=first|Nachname=last|Firma=company|Straße=street|PLZ=zip|Ort=city|Land=country"

TABLES: dict[str, bytes] = {
    "outlook-de.csv": table(OUTLOOK_DE, encoding="cp1252"),
    "outlook-de-utf8.csv": table(OUTLOOK_DE, encoding="utf-8-sig"),
    "outlook-de-semicolon.csv": table(OUTLOOK_DE, ";", "cp1252"),
    "outlook-en.csv": table(OUTLOOK_EN, encoding="cp1252"),
    "outlook-en-utf8.csv": table(OUTLOOK_EN, encoding="utf-8-sig"),
    "outlook-com.csv": table(OUTLOOK_COM, encoding="utf-8-sig"),
    "google-old.csv": table(GOOGLE_OLD, end="\n"),
    "google-old-utf16.csv": table(GOOGLE_OLD, encoding="utf-16"),
    "google-new.csv": table(GOOGLE_NEW, end="\n"),
    "thunderbird-de.csv": table(THUNDERBIRD_DE),
    "thunderbird-de.tab": table(THUNDERBIRD_DE, "\t", "cp1252"),
    "thunderbird-en.csv": table(THUNDERBIRD_EN, end="\n"),
    "thunderbird-en-semicolon.csv": table(THUNDERBIRD_EN, ";"),
    "mac-en.csv": table(MAC_EN, end="\n"),
    "mac-de.csv": table(MAC_DE, ";", "utf-8-sig"),
    "onoffice.csv": table(ONOFFICE, ";", "cp1252"),
    "flowfact.csv": table(FLOWFACT, ";", "cp1252"),
    "propstack.csv": table(PROPSTACK, ";", "utf-8-sig"),
    "gmx.csv": table(GMX, ";"),
    "yahoo.csv": table(YAHOO),
    "excel-list.csv": table(SIMPLE, ";", "cp1252"),
    "excel-unicode.txt": table(SIMPLE, "\t", "utf-16"),
    "excel-sep.csv": table(SIMPLE_EN, ";", before="sep=;\r\n"),
    "serial-letter.csv": table(LETTERS, ";", "cp1252"),
}


# Cards


def escaped(text: str) -> str:
    """As versions 3 and 4 write it."""
    for sign, written in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(sign, written)
    return text


def folded(line: str) -> str:
    """At most 75 letters in a line."""
    return "\r\n ".join(line[at : at + 74] for at in range(0, len(line), 74)) or line


Line = Callable[[str, str], str]
"""Makes a line of a head and of parts between ``;``, which are not escaped yet; "" where there is nothing to say."""


def plain_line(head: str, value: str) -> str:
    """Of versions 3 and 4: parts stand between U+0001."""
    return folded(f"{head}:{';'.join(map(escaped, value.split(PART)))}")


def quoted_line(charset: str) -> Line:
    """Of version 2.1: what is not ASCII is quoted-printable, broken softly."""

    def line(head: str, value: str) -> str:
        written = ";".join(part.replace(";", "\\;") for part in value.split(PART))
        if written.isascii() and "\n" not in written:
            return f"{head}:{written}"
        coded = quopri.encodestring(
            written.replace("\n", "\r\n").encode(charset, "replace"), quotetabs=False, header=False
        )
        soft = coded.decode().replace("\r\n", "=0D=0A").replace("=\n", "=\r\n")
        return f"{head};CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{soft}"

    return line


PART = "\1"


def cards(style: Callable[[dict[str, str]], Iterator[tuple[str, str]]], line: Line, encoding: str = "utf-8") -> bytes:
    """All people, one card each."""
    made = []
    for person in PEOPLE:
        lines = [line(head, value) for head, value in style(person.said) if value.strip(PART + " ")]
        made.append("\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""]))
    return "".join(made).encode(encoding, "replace")


def _common(p: dict[str, str], version: str) -> Iterator[tuple[str, str]]:
    yield "VERSION", version
    yield "N", PART.join((p["last"], p["first"], p["middle"], p["title"], p["suffix"]))
    yield "FN", p["whole"]
    yield "ORG", PART.join(filter(None, (p["company"], p["department"])))
    yield "TITLE", p["job"]
    yield "NICKNAME", p["nick"]
    yield "NOTE", p["note"]
    yield "BDAY", p["bday"]


def _places(p: dict[str, str], home: str, work: str) -> Iterator[tuple[str, str]]:
    yield home, PART.join(("", "", p["street"], p["city"], p["state"], p["zip"], p["country"]))
    yield work, PART.join(("", "", p["wstreet"], p["wcity"], "", p["wzip"], p["wcountry"]))


def outlook21(p: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from _common(p, "2.1")
    yield from (("TEL;WORK;VOICE", p["work"]), ("TEL;HOME;VOICE", p["home"]), ("TEL;CELL;VOICE", p["mobile"]))
    yield from (("TEL;VOICE", p["mobile2"]), ("TEL;WORK;FAX", p["fax"]))
    yield from _places(p, "ADR;HOME", "ADR;WORK;PREF")
    yield from (("EMAIL;PREF;INTERNET", p["mail"]), ("EMAIL;INTERNET", p["mail2"]), ("URL;WORK", p["web"]))
    yield from (("X-MS-OL-DEFAULT-POSTAL-ADDRESS", "2"), ("X-MS-SPOUSE", p["spouse"]), ("X-MS-CARDPICTURE", ""))
    yield "REV", "20261129T101112Z"


def android21(p: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from _common(p, "2.1")
    yield from (("TEL;CELL", p["mobile"]), ("TEL;HOME", p["home"]), ("TEL;WORK", p["work"]), ("TEL;WORK;FAX", p["fax"]))
    yield from (("TEL;X-Ferienhaus", p["mobile2"]), ("EMAIL;HOME", p["mail"]), ("EMAIL;WORK", p["mail2"]))
    yield from _places(p, "ADR;HOME", "ADR;WORK")
    yield from (("URL", p["web"]), ("X-ANDROID-CUSTOM", PART.join(("vnd.android.cursor.item/relation", p["spouse"]))))


def android30(p: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from _common(p, "3.0")
    yield from (("TEL;TYPE=CELL", p["mobile"]), ("TEL;TYPE=HOME", p["home"]), ("TEL;TYPE=WORK", p["work"]))
    yield from (("TEL;TYPE=WORK,FAX", p["fax"]), ("TEL;TYPE=PREF,CELL", p["mobile2"]))
    yield from (("EMAIL;TYPE=HOME", p["mail"]), ("EMAIL;TYPE=WORK", p["mail2"]), ("URL", p["web"]))
    yield from _places(p, "ADR;TYPE=HOME", "ADR;TYPE=WORK")
    yield "X-PHONETIC-LAST-NAME", p["own"]


def apple(version: str) -> Callable[[dict[str, str]], Iterator[tuple[str, str]]]:
    def style(p: dict[str, str]) -> Iterator[tuple[str, str]]:
        yield "PRODID", "-//Apple Inc.//iPhone OS 26.1//EN"
        yield from _common(p, version)
        yield from (("EMAIL;type=INTERNET;type=HOME;type=pref", p["mail"]), ("item1.EMAIL;type=INTERNET", p["mail2"]))
        yield "item1.X-ABLabel", "_$!<Other>!$_" if p["mail2"] else ""
        yield from (("TEL;type=CELL;type=VOICE;type=pref", p["mobile"]), ("TEL;type=IPHONE;type=CELL", p["mobile2"]))
        yield from (("item2.TEL", p["home"]), ("item2.X-ABLabel", p["labelled"]), ("TEL;type=WORK;type=FAX", p["fax"]))
        yield "TEL;type=WORK;type=VOICE", p["work"]
        yield from _places(p, "item3.ADR;type=HOME;type=pref", "item4.ADR;type=WORK")
        yield from (("item3.X-ABADR", "de"), ("item5.URL;type=pref", p["web"]), ("item5.X-ABLabel", "_$!<HomePage>!$_"))
        yield from (("item6.X-ABRELATEDNAMES", p["spouse"]), ("X-ABUID", "7C1B-4E:ABPerson"))

    return style


def web(version: str, *, groups: str = "CATEGORIES") -> Callable[[dict[str, str]], Iterator[tuple[str, str]]]:
    def style(p: dict[str, str]) -> Iterator[tuple[str, str]]:
        yield "UID", "2f0c3f6a-1c5e-4b4e-9d7e-000000000001"
        yield from _common(p, version)
        yield from (("EMAIL;TYPE=HOME", p["mail"]), ("EMAIL;TYPE=WORK", p["mail2"]))
        yield from (
            ('TEL;TYPE="HOME,VOICE"', p["home"]),
            ("TEL;TYPE=CELL", p["mobile"]),
            ("TEL;TYPE=CELL", p["mobile2"]),
        )
        yield from (('TEL;TYPE="WORK,VOICE"', p["work"]), ('TEL;TYPE="WORK,FAX"', p["fax"]))
        yield from _places(p, "ADR;TYPE=HOME", "ADR;TYPE=WORK")
        yield from (("URL", p["web"]), (groups, p["group"]), ("REV;VALUE=DATE-AND-OR-TIME", "20261129T101112Z"))
        yield from (
            ("X-SPOUSE", p["spouse"]),
            ("RELATED;VALUE=text;TYPE=spouse", p["spouse"] if version == "4.0" else ""),
        )

    return style


def uris(p: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from _common(p, "4.0")
    for kind, number in (("home", p["home"]), ("cell", p["mobile"]), ("work", p["work"]), ("work,fax", p["fax"])):
        yield f'TEL;VALUE=uri;TYPE="{kind}"', number and f"tel:{number.replace(' ', '-')}"
    yield from (("EMAIL;PREF=1", p["mail"]), ("EMAIL;PREF=2", p["mail2"]), ("URL;VALUE=URL", p["web"]))
    yield from _places(p, "ADR;TYPE=home", "ADR;TYPE=work")
    yield from (("CUSTOM1;VALUE=TEXT", p["own"]), ("X-CUSTOM2", p["spouse"]))


CARDS: dict[str, bytes] = {
    "outlook-de.vcf": cards(outlook21, quoted_line("Windows-1252"), "cp1252"),
    "outlook-utf8.vcf": cards(outlook21, quoted_line("utf-8")),
    "android-21.vcf": cards(android21, quoted_line("UTF-8")),
    "android-30.vcf": cards(android30, plain_line),
    "iphone.vcf": cards(apple("3.0"), plain_line),
    "mac-utf16.vcf": cards(apple("3.0"), plain_line, "utf-16"),
    "icloud-40.vcf": cards(apple("4.0"), plain_line),
    "google.vcf": cards(web("3.0"), plain_line),
    "nextcloud.vcf": cards(web("4.0"), plain_line),
    "nextcloud-30.vcf": cards(web("3.0", groups="CATEGORIES"), plain_line),
    "evolution.vcf": cards(web("3.0", groups="X-EVOLUTION-LIST"), plain_line),
    "thunderbird-40.vcf": cards(uris, plain_line),
    "nokia-utf16.vcf": cards(android21, plain_line, "utf-16"),
    "windows-1252.vcf": cards(web("3.0"), plain_line, "cp1252"),
}
BOOKS = TABLES | CARDS
