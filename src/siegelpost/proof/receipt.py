"""The receipt of a proof as PDF: the same events, to read and to print.

The PDF proves nothing by itself; it points to the files beside it, which do.
"""

import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import segno

from siegelpost.ledger.event_variants import words_by_uri
from siegelpost.ledger.leaf import Leaf, Opening
from siegelpost.ledger.merkle import leaf_hash
from siegelpost.ledger.note import Verifier
from siegelpost.proof.manifest import Content
from siegelpost.proof.visible import visible
from siegelpost.toolbox.archival import archival_pdf
from siegelpost.toolbox.words import Words

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
# Characters from which an event may be too tall for a page, and so may be broken across two.
_LONG = 2500
# What the personal values are called.
_PERSONAL = {
    "name": Words("Name", "name"),
    "email": Words("E-Mail", "e-mail"),
    "recipient": Words("Empfänger", "recipient"),
    "ip": Words("IP-Adresse", "IP address"),
    "browser": Words("Browser", "browser"),
    "contract": Words("Vertrag", "contract"),
}


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
class Receipt:
    """Everything that stands on the receipt."""

    subject: str
    title: str
    created: datetime
    test: bool
    entries: Sequence[ReceiptEntry]
    documents: Mapping[str, Content]
    checkpoint: str
    verifier: Verifier


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF/A-3b. The same receipt gives the same bytes.

    All text reaches the template as data, never as markup, so no name can do anything there but be shown.
    """
    content = {
        "subject": shown(receipt.subject),
        "title": shown(receipt.title),
        "test": receipt.test,
        "created": receipt.created.timestamp(),
        "created_berlin": in_berlin(receipt.created),
        "created_utc": f"{receipt.created:%Y-%m-%d %H:%M:%S} UTC",
        "events": [_entry(entry) for entry in receipt.entries],
        "documents": [
            {"name": name.removeprefix("documents/"), "sha256": content.sha256, "size": _size(content.size)}
            for name, content in receipt.documents.items()
        ],
        "checkpoint": shown(receipt.checkpoint),
        "qr": qr(receipt.checkpoint),
        "vkey": shown(receipt.verifier.vkey),
        "fingerprint": receipt.verifier.fingerprint,
        "year": receipt.created.year,
        "month": receipt.created.month,
        "day": receipt.created.day,
    }
    return archival_pdf(_TEMPLATE, content, receipt.created)


def _entry(entry: ReceiptEntry) -> dict[str, object]:
    said = words_by_uri(entry.leaf.event, entry.leaf.data)
    local = entry.leaf.at.astimezone(BERLIN)
    return {
        "index": entry.index,
        "de": shown(said.label.de),
        "en": shown(said.label.en),
        "meaning_de": said.meaning.de,
        "meaning_en": said.meaning.en,
        "uri": entry.leaf.event,
        "date": f"{local:%d.%m.%Y}",
        "time": f"{local:%H:%M:%S}",
        "zone": _zone(entry.leaf.at),
        "utc": f"{entry.leaf.at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC",
        "long": len(entry.raw) + sum(len(opening.value) for opening in entry.openings.values()) > _LONG,
        "hash": leaf_hash(entry.raw).hex(),
        "data": [[name, _value(value)] for name, value in sorted(entry.leaf.data.items()) if name not in _IN_WORDS],
        "personal": [
            [*astuple(_PERSONAL.get(name, Words(name, name))), shown(opening.value)]
            for name, opening in sorted(entry.openings.items())
        ],
        "erased": sorted(entry.leaf.personal.keys() - entry.openings.keys()),
    }


def shown(text: str) -> str:
    r"""Text as the receipt can set it; what its fonts cannot show is written as a number, like ``\\u1f3e0``."""
    composed = visible(unicodedata.normalize("NFC", text), keep="\n")
    return "".join(
        c
        if c == "\n" or (any(low <= ord(c) <= high for low, high in _SHOWN) and unicodedata.category(c)[0] != "M")
        else f"\\u{ord(c):04x}"
        for c in composed
    )


def _zone(at: datetime) -> str:
    return "MESZ" if at.astimezone(BERLIN).dst() else "MEZ"


def _value(value: object) -> str:
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _size(size: int) -> str:
    return f"{size} Byte" if size < 1000 else f"{size / 1000:.1f} kB".replace(".", ",")


def in_berlin(at: datetime) -> str:
    """Day, time to the second and zone, as they are read in Germany."""
    return f"{at.astimezone(BERLIN):%d.%m.%Y, %H:%M:%S} {_zone(at)}"


def qr(text: str) -> str:
    """The text as a QR code in SVG."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
