"""Mails at rest: a queued mail holds the recipient's secret link, so the database has it encrypted."""

import base64

from cryptography.fernet import Fernet

from siegelpost.settings import load


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(load().secret("mail")))


def seal(mime: bytes) -> bytes:
    """``mime`` encrypted and authenticated with this installation's key for mails."""
    return _fernet().encrypt(mime)


def unseal(sealed: bytes) -> bytes:
    """What :func:`seal` was given.

    Raises:
        cryptography.fernet.InvalidToken: damaged, or sealed by another installation's key.
    """
    return _fernet().decrypt(sealed)
