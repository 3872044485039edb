"""Address books as tables (CSV of Outlook, Google, onOffice, FLOWFACT and others), taken apart. Knows no database.

Which column says what is guessed by its heading, German or English, and shown to whoever brings the file in.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from siegelpost.contacts.person_names import says_more, split_name
from siegelpost.contacts.vcard_reader import LONGEST_NOTE, MOST, CardText, VCardError, VCardReason
from siegelpost.contacts.ways import LONGEST_LABEL, Way, WayKind, beyond, together
from siegelpost.toolbox.addresses import is_mail_address
from siegelpost.toolbox.folding import fold
from siegelpost.toolbox.lines import line

LARGEST = 64 * 1024 * 1024  # bytes
MOST_COLUMNS = 250
LONGEST_CELL = 5000
_DELIMITERS = ";,\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# By the folded heading, the first that fits: what a column says. "" is not taken.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("", r"e ?mail.{0,9} (?:anzeigename|angezeigter name|display name|typ)\b|\bid\b|^nr$|phonetic|sortier"),
        ("what_for", r" (?:label|type)$"),
        ("fax", r"fax"),
        ("email", r"e ?mail|\bmail"),
        ("mobile", r"mobil|handy|\bcell"),
        ("web", r"\bweb|homepage|internet|\burl\b"),
        ("birthday", r"geburtstag|geburtsdatum|birthday|\bgeb\b"),
        ("note", r"notiz|\bnotes?\b|bemerkung|kommentar|comment"),
        ("house_no", r"hausn|house n"),
        ("street", r"strasse|street|\bstr\b|address line"),
        ("postal_code", r"\bplz\b|postleitzahl|postal code|\bzip\b"),
        ("city", r"ort\b|\bstadt\b|\bcity\b"),
        ("country", r"\bland\b|country"),
        ("salutation", r"anrede|salutation"),
        ("job", r"job|position|funktion|beruf"),
        ("title", r"\btitel\b|\btitle\b|name prefix"),
        ("suffix", r"suffix|namenszusatz"),
        ("department", r"abteilung|department"),
        ("company", r"firma|compan|organi[sz]ation|unternehmen"),
        ("further_name", r"middle name|additional name|weitere vornamen|^middle$"),
        ("first_name", r"vorname|first name|given name|^first$"),
        ("last_name", r"nachname|last name|family name|familienname|surname|zuname|^name 1$|^last$"),
        ("nickname", r"nickname|spitzname"),
        ("full_name", r"^name$|display name|anzeigename|full name|ansprechpartner"),
        ("groups", r"kategorie|categor|group|gruppe"),
        ("phone", r"telefon|phone|\btel\b|rufnummer|festnetz"),
    )
)
# What a column may say; .field_words has the words, and the order in which they are offered.
FIELDS = (
    *(
        "",
        "last_name",
        "first_name",
        "further_name",
        "full_name",
        "salutation",
        "title",
        "suffix",
        "company",
        "department",
    ),
    *(
        "job",
        "email",
        "mobile",
        "phone",
        "fax",
        "street",
        "house_no",
        "postal_code",
        "city",
        "country",
        "note",
        "birthday",
    ),
    *("web", "nickname", "groups", "what_for", "other"),
)
_PLACES = (("work", re.compile(r"gesch|business|work|dienst|buro|firma")), ("home", re.compile(r"privat|\bhome")))
# Of several of these each is kept.
_NAMES = frozenset({"company", "last_name", "first_name", "further_name", "full_name"})
# What programs say of a number that is of no kind.
_KINDS = frozenset({"", "other", "main", "custom", "internet", "normal", "andere", "sonstige", "haupt", "primary"})
_ADDRESS = ("street", "house_no", "postal_code", "city", "country")
_REACHED = {"email": WayKind.EMAIL, "mobile": WayKind.MOBILE, "phone": WayKind.PHONE, "fax": WayKind.FAX}
_BESIDES = ("title", "suffix", "department", "job", "birthday", "web", "nickname", "groups")
_SALUTATIONS = {"herr": "mr", "herrn": "mr", "mr": "mr", "frau": "ms", "mrs": "ms", "ms": "ms", "miss": "ms"}
_AT_HOME = frozenset({"", "deutschland", "germany", "de", "d"})
# So Google writes several values into one cell.
_SEVERAL = " ::: "
_VALUE = fold("Value")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading for each column; every row has as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cut: int  # cells that were longer than what is kept of one


@dataclass(frozen=True, slots=True)
class _Column:
    field: str
    heading: str
    stem: str  # what columns of one thing have in common
    place: str


def unpack(content: bytes) -> Table:
    """The table in a file.

    Raises:
        VCardError: over 64 MiB, 20,000 rows or 250 columns, or no table at all.
    """
    if len(content) > LARGEST:
        raise VCardError(VCardReason.TOO_LARGE)
    text = _decoded(content).replace("\0", "")
    first, _, rest = text.partition("\n")
    marked = re.fullmatch(r"sep=(.)\r?", first)
    text, delimiter = (rest, marked[1]) if marked else (text, _delimiter(first))
    csv.field_size_limit(LARGEST)
    found: list[list[str]] = []
    cut = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                cut += sum(len(cell) > LONGEST_CELL for cell in row)
                found.append([cell[:LONGEST_CELL].strip() for cell in row])
            if len(found) > MOST + 1 or len(row) > MOST_COLUMNS:
                raise VCardError(VCardReason.TOO_MANY)
    except csv.Error as error:
        raise VCardError(VCardReason.NO_CARD) from error
    width = max(map(len, found), default=0)
    if width < 2:
        raise VCardError(VCardReason.NO_CARD)
    headings = found[0] if not any("@" in cell for cell in found[0]) else []
    rows = found[1:] if headings else found
    named = [*headings, *[""] * (width - len(headings))]
    filled = tuple((*row, *[""] * (width - len(row))) for row in rows)
    if not filled:
        raise VCardError(VCardReason.NO_CARD)
    return Table(tuple(name or f"{place}." for place, name in enumerate(named, 1)), filled, cut)


def guess(headings: Sequence[str]) -> list[str]:
    """What each column says, one of :data:`FIELDS`."""
    found = [_field(fold(heading)) for heading in headings]
    if "first_name" in found and "last_name" not in found and "full_name" in found:
        found[found.index("full_name")] = "last_name"
    return found


def _field(heading: str) -> str:
    return next((field for field, pattern in _RULES if pattern.search(heading)), "")


def card(headings: Sequence[str], fields: Sequence[str], cells: Sequence[str]) -> CardText | None:
    """What a row says of somebody; None when it names nobody."""
    columns = [_column(heading, field) for heading, field in zip(headings, fields, strict=True)]
    said = [(column, cell) for column, cell in zip(columns, cells, strict=True) if cell and column.field]
    made = CardText()
    first = {column.field: cell for column, cell in reversed(said)}
    titles = _named(made, first)
    ways = [*_reached(made, said), *_addresses(made, said), *_said_besides(made, said, titles, first)]
    ways += [Way(WayKind.OTHER, titles, "title")] if titles and "title" not in first else []
    ways += [
        Way(WayKind.OTHER, line(cell), column.field if column.field != "other" else column.heading[:60])
        for column, cell in said
        if column.field in (*_BESIDES, "other")
    ]
    note = "\n".join(filter(None, [*(cell for column, cell in said if column.field == "note"), beyond(ways)]))
    made.note = note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 1]}…"
    made.ways = tuple(together(ways))
    if not (made.last_name or made.company):
        made.last_name = made.first_name or made.email or made.mobile or made.phone
        made.first_name = "" if made.last_name == made.first_name else made.first_name
    return made if line(made.last_name + made.company) else None


def _named(made: CardText, first: dict[str, str]) -> str:
    """Name, company and salutation; gives the titles that stood within the name."""
    made.company = line(first.get("company", ""))
    made.last_name = line(first.get("last_name", ""))
    made.first_name = line(f"{first.get('first_name', '')} {first.get('further_name', '')}")
    made.salutation = _SALUTATIONS.get(fold(first.get("salutation", "")), "")
    whole = line(first.get("full_name", ""))
    if made.last_name or made.first_name or not whole or whole == made.company:
        return ""
    titles, made.first_name, made.last_name = split_name(whole)
    return titles


def _said_besides(
    made: CardText, said: Iterable[tuple[_Column, str]], titles: str, first: dict[str, str]
) -> Iterable[Way]:
    """What stands in a column of names and found no place: a second company, a title where a salutation is due."""
    known = (made.last_name, made.first_name, made.company, titles, first.get("title", ""), first.get("suffix", ""))
    for column, cell in said:
        label = column.heading[:LONGEST_LABEL]
        if column.field == "salutation" and fold(cell) not in _SALUTATIONS:
            yield Way(WayKind.OTHER, line(cell), "title" if split_name(f"{cell} X")[0] == line(cell) else label)
        elif column.field in _NAMES and says_more(cell, *known):
            yield Way(WayKind.OTHER, line(cell), label)


def _column(heading: str, field: str) -> _Column:
    words = fold(heading)
    place = next((place for place, pattern in _PLACES if pattern.search(words)), "")
    number = re.search(r"\d", words)
    kind = "address" if field in _ADDRESS else field
    pair = field == "what_for" or words.endswith(f" {_VALUE}")
    stem = words.rpartition(" ")[0] if pair else f"{kind} {place} {number and number[0]}"
    return _Column(field, heading, stem, place)


def _reached(made: CardText, said: Iterable[tuple[_Column, str]]) -> Iterable[Way]:
    said = list(said)
    what_for = {column.stem: cell for column, cell in said if column.field == "what_for"}
    for column, cell in said:
        if column.field not in _REACHED:
            continue
        words = what_for.get(column.stem, "").strip("* ")
        place = column.place or next((place for place, pattern in _PLACES if pattern.search(fold(words))), "")
        named = {"mobile": WayKind.MOBILE, "fax": WayKind.FAX}.get(_field(fold(words)), _REACHED[column.field])
        for value in map(line, cell.split(_SEVERAL)):
            kind = WayKind.OTHER if named is WayKind.EMAIL and not is_mail_address(value) else named
            main = {WayKind.EMAIL: "email", WayKind.MOBILE: "mobile", WayKind.PHONE: "phone"}.get(kind, "")
            own = Way(kind, value, "" if place or _is_known(words) else words[:LONGEST_LABEL])
            is_main = bool(main) and not getattr(made, main)
            if is_main:
                setattr(made, main, value)
            if own.is_named:  # the main one has no room for a label
                yield own
            elif value and not is_main:
                yield Way(kind, value, place)


def _is_known(words: str) -> bool:
    """Whether a word of a program for what something is says no more than its kind."""
    return fold(words) in _KINDS or bool(_field(fold(words)))


def _addresses(made: CardText, said: Iterable[tuple[_Column, str]]) -> Iterable[Way]:
    groups: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    for column, cell in said:
        if column.field in _ADDRESS:
            groups.setdefault(column.stem, {}).setdefault(column.field, line(cell))
            places[column.stem] = column.place
    for number, (stem, parts) in enumerate(groups.items()):
        street = " ".join(filter(None, [parts.get("street"), parts.get("house_no")]))
        town, country = " ".join(filter(None, [parts.get("postal_code"), parts.get("city")])), parts.get("country", "")
        if number == 0:
            made.street, made.postal_code, made.city = street, parts.get("postal_code", ""), parts.get("city", "")
            if country.casefold() not in _AT_HOME:
                yield Way(WayKind.OTHER, country, "country")
        elif street or town:
            yield Way(WayKind.ADDRESS, ", ".join(filter(None, [street, town, country])), places[stem])


def _decoded(content: bytes) -> str:
    """By its mark, else by where the zeros are, else as UTF-8, else as Windows wrote it."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, "replace")
    start = content[:400]
    for at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 20 and start[at::2].count(0) > len(start) / 3:
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _delimiter(first: str) -> str:
    """The sign that stands most often between the headings, not within quotes."""
    bare = re.sub(r'"[^"]*+"', "", first)
    return max(_DELIMITERS, key=bare.count)
