"""Secrets at rest: what the database must be able to give back, but nobody may read in it without our keys."""

import base64

from cryptography.fernet import Fernet

from siegelpost.settings import load


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(load().secret("fields")))


def seal(plain: str) -> str:
    """``plain`` encrypted and authenticated with this installation's key; empty stays empty."""
    return _fernet().encrypt(plain.encode()).decode() if plain else ""


def unseal(sealed: str) -> str:
    """What :func:`seal` was given.

    Raises:
        cryptography.fernet.InvalidToken: damaged, or sealed by another installation's key.
    """
    return _fernet().decrypt(sealed.encode()).decode() if sealed else ""
