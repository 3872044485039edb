"""What a secure exposé does in its own way; the other kind is in ``registered`` (see :mod:`.kinds`)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.attachments import documents_of, named_in
from siegelpost.dispatch.frozen.snapshot import gate_html
from siegelpost.dispatch.gate import legal_texts
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.leaf import JSON
from siegelpost.office.current import the_office
from siegelpost.office.models import Language, LegalText
from siegelpost.settings import load


def submission(dispatch: Dispatch) -> dict[str, JSON]:
    """What the ledger keeps of the dispatch as it was sent."""
    page = dispatch.page
    return {
        "estates": [str(estate.public_id) for estate in dispatch.estates.all()],
        "row": page["gate"]["row"],
        "version": page["gate"]["version"],
        "reason": page.get("reason"),
        "renews": [order["dispatch"] for order in page.get("renews", [])],
        "texts": links.named(page["texts"]),
        "stated": page.get("stated", {}),
        "joint": str(dispatch.joint) if dispatch.joint else None,
        "instead_of": str(dispatch.instead_of) if dispatch.instead_of else None,
        "ordered": page.get("ordered", []),
        "page_sha256": links.canonical_sha256(page),
        "content_sha256": links.canonical_sha256(dispatch.content),
        "gate_sha256": hashlib.sha256(dispatch.gate_html).hexdigest(),
        "pdf_sha256": dispatch.pdf_sha256,
        "attachments": named_in(dispatch.content),
    }


def documents(dispatch: Dispatch) -> dict[str, bytes]:
    """What was shown and handed over, by its name in a proof."""
    found = {
        "gate.html": bytes(dispatch.gate_html),
        "page.json": links.canonical_json(dispatch.page),
        "content.json": links.canonical_json(dispatch.content),
        "expose.pdf": storage.read(dispatch.pdf_sha256),
    }
    for text in dispatch.page["texts"]:
        found[f"texts/{text['kind']}-{text['version']}.txt"] = text["text"].encode()
    for number, earlier in enumerate(dispatch.earlier.all(), start=1):
        found |= {
            f"earlier/{number}/gate.html": bytes(earlier.gate_html),
            f"earlier/{number}/page.json": links.canonical_json(earlier.page),
            f"earlier/{number}/content.json": links.canonical_json(earlier.content),
            f"earlier/{number}/expose.pdf": storage.read(earlier.pdf_sha256),
        }
    return found | documents_of(dispatch.content)


def renew(dispatch: Dispatch) -> dict[str, JSON]:
    """Its link lives long enough, but a text may name the server by the name that it had before it was held.

    Nobody has seen it yet: the same versions of the texts are filled in anew, and all else stays as its sender saw it.
    """
    if (dispatch.held_because or {}).get("address") == load().public_address:
        return {}
    page: dict[str, Any] = dispatch.page | {"texts": _filled_anew(dispatch.page["texts"], dispatch.language)}
    if german := page.get("in_german"):
        page["in_german"] = german | {"texts": _filled_anew(german["texts"], Language.GERMAN)}
    if page == dispatch.page:
        return {}
    dispatch.page, dispatch.gate_html = page, gate_html(str(dispatch.public_id), page)
    return {
        "texts": links.named(page["texts"]),
        "page_sha256": links.canonical_sha256(page),
        "gate_sha256": hashlib.sha256(dispatch.gate_html).hexdigest(),
    }


def _filled_anew(frozen: Sequence[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    office, found = the_office(), []
    for text in frozen:
        published = LegalText.objects.filter(kind=text["kind"], language=language, version=text["version"]).first()
        found.append(legal_texts.shown(published, office) if published else text)
    return found
