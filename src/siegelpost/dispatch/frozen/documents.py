"""What the ledger and a proof keep of what a recipient is shown."""

import hashlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen import property_documents
from siegelpost.dispatch.frozen.files import enclosed_in
from siegelpost.dispatch.models import Dispatch, Earlier
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.models import Event

# How events name what is shown, by its SHA-256.
HASHES: Mapping[str, Callable[[Dispatch | Earlier], str]] = MappingProxyType(
    {
        "page_sha256": lambda row: links.canonical_sha256(row.page),
        "content_sha256": lambda row: links.canonical_sha256(row.content),
        "gate_sha256": lambda row: hashlib.sha256(row.gate_html).hexdigest(),
        "pdf_sha256": lambda row: row.pdf_sha256,
    }
)


def sha256_of(row: Dispatch | Earlier, *names: str) -> dict[str, JSON]:
    """These of :data:`HASHES`."""
    return {name: HASHES[name](row) for name in names}


def shown(dispatch: Dispatch) -> dict[str, JSON]:
    """What the ledger names of an exposé whenever it is frozen."""
    return {
        **sha256_of(dispatch, *HASHES),
        "texts": links.named(dispatch.page["texts"]),
        "attachments": _attachments(dispatch),
    }


def expose_submission(dispatch: Dispatch) -> dict[str, JSON]:
    """What the ledger keeps of a secure exposé as it was sent."""
    page = dispatch.page
    return {
        **shown(dispatch),
        "estates": [str(estate.public_id) for estate in dispatch.estates.all()],
        "row": page["gate"]["row"],
        "version": page["gate"]["version"],
        "reason": page.get("reason"),
        "renews": [order["dispatch"] for order in page.get("renews", [])],
        "stated": page.get("stated", {}),
        "joint": str(dispatch.joint) if dispatch.joint else None,
        "instead_of": str(dispatch.instead_of) if dispatch.instead_of else None,
        "ordered": page.get("ordered", []),
    }


def registered_submission(dispatch: Dispatch) -> dict[str, JSON]:
    """What the ledger keeps of a registered mail as it was sent; files by their SHA-256, their names stay personal."""
    return {
        **sha256_of(dispatch, "page_sha256", "content_sha256", "gate_sha256"),
        "batch": str(dispatch.batch),
        "instead_of": str(dispatch.instead_of) if dispatch.instead_of else None,
        "hidden": dispatch.page["hidden"],
        "code": dispatch.page["code_by"],
        "expires_at": dispatch.expires_at.isoformat(),
        "attachments": _attachments(dispatch),
        "eml_sha256": dispatch.content["eml"]["sha256"],
    }


def expose_documents(dispatch: Dispatch) -> dict[str, bytes]:
    """What was shown and handed over, by its name in a proof."""
    found = _expose(dispatch)
    for text in dispatch.page["texts"]:
        found[f"texts/{text['kind']}-{text['version']}.txt"] = text["text"].encode()
    for sha256 in enclosed_in(dispatch.page):
        found["texts/texts.pdf"] = storage.read(sha256)
    for number, earlier in enumerate(dispatch.earlier.all(), start=1):
        found |= {f"earlier/{number}/{name}": document for name, document in _expose(earlier).items()}
    return found | _attached(dispatch) | _of_properties(dispatch)


def registered_documents(dispatch: Dispatch) -> dict[str, bytes]:
    """What was shown and handed over, by its name in a proof."""
    return {
        "ask.html": bytes(dispatch.gate_html),
        **_frozen(dispatch),
        "message.eml": storage.read(dispatch.content["eml"]["sha256"]),
        **_attached(dispatch),
    }


def _expose(row: Dispatch | Earlier) -> dict[str, bytes]:
    return {"gate.html": bytes(row.gate_html), **_frozen(row), "expose.pdf": storage.read(row.pdf_sha256)}


def _frozen(row: Dispatch | Earlier) -> dict[str, bytes]:
    return {"page.json": links.canonical_json(row.page), "content.json": links.canonical_json(row.content)}


def _attached(dispatch: Dispatch) -> dict[str, bytes]:
    files = dispatch.content.get("attachments", [])
    return {f"attachments/{file['name']}": storage.read(file["sha256"]) for file in files}


def _of_properties(dispatch: Dispatch) -> dict[str, bytes]:
    """The properties' documents that were released or handed over; others may be nobody's business."""
    versions: list[Dispatch | Earlier] = [dispatch, *dispatch.earlier.all()]
    files = {one.sha256 for version in versions for one in property_documents.of_content(version.content)}
    kinds = [EventKind.DOCUMENT_RELEASED, EventKind.CONTENT_HANDOVER]
    told = Event.objects.filter(subject=str(dispatch.public_id), kind__in=kinds).values_list("leaf", flat=True)
    named = {json.loads(bytes(leaf))["data"].get("sha256") for leaf in told}
    return {f"property/{sha256}.pdf": storage.read(sha256) for sha256 in sorted(files & named)}


def _attachments(dispatch: Dispatch) -> list[JSON]:
    """As the ledger names them; what they are called stays personal."""
    return [{"sha256": file["sha256"], "bytes": file["size"]} for file in dispatch.content.get("attachments", [])]
