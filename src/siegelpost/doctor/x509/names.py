"""Names: of servers (RFC 6125, as browsers read it) and of issuers (RFC 5280 §7.1)."""

import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache

import idna

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509.certificate import attributes

OTHER, EMAIL, DNS, X400, DIRECTORY, EDI, URI, ADDRESS, REGISTERED = range(9)
_TAGS = {
    0xA0: OTHER,
    0x81: EMAIL,
    0x82: DNS,
    0xA3: X400,
    0xA4: DIRECTORY,
    0xA5: EDI,
    0x86: URI,
    0x87: ADDRESS,
    0x88: REGISTERED,
}


def general_names(extension: bytes) -> list[tuple[int, bytes]]:
    """The kinds and contents of a GeneralNames SEQUENCE. Raises DerError."""
    reader = Reader(der.only(extension, der.SEQUENCE))
    found = []
    while not reader.at_end():
        tag, content, _whole = reader.element()
        found.append((general_name_kind(tag), content))
    return found


def general_name_kind(tag: int) -> int:
    if tag not in _TAGS:
        raise DerError("unknown kind of name")
    return _TAGS[tag]


# The server's name ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Host:
    """A server's name as a browser has it after reading the address: lower case, IDN in ASCII."""

    text: str
    address: bytes | None = None
    shown: str = field(default="", compare=False)


class UnusableNameError(ValueError):
    """This is no name of a server."""


_IDENTIFIER = re.compile(r"[a-z0-9_.-]+")


@lru_cache(maxsize=1024)
def host(name: str) -> Host:
    """Read a name as a browser does in its address bar: ``Büro.Example``, ``192.0.2.1``, ``[2001:db8::1]``.

    Raises UnusableNameError when no browser would look it up.
    """
    text = name.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return Host(str(address), address.packed, name)
    if len(text) > 1000:
        raise UnusableNameError("longer than a name can be")
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError as error:
            raise UnusableNameError(str(error)) from error
    text = text.lower()
    if not _IDENTIFIER.fullmatch(text) or text.strip(".") == "" or len(text) > 254:
        raise UnusableNameError("no name of a server")
    return Host(text, shown=name)


# Distinguished names ----------------------------------------------------------------------------------------

_PRINTABLE = re.compile(r"[A-Za-z0-9 '()*+,\-./:=?]*")
_TEXT_TAGS = {
    der.PRINTABLE_STRING: "ascii",
    der.IA5_STRING: "ascii",
    der.UTF8_STRING: "utf-8",
    der.BMP_STRING: "utf-16-be",
    der.UNIVERSAL_STRING: "utf-32-be",
}


Normalized = tuple[frozenset[tuple[bytes, int, bytes, int]], ...]


@lru_cache(maxsize=4096)
def normalized(name: bytes) -> Normalized:
    """A Name made comparable: text folded in case and space, whatever its string type (RFC 5280 §7.1).

    Raises DerError when a text is not what its type says, or an RDN is empty.
    """
    rdns = []
    for rdn in attributes(name):
        if not rdn:
            raise DerError("empty RDN")
        counted: dict[tuple[bytes, int, bytes], int] = {}
        for kind, tag, content in rdn:
            key = (kind, *_comparable(tag, content))
            counted[key] = counted.get(key, 0) + 1
        rdns.append(frozenset((*key, number) for key, number in counted.items()))
    return tuple(rdns)


def is_text(tag: int, content: bytes) -> bool:
    """Whether it is a text of one of the types for texts, and of its own."""
    try:
        _comparable(tag, content)
    except DerError:
        return False
    return tag in _TEXT_TAGS or tag == der.TELETEX_STRING


def _comparable(tag: int, content: bytes) -> tuple[int, bytes]:
    encoding = _TEXT_TAGS.get(tag)
    if encoding is None:
        return tag, content
    if tag == der.UTF8_STRING:
        # Browsers compare bytes and do not ask whether they are sound UTF-8.
        return der.UTF8_STRING, _folded(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DerError("text is not of its type") from error
    if tag == der.PRINTABLE_STRING and not _PRINTABLE.fullmatch(text):
        raise DerError("text is not of its type")
    return der.UTF8_STRING, _folded(text.encode("utf-8", "surrogatepass"))


_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_SPACES = re.compile(rb" +")


def _folded(text: bytes) -> bytes:
    return _SPACES.sub(b" ", text.strip(b" ")).translate(_LOWER)


def address_text(packed: bytes) -> str:
    """An address for people; in hexadecimal when it is none."""
    try:
        return str(ipaddress.ip_address(packed))
    except ValueError:
        return packed[:16].hex()
