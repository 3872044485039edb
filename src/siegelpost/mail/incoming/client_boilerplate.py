"""What mail programs write around people's words by themselves: closed lists, of which nothing is guessed.

A line is a frame only where every word of it is one that a program writes: a person's sentence that begins alike
("Sent from my desk, which …", "Von meiner Seite aus nur …") stays a person's sentence.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from siegelpost.toolbox.folding import fold

_MAKERS = (
    r"(?:iphone|ipad|ipod|mac|macbook|samsung|galaxy|android|smartphone|smart phone|phone|handy|mobiltelefon|telefon"
    r"|mobilgerät|mobile gerät|mobile|gerät|tablet|huawei|xiaomi|redmi|google|pixel|nokia|sony|xperia|oneplus|oppo"
    r"|honor|motorola|moto|fairphone|blackberry|windows|pro|plus|ultra|mini|max|note|lite|fe|edge|5g|[a-z]{0,2}\d{1,4}[a-z]?)"
)
_DEVICES = rf"{_MAKERS}(?:[ -]{_MAKERS}){{0,5}}"
_PROGRAMS = (
    r"(?:outlook|mail|der mail[- ]app|apple mail|yahoo mail|aol|gmail|google mail|proton ?mail|protonmail|tutanota|tuta"
    r"|(?:der )?(?:gmx|web\.de|freenet|1&1|ionos|telekom|t-online|arcor)(?: mail)?(?:[- ]app)?|k-9 mail|thunderbird"
    r"|spark|bluemail|fairemail|aquamail|edison mail|newton mail|mailbird|em client|der mobilen mail[- ]app)"
    r"(?: (?:mobile|app|secure e-?mail|sichere[r]? e-?mail|e-?mail))?"
)
_SYSTEMS = r"(?:ios|android|windows(?: \d{1,2})?|mac(?:os)?|iphone|ipad|mobile)"
# To a program's own page: as it stands behind the words, among them, or in a line of its own.
_LINK = re.compile(
    r"(?<!\s)\s*+[<(]?https?://(?:aka\.ms/[A-Za-z0-9]{1,12}"
    r"|(?:www\.)?(?:proton\.me|tuta\.com|yahoo\.com|aol\.com)/?[a-z/-]{0,40})[>)]?",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    rf"\s*+(?:(?:diese (?:nachricht|mail|e-mail) wurde )?(?:von|mit) (?:meinem/meiner|meinem|meiner) {_DEVICES}"
    rf"(?: (?:mit|aus) {_PROGRAMS})?(?: gesendet)?"
    rf"|gesendet (?:von|mit|aus|über) (?:meinem |meiner )?(?:{_DEVICES}|{_PROGRAMS})"
    rf"(?: (?:für|auf|mit) (?:{_SYSTEMS}|{_PROGRAMS}))?"
    rf"|von {_PROGRAMS} (?:auf|für) {_SYSTEMS} gesendet"
    rf"|(?:envoyé (?:de|depuis) mon|(?:verstuurd|verzonden) vanaf mijn|inviato da(?:l mio)?|enviado (?:desde mi|do meu)"
    rf"|отправлено с(?: моего)?|надіслано з(?: мого)?|skickat från min|sendt fra min|trimis de pe) {_DEVICES}"
    rf"|(?:wysłane z(?: mojego)?|odesláno z(?: mého)?|poslano s mog) (?:iphonu|ipadu|{_DEVICES}['’]?[au]?)"
    rf"|az {_DEVICES}-?o?mról küldve|{_DEVICES}['’]?(?:umdan|imden) gönderildi|lähetetty {_DEVICES}(?:sta)?"
    rf"|sent (?:from|with|via|using) (?:my )?(?:{_DEVICES}|{_PROGRAMS})(?: (?:for|on|with) (?:{_SYSTEMS}|{_PROGRAMS}))?"
    rf"|(?:get|download) outlook for {_SYSTEMS}|outlook für {_SYSTEMS} (?:beziehen|herunterladen)"
    rf"|holen sie sich outlook für {_SYSTEMS}|sent from proton mail mobile"
    r"|sicher versendet mit (?:tuta(?:nota)?(?: mail)?|proton ?mail)|(?:securely )?sent with tuta(?:nota)?(?: mail)?"
    r"|(?:jetzt )?(?:deine )?kostenlose e-mail-adresse (?:mit verschlüsselung )?(?:holen|sichern)"
    r"|secured with tuta(?: mail)?"
    r")?[.:]?\s*",
    re.IGNORECASE,
)

_DIVIDERS = frozenset(
    fold(words)
    for words in (
        *("Ursprüngliche Nachricht", "Originalnachricht", "Original-Nachricht", "Original Nachricht"),
        *("Original Message", "Original-Mail", "Originalmail", "Reply message", "Antwort-Nachricht"),
        *("Ursprüngliche E-Mail", "Nachricht von", "Vorherige Nachricht", "Original email", "Ursprüngliche Mail"),
    )
)
# Signs that only lay out a text: marks of a quote, rules, bullets. Brackets and tildes are people's: they strike out,
# and are boxes to tick.
LAYOUT = frozenset(" \t>|*_-=<>.,:;'\"/\\•·…–—―‐‑„“”‚‘’«»‹›─━═│┃\u00a0\u00ad")
# One program leaves the colons out.
_LABELS = re.compile(
    r"^(?:[>|*]|[^\S\n])*+(von|gesendet|datum|antwort an|an|cc|kopie|betreff|from|sent|date|to|subject|reply-to)\b"
    r"\s?\*?\s?:?\s?\*?",
    re.IGNORECASE | re.MULTILINE,
)
_WRITERS = frozenset({"von", "an", "cc", "kopie", "antwort an", "from", "to", "reply-to"})
_DATES = frozenset({"gesendet", "datum", "sent", "date"})
_CALENDAR = frozenset(
    fold(
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag Mo Di Mi Do Fr Sa So "
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Fri Sat Sun "
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember "
        "January February March May June July October December Jan Feb Mär Mrz Mar Apr Jun Jul Aug "
        "Sep Sept Okt Oct Nov Dez Dec Uhr AM PM MEZ MESZ CET CEST UTC GMT Z T um at den der dem "
        "Mitteleuropäische Normalzeit Sommerzeit Zeit Central European Standard Summer Time"
    ).split()
)
_VERBS = frozenset({"schrieb", "schrieben", "geschrieben", "wrote", "writes"})
# Without a date, or without a word for writing.
_ZITAT, _BY = ({"zitat", "von"}, {"quoting"}), frozenset({"von", "from"})
_ADDRESSED = frozenset({"sie", "du", "you"})  # "schrieben Sie"
_AROUND = frozenset({"am", "on", "hat", "folgendes", "zitat", "quoting", *_VERBS, *_BY, *_ADDRESSED})
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th|z|am|pm|t\d{1,2})?")
_LONGEST_DEVICE = 300
# Lines of an attribution, and of headers with what is empty between them.
_MOST_TOGETHER, _MOST_LINES = 4, 16


def is_device(line: str) -> bool:
    """Whether a mail program added this line to say what it is: "Von meinem iPhone gesendet"."""
    words, links = _LINK.subn("", line[:_LONGEST_DEVICE])
    words = words.replace("[", "").replace("]", "").strip(" \t*_>|")
    return bool(words or links) and _DEVICE.fullmatch(words) is not None


def is_layout(line: str) -> bool:
    """Whether nothing stands in the line but marks and rules."""
    return all(sign in LAYOUT or sign.isspace() or unicodedata.category(sign) == "Cf" for sign in line)


def is_divider(line: str) -> bool:
    """Whether it says no more than that the original follows, between strokes or alone."""
    return fold(line) in _DIVIDERS


@dataclass(frozen=True, slots=True)
class Names:
    """Words by which the two sides of a mail are named in what programs write above a quote, and its subject."""

    words: frozenset[str]
    subjects: frozenset[str]

    @classmethod
    def of(cls, named: Collection[str], subjects: Collection[str]) -> "Names":
        """From names and addresses as they stand in the mail's headers."""
        return cls(frozenset(word for one in named for word in fold(one).split()), frozenset(map(fold, subjects)))


