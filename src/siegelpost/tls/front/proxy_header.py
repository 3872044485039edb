"""What a balancer that passes TLS on says first on each connection: from where it comes (HAProxy, PROXY protocol 1, 2).

The text form is what nginx sends, the binary one what HAProxy and cloud balancers do.
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from siegelpost.tls.front.client_hello import MalformedError, NeedMore
from siegelpost.toolbox.limits import one_address

_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED = struct.Struct(">12sBBH")  # signature, version and command, family and transport, length of the rest
_LOCAL, _PROXY = 0x20, 0x21
# Beside the addresses there may be more (TLVs), of which nothing is needed here.
_LONGEST = 2_048
_ADDRESSES = {0x11: (IPv4Address, 4, 12), 0x21: (IPv6Address, 16, 36)}  # class, size of one, least length
_UNKNOWN = {0x00, 0x31, 0x32}  # unspecified, and the sockets of one machine
_TEXT = b"PROXY "
_LONGEST_TEXT = 107
_FAMILIES = {b"TCP4": IPv4Address, b"TCP6": IPv6Address}


@dataclass(frozen=True, slots=True)
class Announced:
    """``size`` bytes say that the visitor's address is ``address``; None where the balancer names nobody."""

    size: int
    address: str | None


def parse(data: bytes) -> Announced | NeedMore:
    """Read the header at the beginning of ``data``.

    Raises:
        MalformedError: it does not begin with one; from a balancer there has to be one.
    """
    if data.startswith(_SIGNATURE):
        return _binary(data)
    if data.startswith(_TEXT):
        return _text(data)
    if _SIGNATURE.startswith(data) or _TEXT.startswith(data):
        return NeedMore(len(data) + 1)
    raise MalformedError


def _binary(data: bytes) -> Announced | NeedMore:
    if len(data) < _FIXED.size:
        return NeedMore(_FIXED.size)
    _signature, command, family, length = _FIXED.unpack_from(data)
    size = _FIXED.size + length
    if length > _LONGEST or command not in {_LOCAL, _PROXY}:
        raise MalformedError
    if len(data) < size:
        return NeedMore(size)
    if command == _LOCAL or family in _UNKNOWN:
        return Announced(size, None)
    if family not in _ADDRESSES or length < _ADDRESSES[family][2]:
        raise MalformedError
    kind, width, _least = _ADDRESSES[family]
    return Announced(size, one_address(str(kind(data[_FIXED.size : _FIXED.size + width]))))


def _text(data: bytes) -> Announced | NeedMore:
    line, end, _rest = data[:_LONGEST_TEXT].partition(b"\r\n")
    if not end:
        if len(data) >= _LONGEST_TEXT:
            raise MalformedError
        return NeedMore(len(data) + 1)
    size = len(line) + len(end)
    words = line.split(b" ")
    if words[1] == b"UNKNOWN":
        return Announced(size, None)
    try:
        _proxy, family, source, _target, port, _target_port = words
        address = str(_FAMILIES[family](source.decode("ascii")))
        if not 0 <= int(port) <= 65_535:
            raise MalformedError
    except (KeyError, ValueError) as error:
        raise MalformedError from error
    return Announced(size, one_address(address))
