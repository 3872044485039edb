"""The legal texts of a page as one PDF beside the mail: made when it is sent, and named in the page by its SHA-256."""

import json
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.dispatch.frozen.contract_pdf import office_lines, text_shown
from siegelpost.mail.outgoing.compose import Attachment
from siegelpost.toolbox import paper
from siegelpost.toolbox.paper import accent

TEMPLATE = Path(__file__).with_name("enclosed_texts.typ")
# What a page calls it; without texts there is none, and pages frozen before have none.
NAME = "texts_pdf"


def enclose(page: dict[str, Any]) -> None:
    """Make the PDF of the page's texts, store it, and name it in the page; takes a tenth of a second."""
    if page["texts"]:
        pdf = _made(json.dumps(_content(page)), timezone.localdate())
        page[NAME] = {"sha256": storage.put(pdf)}


def attachment(page: dict[str, Any]) -> list[Attachment]:
    """The PDF for a mail with the texts; none where the page has none.

    Raises:
        FileNotFoundError, siegelpost.storage.DamagedFileError: it is gone.
    """
    if not page.get(NAME):
        return []
    with translation.override(page["language"]):
        name = _("Zum Nachlesen und Aufheben.pdf")
    return [Attachment(name, "application/pdf", storage.read(page[NAME]["sha256"]))]


def _content(page: dict[str, Any]) -> dict[str, Any]:
    with translation.override(page["language"]):
        return {
            "title": _("Zum Nachlesen und Aufheben"),
            "language": page["language"],
            "test": _("TEST – ohne rechtliche Bedeutung") if page["test"] else "",
            "page": _("Seite"),
            "colour": accent(page["office"]["colour"]),
            "office": office_lines(page),
            "texts": [text_shown(text, page) for text in page["texts"]],
        }


@lru_cache(maxsize=8)
def _made(content: str, on: date) -> bytes:
    """The same for everybody who gets the same texts on one day."""
    return paper.pdf(TEMPLATE, json.loads(content), at=datetime.combine(on, time(), UTC))
