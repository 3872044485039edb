"""The receipt of a proof as PDF: a story on the first page, what was shown, the texts, and an annex for experts.

The PDF proves nothing by itself; it points to the files beside it, which do.
"""

import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import segno

from siegelpost.ledger.event_variants import words_by_uri
from siegelpost.ledger.leaf import Leaf, Opening
from siegelpost.ledger.merkle import leaf_hash
from siegelpost.ledger.note import Verifier
from siegelpost.proof import receipt_words as w
from siegelpost.proof import story
from siegelpost.proof.manifest import Content
from siegelpost.proof.visible import visible
from siegelpost.toolbox import paper
from siegelpost.toolbox.words import Language, Words

BERLIN = ZoneInfo("Europe/Berlin")
_TEMPLATE = Path(__file__).with_name("receipt.typ")
# What the fonts inside typst can show, in the serif and in the monospaced one: Latin, Greek and Cyrillic, Hebrew and
# Arabic letters, punctuation, arrows. PDF/A allows no character without a glyph.
_SHOWN = (
    (0x20, 0x4FF),
    (0x5D0, 0x5EA),
    (0x621, 0x63A),
    (0x641, 0x64A),
    (0x1E00, 0x2040),
    (0x20AC, 0x20AC),
    (0x2190, 0x22FF),
)
# What the name and the meaning of an event say already; a bare "false" would say more than anybody knows.
_IN_WORDS = frozenset({"machine", "again", "what"})


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """An event on the receipt."""

    index: int
    raw: bytes
    leaf: Leaf
    openings: Mapping[str, Opening]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that lies in the proof: whose, when, over how many entries."""

    authority: str
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that stands on the receipt; ``documents`` by their names below ``documents/``."""

    subject: str
    title: str
    created: datetime
    test: bool
    entries: Sequence[ReceiptEntry]
    documents: Mapping[str, bytes]
    checkpoint: str
    verifier: Verifier
    language: Language = "de"
    mailed: Sequence[int] = ()
    stamps: Sequence[Stamp] = ()


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF. The same receipt gives the same bytes.

    All text reaches the template as data, never as markup, so no name can do anything there but be shown.
    """
    language, frozen = receipt.language, story.Frozen(receipt.documents)
    events = [(entry.leaf, entry.openings) for entry in receipt.entries]
    told = story.lines(events)
    texts = frozen.texts()
    content = {
        "language": language,
        "words": {**w.spoken(w.RECEIPT, language), "more": ""},
        "test": w.RECEIPT["test"][language] if receipt.test else "",
        "subject": shown(receipt.subject),
        "title": shown(receipt.title),
        "about": [
            *([label, shown(value)] for label, value in frozen.people(*_parted(events), language)),
            [w.NUMBER[language], shown(receipt.subject)],
            [w.ISSUED[language], f"{local(receipt.created, language)} ({utc(receipt.created)})"],
        ],
        "story": [
            [
                local(one.at, language),
                utc(one.at),
                shown(one.label[language]),
                _quoted(one.words, language),
                shown(one.where),
            ]
            for one in told[: story.MOST_LINES]
        ],
        "more": w.RECEIPT["more"].filled(len(told) - story.MOST_LINES)[language]
        if len(told) > story.MOST_LINES
        else "",
        "texts": [[shown(one.title), shown(one.version)] for one in texts],
        "secured": [one[language] for one in _secured(receipt)],
        "proves": [one[language] for one in w.PROVES],
        "proves-not": [one[language] for one in w.PROVES_NOT],
        "pages": [
            {"file": name, "blocks": [[block.kind, shown(block.text), shown(block.value)] for block in page]}
            for name, page in frozen.pages()
        ],
        "behind": [[shown(label), shown(value)] for label, value in frozen.behind(language)],
        "words-of-texts": [
            {"title": shown(one.title), "version": shown(one.version), "paragraphs": _paragraphs(one)} for one in texts
        ],
        "events": [_entry(entry, language) for entry in receipt.entries],
        "documents": [_document(name, Content.of(raw), language) for name, raw in receipt.documents.items()],
        "checkpoint": shown(receipt.checkpoint),
        "qr": qr(receipt.checkpoint),
        "vkey": shown(receipt.verifier.vkey),
        "fingerprint": receipt.verifier.fingerprint,
    }
    return paper.pdf(_TEMPLATE, content, at=receipt.created)


def _parted(
    events: Sequence[tuple[Leaf, Mapping[str, Opening]]],
) -> tuple[list[Leaf], list[Mapping[str, Opening]]]:
    return [leaf for leaf, _ in events], [openings for _, openings in events]


def _secured(receipt: Receipt) -> list[Words]:
    """What holds the events fast, in sentences."""
    size = receipt.checkpoint.split("\n")[1]
    found = [w.SEALED.filled(size)]
    if receipt.mailed:
        found.append(w.MAILED.filled(", ".join(str(each) for each in sorted(receipt.mailed))))
    found += [
        w.STAMPED.filled(shown(one.authority), Words(local(one.at, "de"), local(one.at, "en")), one.size)
        for one in receipt.stamps
    ]
    return found if len(found) > 1 else [*found, w.NOTHING_OUTSIDE]


def _entry(entry: ReceiptEntry, language: Language) -> dict[str, object]:
    said = words_by_uri(entry.leaf.event, entry.leaf.data)
    labels = w.RECEIPT
    rows = [
        [labels["utc"][language], f"{local(entry.leaf.at, language)} · {utc(entry.leaf.at, exact=True)}"],
        *(
            [w.PERSONAL[name][language] if name in w.PERSONAL else shown(name), shown(opening.value)]
            for name, opening in sorted(entry.openings.items())
        ),
    ]
    if erased := sorted(entry.leaf.personal.keys() - entry.openings.keys()):
        rows.append([labels["erased"][language], shown(", ".join(erased))])
    data = [[shown(name), _value(value)] for name, value in sorted(entry.leaf.data.items()) if name not in _IN_WORDS]
    return {
        "index": entry.index,
        "label": shown(said.label[language]),
        "meaning": said.meaning[language],
        "rows": rows,
        "data": [
            *data,
            [labels["kind"][language], shown(entry.leaf.event)],
            [labels["hash"][language], leaf_hash(entry.raw).hex()],
        ],
    }


def _document(name: str, content: Content, language: Language) -> list[str]:
    plainly = next((words[language] for start, words in w.FILES.items() if name.startswith(start)), "")
    return [plainly, name, _size(content.size, language), content.sha256]


def _paragraphs(text: story.ShownText) -> list[list[str]]:
    """Without the first line where it only says the title again."""
    found = [[shown(line) for line in part.split("\n")] for part in re.split(r"\n\s*\n", text.text.strip("\n"))]
    return found[1:] if found and len(found[0]) == 1 and text.title.startswith(found[0][0]) else found


def shown(text: str) -> str:
    r"""Text as a receipt can set it; what its fonts cannot show is written as a number, like ``\\u1f3e0``."""
    composed = visible(unicodedata.normalize("NFC", text), keep="\n\u00a0")
    return "".join(c if c == "\n" or _has_glyph(c) else f"\\u{ord(c):04x}" for c in composed)


def _has_glyph(c: str) -> bool:
    return any(low <= ord(c) <= high for low, high in _SHOWN) and unicodedata.category(c)[0] != "M"


def _quoted(words: str, language: Language) -> str:
    return w.QUOTED.filled(shown(words))[language] if words else ""


def _value(value: object) -> str:
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _size(size: int, language: Language) -> str:
    if size < 1000:
        return f"{size} Byte"
    text = f"{size / 1000:.1f} kB"
    return text if language == "en" else text.replace(".", ",")


def local(at: datetime, language: Language) -> str:
    """Day, time to the second and zone, as they are read in Germany."""
    there = at.astimezone(BERLIN)
    zone = Words(*(("MESZ", "CEST") if there.dst() else ("MEZ", "CET")))[language]
    day = f"{there:%d.%m.%Y}" if language == "de" else f"{there.day} {there:%b %Y}"
    return f"{day}, {there:%H:%M:%S} {zone}"


def utc(at: datetime, *, exact: bool = False) -> str:
    """The same moment in universal time."""
    return (f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3] if exact else f"{at:%Y-%m-%d %H:%M:%S}") + " UTC"


def qr(text: str) -> str:
    """The text as a QR code in SVG."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
