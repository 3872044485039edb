"""An office's mail account, and the service one signs in with."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.sign_in_service import SignInService, sign_in_service

from siegelpost.settings import load


@cache
def small_key(number: int) -> rsa.RSAPrivateKey:
    """A key that is quickly made; each number has its own."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of certificates that cost nothing: how long they are is tried once, elsewhere."""
    from siegelpost.mail.sign_in import certificates

    numbers = iter(range(3))
    monkeypatch.setattr(certificates, "_private_key", lambda: small_key(next(numbers)))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None) -> Iterator[SignInService]:
    """A running service that this server believes and may ask."""
    with sign_in_service(tmp_path) as running:
        monkeypatch.setenv("SIEGELPOST_TRUST_ROOTS", json.dumps([str(running.root)]))
        monkeypatch.setenv("SIEGELPOST_PRIVATE_NETWORKS", json.dumps(["127.0.0.0/8", "::1/128"]))
        load.cache_clear()
        yield running
    monkeypatch.undo()
    load.cache_clear()
