"""vCards of other programs (2.1, 3.0 by RFC 2426, 4.0 by RFC 6350): what each says of somebody. Knows no database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

from siegelpost.contacts.person_names import says_more, split_name
from siegelpost.contacts.vcard_lines import CardLine, as_bytes, cards
from siegelpost.contacts.ways import Way, WayKind, beyond, together
from siegelpost.toolbox.addresses import is_mail_address
from siegelpost.toolbox.lines import line

LARGEST = 128 * 1024 * 1024  # bytes, pictures included
MOST = 20_000
LONGEST_NOTE = 5000
# Under what is not taken: texts longer than what is kept of one.
CUT = "TOO-LONG"

# What a card says that is kept as it is, under which label.
_FURTHER = {
    "URL": "web",
    "BDAY": "birthday",
    "ANNIVERSARY": "anniversary",
    "X-ANNIVERSARY": "anniversary",
    "TITLE": "job",
    "ROLE": "job",
    "NICKNAME": "nickname",
    "IMPP": "messenger",
    "X-SKYPE": "messenger",
    "X-SKYPE-USERNAME": "messenger",
    "X-JABBER": "messenger",
    "X-SOCIALPROFILE": "web",
    "CATEGORIES": "groups",
    "RELATED": "related",
    "X-ABRELATEDNAMES": "related",
    "X-SPOUSE": "related",
    "X-SIEGELPOST-WAY": "",
}
# What a program says to itself, or what stands in another line, too.
_ITS_OWN = frozenset(
    [
        *(
            "VERSION",
            "REV",
            "UID",
            "PRODID",
            "SORT-STRING",
            "MAILER",
            "CLASS",
            "PROFILE",
            "SOURCE",
            "NAME",
            "CLIENTPIDMAP",
        ),
        *(
            "BEGIN",
            "END",
            "FN",
            "LABEL",
            "X-ABLABEL",
            "X-ABADR",
            "X-ABSHOWAS",
            "X-ABUID",
            "X-EVOLUTION-FILE-AS",
            "KIND",
        ),
        *("X-MS-OL-DEFAULT-POSTAL-ADDRESS", "X-MOZILLA-HTML", "LANG", "TZ", "X-IMAGETYPE", "X-IMAGEHASH", "XML"),
    ]
)
_TAKEN = frozenset({"N", "FN", "ORG", "TEL", "EMAIL", "ADR", "NOTE", "GENDER"} | set(_FURTHER))
_MOBILE = frozenset({"CELL", "MOBILE", "IPHONE", "CAR"})
# Numbers of the German mobile networks, dialled at home or from abroad.
_MOBILE_NUMBER = re.compile(r"(?:\+49|0049|0)\s?\(?0?\)?1[567]\d")
_APPLE_LABEL = re.compile(r"_\$!<(.{1,40})>!\$_")
_PLACES = {"WORK": "work", "BUSINESS": "work", "DOM": "home", "HOME": "home"}


class VCardReason(StrEnum):
    """Why a file is not taken."""

    NO_CARD = "no_card"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


class VCardError(ValueError):
    """The file is no address book, or too large; nothing was taken from it."""

    def __init__(self, reason: VCardReason) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class CardText:
    """What one card says of somebody; what it does not say is empty."""

    salutation: str = ""
    last_name: str = ""
    first_name: str = ""
    company: str = ""
    mobile: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    note: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class CardFile:
    """What a file says; ``unreadable`` cards were left out, and ``unread`` lines of the others, by their names."""

    cards: tuple[CardText, ...]
    unreadable: int
    unread: dict[str, int] = field(default_factory=dict)


def unpack(content: bytes) -> CardFile:
    """The cards in a file; those that name nobody, not even by an address or a number, count as unreadable.

    Raises:
        VCardError: over 128 MiB or 20,000 cards, or no vCard at all.
    """
    if len(content) > LARGEST:
        raise VCardError(VCardReason.TOO_LARGE)
    found: list[CardText] = []
    unreadable = cut = 0
    unread: Counter[str] = Counter()
    for lines in cards(content):
        card = _read(lines) if lines else None
        if card is None or lines is None:
            unreadable += 1
            continue
        cut += len(card.note) > LONGEST_NOTE
        card.note = card.note[:LONGEST_NOTE]
        found.append(card)
        unread.update(one.name for one in lines if one.name not in _TAKEN and one.name not in _ITS_OWN)
        if len(found) > MOST:
            raise VCardError(VCardReason.TOO_MANY)
    if not found and not unreadable:
        raise VCardError(VCardReason.NO_CARD)
    return CardFile(tuple(found), unreadable, {**({CUT: cut} if cut else {}), **dict(unread.most_common(20))})


def _note(lines: list[CardLine]) -> str:
    return "\n".join(one.text().strip() for one in lines if one.name == "NOTE")


def is_one(content: bytes) -> bool:
    """Whether it looks like a vCard file at all."""
    return b"BEGIN:VCARD" in as_bytes(content[:4096]).upper()


def _read(lines: list[CardLine]) -> CardText | None:
    labels = {one.group: _label(one.text()) for one in lines if one.name == "X-ABLABEL" and one.group}
    made = CardText()
    ways: list[Way] = [*_named(made, lines)]
    reached = [*_numbers(lines, labels), *_mails(lines, labels)]
    for place, kind in (("mobile", WayKind.MOBILE), ("phone", WayKind.PHONE), ("email", WayKind.EMAIL)):
        if main := next((way for way in reached if way.kind is kind), None):
            setattr(made, place, main.value)
            if not main.is_named:  # the main one has no room for a label
                reached.remove(main)
    ways += [*reached, *_addresses(made, lines, labels)]
    ways += [
        Way(WayKind.OTHER, value, _FURTHER[one.name] or labels.get(one.group, ""))
        for one in lines
        if one.name in _FURTHER and (value := line(" ".join(part for part in one.parts() if part)))
    ]
    made.note = "\n".join(filter(None, [_note(lines), beyond(ways)]))
    made.ways = tuple(together(ways))
    if not (made.last_name or made.company):
        made.last_name = made.email or made.mobile or made.phone or next((way.value for way in ways), "")
    return made if line(made.last_name + made.company) else None


def _named(made: CardText, lines: list[CardLine]) -> Iterator[Way]:
    """Name and company; gives what else is said of the name."""
    name = next((one.parts() for one in lines if one.name == "N"), [])
    family, given, further, prefix, suffix = [line(part) for part in (*name, *[""] * 5)[:5]]
    whole = next((line(one.text()) for one in lines if one.name == "FN"), "")
    organisation, *others = [[line(part) for part in one.parts()] for one in lines if one.name == "ORG"] or [[""]]
    made.company = organisation[0]
    made.last_name, made.first_name = family, " ".join(filter(None, [given, further]))
    if not family and whole and whole != made.company:
        titles, made.first_name, made.last_name = split_name(whole)
        prefix = prefix or titles
    if not family and not whole and given:
        made.first_name, made.last_name = "", made.first_name
    rest = (("title", prefix), ("suffix", suffix), ("department", ", ".join(filter(None, organisation[1:]))))
    yield from (Way(WayKind.OTHER, value, label) for label, value in rest if value)
    yield from (Way(WayKind.OTHER, value, "company") for other in others if (value := line(" ".join(other))))
    if says_more(whole, family, given, further, prefix, suffix, made.company, made.first_name, made.last_name):
        yield Way(WayKind.OTHER, whole, "shown_name")
    for one in lines:
        if one.name == "GENDER" and (value := line(one.text().replace(";", " "))):
            yield Way(WayKind.OTHER, value, "gender")


def _numbers(lines: list[CardLine], labels: dict[str, str]) -> Iterator[Way]:
    for one in _preferred(lines, "TEL"):
        number = one.text()
        if number.lower().startswith("tel:"):
            number = number[4:].partition(";")[0].replace("-", " ")
        if not (number := line(number)):
            continue
        kind = WayKind.MOBILE if one.types & _MOBILE or _MOBILE_NUMBER.match(number) else WayKind.PHONE
        if "FAX" in one.types:
            kind = WayKind.FAX
        yield Way(WayKind.OTHER if "PAGER" in one.types else kind, number, _place(one, labels))


def _mails(lines: list[CardLine], labels: dict[str, str]) -> Iterator[Way]:
    for one in _preferred(lines, "EMAIL"):
        address = line(one.text())
        if address.lower().startswith("mailto:"):
            address = unquote(address[7:].partition("?")[0])
        if address:
            kind = WayKind.EMAIL if is_mail_address(address) else WayKind.OTHER
            yield Way(kind, address, _place(one, labels))


def _addresses(made: CardText, lines: list[CardLine], labels: dict[str, str]) -> Iterator[Way]:
    for number, one in enumerate(_preferred(lines, "ADR")):
        box, extended, street, city, region, code, country = [line(part) for part in (*one.parts(), *[""] * 7)[:7]]
        whole = ", ".join(filter(None, [street, extended, box]))
        town = ", ".join(filter(None, [city, region])) if region and region != city else city
        if number == 0:
            made.street, made.postal_code, made.city = whole, code, town
            if country and country.casefold() not in {"deutschland", "germany", "de"}:
                yield Way(WayKind.OTHER, country, "country")
        elif value := ", ".join(filter(None, [whole, " ".join(filter(None, [code, town])), country])):
            yield Way(WayKind.ADDRESS, value, _place(one, labels))


def _preferred(lines: list[CardLine], name: str) -> list[CardLine]:
    return sorted((one for one in lines if one.name == name), key=lambda one: one.preference)


def _place(one: CardLine, labels: dict[str, str]) -> str:
    known = next((place for word, place in _PLACES.items() if word in one.types), "")
    return known or labels.get(one.group, "")


def _label(text: str) -> str:
    plain = _APPLE_LABEL.sub(r"\1", text)
    return _PLACES.get(plain.upper(), line(plain))
