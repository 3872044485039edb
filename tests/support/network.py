"""Tests may reach this machine only: an audit hook refuses other addresses, and names that need a DNS.

It needs nothing but the standard library, because servers started by tests load it too (see ``guarded/``).
"""

import ipaddress
import socket
import sys
from collections.abc import Callable

THIS_MACHINE = {"localhost", "localhost.localdomain", socket.gethostname()}
# RFC 6761: names that never exist. Answered here, as every resolver must, without asking one.
NEVER = (".invalid", ".test")


class NetworkForbiddenError(RuntimeError):
    """A test tried to leave this machine."""


def _refuse_address(address: object) -> str | None:
    """Why this destination is refused, or ``None``."""
    if not isinstance(address, tuple):
        return None  # AF_UNIX, AF_NETLINK ...
    return _refuse_host(address[0])


def _refuse_host(host: object) -> str | None:
    """Why this host is refused, or ``None``.

    Raises:
        socket.gaierror: the name is one that never exists.
    """
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or not name or name.lower() in THIS_MACHINE:
        return None
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        if name.lower().rstrip(".").endswith(NEVER):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return f"looking up {name!r} would ask a name server"
    mapped = getattr(address, "ipv4_mapped", None) or address
    if mapped.is_loopback or mapped.is_unspecified:
        return None
    return f"{name} is not this machine"


# name of Python's audit event -> position of the destination in its arguments, and the judge of it
_WATCHED: dict[str, tuple[int, Callable[[object], str | None]]] = {
    "socket.connect": (1, _refuse_address),
    "socket.sendto": (1, _refuse_address),
    "socket.sendmsg": (1, _refuse_address),
    "socket.getaddrinfo": (0, _refuse_host),
    "socket.gethostbyname": (0, _refuse_host),
    "socket.gethostbyaddr": (0, _refuse_host),
}
attempts: list[str] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    watched = _WATCHED.get(event)
    if watched is None:
        return
    position, judge = watched
    if reason := judge(arguments[position]):
        attempts.append(reason)
        raise NetworkForbiddenError(f"Tests may not reach the network: {reason}.")


def guard() -> None:
    """Close the way out for the rest of this process; an audit hook cannot be taken away again."""
    sys.addaudithook(_hook)
