"""A receipt of one event as PDF: what happened, of which dispatch, and where it stands in the ledger.

Like the receipt of a whole proof it is for reading; what proves it is the proof, which holds the same event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from siegelpost.ledger import key
from siegelpost.ledger.event_variants import words_by_uri
from siegelpost.ledger.leaf import read as read_leaf
from siegelpost.ledger.merkle import leaf_hash
from siegelpost.ledger.models import Checkpoint, Event
from siegelpost.proof.receipt import in_berlin, qr, shown
from siegelpost.toolbox.archival import archival_pdf
from siegelpost.toolbox.words import Words

_TEMPLATE = Path(__file__).with_name("statement.typ")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about the dispatch: its name in German and English, its value, and what stands small below it."""

    name: Words
    value: str
    small: str = ""


def statement_pdf(event: Event, *, title: Words, facts: Sequence[Fact], test: bool) -> bytes:
    """The receipt as PDF/A-3b.

    Args:
        event: has its place in the tree.
    """
    raw = bytes(event.leaf)
    leaf = read_leaf(raw)
    meaning = words_by_uri(leaf.event, leaf.data).meaning
    checkpoint = Checkpoint.objects.filter(size__gt=event.leaf_index).order_by("size").first()
    created = datetime.now(UTC).replace(microsecond=0)
    content = {
        "title_de": title.de,
        "title_en": title.en,
        "test": test,
        "subject": leaf.subject,
        "meaning_de": meaning.de,
        "meaning_en": meaning.en,
        "uri": leaf.event,
        "at": in_berlin(leaf.at),
        "utc": f"{leaf.at:%Y-%m-%d %H:%M:%S} UTC",
        "facts": [[fact.name.de, fact.name.en, shown(fact.value), shown(fact.small)] for fact in facts],
        "index": event.leaf_index,
        "hash": leaf_hash(raw).hex(),
        "checkpoint": shown(checkpoint.note) if checkpoint else "",
        "qr": qr(checkpoint.note) if checkpoint else "",
        "vkey": shown(key.read().verifier.vkey),
        "created": in_berlin(created),
        "date": [created.year, created.month, created.day],
    }
    return archival_pdf(_TEMPLATE, content, created)
