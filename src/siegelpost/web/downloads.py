"""What stands behind an open gate to be downloaded: the exposé's PDF, the registered mail's .eml, attachments."""

import hashlib
import json
from typing import Any, NamedTuple

from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.dispatch.frozen import property_documents
from siegelpost.dispatch.frozen.row import PageRow, content_of
from siegelpost.dispatch.recipient.downloads import Handed
from siegelpost.estates.marking import NotMarkableError
from siegelpost.estates.media import mark_copy
from siegelpost.foreign.errors import BusyError, TooExpensiveError
from siegelpost.formats import exactly
from siegelpost.web.headers import Headers

_EML = "einschreiben.eml"
_ATTACHMENT, _DOCUMENT = "anlage/", "unterlage/"


class NotNowError(Exception):
    """The file cannot be made ready just now."""


class Download(NamedTuple):
    """A stored file and the headers it travels with; ``marked_for`` is whose name stands on the copy, ``language``
    in which words.
    """

    what: str
    sha256: str
    headers: Headers
    marked_for: str = ""
    language: str = ""

    def fetched(self) -> tuple[bytes, Handed]:
        """What is handed over, and how the ledger calls it; reads files and may take seconds.

        Raises:
            NotNowError: a copy could not be marked; an unmarked one is never given instead.
        """
        data = storage.read(self.sha256)
        if not self.marked_for:
            return data, Handed(self.what, self.sha256)
        with translation.override(self.language):
            when = _("Abgerufen am %(when)s") % {"when": exactly(timezone.now())}
        try:
            copy = mark_copy(data, self.marked_for, when)
        except (NotMarkableError, TooExpensiveError, BusyError) as error:
            raise NotNowError from error
        return copy, Handed(self.what, self.sha256, hashlib.sha256(copy).hexdigest())


def is_download(rest: str) -> bool:
    """Whether this rest of a link's path names something to download."""
    return rest in ("expose.pdf", _EML) or rest.startswith((_ATTACHMENT, _DOCUMENT))


def wanted(rest: str, found: PageRow) -> Download | None:
    """The file of an open dispatch that ``rest`` names; none if it has no such file.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    content = content_of(found)
    if rest == "expose.pdf":
        return (
            _named("pdf", found.pdf_sha256, "application/pdf", "Expose.pdf", attached=False)
            if found.pdf_sha256
            else None
        )
    if rest == _EML:
        return (
            _named("eml", content["eml"]["sha256"], "message/rfc822", "Einschreiben.eml") if "eml" in content else None
        )
    if rest.startswith(_DOCUMENT):
        return _document(rest.removeprefix(_DOCUMENT), content, found)
    number = rest.removeprefix(_ATTACHMENT)
    files = content.get("attachments", [])
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:4]) <= len(files)):
        return None
    file = files[int(number[:4]) - 1]
    return _named("attachment", file["sha256"], file["content_type"], file["name"])


def _document(document: str, content: dict[str, Any], found: PageRow) -> Download | None:
    """A property's document, where it comes with the exposé or is released to this recipient."""
    try:
        one = property_documents.named(content, document)
    except property_documents.NoSuchDocumentError:
        return None
    if not one.is_open(json.loads(found.released)):
        return None
    found_file = _named("document", one.sha256, one.media_type, one.name)
    if not one.marked:
        return found_file
    page = json.loads(found.page)
    return found_file._replace(marked_for=page["recipient"]["name"], language=page["language"])


def _named(what: str, sha256: str, content_type: str, name: str, *, attached: bool = True) -> Download:
    """Attachments are never shown by the browser itself: whatever is in them runs in no page of ours."""
    disposition = content_disposition_header(attached, name) or "inline"
    return Download(
        what,
        sha256,
        [(b"content-type", content_type.encode()), (b"content-disposition", disposition.encode("latin-1"))],
    )
