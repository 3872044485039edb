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
from siegelpost.proof.receipt import local, qr, shown, utc
from siegelpost.proof.receipt_words import spoken
from siegelpost.toolbox import paper
from siegelpost.toolbox.words import Language, Words

_TEMPLATE = Path(__file__).with_name("statement.typ")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about the dispatch: its name in German and English, its value, and what stands small below it."""

    name: Words
    value: str
    small: str = ""


_WORDS = {
    "above": Words("EINSCHREIBEN-E-MAIL", "REGISTERED E-MAIL"),
    "test": Words("TEST · kein echter Vorgang · TEST OPERATION", "TEST OPERATION · not a real matter"),
    "page": Words("Seite", "Page"),
    "of": Words(" von ", " of "),
    "issued": Words("Ausgestellt", "Issued"),
    "details": Words("Einzelheiten", "Details"),
    "ledger": Words("Im Protokoll", "In the ledger"),
    "entry": Words("Eintrag Nr.", "Entry no."),
    "kind": Words("Art (URI)", "Kind (URI)"),
    "dispatch": Words("Sendung", "Dispatch"),
    "hash": Words("Hash des Eintrags", "Hash of the entry"),
    "key": Words("Öffentlicher Schlüssel", "Public key"),
    "seal": Words(
        "Das Siegel steht für das ganze Protokoll des Büros bis zu diesem Eintrag; der Code enthält es vollständig.",
        "The checkpoint stands for the office's whole ledger up to this entry; the code holds all of it.",
    ),
    "qr": Words("QR-Code mit dem Siegel", "QR code with the checkpoint"),
    "reading": Words(
        "Dieser Beleg ist zum Lesen da. Der Nachweis der Sendung enthält denselben Eintrag und lässt sich ohne "
        "Internet prüfen. Er belegt nicht, wer vor dem Bildschirm saß. Siegelpost ist kein qualifizierter Dienst nach "
        "der eIDAS-Verordnung und kein Einschreiben der Post.",
        "This receipt is for reading. The proof of the dispatch holds the same entry and can be checked without the "
        "internet. It does not prove who sat in front of the screen. Siegelpost is no qualified service under eIDAS, "
        "and no registered letter of the post.",
    ),
}


def statement_pdf(event: Event, *, title: Words, facts: Sequence[Fact], test: bool, language: Language) -> bytes:
    """The receipt as PDF.

    Args:
        event: has its place in the tree.
        language: of whoever gets it.
    """
    raw = bytes(event.leaf)
    leaf = read_leaf(raw)
    meaning = words_by_uri(leaf.event, leaf.data).meaning
    checkpoint = Checkpoint.objects.filter(size__gt=event.leaf_index).order_by("size").first()
    created = datetime.now(UTC).replace(microsecond=0)
    content = {
        "language": language,
        "words": spoken(_WORDS, language),
        "title": title[language],
        "test": _WORDS["test"][language] if test else "",
        "subject": leaf.subject,
        "meaning": meaning[language],
        "at": local(leaf.at, language),
        "utc": utc(leaf.at),
        "facts": [[fact.name[language], shown(fact.value), shown(fact.small)] for fact in facts],
        "ledger": [
            [_WORDS["dispatch"][language], leaf.subject],
            [_WORDS["kind"][language], leaf.event],
            [_WORDS["hash"][language], leaf_hash(raw).hex()],
            [_WORDS["key"][language], shown(key.read().verifier.vkey)],
        ],
        "index": event.leaf_index,
        "checkpoint": shown(checkpoint.note) if checkpoint else "",
        "qr": qr(checkpoint.note) if checkpoint else "",
        "created": local(created, language),
    }
    return paper.pdf(_TEMPLATE, content, at=created)
