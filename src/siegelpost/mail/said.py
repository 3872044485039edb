"""What an answer says beside our own mail: everything in it, of which nothing is thrown away unread.

Left out is only what is known for certain: our mail, where it stands in the answer word for word, in the form of its
text or of its HTML; what introduces that quote; and the lines by which programs name themselves (:mod:`.frames`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cache

from siegelpost.mail import frames, quoting, reading
from siegelpost.mail.frames import Names

# Characters of one text that are looked at; beyond that an answer says more than anybody has read.
_LONGEST = 400_000
_ONCE = ("From", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version")
_PREAMBLE = re.compile(
    r"\s*(?:this is a multi-?part message in mime format\.?|dies ist eine mehrteilige.{0,60})?\s*", re.I
)
_TEXTS = frozenset({"text/plain", "text/html"})
_MOST_LEVELS = 8
# Signs of a mail of ours: a shorter one may stand in anybody's words by chance.
_SHORTEST = 40


@dataclass(frozen=True, slots=True)
class Said:
    """``texts``: of each text part that has words, what is not known to be ours or a program's.

    ``more``: it says, or may say, something besides, in its subject, a picture, an attachment, a second text, or
    struck-out words; in short what.
    """

    texts: tuple[str, ...]
    more: frozenset[str] = frozenset()
    quoted: bool = False  # our mail stands in it
    titles: tuple[str, ...] = ()  # a subject of its own, names of files


def said(raw: bytes, ours: Message | None, subjects: Collection[str] = ()) -> Said:
    """Read an answer; never raises, whatever the bytes.

    Args:
        raw: as it came in.
        ours: the mail that it answers; None where that is lost.
        subjects: under which it may come beside that of our mail.
    """
    message = reading.parsed(raw)
    names = _names(ours, subjects)
    more = set(_oddities(raw, message))
    titles = [title for part in reading.parts(message) if (title := reading.filename(part))]
    subject = reading.header(message, "Subject")
    if not frames.own_subject(subject, names.subjects):
        more.add("subject")
        titles.append(subject)
    parts = _text_parts(message)
    if parts is None:
        more.add("parts")
        parts = []
    texts: list[str] = []
    quoted = False
    for part in parts:
        text = reading.text(part)
        if part.get_content_type() == "text/html":
            more |= quoting.marks_in_html(text)
            text = quoting.text_of_html(text, quotes=True)
        if len(text) > _LONGEST:
            more.add("length")
        words, found = _beside(text[:_LONGEST], _known(ours, _charset(part)), names)
        quoted = quoted or found
        if text.strip():
            texts.append(words)
    return Said(tuple(texts), frozenset(more), quoted, tuple(titles))


def beside(text: str, ours: Message | None, charset: str = "utf-8") -> str | None:
    """What stands in a text beside our mail and what introduces that; None where our mail is not in it as it was."""
    words, found = _beside(text[:_LONGEST], _known(ours, charset), _names(ours, ()))
    return words if found else None


def forms(ours: Message | None) -> list[str]:
    """Our mail as a text, and as what its HTML says."""
    if ours is None:
        return []
    plain, html = reading.first(ours, "text/plain"), reading.first(ours, "text/html")
    of_html = quoting.text_of_html(reading.text(html), quotes=True) if html else ""
    return list(filter(None, (reading.text(plain) if plain else "", of_html)))


def _names(ours: Message | None, subjects: Collection[str]) -> Names:
    if ours is None:
        return Names.of((), subjects)
    sides = [one for name in ("From", "To", "Reply-To") for one in reading.mailboxes(ours, name)]
    named = [text for one in sides for text in (one.name, one.address)]
    return Names.of(named, [*subjects, reading.header(ours, "Subject")])


def _oddities(raw: bytes, message: Message) -> Iterator[str]:
    """What two readers of the same bytes may read in two ways, or one of them not at all."""
    if b"\0" in raw or b"\r" in raw.replace(b"\r\n", b""):
        yield "bytes"
    if any(len(message.get_all(name, [])) > 1 for name in _ONCE):
        yield "headers"
    for part in reading.parts(message):
        if not _PREAMBLE.fullmatch(part.preamble or "") or (part.epilogue or "").strip():
            yield "between"


def _text_parts(message: Message, level: int = 0) -> list[Message] | None:
    """The text, in one form or in both at choice; None where there is anything else."""
    kind = message.get_content_type()
    if kind in _TEXTS:
        return None if message.is_multipart() or message.get_content_disposition() == "attachment" else [message]
    below = reading.below(message)
    if level < _MOST_LEVELS and kind == "multipart/alternative" and 0 < len(below) <= 2:
        found = [_text_parts(part, level + 1) for part in below]
        parts = [part for one in found for part in one or []]
        forms = {part.get_content_type() for part in parts}
        return parts if all(found) and len(forms) == len(parts) == len(below) else None
    if level < _MOST_LEVELS and kind in {"multipart/mixed", "multipart/related"} and len(below) == 1:
        return _text_parts(below[0], level + 1)
    return None


def _charset(part: Message) -> str:
    return part.get_content_charset() or "utf-8"


@dataclass(frozen=True, slots=True)
class _Known:
    """Our mail as its signs follow one another: in each form, the longest first; and the links that stand in it."""

    forms: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def _known(ours: Message | None, charset: str) -> _Known:
    """Our mail as it may stand in a text of this character set: what that cannot write becomes a question mark."""
    if ours is None:
        return _Known()
    html = reading.first(ours, "text/html")
    written = dict.fromkeys(one for form in forms(ours) for one in (form, _as_written(form, charset)))
    addresses = quoting.links_in_html(reading.text(html)) if html else []
    links = tuple(sorted({_stream(link)[0] for link in addresses}, key=len, reverse=True))
    streams = (_without(_stream(form)[0], links) for form in written)
    return _Known(tuple(sorted((one for one in streams if len(one) > _SHORTEST), key=len, reverse=True)), links)


def _as_written(text: str, charset: str) -> str:
    try:
        return text.encode(charset, "replace").decode(charset)
    except (LookupError, ValueError):
        return text


def _without(stream: str, links: Collection[str]) -> str:
    for link in links:
        stream = stream.replace(link, "")
    return stream


def _beside(text: str, known: _Known, names: Names) -> tuple[str, bool]:
    """The text without our mail and programs' lines; and whether our mail stands in it, whole and as it was."""
    text = unicodedata.normalize("NFC", text)
    start, end = _place(text, known)
    above, below = text[:start].split("\n"), text[end:].split("\n")
    if start < end:
        above = frames.without_introduction(above, names)
        while below and frames.is_layout(below[0]):
            del below[0]
    lines = [line for line in (*above, *below) if not frames.is_device(line)]
    kept = "\n".join("" if frames.is_layout(line) else line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", kept).strip(), start < end


def _place(text: str, known: _Known) -> tuple[int, int]:
    """From where to where our mail stands in the text; its end twice where it does not."""
    stream, places = _stream(text)
    ends = [place + 1 for place in places]  # where what belongs to a sign ends
    for link in known.links:  # programs write the address of a link beside its words, too
        kept: list[int] = []
        at = 0
        while (found := stream.find(link, at)) >= 0:
            kept += range(at, found)
            at = found + len(link)
            if kept:
                ends[kept[-1]] = ends[at - 1]
        if at:
            kept += range(at, len(stream))
            stream = "".join(stream[one] for one in kept)
            places, ends = [places[one] for one in kept], [ends[one] for one in kept]
    for form in known.forms:
        if (found := stream.find(form)) >= 0:
            return places[found], ends[found + len(form) - 1]
    return len(text), len(text)


def _stream(text: str) -> tuple[str, list[int]]:
    """The signs of a text that are not just its layout, in small letters; and where each of them stands."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in _sign(sign):
            signs.append(one)
            places.append(place)
    return "".join(signs), places


@cache
def _sign(sign: str) -> str:
    laid_out = sign in frames.LAYOUT or sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}
    return "" if laid_out else unicodedata.normalize("NFKC", sign).casefold()
