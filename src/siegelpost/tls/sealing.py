"""Secrets that lie beside the private keys, encrypted with the same passphrase."""

import base64
import os

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_SALT = 16


class UnsealableError(ValueError):
    """The passphrase is another one than that which sealed this, or it is damaged."""


def seal(secret: str, passphrase: bytes) -> str:
    """The secret, encrypted, as one line of ASCII."""
    salt = os.urandom(_SALT)
    return base64.urlsafe_b64encode(salt).decode() + ":" + _cipher(passphrase, salt).encrypt(secret.encode()).decode()


def unseal(sealed: str, passphrase: bytes) -> str:
    """What :func:`seal` was given.

    Raises:
        UnsealableError: see there.
    """
    salt, _, token = sealed.partition(":")
    try:
        return _cipher(passphrase, base64.urlsafe_b64decode(salt)).decrypt(token.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise UnsealableError("a sealed secret cannot be read with this passphrase") from error


def _cipher(passphrase: bytes, salt: bytes) -> Fernet:
    # The passphrase may be a person's; scrypt with the parameters of RFC 7914 § 2 for interactive use.
    key = Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(passphrase)
    return Fernet(base64.urlsafe_b64encode(key))
