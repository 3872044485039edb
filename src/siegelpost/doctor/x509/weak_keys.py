"""Keys that others can find out: known ones, and RSA keys whose factors are easily had.

Browsers accept them; whoever knows the private half can pass for the server all the same. Looked for are private keys
that are public (by the SHA-256 of their public half, ``known_keys.txt``), the keys of the chips of CVE-2017-15361
("ROCA"), factors close to each other (Fermat), small factors, and exponents that hide nothing.
"""

from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from math import gcd, isqrt, prod

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509.keys import RSA_KEY

# Close enough that as many steps find them are factors that one generator wrote one after the other.
FERMAT_STEPS = 100
SMALL = 10_000
# The generator of CVE-2017-15361 makes primes that are powers of this modulo each small prime (Nemec et al., CCS 2017).
_GENERATOR = 65_537
_LARGEST_OF_ROCA = 167


class Weakness(StrEnum):
    """Why others can have the private key."""

    KNOWN = "known"
    ROCA = "roca"
    CLOSE_FACTORS = "close_factors"
    SMALL_FACTOR = "small_factor"
    EXPONENT = "exponent"


@lru_cache(maxsize=256)
def weakness(key_info: bytes) -> Weakness | None:
    """What is wrong with this SubjectPublicKeyInfo; None when nothing is found, or it cannot be read."""
    if sha256(key_info).hexdigest() in known_keys():
        return Weakness.KNOWN
    numbers = _rsa(key_info)
    if numbers is None:
        return None
    modulus, exponent = numbers
    if exponent < 3 or exponent % 2 == 0:
        return Weakness.EXPONENT
    if gcd(modulus, _small_primes_product()) != 1:
        return Weakness.SMALL_FACTOR
    if all(modulus % prime in powers for prime, powers in _roca().items()):
        return Weakness.ROCA
    return Weakness.CLOSE_FACTORS if _has_close_factors(modulus) else None


@cache
def known_keys() -> frozenset[str]:
    """The SHA-256 of public keys whose private halves are public."""
    text = (resources.files("siegelpost.doctor.policy") / "known_keys.txt").read_text()
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _rsa(key_info: bytes) -> tuple[int, int] | None:
    try:
        outer = Reader(der.only(key_info, der.SEQUENCE))
        if Reader(outer.value(der.SEQUENCE)).value(der.OID) != RSA_KEY:
            return None
        numbers = Reader(der.only(der.bit_string(outer.value(der.BIT_STRING))[0], der.SEQUENCE))
        modulus, exponent = (int.from_bytes(numbers.value(der.INTEGER), "big") for _ in range(2))
    except DerError:
        return None
    return (modulus, exponent) if modulus > 1 else None


def _has_close_factors(modulus: int) -> bool:
    middle = isqrt(modulus)
    middle += middle * middle < modulus
    for step in range(FERMAT_STEPS):
        rest = (middle + step) ** 2 - modulus
        if isqrt(rest) ** 2 == rest:
            return True
    return False


@cache
def _primes(most: int) -> tuple[int, ...]:
    sieve = bytearray([1]) * (most + 1)
    sieve[:2] = b"\0\0"
    for number in range(2, isqrt(most) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(sieve[number * number :: number]))
    return tuple(number for number, prime in enumerate(sieve) if prime)


@cache
def _small_primes_product() -> int:
    return prod(_primes(SMALL))


@cache
def _roca() -> dict[int, frozenset[int]]:
    """For each small prime, what is a power of the generator there."""
    odd = _primes(_LARGEST_OF_ROCA)[1:]
    return {prime: frozenset(pow(_GENERATOR, power, prime) for power in range(prime)) for prime in odd}
