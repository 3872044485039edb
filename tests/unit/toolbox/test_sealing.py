"""Sealed is what only its key opens."""

import base64

import pytest
from cryptography.fernet import Fernet

from siegelpost.toolbox.sealing import Sealer, UnsealableError, seal_with, unseal_with

KEY, OTHER = b"k" * 32, b"o" * 32


def test_its_key_opens_it_and_no_other() -> None:
    sealed = Sealer(lambda: KEY).seal("Müller".encode())
    assert Sealer(lambda: KEY).unseal(sealed).decode() == "Müller"
    with pytest.raises(UnsealableError):
        Sealer(lambda: OTHER).unseal(sealed)
    for damaged in (sealed[:-4] + b"AAAA", b"none", b""):
        with pytest.raises(UnsealableError):
            Sealer(lambda: KEY).unseal(damaged)


def test_what_was_sealed_before_is_opened() -> None:
    """It is Fernet, by the key as it lies in its file: what another implementation has sealed can be read."""
    sealed = Fernet(base64.urlsafe_b64encode(KEY)).encrypt(b"kept")
    assert Sealer(lambda: KEY).unseal(sealed) == b"kept"
    assert Sealer(lambda: KEY).unseal_text(sealed.decode()) == "kept"
    by_passphrase = (
        "515uFpCD2AsSHSmYNPnMhQ==:gAAAAABrDBbUrN18SCSTNyZEoFGVZ6kbpGDwsj3iTzXRCWpHoGjBQBUZvP0D3opBGi86TkjvYFUV2s6Vd3BSMUzl_"
        "BacLb7PbQ=="
    )
    assert unseal_with(by_passphrase, b"passphrase") == "kept"


def test_nothing_stays_nothing() -> None:
    assert Sealer(lambda: KEY).seal_text("") == Sealer(lambda: KEY).unseal_text("") == ""
    assert seal_with("", b"passphrase") == unseal_with("", b"passphrase") == ""


def test_a_passphrase_opens_what_it_has_sealed() -> None:
    sealed = seal_with("Geheimnis", b"passphrase")
    assert sealed != seal_with("Geheimnis", b"passphrase")
    assert unseal_with(sealed, b"passphrase") == "Geheimnis"
    for what, passphrase in ((sealed, b"other"), ("=:none", b"passphrase"), ("none", b"passphrase"), ("é:é", b"p")):
        with pytest.raises(UnsealableError):
            unseal_with(what, passphrase)
