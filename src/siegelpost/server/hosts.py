"""The names and addresses of this machine."""

import array
import fcntl
import socket
import struct
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_SIOCGIFCONF = 0x8912
_IFREQ_SIZE = 40
_MOST_INTERFACES = 64


def own_names(public_host: str) -> list[str]:
    """Every name and address by which a browser may reach this machine, the public one first."""
    names = [public_host, socket.gethostname(), "localhost", *own_addresses()]
    return list(dict.fromkeys(name.lower() for name in names if name))


def own_addresses() -> list[str]:
    """The addresses of this machine's interfaces, loopback included, link-local ones not."""
    found: list[IPv4Address | IPv6Address] = [ip_address("127.0.0.1"), ip_address("::1")]
    with suppress(OSError):
        found += _ipv4()
    with suppress(OSError, ValueError):
        found += _ipv6()
    return list(dict.fromkeys(str(address) for address in found if not address.is_link_local))


def _ipv4() -> list[IPv4Address]:
    """Asks the kernel (netdevice(7)): no program, no packet."""
    buffer = array.array("B", bytes(_IFREQ_SIZE * _MOST_INTERFACES))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        place = struct.pack("iL", len(buffer), buffer.buffer_info()[0])
        size = struct.unpack("iL", fcntl.ioctl(sock.fileno(), _SIOCGIFCONF, place))[0]
    content = buffer.tobytes()
    return [IPv4Address(content[at + 20 : at + 24]) for at in range(0, size, _IFREQ_SIZE)]


def _ipv6() -> list[IPv6Address]:
    lines = Path("/proc/self/net/if_inet6").read_text().splitlines()
    return [IPv6Address(bytes.fromhex(line.split()[0])) for line in lines]
