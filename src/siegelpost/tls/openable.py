"""Whether what the passphrase of a store has sealed can be opened, and each certificate has its own key."""

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

from cryptography import x509

from siegelpost.tls.acme import plan
from siegelpost.tls.naming import key_fingerprint
from siegelpost.tls.store import SEALED, Store, StoreError
from siegelpost.toolbox.durable import read_json


class KeyFault(Enum):
    """What is wrong with a sealed file."""

    SEALED = auto()  # the passphrase is another one, or missing, or the file is damaged
    OTHER_KEY = auto()  # it is not the key of the certificate beside it


def faults(store: Store) -> Iterator[tuple[Path, KeyFault]]:
    """Every key, and the secrets of the plan, tried with the passphrase; the store may be in use meanwhile."""
    for file in (file for pattern in SEALED for file in sorted(store.folder.glob(pattern))):
        with suppress(FileNotFoundError):  # given up just now
            fault = _fault(store, file.read_bytes(), file.with_name("chain.pem"))
            if fault:
                yield file, fault
    if read_json(plan.file(store)) and plan.load_plan(store) is None:
        yield plan.file(store), KeyFault.SEALED


def _fault(store: Store, sealed: bytes, chain: Path) -> KeyFault | None:
    try:
        key = store.unseal(sealed)
    except StoreError:
        return KeyFault.SEALED
    if not chain.exists():
        return None
    try:
        certificate = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except ValueError:
        return KeyFault.OTHER_KEY
    same = key_fingerprint(certificate.public_key()) == key_fingerprint(key.public_key())
    return None if same else KeyFault.OTHER_KEY
