"""Just enough of a DER writer to build certificates that no library agrees to build."""

from datetime import UTC, datetime


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        length = bytes([len(body)])
    else:
        digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + body


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *parts)


def integer(value: int | bytes) -> bytes:
    """An INTEGER; bytes are written as they are, minimal or not."""
    if isinstance(value, bytes):
        return tlv(0x02, value)
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def bit_string(body: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes([unused]), body)


def named_bits(*positions: int) -> bytes:
    """A BIT STRING with the given bits set, without trailing zeros, as DER wants named bits."""
    if not positions:
        return bit_string(b"")
    top = max(positions)
    value = sum(1 << (top - position) for position in positions)
    unused = 7 - top % 8
    return bit_string((value << unused).to_bytes(top // 8 + 1, "big"), unused)


def octets(body: bytes) -> bytes:
    return tlv(0x04, body)


def null() -> bytes:
    return tlv(0x05)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        body += bytes(reversed(digits))
    return tlv(0x06, body)


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def printable(text: str) -> bytes:
    return tlv(0x13, text.encode("ascii"))


def teletex(text: str) -> bytes:
    return tlv(0x14, text.encode("latin-1"))


def ia5(text: str) -> bytes:
    return tlv(0x16, text.encode("ascii"))


def bmp(text: str) -> bytes:
    return tlv(0x1E, text.encode("utf-16-be"))


def utc_time(text: str) -> bytes:
    return tlv(0x17, text.encode("ascii"))


def generalized_time(text: str) -> bytes:
    return tlv(0x18, text.encode("ascii"))


def time(moment: datetime) -> bytes:
    """A Time as RFC 5280 §4.1.2.5 wants it: UTCTime from 1950 to 2049, GeneralizedTime otherwise."""
    moment = moment.astimezone(UTC)
    if 1950 <= moment.year <= 2049:
        return utc_time(moment.strftime("%y%m%d%H%M%SZ"))
    return generalized_time(f"{moment.year:04}" + moment.strftime("%m%d%H%M%SZ"))


def context(number: int, *parts: bytes, constructed: bool = True) -> bytes:
    return tlv(0x80 | number | (0x20 if constructed else 0), *parts)
