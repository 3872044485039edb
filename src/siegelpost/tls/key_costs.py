"""What opening a key would cost, read from the file before anything is computed: a file chooses that itself.

PKCS #12 names how often its password is hashed (RFC 7292, 4 and B.2), encrypted keys likewise (PBES1 and PBKDF2,
RFC 8018; scrypt, RFC 7914); and a modulus may have any length. Where the file is no plain DER nothing is found here;
the process that reads it has a limit all the same.
"""

from siegelpost.doctor.der import BIT_STRING, INTEGER, OCTET_STRING, OID, SEQUENCE, DerError, Reader, oid_bytes

# About three seconds of hashing; programs write 2,048 to 1,000,000.
MOST_ITERATIONS = 10_000_000
# OpenSSL computes with no larger modulus.
MOST_RSA_BITS = 16_384

_SCRYPT = oid_bytes("1.3.6.1.4.1.11591.4.11")
_PBKDF2 = oid_bytes("1.2.840.113549.1.5.12")
_PBES1 = tuple(oid_bytes(f"1.2.840.113549.1.5.{number}") for number in (1, 3, 4, 6, 10, 11))
_PKCS12 = tuple(oid_bytes(f"1.2.840.113549.1.12.1.{number}") for number in range(1, 7))
_HASHED = frozenset((_PBKDF2, *_PBES1, *_PKCS12))
_DEEPEST = 40
_CONSTRUCTED = 0x20

Element = tuple[int, bytes]


def are_bearable(content: bytes) -> bool:
    """Whether opening what lies in this DER costs no more than a person would wait for."""
    waiting = [(content, 0)]
    while waiting:
        data, depth = waiting.pop()
        elements = _elements(data)
        if any(tag == INTEGER and len(one) * 8 > MOST_RSA_BITS + 8 for tag, one in elements):
            return False
        if _iterations(elements) > MOST_ITERATIONS:
            return False
        if depth < _DEEPEST:
            waiting += [(inner, depth + 1) for tag, one in elements if (inner := _inside(tag, one))]
    return True


def _elements(data: bytes) -> list[Element]:
    """What lies side by side here; nothing where it is no DER to its end."""
    reader, found = Reader(data), []
    try:
        while not reader.at_end():
            tag, content, _whole = reader.element()
            found.append((tag, content))
    except DerError:
        return []
    return found


def _inside(tag: int, content: bytes) -> bytes:
    """What may lie within an element: strings of bytes are wrapped around further DER."""
    if tag & _CONSTRUCTED:
        return content
    if tag == BIT_STRING:
        content = content[1:]
    return content if tag in (OCTET_STRING, BIT_STRING) and content[:1] == bytes([SEQUENCE]) else b""


def _iterations(elements: list[Element]) -> int:
    """How often these elements say that something is hashed."""
    tags = [tag for tag, _content in elements]
    if tags[:2] == [OID, SEQUENCE]:
        name, numbers = elements[0][1], _numbers(_elements(elements[1][1]))
        if name in _HASHED:
            return next(iter(numbers), 0)
        if name == _SCRYPT and len(numbers) >= 3:  # N, r, p
            return numbers[0] * numbers[1] * numbers[2]
    # MacData: a digest, a salt, and how often.
    return _numbers(elements)[0] if tags == [SEQUENCE, OCTET_STRING, INTEGER] else 0


def _numbers(elements: list[Element]) -> list[int]:
    return [int.from_bytes(content, "big") for tag, content in elements if tag == INTEGER]