def without_introduction(lines: Sequence[str], names: Names) -> list[str]:
    """The lines above a quote without what introduces it, which must be made of names, dates and fixed words alone."""
    kept = list(lines)
    while kept:
        if is_layout(kept[-1]) or is_divider(kept[-1]):
            kept.pop()
        elif length := _introduction(kept, names):
            del kept[-length:]
        else:
            break
    return kept


def _introduction(lines: list[str], names: Names) -> int:
    """How many lines at the end say who wrote what follows, and when; 0 where they do not."""
    together = next((n for n, line in enumerate(reversed(lines)) if is_layout(line)), len(lines))
    # Of an attribution the shortest, for a line of the writer's may stand above it; of headers all.
    short = (
        length for length in range(1, min(together, _MOST_TOGETHER) + 1) if _is_attribution(lines[-length:], names)
    )
    long = (length for length in range(min(len(lines), _MOST_LINES), 1, -1) if _is_header_block(lines[-length:], names))
    return next(short, 0) or next(long, 0)


def _is_attribution(block: list[str], names: Names) -> bool:
    """„Am 25.11.2026 um 10:00 schrieb Büro am Markt <buero@…>:“, broken into a few lines at the most."""
    text = " ".join(block)
    words = fold(text).split()
    known = names.words | _CALENDAR | _AROUND
    dated, quoting = any(map(str.isdigit, words)), any(one.issubset(words) for one in _ZITAT)
    named = not names.words.isdisjoint(words)
    written = not _VERBS.isdisjoint(words)
    return (
        text.rstrip(" >|*").endswith(":")
        and (named or (written and not _ADDRESSED.isdisjoint(words)))
        and ((dated and (written or ("@" in text and not _BY.isdisjoint(words)))) or (named and quoting))
        and all(word in known or _NUMBER.fullmatch(word) for word in words)
    )


def _is_header_block(block: list[str], names: Names) -> bool:
    """``Von: … Gesendet: … An: … Betreff: …``, each with what that mail's own headers say."""
    text = "\n".join(block)
    found = list(_LABELS.finditer(text))
    if len(found) < 2 or not is_layout(text[: found[0].start()]):
        return False
    ends = [one.start() for one in found[1:]] + [len(text)]
    return all(
        _fits(one[1].lower(), text[one.end() : end], names) for one, end in zip(found, ends, strict=True)
    ) and any(one[1].lower() in _WRITERS for one in found)


def _fits(label: str, value: str, names: Names) -> bool:
    words = fold(value).split()
    if label in _WRITERS:
        return all(word in names.words or word == "mailto" for word in words)
    if label in _DATES:
        return all(word in _CALENDAR or word == "am" or _NUMBER.fullmatch(word) for word in words)
    return own_subject(value, names.subjects)


_ANSWERED = re.compile(r"(?:(?:re|aw|antw|antwort|sv)\s?(?:\[\d{1,2}\])?\s?:\s?)+", re.IGNORECASE)


def own_subject(subject: str, ours: Collection[str]) -> bool:
    """Whether a subject is one of ours (folded), perhaps with ``Re:`` before it, and no word more."""
    plain = _ANSWERED.sub("", " ".join(subject.split()), count=1) if _ANSWERED.match(subject.strip()) else subject
    return not plain.strip() or fold(plain) in ours
