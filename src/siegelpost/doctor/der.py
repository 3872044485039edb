"""A strict reader of DER (X.690), because browsers differ in what they take and no library says how.

It reads what certificates hold and refuses everything else. It never copies more than it returns, never
recurses, and cannot be made to loop: every step moves forward.
"""

SEQUENCE = 0x30
SET = 0x31
BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OID = 0x06
UTF8_STRING = 0x0C
PRINTABLE_STRING = 0x13
TELETEX_STRING = 0x14
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
UNIVERSAL_STRING = 0x1C
BMP_STRING = 0x1E


class DerError(ValueError):
    """These bytes are no DER of the expected form."""


class Reader:
    """Reads one element after the other from bytes."""

    __slots__ = ("_data", "_end", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._end = len(data)

    def at_end(self) -> bool:
        return self._position >= self._end

    def peek(self) -> int | None:
        """The next element's tag, or None at the end."""
        return None if self.at_end() else self._data[self._position]

    def element(self) -> tuple[int, bytes, bytes]:
        """The next element's tag, content, and whole encoding."""
        data, start, end = self._data, self._position, self._end
        if start + 2 > end:
            raise DerError("cut off")
        tag, length, position = data[start], data[start + 1], start + 2
        if tag & 0x1F == 0x1F:
            raise DerError("tag of more than one byte")
        if length & 0x80:
            digits = length & 0x7F
            if not 1 <= digits <= 4 or position + digits > end:
                raise DerError("impossible length")
            length = int.from_bytes(data[position : position + digits], "big")
            if length < 0x80 or length >> (8 * (digits - 1)) == 0:
                raise DerError("length not in its shortest form")
            position += digits
        stop = position + length
        if stop > end:
            raise DerError("longer than what is there")
        self._position = stop
        return tag, data[position:stop], data[start:stop]

    def value(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        found, content, _whole = self.element()
        if found != tag:
            raise DerError(f"tag {found:#x} instead of {tag:#x}")
        return content

    def whole(self, tag: int) -> bytes:
        """The encoding of the next element, which must have this tag."""
        found, _content, whole = self.element()
        if found != tag:
            raise DerError(f"tag {found:#x} instead of {tag:#x}")
        return whole

    def optional(self, tag: int) -> bytes | None:
        """The content of the next element if it has this tag; otherwise None, and nothing is read."""
        return self.value(tag) if self.peek() == tag else None

    def rest(self) -> bytes:
        rest = self._data[self._position : self._end]
        self._position = self._end
        return rest

    def finish(self) -> None:
        if not self.at_end():
            raise DerError("more than expected")


def only(data: bytes, tag: int) -> bytes:
    """The content of the one element that ``data`` is."""
    reader = Reader(data)
    content = reader.value(tag)
    reader.finish()
    return content


def boolean(content: bytes) -> bool:
    if content not in (b"\x00", b"\xff"):
        raise DerError("no boolean")
    return content == b"\xff"


def is_integer(content: bytes) -> bool:
    """Whether the content is an INTEGER in its shortest form."""
    if not content:
        return False
    return not (len(content) > 1 and content[0] in (0, 0xFF) and content[0] & 0x80 == content[1] & 0x80)


def bit_string(content: bytes) -> tuple[bytes, int]:
    """Bytes and number of unused bits of a BIT STRING, whose unused bits must be zero."""
    if not content or content[0] > 7:
        raise DerError("no bit string")
    unused, bits = content[0], content[1:]
    if unused and (not bits or bits[-1] & ((1 << unused) - 1)):
        raise DerError("unused bits are used")
    return bits, unused


def oid_bytes(dotted: str) -> bytes:
    """The content of an OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        body.extend(reversed(digits))
    return bytes(body)


def oid_text(content: bytes) -> str:
    """The dotted form of an OBJECT IDENTIFIER's content, for people; bounded, and never an error."""
    arcs: list[int] = []
    value = 0
    for byte in content[:64]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    if not arcs:
        return "?"
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
