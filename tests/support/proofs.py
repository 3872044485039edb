"""A proof to try things on: three events of one dispatch among others, an earlier checkpoint, two documents."""

import io
import shutil
import zipfile
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from siegelpost.ledger import anchor, key
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Checkpoint, Event, Tile, Timestamp
from siegelpost.ledger.sequencer import seal
from siegelpost.proof import bundle

HOSTILE = '#strong[x] $y$ \\ " <script> \u202e Zoë \U0001f3e0 ' + "A" * 60


def record(subject: str, *kinds: EventKind, **personal: str) -> None:
    """Append an event of each kind, each in a transaction of its own."""
    for kind in kinds:
        with transaction.atomic():
            append(kind, subject=subject, data={"n": 1}, personal=personal)


def make(*, test: bool = False, title: str = "Altbau mit Balkon, Gartenstraße 12") -> tuple[bytes, list[str]]:
    """A proof's zip, and the checkpoints that were mailed. Needs a database outside a transaction."""
    subject = str(uuid4())
    record("office", EventKind.AGENT_SIGNED_IN, name="Anna")
    record(subject, EventKind.SUBMISSION_ACCEPTANCE, recipient="Zoë Groß <zoe@example.org>")
    record(str(uuid4()), *[EventKind.NOTIFICATION_ACCESS_TRACKING] * 3, ip="192.0.2.9")
    sealed = seal()
    assert sealed
    record(subject, EventKind.DECLARATION_MADE, name=HOSTILE)
    record(subject, EventKind.GATE_OPENED)
    record(str(uuid4()), *[EventKind.NOTIFICATION_ACCESS_TRACKING] * 2)
    out = io.BytesIO()
    bundle.write(
        out,
        dispatch_id=subject,
        title=title,
        documents={"Exposé.pdf": b"%PDF-1.7 " * 40, "texts/Widerruf.txt": "Sie können …".encode()},
        mailed_checkpoints=[sealed.note],
        language="de",
        test=test,
    )
    return out.getvalue(), [sealed.note]


def files_of(raw: bytes) -> dict[str, bytes]:
    """The files in a zip."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unpack(raw: bytes, folder: Path) -> Path:
    """Write the files of a zip to a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files_of(raw).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def forget() -> None:
    """Remove the ledger and its key: the next event begins a new log."""
    for table in (Timestamp, Checkpoint, Tile, Event):
        table.objects.all().delete()
    key.path().unlink(missing_ok=True)
    anchor.path().unlink(missing_ok=True)
