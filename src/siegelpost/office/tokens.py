"""Secret tokens in links: made here, stored only as hashes."""

import hashlib
import secrets

TOKEN_BYTES = 24


def new_token() -> tuple[str, bytes]:
    """A fresh token (192 random bits, URL-safe) and the hash under which it is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """SHA-256 of the token; looking it up by this hash leaks nothing about the token through timing."""
    return hashlib.sha256(token.encode()).digest()
