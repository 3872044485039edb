"""Whether the writer's own domain has signed a mail (DKIM, RFC 6376), looked up here.

Asked only where the server that took the mail in says nothing of it (RFC 8601). What comes out is evidence, and shown
as such; a mail without a signature, or with one that no longer fits, is no less an answer.
"""

from email.message import Message

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from siegelpost.mail import reading
from siegelpost.mail.authentication import Lookup, NoAnswerError, resolver

# A list or a forwarder may have added one of its own on top.
_MOST = 3


def own_dkim(raw: bytes, message: Message, writer: str, lookup: Lookup | None = None) -> str:
    """``pass``, ``fail``, or ``temperror`` when the DNS did not answer; empty where the writer's domain signed nothing.

    Asks the DNS for some seconds at most: never inside a transaction.
    """
    domain = writer.rpartition("@")[2].lower()
    results = {
        _result(raw, number, lookup or resolver())
        for number, signature in enumerate(reading.headers(message, "DKIM-Signature")[:_MOST])
        if domain and _speaks_for(signature, domain)
    }
    return next((result for result in ("pass", "temperror", "fail") if result in results), "")


def _speaks_for(signature: str, domain: str) -> bool:
    """Whether it is by the domain itself or one above it, and covers all of the mail."""
    try:
        tags = parse_tag_value("".join(signature.split()).encode())
    except (InvalidTagValueList, UnicodeEncodeError):
        return False
    signer = tags.get(b"d", b"").decode(errors="replace").lower()
    # With l= anybody on the way can add words below those that were signed (RFC 6376, 8.2).
    return b"l" not in tags and "." in signer and f".{domain}".endswith(f".{signer}")


def _result(raw: bytes, number: int, ask: Lookup) -> str:
    def record(name: bytes, timeout: int = 5) -> bytes | None:
        found = ask(name.decode("ascii", "replace").rstrip("."), "TXT")
        return found[0].encode() if len(found) == 1 else None

    try:
        return "pass" if dkim.DKIM(raw).verify(number, record) else "fail"
    except NoAnswerError:
        return "temperror"
    except (dkim.DKIMException, ValueError, IndexError):  # malformed in one of many ways
        return "fail"
