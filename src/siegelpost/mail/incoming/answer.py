"""What an answer says beside our own mail: everything in it, of which nothing is thrown away unread.

Left out is only what is known for certain: our mail, where it stands in the answer word for word, in the form of its
text or of its HTML; what introduces that quote; and the lines by which programs name themselves
(:mod:`.client_boilerplate`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message

from siegelpost.mail import reader
from siegelpost.mail.incoming import client_boilerplate, quoting
from siegelpost.mail.incoming.client_boilerplate import Names

# Characters of one text that are looked at; beyond that an answer says more than anybody has read.
_LONGEST = 400_000
_ONCE = ("From", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version")
_PREAMBLE = re.compile(
    r"\s*+(?:(?:this is a multi-?part message in mime format\.?|dies ist eine mehrteilige.{0,60})\s*+)?", re.I
)
_IN_A_NUMBER = re.compile(r"(?<=\d)[.,:'’/-](?=\d)")
_TEXTS = frozenset({"text/plain", "text/html"})
_MOST_LEVELS = 8
# What programs write in a text where a picture was, as its signs follow one another.
_FOR_A_PICTURE = re.compile(rf"{quoting.PICTURE}|\[(?:cid|image|bild|inlinebild|inlineimage)[^\[\]]{{0,120}}\]")
# Signs of a mail of ours: a shorter one may stand in anybody's words by chance.
_SHORTEST = 40


@dataclass(frozen=True, slots=True)
class AnswerText:
    """``texts``: of each text part that has words, what is not known to be ours or a program's.

    ``more``: it says, or may say, something besides, in its subject, a picture, an attachment, a second text, or
    struck-out words; in short what.
    """

    texts: tuple[str, ...]
    more: frozenset[str] = frozenset()
    quoted: bool = False  # our mail stands in it
    titles: tuple[str, ...] = ()  # a subject of its own, names of files
    writer: str = ""  # the name that the writer's mail program put before the address


class Original:
    """Our mail, as it may stand in an answer to it; made once, it serves for many answers."""

    def __init__(self, ours: Message | None, subjects: Collection[str] = ()) -> None:
        """Take our mail apart.

        Args:
            ours: None where it is lost.
            subjects: under which answers may come beside that of our mail.
        """
        named: list[str] = []
        self.forms: tuple[str, ...] = ()  # as a text, and as what its HTML says
        self.pictures = 0  # that it shows
        self._link = _FOR_A_PICTURE
        self._written: dict[str, tuple[str, ...]] = {}
        if ours is not None:
            subjects = [*subjects, reader.header(ours, "Subject")]
            sides = [one for name in ("From", "To", "Reply-To") for one in reader.mailboxes(ours, name)]
            named = [text for one in sides for text in (one.name, one.address)]
            plain, html = (reader.first(ours, kind) for kind in ("text/plain", "text/html"))
            source = reader.text(html) if html else ""
            rich = [quoting.text_of_html(source, quotes=True, hidden=hidden) for hidden in (True, False)]
            self.forms = tuple(dict.fromkeys(filter(None, [reader.text(plain) if plain else "", *rich])))
            self.pictures = quoting.text_of_html(source, quotes=True, pictures=True).count(quoting.PICTURE)
            links = sorted({_stream(link)[0] for link in quoting.links_in_html(source)}, key=len, reverse=True)
            # In brackets, as some programs write it, or behind the words in brackets that it belongs to.
            one = f"(?:{'|'.join(map(re.escape, links)) or '(?!)'})"
            link = rf"\[(?=[^\[\]]{{1,80}}\]\(?{one})|\]?[\[(]?{one}[\])]?"
            self._link = re.compile(f"{link}|{_FOR_A_PICTURE.pattern}")
        self.names = Names.of(named, subjects)

    def beside(self, text: str, charset: str = "utf-8") -> tuple[str, str, bool]:
        """What stands in a text above our mail and below it, but for programs' lines; and whether that is in it."""
        text = unicodedata.normalize("NFC", text[:_LONGEST])
        start, end = self._place(text, charset)
        above, below = text[:start].split("\n"), text[end:].split("\n")
        if start < end:
            above = client_boilerplate.without_introduction(above, self.names)
            while below and client_boilerplate.is_layout(below[0]):
                del below[0]
        return _plain(above), _plain(below), start < end

    def _streams(self, charset: str) -> tuple[str, ...]:
        """The forms as their signs follow one another, the longest first; what the set lacks is a question mark."""
        if charset not in self._written:
            written = {one for form in self.forms for one in (form, _as_written(form, charset))}
            streams = {self._link.sub("", _stream(form)[0]) for form in written}
            kept = (stream for stream in streams if len(stream) > _SHORTEST)
            self._written[charset] = tuple(sorted(kept, key=len, reverse=True))
        return self._written[charset]

    def _place(self, text: str, charset: str) -> tuple[int, int]:
        """From where to where our mail stands in the text; its end twice where it does not."""
        stream, places = _stream(text)
        ends = [place + 1 for place in places]  # where what belongs to a sign ends
        kept: list[slice] = []
        at = 0
        for link in self._link.finditer(stream):  # programs write the address of a link beside its words, too
            kept.append(slice(at, link.start()))
            at = link.end()
            if link.start():
                ends[link.start() - 1] = ends[at - 1]
        if at:
            kept.append(slice(at, len(stream)))
            stream = "".join(stream[one] for one in kept)
            places, ends = ([place for one in kept for place in old[one]] for old in (places, ends))
        for form in self._streams(charset):
            if (found := stream.find(form)) >= 0:
                return places[found], ends[found + len(form) - 1]
        return len(text), len(text)


