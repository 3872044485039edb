"""Who only looks: as much of it as the log of openings needs, and no more (Art. 5 (1) c DSGVO).

Whoever acts is recorded whole (:class:`siegelpost.dispatch.recipient.declarations.Client`): that is evidence of a
declaration.
"""

import re
from functools import lru_cache
from ipaddress import ip_address, ip_network

# The networks that stay of an address: one provider's district rather than one household.
_PREFIXES = {4: 24, 6: 48}
# By what browsers call themselves, the more particular first: most of them also say "Chrome" and "Safari".
_FAMILIES = (
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser"),
    ("Firefox", "Firefox/"),
    ("Firefox", "FxiOS"),
    ("Chrome", "CriOS"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
)
_NAME = re.compile(r"[A-Za-z][A-Za-z.-]{0,30}")


def coarse(ip: str, user_agent: bytes) -> str:
    """Network and browser family of who only looks, such as ``203.0.113.0/24 Firefox``."""
    return f"{network(ip)} {family(user_agent.decode('latin-1'))}".strip()


@lru_cache(maxsize=1024)
def network(ip: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one; empty where it is none."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network(f"{address}/{_PREFIXES[address.version]}", strict=False))


@lru_cache(maxsize=1024)
def family(user_agent: str) -> str:
    """The browser's name without version, device or system; of a program the name it begins with."""
    for name, sign in _FAMILIES:
        if sign in user_agent:
            return name
    found = _NAME.match(user_agent)
    return found[0] if found else ""
