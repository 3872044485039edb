"""Keys whose private halves others have, or can easily find."""

import secrets
from math import prod
from time import process_time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from tests.support import der
from tests.support.pki import Authority
from tests.support.pki_keys import key

from siegelpost.doctor import judgement_words
from siegelpost.doctor.judge import judge
from siegelpost.doctor.x509.weak_keys import Weakness, _primes, known_keys, weakness

RSA = "1.2.840.113549.1.1.1"
# The example key of RFC 9500 §2.3, which everybody has.
PUBLIC_KNOWLEDGE = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49
AwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjV
uKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==
-----END EC PRIVATE KEY-----"""


def of(modulus: int, exponent: int = 65_537) -> bytes:
    numbers = der.sequence(der.integer(modulus), der.integer(exponent))
    return der.sequence(der.sequence(der.oid(RSA), der.null()), der.bit_string(numbers))


def is_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11))


def next_prime(number: int) -> int:
    number |= 1
    while not is_prime(number):
        number += 2
    return number


def prime(bits: int) -> int:
    return next_prime(secrets.randbits(bits) | 1 << bits - 1)


def of_the_chips(bits: int) -> int:
    """A prime as CVE-2017-15361 makes them: k · M + (65537^a mod M), M the product of the first primes."""
    product = prod(_primes(167))
    while True:
        number = (secrets.randbits(bits - product.bit_length()) | 1) * product
        number += pow(65_537, secrets.randbelow(1 << 62), product)
        if is_prime(number):
            return number


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384"])
def test_ordinary_keys_are_none(kind: str) -> None:
    assert weakness(key(kind).spki) is None


def test_fresh_keys_are_none() -> None:
    numbers = rsa.generate_private_key(public_exponent=65_537, key_size=2048).public_key()
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    for each in (numbers, curve):
        assert weakness(each.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) is None


def test_a_key_that_stands_in_a_book_is_known() -> None:
    public = load_pem_private_key(PUBLIC_KNOWLEDGE.encode(), None).public_key()
    assert weakness(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) is Weakness.KNOWN
    assert len(known_keys()) >= 6
    assert all(len(each) == 64 for each in known_keys())


def test_factors_that_are_close_small_or_from_those_chips_are_found() -> None:
    first = prime(512)
    assert weakness(of(first * next_prime(first + 2))) is Weakness.CLOSE_FACTORS
    assert weakness(of(first * prime(512))) is None
    assert weakness(of(first * 7919)) is Weakness.SMALL_FACTOR
    assert weakness(of(of_the_chips(512) * of_the_chips(512))) is Weakness.ROCA


@pytest.mark.parametrize("exponent", [1, 2, 65_536])
def test_an_exponent_that_hides_nothing(exponent: int) -> None:
    assert weakness(of(prime(256) * prime(256), exponent)) is Weakness.EXPONENT


def test_what_is_no_key_is_none_and_a_huge_one_costs_little() -> None:
    start = process_time()
    assert weakness(b"hello") is None
    assert weakness(of(0)) is None
    weakness(of(secrets.randbits(30_000) | 1))
    assert process_time() - start < 1


def test_the_doctor_tells_of_it_though_browsers_accept() -> None:
    root = Authority.root()
    public = load_pem_private_key(PUBLIC_KNOWLEDGE.encode(), None).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    judgement = judge(root.issue("office.test", spki=spki).chain, "office.test", local_roots=[root.der])
    assert judgement.weakness is Weakness.KNOWN
    for language, word in (("de", "Schlüssel"), ("en", "key")):
        assert word in judgement_words.as_json(judgement, language)["weakness"]["text"]
        assert word in judgement_words.as_text(judgement, language)
    good = judge(root.issue("office.test").chain, "office.test", local_roots=[root.der])
    assert judgement_words.as_json(good, "de")["weakness"] is None
