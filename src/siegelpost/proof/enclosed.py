"""The texts' PDF that travelled in a mail: the one that a page names, or the recipient was given other words.

Pure: no Django, no database, no network. A mail is what the office's server wrote, and the office is who a proof is
checked against: whatever its bytes are, the answer is one or the other.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message

from siegelpost.ledger.leaf import JSON

# Mails that lead to the page before the gate, as they are called in proofs of now and of before.
_WITH_TEXTS = re.compile(r"mails/[0-9]{1,19}-(?:notice|reminder|reply_hint)\.eml", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def named_by(pages: Iterator[Mapping[str, JSON]]) -> set[str]:
    """The SHA-256 of each PDF of texts that these pages name."""
    enclosed = [page.get("texts_pdf") for page in pages]
    found = [each.get("sha256") for each in enclosed if isinstance(each, dict)]
    return {each for each in found if isinstance(each, str) and _SHA256.match(each)}


def has_other(path: str, mail: bytes, named: set[str]) -> bool:
    """Whether a mail at this path of a proof encloses a PDF that none of the pages names; where none is, it may."""
    if not named or not _WITH_TEXTS.fullmatch(path):
        return False
    try:
        return any(hashlib.sha256(pdf).hexdigest() not in named for pdf in _pdfs(message_from_bytes(mail)))
    except (RecursionError, ValueError, LookupError):
        return True  # nobody can say what it encloses


def _pdfs(mail: Message) -> Iterator[bytes]:
    for part in mail.walk():
        if part.get_content_type() == "application/pdf":
            content = part.get_payload(decode=True)
            yield content if isinstance(content, bytes) else b""
