"""Whether anything of a stranger's address book is lost without a word. Needs a database; leaves it as it was.

The file is read here once more, by other means and without the tables of the product: each part of each property of a
card, and each cell of a table, has to stand at the contact that is made of it, or be told on the page. What says
nothing may go: a country that is ours, a number of a program's own, what a value is.
"""

import csv
import io
import quopri
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from bench.judging import Judged
from bench.package_judge import plain
from siegelpost.contacts.address_book_models import AddressBook, BookState
from siegelpost.contacts.address_books import books, work
from siegelpost.contacts.models import Contact
from siegelpost.contacts.vcard_reader import VCardError
from siegelpost.office.models import Agent

# What programs write about their cards, and says nothing of the person.
_OF_PROGRAMS = frozenset(
    {"VERSION", "PRODID", "REV", "UID", "KIND", "SOURCE", "NAME", "PROFILE", "BEGIN", "END", "X-ABUID", "X-ABADR"}
)
# Words that every list of ours has, and marks of programs.
_NOTHING = re.compile(
    r"[\W_]*|deutschland|germany|de|\d{0,2}|true|false|wahr|falsch|normal|unspecified|nicht angegeben"
    r"|_\$!<\w+>!\$_|\* ?\w*|\* ?mycontacts|work|home|mobile|main|cell|other|privat|gesch.ftlich|arbeit|mobil|smtp",
    re.IGNORECASE,
)
_SALUTATIONS = {"herr": "mr", "herrn": "mr", "mr": "mr", "frau": "ms", "mrs": "ms", "ms": "ms"}
_ESCAPED = re.compile(r"\\([\\;,:nN])")
_TEXTS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of what somebody's entry says, and by which name it would be told."""

    name: str
    text: str


def judged(path: Path) -> Judged:
    """Bring the book in as an agent would who leaves all as it is proposed, look for everything, and take it back."""
    found, content = Judged(path.name), path.read_bytes()
    people = list(_cards(content) if b"BEGIN:VCARD" in _ascii(content).upper() else _rows(content))
    try:
        with transaction.atomic():
            book = _taken(content, path.name)
            made = [(one.place, one.contact) for one in book.entries.select_related("contact").order_by("place")]
            shown = [plain(" ".join(_shown(contact))) for _, contact in made if contact]
            # Of a table each row has its place; those that name nobody are told as a number.
            if book.headings:
                people = [people[place] for place, contact in made if contact]
            found.said = [f"{name}: {count}" for name, count in book.unread.items()]
            told, unreadable = {name.casefold() for name in book.unread}, book.unreadable
            transaction.set_rollback(True)
    except VCardError as error:
        found.refused = str(error.reason)
        return found
    if len(shown) + (0 if book.headings else unreadable) != len(people):
        found.lost.append(f"{len(people)} entries, {len(shown)} contacts, {unreadable} told as unreadable")
    beside = shown if len(shown) == len(people) else [" ".join(shown)] * len(people)
    for person, kept in zip(people, beside, strict=True):
        for value in person:
            found.values += 1
            if value.name.casefold() not in told and not _is_kept(value.text, kept):
                found.lost.append(f"{value.name}: {value.text[:80]}")
    return found


def _taken(content: bytes, name: str) -> AddressBook:
    book = books.begin(content, name, agent=Agent.objects.get_or_create(name="Judge")[0])
    if book.state == BookState.MAPPING:
        books.map_columns(book, book.fields)
    work.round_()
    books.choose_all(book, new_only=False)
    books.take(book)
    work.round_()
    book.refresh_from_db()
    return book


def _shown(contact: Contact) -> Iterator[str]:
    """All that is stored of somebody, numbers once more without what separates their figures."""
    for each in contact._meta.concrete_fields:
        value = str(getattr(contact, each.attname))
        if each.attname not in {"folded", "sort_key", "public_id", "id"}:
            yield value
            yield re.sub(r"\D", "", value) if each.attname in {"phone", "mobile"} else ""
    for way in contact.further:
        yield from (way.value, way.label, re.sub(r"\D", "", way.value))


def _is_kept(text: str, kept: str) -> bool:
    wanted, figures = plain(text).strip(), re.sub(r"\D", "", text)
    if not wanted or f" {wanted} " in kept or _SALUTATIONS.get(wanted, "?") in kept.split():
        return True
    if all(f" {word} " in kept for word in wanted.split()):  # split over fields, as names and addresses are
        return True
    return len(figures) > 5 and not re.search(r"[a-z]", wanted) and figures in kept


# Tables


def _rows(content: bytes) -> Iterator[list[Value]]:
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    if first.startswith("sep="):
        text = rest
    head = text.partition("\n")[0]
    marks = Counter(sign for sign in re.sub(r'"[^"]*"', "", head) if sign in ";,\t|")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=marks.most_common(1)[0][0])
    headings = next(rows)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield [
                Value(headings[at].strip() if at < len(headings) else f"{at + 1}.", piece)
                for at, cell in enumerate(row)
                for piece in cell.split(" ::: ")
                if not _NOTHING.fullmatch(piece.strip())
            ]


# Cards


def _cards(content: bytes) -> Iterator[list[Value]]:
    depth, person = 0, list[Value]()
    for line in _lines(content):
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD":
            depth += 1
            person = person if depth > 1 else []
        elif mark == "END:VCARD":
            depth -= 1
            if depth == 0:
                yield person
        elif depth == 1:
            person += _pieces(line)


def _pieces(line: str) -> Iterator[Value]:
    head, _, value = line.partition(":")
    name, *parameters = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', head)
    name = name.rpartition(".")[2].upper()
    said = ";".join(parameters).upper()
    if name in _OF_PROGRAMS or "BASE64" in said or re.search(r"ENCODING=B\b", said) or value.startswith("data:"):
        return
    if "QUOTED-PRINTABLE" in said:
        value = _text(quopri.decodestring(value.encode("latin-1", "replace")))
    for prefix in ("tel:", "mailto:"):
        value = value.removeprefix(prefix).partition(";")[0] if value.startswith(prefix) else value
    for piece in re.split(r"(?<!\\)[;,]" if name not in {"NOTE", "FN", "LABEL"} else r"(?<!\\);", value):
        bare = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], piece).strip()
        if not _NOTHING.fullmatch(bare):
            yield Value(name, bare)


def _lines(content: bytes) -> Iterator[str]:
    text = _decoded(content)
    text = re.sub(r"=\r?\n(?=[^\r\n])", "=\n", text)
    held = ""
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if held.endswith("=") and "QUOTED-PRINTABLE" in held.upper():
            held = held[:-1] + line.lstrip(" \t") if line.startswith((" ", "\t")) else held[:-1] + line
        elif line.startswith((" ", "\t")):
            held += line[1:]
        else:
            yield held
            held = line
    yield held


def _ascii(content: bytes) -> bytes:
    return content.replace(b"\0", b"")


def _decoded(content: bytes) -> str:
    if b"\0" in content[:200]:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le")
    return _text(content)


def _text(content: bytes) -> str:
    for encoding in _TEXTS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
