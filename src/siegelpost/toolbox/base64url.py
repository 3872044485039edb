"""Bytes as they stand in addresses and signed tokens: base64url (RFC 4648, 5), as RFC 7515 wants it."""

import base64


def base64url(value: bytes) -> str:
    """Without the padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
