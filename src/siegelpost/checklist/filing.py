"""Keeping a filled-in list: as a PDF among the files, and its hash in the ledger, where it can no longer change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from siegelpost import storage
from siegelpost.checklist.check import CheckState
from siegelpost.checklist.paper import as_pdf
from siegelpost.checklist.table import Checklist
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Event
from siegelpost.office.current import the_office

SUBJECT = "checklist"
COMMAND_LINE = "command line"
# The page shows the newest; the ledger keeps all.
MOST_SHOWN = 24


class NotSignedError(Exception):
    """No signed list has this hash."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A list that was kept: ``at`` is when its checks were made (UTC), ``sha256`` names its PDF."""

    at: datetime
    sha256: str
    counts: Mapping[CheckState, int]

    @property
    def state(self) -> CheckState:
        """The gravest of its lines."""
        return min(self.counts, key=list(CheckState).index, default=CheckState.OK)


def sign(found: Checklist, *, by: str) -> Signed:
    """Keep the list, in the active language, and write into the ledger what it found.

    The ledger's leaf holds no personal data: the state of each line and the PDF's SHA-256. It says that the server
    made this list at this time, not that anybody has read it.

    Args:
        by: public id of whoever asked for it, or :data:`COMMAND_LINE`.
    """
    sha256 = storage.put(as_pdf(found, the_office().name))
    data: dict[str, JSON] = {
        "at": found.at.isoformat(),
        "by": by,
        "pdf_sha256": sha256,
        "lines": {key: state.value for key, state in found.states.items()},
    }
    with transaction.atomic():
        append(EventKind.CHECKLIST_SIGNED, subject=SUBJECT, data=data)
    return Signed(found.at, sha256, found.counts)


def signed() -> list[Signed]:
    """The newest signed lists, the last one first."""
    events = Event.objects.filter(kind=EventKind.CHECKLIST_SIGNED.value).order_by("-id")[:MOST_SHOWN]
    return [_signed(bytes(event.leaf)) for event in events]


def pdf_of(sha256: str) -> tuple[Signed, bytes]:
    """A signed list with its PDF.

    Raises:
        NotSignedError: none of the lists that are shown has this hash.
        siegelpost.storage.DamagedFileError: the file was changed since.
    """
    for one in signed():
        if one.sha256 == sha256:
            return one, storage.read(sha256)
    raise NotSignedError(sha256)


def _signed(leaf: bytes) -> Signed:
    data = json.loads(leaf)["data"]
    states = [CheckState(each) for each in data["lines"].values()]
    counts = {state: states.count(state) for state in CheckState if state in states}
    return Signed(datetime.fromisoformat(data["at"]), data["pdf_sha256"], counts)
