"""Proofs to try things on: small ones, and one with everything that a person can be shown."""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from siegelpost.ledger import anchor, key
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Checkpoint, Event, Tile, Timestamp
from siegelpost.ledger.sequencer import seal
from siegelpost.proof import bundle
from siegelpost.proof.manifest import Content, open_note

HOSTILE = '#strong[x] $y$ \\ " <script> \u202e Zoë \U0001f3e0 ' + "A" * 60
TITLE = "Altbau mit Balkon, Gartenstraße 12"
# What the first event of every dispatch says at least.
ACCEPTED: Mapping[str, JSON] = {"kind": "secure_expose", "language": "de", "test": False}


def record(subject: str, *kinds: EventKind, data: Mapping[str, JSON] | None = None, **personal: str) -> None:
    """Append an event of each kind, each in a transaction of its own."""
    for kind in kinds:
        said = ACCEPTED if kind is EventKind.SUBMISSION_ACCEPTANCE else {"n": 1}
        with transaction.atomic():
            append(kind, subject=subject, data={**said, **(data or {})}, personal=personal)


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def texts_pdf(number: int = 1) -> bytes:
    """The texts of one version as a PDF."""
    return b"%PDF-1.7 texts " * 20 + str(number).encode()


def version(title: str, number: int = 1, attachments: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """What is frozen of a secure exposé, by its path in a proof."""
    files = attachments or {}
    texts = [
        {"kind": kind, "version": number, "text": f"{kind}: Sie können … {number}"} for kind in ("contract", "privacy")
    ]
    page = {
        "subject": title,
        "gate": {"button": {"label": "Zahlungspflichtig bestellen"}, "declarations": []},
        "offers": [{"commission": f"2,97{number} % inkl. MwSt."}],
        "texts": texts,
        "texts_pdf": {"sha256": sha256(texts_pdf(number))},
    }
    content = {
        "estates": [{"price": f"48{number}.000 €"}],
        "attachments": [{"name": name, "sha256": sha256(raw)} for name, raw in files.items()],
    }
    return {
        "gate.html": f"<html>{title} {number}</html>".encode(),
        "page.json": _json(page),
        "content.json": _json(content),
        "expose.pdf": b"%PDF-1.7 " * 20 + str(number).encode(),
        "texts/texts.pdf": texts_pdf(number),
        **{f"texts/{text['kind']}-{text['version']}.txt": str(text["text"]).encode() for text in texts},
    }


def named(frozen: Mapping[str, bytes]) -> dict[str, JSON]:
    """How an event names what was frozen."""
    members = {"gate": "gate.html", "page": "page.json", "content": "content.json", "pdf": "expose.pdf"}
    return {f"{member}_sha256": sha256(frozen[path]) for member, path in members.items()}


def declared(frozen: Mapping[str, bytes]) -> dict[str, JSON]:
    """What an order says of the page."""
    page = json.loads(frozen["page.json"])
    label = page["gate"]["button"]["label"]
    return {
        "declaration": "order",
        "text": label,
        "label": label,
        "offers": page["offers"],
        "page_sha256": sha256(frozen["page.json"]),
    }


def make(*, test: bool = False, title: str = TITLE) -> tuple[bytes, list[str]]:
    """A proof's zip of three events, and the checkpoints that were mailed. Needs a database outside a transaction."""
    subject, frozen = str(uuid4()), version(title)
    record("office", EventKind.AGENT_SIGNED_IN, name="Anna")
    accepted = {**named(frozen), "test": test}
    record(subject, EventKind.SUBMISSION_ACCEPTANCE, data=accepted, recipient="Zoë Groß <zoe@example.org>")
    record(str(uuid4()), *[EventKind.NOTIFICATION_ACCESS_TRACKING] * 3, ip="192.0.2.9")
    sealed = seal()
    assert sealed
    record(subject, EventKind.DECLARATION_MADE, data={**declared(frozen), "test": test}, name=HOSTILE)
    record(subject, EventKind.GATE_OPENED)
    record(str(uuid4()), *[EventKind.NOTIFICATION_ACCESS_TRACKING] * 2)
    return write(subject, title=title, documents=frozen, mailed_checkpoints=[sealed.note], test=test), [sealed.note]


def write(subject: str, **options: Any) -> bytes:
    """The proof of a subject as a zip."""
    out = io.BytesIO()
    defaults: dict[str, Any] = {"title": TITLE, "documents": {}, "language": "de", "test": False}
    bundle.write(out, dispatch_id=subject, **(defaults | options))
    return out.getvalue()


def with_texts(pdf: bytes) -> bytes:
    """A mail in which the texts travel as a PDF."""
    mail = EmailMessage()
    mail["To"] = "zoe"
    mail.set_content("Link xxxx 1")
    mail.add_attachment(pdf, "application", "pdf", filename="Zum Nachlesen und Aufheben.pdf")
    return mail.as_bytes()


def make_rich(sent: bytes | None = None) -> tuple[bytes, list[str]]:
    """A proof with everything that people are shown: replaced versions, texts, attachments, mails, answers, pages.

    Args:
        sent: the PDF of the texts in the first mail, if not the one that the page of then names.
    """
    subject = str(uuid4())
    attachments = {"Grundriss.pdf": b"plan", "Grundriss.PDF": b"another plan", "Fotos Küche.zip": b"pictures"}
    versions = [version(TITLE, number, attachments) for number in (1, 2, 3)]
    record(subject, EventKind.SUBMISSION_ACCEPTANCE, data=named(versions[0]), recipient="Zoë")
    documents = {f"attachments/{name}": raw for name, raw in attachments.items()}

    def repeated(kind: EventKind, path: str, raw: bytes, data: Mapping[str, JSON]) -> None:
        seal()
        index = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
        record(subject, kind, data=data)
        documents[path.format(index)] = raw

    def mailed(purpose: str, raw: bytes) -> None:
        data = {
            "mail": f"<{sha256(raw)[:8]}@x>",
            "purpose": purpose,
            "redacted_sha256": sha256(raw),
            "sha256": sha256(b"+" + raw),
        }
        repeated(EventKind.RELAY_TO_NON_ERDS, f"mails/{{:09}}-{purpose}.eml", raw, data)

    mailed("notice", with_texts(texts_pdf() if sent is None else sent))
    mailed("reminder", b"To: zoe\r\n\r\nLink xxxx 2")
    mailed("reminder", b"To: zoe\r\n\r\nLink xxxx 3")
    for number in (1, 2):
        record(subject, EventKind.DOCUMENT_REPLACED, data=named(versions[number]) | {"language": "de"})
        documents |= {f"earlier/{number}/{path}": raw for path, raw in versions[number - 1].items() if "/" not in path}
    record(subject, EventKind.DECLARATION_MADE, data=declared(versions[2]) | {"test": False}, name="Zoë")
    sealed = seal()
    assert sealed
    mailed("confirmation", f"To: zoe\r\n\r\nSiegel:\n\n{sealed.note}\n".encode())
    for words in (b"Ja", b"Danke"):
        data = {"received": str(uuid4()), "redacted_sha256": sha256(words), "sha256": sha256(b"+" + words)}
        repeated(EventKind.REPLY_RECEIVED, "answers/{:09}.eml", words, data)
    page = b"<html>Widerruf</html>"
    data = {"withdrawal": str(uuid4()), "page_sha256": sha256(page)}
    repeated(EventKind.WITHDRAWAL_DECLARED, "withdrawal/{:09}.html", page, data)
    mailed("withdrawal_acknowledgement", b"To: zoe\r\n\r\nEingang")
    return write(subject, documents=versions[2] | documents, mailed_checkpoints=[sealed.note]), [sealed.note]


def resigned(files: Mapping[str, bytes], **changed: Any) -> dict[str, bytes]:
    """The files with a new list of contents, signed with the office's key as it lies there."""
    _note, manifest = open_note(files["manifest.txt"])
    rest = {name: raw for name, raw in files.items() if name != "manifest.txt"}
    listed = {name: Content.of(raw) for name, raw in rest.items()}
    return rest | {"manifest.txt": key.read().sign(replace(manifest, files=listed, **changed).text).encode()}


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


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
