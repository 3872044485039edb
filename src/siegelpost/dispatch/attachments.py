"""Files that travel with a dispatch: taken in with limits and clean names, kept by their SHA-256, never mailed.

Until the dispatch is sent they wait among the uploads (see :mod:`siegelpost.dispatch.uploads`).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Self

from django.core import signing
from django.utils.translation import gettext as _

from siegelpost.dispatch import uploads

MOST = 20
LARGEST_TOGETHER = 25 * 1024 * 1024  # bytes; what a mail program still opens as one .eml
LONGEST_NAME = 100

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0",)
# Ending: content type and how such a file begins. What a browser might run (HTML, SVG) and programs are not here.
TYPES = MappingProxyType(
    {
        "pdf": ("application/pdf", (b"%PDF-",)),
        "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
        "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
        "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
        "webp": ("image/webp", (b"RIFF",)),
        "tif": ("image/tiff", (b"II*\x00", b"MM\x00*")),
        "tiff": ("image/tiff", (b"II*\x00", b"MM\x00*")),
        "heic": ("image/heic", ()),
        "txt": ("text/plain", ()),
        "csv": ("text/csv", ()),
        "ics": ("text/calendar", (b"BEGIN:VCALENDAR",)),
        "vcf": ("text/vcard", (b"BEGIN:VCARD",)),
        "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
        "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIP),
        "odt": ("application/vnd.oasis.opendocument.text", _ZIP),
        "ods": ("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
        "doc": ("application/msword", _OLE),
        "xls": ("application/vnd.ms-excel", _OLE),
        "rtf": ("application/rtf", (b"{\\rtf",)),
        "zip": ("application/zip", _ZIP),
    }
)
_SIGNER = signing.Signer(salt="siegelpost.attachment")


class AttachmentRefusedError(ValueError):
    """A file cannot be attached; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that was taken in."""

    name: str
    content_type: str
    size: int  # bytes
    sha256: str

    @property
    def ticket(self) -> str:
        """What a form carries until the dispatch is sent: names the file, and cannot be made by anybody else."""
        return _SIGNER.sign_object(asdict(self))

    @classmethod
    def from_ticket(cls, ticket: str) -> Self:
        """What :attr:`ticket` names; the time it may wait begins anew.

        Raises:
            AttachmentRefusedError: it was not made here, or the file has waited too long and is gone.
        """
        try:
            file = cls(**_SIGNER.unsign_object(ticket))
        except (signing.BadSignature, TypeError, ValueError):
            raise AttachmentRefusedError(
                _("Eine Anlage ist nicht mehr zuzuordnen. Bitte wählen Sie sie neu aus.")
            ) from None
        if not uploads.still_there(file.sha256):
            raise AttachmentRefusedError(
                _(
                    "„%(name)s“ wurde vor mehr als %(days)d Tagen ausgewählt und ist nicht mehr da. Bitte wählen Sie "
                    "die Datei noch einmal aus."
                )
                % {"name": file.name, "days": uploads.KEPT_FOR.days}
            )
        return file


def take_in(name: str, content: bytes) -> Attached:
    """Take in a file that was chosen for a dispatch; it waits for the dispatch to be sent.

    Raises:
        AttachmentRefusedError: empty, too large, of a kind that is not sent, or not what its name says.
    """
    clean = clean_name(name)
    if not content:
        raise AttachmentRefusedError(_("„%(name)s“ ist leer.") % {"name": clean})
    if len(content) > LARGEST_TOGETHER:
        raise AttachmentRefusedError(_("„%(name)s“ ist größer als 25 MB.") % {"name": clean})
    ending = clean.rpartition(".")[2].lower()
    if "." not in clean or ending not in TYPES:
        raise AttachmentRefusedError(
            _("„%(name)s“ kann nicht mitgeschickt werden. Möglich sind PDF, Bilder, Office-Dateien, Text und ZIP.")
            % {"name": clean}
        )
    content_type, beginnings = TYPES[ending]
    if beginnings and not content.startswith(beginnings):
        raise AttachmentRefusedError(
            _("„%(name)s“ ist keine %(kind)s-Datei, auch wenn sie so heißt.") % {"name": clean, "kind": ending.upper()}
        )
    return Attached(clean, content_type, len(content), uploads.put(content))


def all_together(files: Iterable[Attached]) -> list[Attached]:
    """The files of one dispatch, each name once.

    Raises:
        AttachmentRefusedError: too many, or too large together.
    """
    found = list({(file.name, file.sha256): file for file in files}.values())
    if len(found) > MOST:
        raise AttachmentRefusedError(_("Es sind mehr als %(most)d Anlagen.") % {"most": MOST})
    if sum(file.size for file in found) > LARGEST_TOGETHER:
        raise AttachmentRefusedError(_("Die Anlagen sind zusammen größer als 25 MB."))
    return _named_once(found)


def _named_once(files: Sequence[Attached]) -> list[Attached]:
    taken: set[str] = set()
    named = []
    for file in files:
        stem, ending, number, name = PurePosixPath(file.name).stem, PurePosixPath(file.name).suffix, 1, file.name
        while name.casefold() in taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        taken.add(name.casefold())
        named.append(Attached(name, file.content_type, file.size, file.sha256))
    return named


def clean_name(name: str) -> str:
    """The last part of a name, without what could mislead: control and direction characters, leading dots, length."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    shown = re.sub(r'[<>:"|?*]', "-", " ".join(shown.split())).lstrip(". ").rstrip(". ")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > LONGEST_NAME and dot:
        shown = f"{stem[: LONGEST_NAME - 1 - len(ending)]}.{ending}"
    return shown[:LONGEST_NAME] or "Anlage"


def listed(files: Iterable[Attached]) -> list[dict[str, Any]]:
    """For the content of a dispatch."""
    return [asdict(file) for file in files]