def said(raw: bytes, ours: Original) -> AnswerText:
    """Read an answer; never raises, whatever the bytes.

    Args:
        raw: as it came in.
        ours: the mail that it answers.
    """
    message = reader.parsed(raw)
    more = set(_oddities(raw, message))
    shown = _shown_pictures(message)
    titles = [title for part in reader.parts(message) if part not in shown and (title := reader.filename(part))]
    more |= {"file"} if titles else set()
    subject = reader.header(message, "Subject")
    if not client_boilerplate.own_subject(subject, ours.names.subjects):
        more.add("subject")
        titles.append(subject)
    parts = _text_parts(message, shown)
    if parts is None:
        more.add("parts")
    texts: list[str] = []
    quoted = False
    for part in parts or []:
        text = reader.text(part)
        if part.get_content_type() == "text/html":
            more |= quoting.marks_in_html(text)
            text = quoting.text_of_html(text, quotes=True, pictures=True)
            more |= set() if text.strip() else {"empty"}  # one reader sees nothing, another the words of the plain text
        if len(text) > _LONGEST:
            more.add("length")
        above, below, found = ours.beside(text, part.get_content_charset() or "utf-8")
        outside = f"{above}{below}".count(quoting.PICTURE)
        # Of pictures between our own words there are as many as we have sent, or fewer: then none is the writer's.
        if outside or text.count(quoting.PICTURE) > ours.pictures:
            more.add("picture")
        above, below = (one.replace(quoting.PICTURE, "").strip() for one in (above, below))
        quoted = quoted or found
        if text.strip():
            texts.append(f"{above}\n\n{below}".strip())
    writer = next((one.name for one in reader.mailboxes(message, "From")), "")
    return AnswerText(tuple(texts), frozenset(more), quoted, tuple(titles), writer)


def _oddities(raw: bytes, message: Message) -> Iterator[str]:
    """What two readers of the same bytes may read in two ways, or one of them not at all."""
    if b"\0" in raw or b"\r" in raw.replace(b"\r\n", b""):
        yield "bytes"
    if any(len(message.get_all(name, [])) > 1 for name in _ONCE):
        yield "headers"
    for part in reader.parts(message):
        if not _PREAMBLE.fullmatch(part.preamble or "") or (part.epilogue or "").strip():
            yield "between"


def _shown_pictures(message: Message) -> list[Message]:
    """The parts that are pictures of the HTML: where each is shown, it is looked at among the words."""
    cids = {
        cid
        for part in reader.parts(message)
        if part.get_content_type() == "text/html"
        for cid in quoting.pictures_in_html(reader.text(part))
    }
    return [
        part
        for part in reader.parts(message)
        if part.get_content_maintype() == "image" and reader.header(part, "Content-ID").strip().strip("<>") in cids
    ]


def _text_parts(message: Message, shown: list[Message], level: int = 0) -> list[Message] | None:
    """The text, in one form or in both at choice; None where there is anything else but pictures ``shown`` in it."""
    kind = message.get_content_type()
    if kind in _TEXTS:
        return None if message.is_multipart() or message.get_content_disposition() == "attachment" else [message]
    below = [part for part in reader.below(message) if part not in shown]
    if level < _MOST_LEVELS and kind == "multipart/alternative" and 0 < len(below) <= 2:
        found = [_text_parts(part, shown, level + 1) for part in below]
        parts = [part for one in found for part in one or []]
        forms = {part.get_content_type() for part in parts}
        return parts if all(found) and len(forms) == len(parts) == len(below) else None
    if level < _MOST_LEVELS and kind in {"multipart/mixed", "multipart/related"} and len(below) == 1:
        return _text_parts(below[0], shown, level + 1)
    return None


def _as_written(text: str, charset: str) -> str:
    try:
        return text.encode(charset, "replace").decode(charset)
    except (LookupError, ValueError):
        return text


def _plain(lines: list[str]) -> str:
    kept = (line.rstrip() for line in lines if not client_boilerplate.is_device(line))
    text = "\n".join("" if client_boilerplate.is_layout(line) else line for line in kept)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _stream(text: str) -> tuple[str, list[int]]:
    """The signs of a text that are not just its layout, in small letters; and where each of them stands."""
    signs = list(map(_SIGNS.__getitem__, text))
    # Where it stands in a number makes it another one: "3,57 %" and "35,7 %".
    for point in _IN_A_NUMBER.finditer(text):
        signs[point.start()] = point[0]
    return "".join(signs), [place for place, sign in enumerate(signs) for _one in sign]


class _Signs(dict[str, str]):
    """What each sign counts for when texts are compared."""

    def __missing__(self, sign: str) -> str:
        laid_out = sign in client_boilerplate.LAYOUT or sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}
        self[sign] = "" if laid_out else unicodedata.normalize("NFKC", sign).casefold()
        return self[sign]


_SIGNS = _Signs()
