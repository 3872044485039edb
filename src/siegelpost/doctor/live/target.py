"""What is to be checked: a URL, ``host:port`` or a host, as a person types it."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from siegelpost.toolbox.internet import Address, HostError, ascii_name

HTTPS_PORT = 443
LONGEST = 2048


class TargetError(ValueError):
    """There is no host in this text that could be asked."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to ask: ``host`` as it was written, ``name`` as it goes onto the wire (A-labels, lower case)."""

    host: str
    name: str
    port: int = HTTPS_PORT
    address: Address | None = None

    @property
    def server_name(self) -> str | None:
        """What the TLS handshake asks for; none for an address (RFC 6066 § 3), and without the root's dot."""
        return None if self.address else self.name.rstrip(".")

    @property
    def authority(self) -> str:
        """Host and port as a URL has them."""
        host = f"[{self.name}]" if isinstance(self.address, ipaddress.IPv6Address) else self.name
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"


def parse(text: str) -> Target:
    """Read a target. The scheme is ignored: what is checked is HTTPS; a path is never asked for.

    Raises:
        TargetError: the text names no host, or none that a browser could look up.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise TargetError("too long")
    try:
        bare = ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return Target(text, str(bare), address=bare)
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise TargetError(str(error)) from error
    if not host:
        raise TargetError("no host")
    if port == 0:
        raise TargetError("port 0")
    port = port or HTTPS_PORT
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return Target(host, to_ascii(host), port)
    return Target(host, str(literal), port, literal)


def to_ascii(host: str) -> str:
    """The name in A-labels, lower case, as browsers write it (UTS #46).

    Raises:
        TargetError: no name that could be looked up.
    """
    try:
        return ascii_name(host)
    except HostError as error:
        raise TargetError(str(error)) from error
