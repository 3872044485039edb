"""Which addresses this machine has, and where its router is, as Linux says; elsewhere nothing is known."""

import ipaddress
import re
from pathlib import Path

from siegelpost.toolbox.internet import Address

_PROC = Path("/proc/net")
# IFA_F_TEMPORARY, _DADFAILED, _DEPRECATED, _TENTATIVE of linux/if_addr.h: not to be given to others.
_PASSING = 0x01 | 0x08 | 0x20 | 0x40
_GLOBAL_SCOPE = "00"
_LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL")


def addresses(proc: Path = _PROC) -> tuple[Address, ...] | None:
    """All but loopback and link-local ones, and of IPv6 only those that stay; None: not to be known."""
    try:
        of_4 = _LOCAL.findall((proc / "fib_trie").read_text())
        rows = [line.split() for line in (proc / "if_inet6").read_text().splitlines()]
    except OSError:
        return None
    of_6 = [row[0] for row in rows if row[3] == _GLOBAL_SCOPE and not int(row[4], 16) & _PASSING]
    found: list[Address] = [ipaddress.IPv4Address(each) for each in of_4]
    found += [ipaddress.IPv6Address(int(each, 16)) for each in of_6]
    return tuple(each for each in dict.fromkeys(found) if not each.is_loopback and not each.is_link_local)


def gateway(proc: Path = _PROC) -> ipaddress.IPv4Address | None:
    """The router that leads to the internet by IPv4; None where there is none, or it is not to be known."""
    try:
        rows = [line.split() for line in (proc / "route").read_text().splitlines()[1:]]
    except OSError:
        return None
    ways = [row[2] for row in rows if row[1] == row[7] == "00000000" and row[2] != "00000000"]
    return ipaddress.IPv4Address(bytes.fromhex(ways[0])[::-1]) if ways else None
