"""Secrets at rest: encrypted and authenticated (Fernet), so that who has not the key neither reads nor changes them."""

import base64
import os
from collections.abc import Callable
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_SALT = 16


class UnsealableError(Exception):
    """It is damaged, too old, or was sealed by another key."""


class Sealer:
    """What one key of 32 bytes seals; the key is asked for whenever it is used."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def seal(self, plain: bytes) -> bytes:
        """The bytes, sealed."""
        return self._cipher().encrypt(plain)

    def unseal(self, sealed: bytes, *, younger_than: timedelta | None = None) -> bytes:
        """What :meth:`seal` was given.

        Args:
            younger_than: what was sealed longer ago is no longer good.

        Raises:
            UnsealableError: see there.
        """
        try:
            return self._cipher().decrypt(sealed, ttl=int(younger_than.total_seconds()) if younger_than else None)
        except InvalidToken as error:
            raise UnsealableError from error

    def seal_text(self, plain: str) -> str:
        """The text, sealed, as one line of ASCII; empty stays empty."""
        return self.seal(plain.encode()).decode() if plain else ""

    def unseal_text(self, sealed: str, *, younger_than: timedelta | None = None) -> str:
        """What :meth:`seal_text` was given; raises as :meth:`unseal`."""
        return self.unseal(sealed.encode(), younger_than=younger_than).decode() if sealed else ""

    def _cipher(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key()))


def seal_with(plain: str, passphrase: bytes) -> str:
    """The text, sealed by a passphrase, as one line of ASCII; empty stays empty."""
    if not plain:
        return ""
    salt = os.urandom(_SALT)
    return base64.urlsafe_b64encode(salt).decode() + ":" + _by_passphrase(passphrase, salt).seal_text(plain)


def unseal_with(sealed: str, passphrase: bytes) -> str:
    """What :func:`seal_with` was given.

    Raises:
        UnsealableError: see there.
    """
    if not sealed:
        return ""
    salt, _, token = sealed.partition(":")
    try:
        return _by_passphrase(passphrase, base64.urlsafe_b64decode(salt)).unseal(token.encode()).decode()
    except ValueError as error:
        raise UnsealableError from error


def _by_passphrase(passphrase: bytes, salt: bytes) -> Sealer:
    # The passphrase may be a person's; scrypt with the parameters of RFC 7914 § 2 for interactive use.
    return Sealer(lambda: Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(passphrase))
