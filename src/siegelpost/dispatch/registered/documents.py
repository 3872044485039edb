"""What the ledger and a proof keep of a registered mail."""

import hashlib
from typing import Any

from django.utils import timezone

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.attachments import documents_of, named_in
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.registered.letters import ask_html, deadline
from siegelpost.ledger.leaf import JSON


def submission(dispatch: Dispatch) -> dict[str, JSON]:
    """What the ledger keeps of it as it was sent; files by their SHA-256, their names stay personal."""
    content: dict[str, Any] = dispatch.content
    return {
        "batch": str(dispatch.batch),
        "instead_of": str(dispatch.instead_of) if dispatch.instead_of else None,
        "hidden": dispatch.page["hidden"],
        "code": dispatch.page["code_by"],
        "expires_at": dispatch.expires_at.isoformat(),
        "attachments": named_in(content),
        "eml_sha256": content["eml"]["sha256"],
        "page_sha256": links.canonical_sha256(dispatch.page),
        "content_sha256": links.canonical_sha256(content),
        "gate_sha256": hashlib.sha256(dispatch.gate_html).hexdigest(),
    }


def renew(dispatch: Dispatch) -> dict[str, JSON]:
    """The period begins when the notice goes out: one that waited gets all of it."""
    dispatch.expires_at = deadline(timezone.now(), dispatch.page["days"])
    dispatch.gate_html = ask_html(str(dispatch.public_id), dispatch.page, dispatch.expires_at)
    return {
        "expires_at": dispatch.expires_at.isoformat(),
        "gate_sha256": hashlib.sha256(dispatch.gate_html).hexdigest(),
    }


def documents(dispatch: Dispatch) -> dict[str, bytes]:
    """What was shown and handed over, by its name in a proof."""
    content = dispatch.content
    return {
        "ask.html": bytes(dispatch.gate_html),
        "page.json": links.canonical_json(dispatch.page),
        "content.json": links.canonical_json(content),
        "message.eml": storage.read(content["eml"]["sha256"]),
        **documents_of(content),
    }
