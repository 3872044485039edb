"""Contacts as vCards (RFC 2426): reading files of other programs, and writing them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import vobject
from django.db.models import Q

from siegelpost.contacts.models import Contact, ContactKey, KeyKind
from siegelpost.toolbox.addresses import is_mail_address
from siegelpost.toolbox.folding import digits

LARGEST = 2 * 1024 * 1024
# Each is a box to tick, and a form has so many fields at most.
MOST = 400
# A picture makes a card large; what is larger than this is none.
_LARGEST_CARD = 400_000
_CARD = re.compile(r"^BEGIN:VCARD\s*?$.*?^END:VCARD\s*?$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(
    r"^(?:\w+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:].*$(?:\n[ \t].*$|\n[A-Za-z0-9+/=]{40,}$)*\n", re.MULTILINE | re.IGNORECASE
)
# Lines of version 2.1 that go on after a "=" at their end.
_SOFT_BREAKS = re.compile(r"^[^\n:]*QUOTED-PRINTABLE[^\n:]*+:(?:[^\n]*+(?<==)\n)++", re.MULTILINE | re.IGNORECASE)
# The library takes exponential time over lines that are not of this form: it never sees them.
_VALUE = r"(?:\"[^\"\n]{0,200}+\"|[^\",;:\n]{0,200}+)"
_LINE = re.compile(
    rf"(?:[\w-]{{1,40}}\.)?[A-Za-z0-9-]{{1,40}}(?:;[\w-]{{1,40}}+(?:={_VALUE}(?:,{_VALUE}){{0,9}}+)?+){{0,12}}+:"
)


class VCardError(ValueError):
    """The file is no vCard file, or too large; nothing was taken from it."""


@dataclass(slots=True)
class Read:
    """One card of a file: the contact it would become, and who has its address or number already."""

    contact: Contact
    known: Contact | None = None


@dataclass(frozen=True, slots=True)
class File:
    """What a file holds; ``unreadable`` cards were left out."""

    cards: list[Read]
    unreadable: int


def read(content: bytes) -> File:
    """The contacts in a vCard file, not yet kept; cards without a name or company count as unreadable.

    Raises:
        VCardError: over 2 MiB or 400 cards, or no vCard at all.
    """
    if len(content) > LARGEST:
        raise VCardError
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    found = _CARD.findall(_PICTURE.sub("", text + "\n"))
    if not found or len(found) > MOST:
        raise VCardError
    contacts = [contact for contact in map(_contact, found) if contact is not None]
    return File(_with_known(contacts), len(found) - len(contacts))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _contact(text: str) -> Contact | None:
    if len(text) > _LARGEST_CARD:
        return None
    try:
        card = vobject.readOne(_proper(text), ignoreUnreadable=True, allowQP=True)
        made = _filled(card)
    except Exception:
        return None
    return made if made.last_name or made.company else None


def _proper(text: str) -> str:
    """The card's whole lines that are of the form every line must have."""
    joined = _SOFT_BREAKS.sub(lambda found: found[0].replace("=\n", ""), text)
    lines = re.sub(r"\n[ \t]", "", joined).split("\n")
    return "\n".join(line for line in lines if _LINE.match(line))


def _filled(card: Any) -> Contact:
    made = Contact()
    name, whole = _first(card, "n"), str(_first(card, "fn") or "")
    made.last_name, made.first_name = _text(getattr(name, "family", "")), _text(getattr(name, "given", ""))
    company = _first(card, "org")
    made.company = _text(company[0] if isinstance(company, list) and company else company or "")
    if not made.last_name and whole and whole != made.company:
        made.first_name, _, made.last_name = whole.strip().rpartition(" ")
    for number in card.contents.get("tel", [])[:6]:
        kinds = {kind.upper() for kind in number.params.get("TYPE", [])}
        place = "mobile" if kinds & {"CELL", "MOBILE"} else "phone"
        if "FAX" not in kinds and not getattr(made, place):
            setattr(made, place, _text(number.value)[:50])
    made.email = next(
        (a for a in (_text(one.value) for one in card.contents.get("email", [])[:6]) if is_mail_address(a)), ""
    )
    if address := _first(card, "adr"):
        made.street, made.postal_code, made.city = (_text(getattr(address, p)) for p in ("street", "code", "city"))
    made.note = str(_first(card, "note") or "").strip()[:5000]
    for field in Contact._meta.local_fields:
        value = getattr(made, field.attname, None)
        if field.max_length and isinstance(value, str):
            setattr(made, field.attname, value[: field.max_length])
    return made


def _first(card: Any, name: str) -> Any:
    there = card.contents.get(name)
    return there[0].value if there else None


def _text(value: Any) -> str:
    return " ".join((" ".join(value) if isinstance(value, list) else str(value)).split())


def _with_known(contacts: list[Contact]) -> list[Read]:
    mails = {one.email.lower() for one in contacts if one.email}
    numbers = {digits(number) for one in contacts for number in (one.mobile, one.phone) if number}
    keys = ContactKey.objects.filter(
        Q(kind=KeyKind.MAIL, value__in=mails) | Q(kind=KeyKind.PHONE, value__in=numbers)
    ).select_related("contact")
    known = {(key.kind, key.value): key.contact for key in keys}
    return [Read(one, next((known[key] for key in sorted(one.key_values()) if key in known), None)) for one in contacts]


def write(contacts: Iterable[Contact]) -> str:
    """Contacts as vCards of version 3.0, which every address book reads, one after the other."""
    return "".join(_card(one).serialize() for one in contacts)


def _card(contact: Contact) -> Any:
    card = vobject.vCard()
    card.add("uid").value = f"urn:uuid:{contact.public_id}"
    card.add("fn").value = contact.full_name
    card.add("n").value = vobject.vcard.Name(family=contact.last_name, given=contact.first_name)
    if contact.company:
        card.add("org").value = [contact.company]
    for number, kind in ((contact.mobile, "CELL"), (contact.phone, "VOICE")):
        if number:
            line = card.add("tel")
            line.value, line.type_param = number, kind
    if contact.email:
        card.add("email").value = contact.email
    if contact.street or contact.town:
        card.add("adr").value = vobject.vcard.Address(
            street=contact.street, city=contact.city, code=contact.postal_code
        )
    if contact.note:
        card.add("note").value = contact.note
    return card
