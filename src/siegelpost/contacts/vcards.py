"""Contacts as vCards (RFC 2426), and what other programs' cards become."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from siegelpost.contacts.models import Contact, ContactKey, KeyKind
from siegelpost.contacts.vcard_reader import MOST
from siegelpost.contacts.ways import NUMBERS, Way, WayKind
from siegelpost.toolbox.folding import digits

__all__ = ["MOST", "contact_of", "known_to", "write"]


def contact_of(card: Mapping[str, Any]) -> Contact:
    """The contact that a card would become, as :func:`.address_books.books.stored` keeps it, not yet kept itself.

    What does not fit into its field is kept whole in the note.
    """
    longest = {one.attname: one.max_length for one in Contact._meta.local_fields}
    values = {name: text for name, text in card.items() if name != "ways"}
    cut = [text for name, text in values.items() if (most := longest[name]) and len(text) > most]
    values["note"] = "\n".join(filter(None, [values["note"], *cut]))
    return Contact(**{name: text[: longest[name]] for name, text in values.items()}, ways=card["ways"])


def known_to(contacts: Collection[Contact]) -> Callable[[Contact], Contact | None]:
    """Who has an address or number of these contacts already, asked for all of them at once."""
    mails = {address.lower() for one in contacts for address in one.emails}
    numbers = {digits(number) for one in contacts for number in one.numbers}
    keys = ContactKey.objects.filter(
        Q(kind=KeyKind.MAIL, value__in=mails) | Q(kind=KeyKind.PHONE, value__in=numbers)
    ).select_related("contact")
    known = {(key.kind, key.value): key.contact for key in keys}
    return lambda one: next((known[key] for key in sorted(one.key_values()) if key in known), None)


def write(contacts: Iterable[Contact]) -> str:
    """Contacts as vCards of version 3.0, which every address book reads, one after the other."""
    return "".join(_folded(each) for one in contacts for each in _card(one))


_TYPES = {WayKind.MOBILE: "CELL", WayKind.PHONE: "VOICE", WayKind.FAX: "FAX"}
_NAMES = {"web": "URL", "birthday": "BDAY", "job": "TITLE", "nickname": "NICKNAME", "groups": "CATEGORIES"}


def _card(contact: Contact) -> Iterator[str]:
    further = contact.further
    said = {way.label: way.value for way in further if way.kind is WayKind.OTHER}
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"UID:urn:uuid:{contact.public_id}")
    yield f"FN:{_escaped(contact.full_name)}"
    name = (contact.last_name, contact.first_name, "", said.get("title", ""), said.get("suffix", ""))
    yield f"N:{';'.join(map(_escaped, name))}"
    if contact.company:
        organisation = (contact.company, said.get("department", ""))
        yield f"ORG:{';'.join(map(_escaped, filter(None, organisation)))}"
    for number, kind in ((contact.mobile, "CELL"), (contact.phone, "VOICE")):
        if number:
            yield f"TEL;TYPE={kind},PREF:{_escaped(number)}"
    if contact.email:
        yield f"EMAIL;TYPE=PREF:{_escaped(contact.email)}"
    if contact.street or contact.town:
        address = ("", "", contact.street, contact.city, "", contact.postal_code, said.get("country", ""))
        yield f"ADR;TYPE=PREF:{';'.join(map(_escaped, address))}"
    for place, way in enumerate(further):
        yield from _further(way, place)
    if contact.note:
        yield f"NOTE:{_escaped(contact.note)}"
    yield "END:VCARD"


def _further(way: Way, place: int) -> Iterator[str]:
    """One line, and one for its label where that is a word of the office's own."""
    value, place_type = _escaped(way.value), {"work": ",WORK", "home": ",HOME"}.get(way.label, "")
    if way.kind in NUMBERS:
        yield f"w{place}.TEL;TYPE={_TYPES[way.kind]}{place_type}:{value}"
    elif way.kind is WayKind.EMAIL:
        yield f"w{place}.EMAIL;TYPE=INTERNET{place_type}:{value}"
    elif way.kind is WayKind.ADDRESS:
        yield f"w{place}.ADR;TYPE=POSTAL{place_type}:;;{value};;;;"
    elif way.label in _NAMES:
        yield f"w{place}.{_NAMES[way.label]}:{value}"
    elif way.label in {"title", "suffix", "department", "country"}:
        return
    else:
        yield f"w{place}.X-SIEGELPOST-WAY:{value}"
    if way.label and not place_type and way.label not in _NAMES:
        yield f"w{place}.X-ABLABEL:{_escaped(way.label)}"


def _escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), ("\r\n", "\n"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(sign, written)
    return text


def _folded(text: str) -> str:
    """A line of at most 75 octets, and the rest on lines that begin with a space (RFC 2426, 2.6)."""
    found, room_left = [""], 75
    for sign in text.replace("\r", ""):
        size = len(sign.encode())
        if size > room_left:
            found.append(" ")
            room_left = 74
        found[-1] += sign
        room_left -= size
    return "\r\n".join(found) + "\r\n"
