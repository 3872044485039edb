"""Certificates as they come in files and handshakes: a row of DER blobs. No Django, no network."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence

_BLOCK = re.compile(
    rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]{0,200000})-----END (?:X509 |TRUSTED )?CERTIFICATE-----"
)

# What one answer of a server may hold (browsers stop far earlier), and what one list of authorities.
MOST_CERTIFICATES = 300
MOST_AUTHORITIES = 2000


class ChainError(ValueError):
    """There is no certificate here that could be judged."""


def from_pem(text: str | bytes, *, most: int = MOST_CERTIFICATES) -> list[bytes]:
    """Every certificate in a PEM file, in its order, as DER; other blocks and words between are passed over.

    Raises ChainError when a block is no base64, or when they are more than ``most``. An empty file gives an empty list.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    found: list[bytes] = []
    for block in _BLOCK.finditer(data):
        if len(found) == most:
            raise ChainError(f"more than {most} certificates")
        try:
            found.append(base64.b64decode(b"".join(block[1].split()), validate=True))
        except binascii.Error as error:
            raise ChainError(f"certificate {len(found) + 1} is not written in base64") from error
    return found


def to_pem(certificates: Iterable[bytes]) -> str:
    """The certificates one after the other as PEM."""
    lines = []
    for certificate in certificates:
        text = base64.b64encode(certificate).decode("ascii")
        lines += [
            "-----BEGIN CERTIFICATE-----",
            *(text[at : at + 64] for at in range(0, len(text), 64)),
            "-----END CERTIFICATE-----",
        ]
    return "\n".join([*lines, ""]) if lines else ""


def as_certificates(chain: str | bytes | Sequence[bytes]) -> list[bytes]:
    """A chain in any of the forms callers have it: PEM text, one DER certificate, or a row of DER."""
    if isinstance(chain, str):
        return from_pem(chain)
    if isinstance(chain, bytes):
        return [chain] if chain[:1] == b"\x30" else from_pem(chain)
    if len(chain) > MOST_CERTIFICATES:
        raise ChainError(f"more than {MOST_CERTIFICATES} certificates")
    return list(chain)
