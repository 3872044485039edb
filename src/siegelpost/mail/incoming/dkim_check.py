"""Whether the writer's own domain has signed a mail (DKIM, RFC 6376), looked up here.

Asked only where the office's own mail server proves nothing (see :mod:`.authentication_results`). A mail without a
signature, or with one that does not fit, is no less a letter; it only declares nothing.
"""

from collections.abc import Sequence

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from siegelpost.mail.domain.records import Lookup, NoAnswerError, resolver
from siegelpost.mail.incoming.authentication_results import domain_of, speaks_for

# A list or a forwarder may have added one of its own on top.
_MOST = 3
# Characters of a key's record: of an RSA key of 8,192 bits. The writer's domain chooses the key, and so the work.
_LONGEST_RECORD = 1500
# Bytes, and blanks in a row, up to which the library's work is short: it looks for blanks before line ends from each of
# them on.
_LARGEST, _MOST_BLANKS = 1024 * 1024, 200


def own_dkim(raw: bytes, signatures: Sequence[str], writer: str, lookup: Lookup | None = None) -> str:
    """``pass``, ``fail``, or ``temperror`` when the DNS did not answer; empty where the writer's domain signed nothing.

    Asks the DNS for some seconds at most: never inside a transaction.

    Args:
        raw: the mail as it came in.
        signatures: its headers of that name, the uppermost first.
        writer: the address in ``From``.
        lookup: asks the DNS.
    """
    domain = domain_of(writer)
    # A lone carriage return ends a line for some readers and not for others: what was signed is not what is read.
    if len(raw) > _LARGEST or b"\r" in raw.replace(b"\r\n", b"") or b" " * _MOST_BLANKS in raw.replace(b"\t", b" "):
        return ""
    results = {
        _result(raw, number, domain, lookup or resolver())
        for number, signature in enumerate(signatures[:_MOST])
        if _speaks_for(_tags(signature), domain)
    }
    return next((result for result in ("pass", "temperror", "fail") if result in results), "")


def _tags(signature: str) -> dict[bytes, bytes]:
    try:
        return dict(parse_tag_value("".join(signature.split()).encode()))
    except (InvalidTagValueList, UnicodeEncodeError):
        return {}


def _speaks_for(tags: dict[bytes, bytes], domain: str) -> bool:
    """Whether it is by the domain itself or one above it, and covers the writer and all of the words."""
    signer = tags.get(b"d", b"").decode(errors="replace")
    covered = tags.get(b"h", b"").lower().replace(b" ", b"").split(b":")
    # With l= anybody on the way can add words below those that were signed (RFC 6376, 8.2).
    return b"l" not in tags and b"from" in covered and speaks_for(signer, domain)


def _result(raw: bytes, number: int, domain: str, ask: Lookup) -> str:
    def record(name: bytes, timeout: int = 5) -> bytes | None:
        found = ask(name.decode("ascii", "replace").rstrip("."), "TXT")
        return found[0].encode() if len(found) == 1 and len(found[0]) <= _LONGEST_RECORD else None

    signed = dkim.DKIM(raw)
    try:
        right = signed.verify(number, record)
    except NoAnswerError:
        return "temperror"
    except (dkim.DKIMException, ValueError, IndexError):  # malformed in one of many ways
        return "fail"
    # By the library's own reading: of a crooked mail it may take another header for the same one.
    return "pass" if right and _speaks_for(signed.signature_fields, domain) else "fail"
