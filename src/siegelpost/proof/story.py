"""What a judge reads first: who, what, when, from where, with which texts; from the events and the frozen documents.

Documents of older versions, and of later ones, say less or more: what is not there is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from siegelpost.ledger.event_variants import words_by_uri
from siegelpost.ledger.events import EventKind, by_uri
from siegelpost.ledger.leaf import Leaf, Opening
from siegelpost.proof import receipt_words as w
from siegelpost.proof.shown_page import ShownBlock, blocks
from siegelpost.toolbox.words import Language, Words

K = EventKind
# What changes how things stand, or is an act of somebody; of the two last kinds the first of each is enough.
TOLD: Final = frozenset(
    {
        *(K.SUBMISSION_ACCEPTANCE, K.NOTIFICATION_FOR_ACCEPTANCE, K.NOTIFICATION_FOR_ACCEPTANCE_FAILURE),
        *(K.RELAY_TO_NON_ERDS_FAILURE, K.DECLARATION_MADE, K.GATE_OPENED, K.CONSIGNMENT_ACCEPTANCE),
        *(K.CONSIGNMENT_REJECTION, K.ACCEPTANCE_REJECTION_EXPIRY, K.CONTENT_HANDOVER, K.WITHDRAWAL_DECLARED),
        *(K.WITHDRAWAL_ACKNOWLEDGED, K.WITHDRAWAL_ASSIGNED, K.WITHDRAWAL_DECIDED, K.PRIOR_KNOWLEDGE_STATED),
        *(K.CONTRACT_CONCLUDED, K.CONTRACT_ENDED, K.CONTRACT_RESUMED, K.DISPATCH_REVOKED, K.DOCUMENT_REPLACED),
        *(K.REPLY_RECEIVED, K.DISPATCH_SENT_AGAIN),
    }
)
ONCE: Final = frozenset({K.NOTIFICATION_FOR_ACCEPTANCE, K.CONTENT_HANDOVER})
MOST_LINES = 14
# What an event says of itself in plain words, in this order.
SPEAKING: Final = ("text", "answer")
LONGEST_WORDS = 400


@dataclass(frozen=True, slots=True)
class StoryLine:
    """An event that is told on the first page."""

    at: datetime
    label: Words
    words: str  # what was declared or answered, as it stands in the event
    where: str  # the visitor's address; empty where nobody visited


def lines(events: Sequence[tuple[Leaf, Mapping[str, Opening]]]) -> list[StoryLine]:
    """The events that are told, in their order."""
    found: list[StoryLine] = []
    seen: set[tuple[EventKind, object]] = set()
    for leaf, openings in events:
        kind = by_uri(leaf.event)
        if kind not in TOLD or kind is None:
            continue
        same = (kind, str(leaf.data.get("what", "")))
        if kind in ONCE and same in seen:
            continue
        seen.add(same)
        said = next((str(leaf.data[name]) for name in SPEAKING if leaf.data.get(name)), "")
        found.append(StoryLine(leaf.at, words_by_uri(leaf.event, leaf.data).label, _cut(said), where(openings)))
    return found


def _cut(words: str) -> str:
    """What of the words stands on the first page; that they go on, in the annex, is seen."""
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1].rstrip() + "…"


def where(openings: Mapping[str, Opening]) -> str:
    """The visitor's IP address, and the port where it was kept."""
    told = next((openings[name].value for name in ("client", "ip") if name in openings), "")
    return told.split(" ")[0]


@dataclass(frozen=True, slots=True)
class ShownText:
    """A legal text as it was frozen."""

    title: str
    version: str
    text: str


class Frozen:
    """What stands in the frozen documents, by their names in the bundle."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents
        self.page = _json(documents.get("page.json"))
        self.content = _json(documents.get("content.json"))

    def people(
        self, leaves: Sequence[Leaf], openings: Sequence[Mapping[str, Opening]], language: Language
    ) -> list[list[str]]:
        """Labels and values: who sent what to whom."""
        office, agent, recipient = (_dict(self.page.get(name)) for name in ("office", "agent", "recipient"))
        email = next((one["email"].value for one in openings if "email" in one), "")
        kind = next((str(leaf.data["kind"]) for leaf in leaves if leaf.data.get("kind")), "")
        found = [
            (w.KIND, w.KINDS[kind][language] if kind in w.KINDS else kind),
            (w.SENDER, _joined(agent.get("name"), office.get("name"), office.get("address_line"), agent.get("email"))),
            (w.RECIPIENT, _joined(recipient.get("name"), email)),
            *((w.ESTATE, _joined(one.get("title"), one.get("city_line"))) for one in _dicts(self.page.get("estates"))),
        ]
        return [[label[language], value] for label, value in found if value]

    def pages(self) -> list[tuple[str, list[ShownBlock]]]:
        """The pages as they were shown, by their file; the recipient's own first."""
        names = [name for name in self._documents if name.endswith(".html")]
        names.sort(key=lambda name: (name.count("/"), name))
        return [(name, blocks(self._documents[name].decode(errors="replace"))) for name in names]

    def behind(self, language: Language) -> list[list[str]]:
        """Labels and values of what the page opened: properties with their figures, or a message."""
        found: list[list[str]] = []
        for estate in _dicts(self.content.get("estates")):
            found.append(
                [w.ESTATE[language], _joined(estate.get("title"), estate.get("street_line"), estate.get("city_line"))]
            )
            found += [[str(row.get("label")), str(row.get("value"))] for row in _dicts(estate.get("highlights"))]
        if message := self.content.get("message"):
            found.append([w.RECEIPT["message"][language], str(message)])
        return [row for row in found if row[1]]

    def texts(self) -> list[ShownText]:
        """The legal texts with their titles."""
        return [
            ShownText(
                str(one.get("title") or one.get("kind") or ""), str(one.get("version", "")), str(one.get("text", ""))
            )
            for one in _dicts(self.page.get("texts"))
        ]


def _json(raw: bytes | None) -> dict[str, Any]:
    try:
        return _dict(json.loads(raw or b"{}"))
    except ValueError:
        return {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)
