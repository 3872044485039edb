"""Files from a shop: every form and order gives the same chain; what cannot work is named."""

from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)
from tests.support.pki import Authority

from siegelpost.tls.bought import NotImportable, read_bought

ROOT = Authority.root()
MIDDLE = ROOT.intermediate()
LEAF = MIDDLE.issue("expose.test")
OTHER = MIDDLE.issue("other.test", key="rsa2048")
L, M, R = (x509.load_pem_x509_certificate(each.pem.encode()) for each in (LEAF, MIDDLE, ROOT))
KEY = LEAF.key_pem.encode()
CHAIN = (L.public_bytes(Encoding.PEM) + M.public_bytes(Encoding.PEM)).decode()
PASSWORD = "Schlüssel".encode()


@pytest.mark.parametrize("order", list(permutations([L, M, R])))
def test_any_order_gives_the_chain_without_the_root(order: tuple[x509.Certificate, ...]) -> None:
    files = [each.public_bytes(Encoding.PEM) for each in order]
    assert read_bought([b"".join(files), KEY]).chain_pem == CHAIN
    assert read_bought([KEY, *(each.public_bytes(Encoding.DER) for each in order)]).chain_pem == CHAIN


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_pkcs7(encoding: Encoding) -> None:
    assert read_bought([pkcs7.serialize_certificates([R, M, L], encoding), KEY]).chain_pem == CHAIN


def bundle() -> bytes:
    key = load_pem_private_key(KEY, None)
    return pkcs12.serialize_key_and_certificates(b"x", key, L, [R, M], BestAvailableEncryption(PASSWORD))  # type: ignore[arg-type]


def test_pkcs12_with_an_umlaut() -> None:
    assert read_bought([bundle()], [PASSWORD]).chain_pem == CHAIN


def test_wrong_password() -> None:
    with pytest.raises(NotImportable, match="password is wrong"):
        read_bought([bundle()], [b"no"])


def test_someone_elses_key() -> None:
    with pytest.raises(NotImportable, match="belongs to none"):
        read_bought([CHAIN.encode(), OTHER.key_pem.encode()])


@pytest.mark.parametrize("files", [[], [KEY], [CHAIN.encode()], [b"\x30\x82"], [b""]])
def test_incomplete(files: list[bytes]) -> None:
    with pytest.raises(NotImportable):
        read_bought(files)
