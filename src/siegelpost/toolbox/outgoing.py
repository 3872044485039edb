"""The one rule for requests to addresses that others have named: certificates, phones, partners, the office itself.

Such an address must not lead into the house, this machine included. So a host is looked up once, everything that comes
back is judged, and what was judged is what is connected to: a name cannot change its mind in between. No redirect is
followed, no proxy of the environment is asked, bytes and seconds are counted. Knows no Django.

A private network is reached only where the setting ``private_networks`` names it. ``tests/test_outgoing.py`` names
every place that opens a connection in another way, and why.
"""

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi

from siegelpost.toolbox.deadline import Deadline, spawn
from siegelpost.toolbox.internet import Address, HostError, Network, is_public, read_host

LONGEST_URL = 2048
MOST_ADDRESSES = 4  # of one name; a hostile zone has thousands
HTTPS_PORT = 443
_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": HTTPS_PORT})


class DestinationRefusedError(ValueError):
    """An address that is never asked, with why in a word or two."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for: how it may be made, and what it may cost.

    Args:
        schemes: ``https`` alone where something of ours is told.
        most_bytes: of the answer's body.
        seconds: for all of it, from the look-up to the last byte.
    """

    schemes: tuple[str, ...]
    most_bytes: int
    seconds: float


ISSUER = Purpose(("http", "https"), 64 * 1024, 3.0)  # a missing intermediate certificate (RFC 5280, 4.2.2.1)
CRL = Purpose(("http", "https"), 16 * 1024 * 1024, 20.0)  # an authority's list of what it took back (RFC 5280, 5)
KNOWLEDGE = Purpose(("https",), 4 * 1024 * 1024, 60.0)  # what the doctor knows, signed
PUSH = Purpose(("https",), 16 * 1024, 15.0)
TIME_STAMP = Purpose(("http", "https"), 256 * 1024, 20.0)

Lookup = Callable[[str, Deadline], Sequence[Address]]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes, looked up and judged.

    Args:
        host: in its ASCII form; an address as it is usually written.
        target: path and query.
        addresses: the ones that were judged, in the order in which to try them.
    """

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[Address, ...]

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def tls(self) -> bool:
        return self.scheme == "https"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``headers`` by their names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


def parse(url: str, purpose: Purpose) -> tuple[SplitResult, Address | str, int]:
    """The parts of a URL that may be asked as far as its form says, its host and its port.

    Raises:
        DestinationRefusedError: it may not.
    """
    plain = url.isprintable() and not set(url) & {" ", "\\", "\N{NO-BREAK SPACE}"} and len(url) <= LONGEST_URL
    try:
        parts = urlsplit(url)
        port, host = parts.port, read_host(parts.hostname or "")
    except (ValueError, HostError) as error:
        raise DestinationRefusedError("unusable address") from error
    scheme = parts.scheme.lower()
    rest = f"{parts.path}?{parts.query}"
    if not plain or scheme not in purpose.schemes or "@" in parts.netloc or port == 0 or not rest.isascii():
        raise DestinationRefusedError("unusable address")
    return parts, host, port or _PORTS[scheme]


def destination(
    url: str,
    purpose: Purpose,
    *,
    private: Sequence[Network] = (),
    lookup: Lookup | None = None,
    deadline: Deadline | None = None,
) -> Destination:
    """Look a URL's host up, once, and judge where it leads.

    Args:
        private: networks of the house that may be asked all the same, there on any port.
        lookup: how names become addresses; the system's way by default.

    Raises:
        DestinationRefusedError: it may not be asked: by its form, its port, or one of the addresses it leads to.
        OSError: its name leads nowhere now.
    """
    parts, host, port = parse(url, purpose)
    scheme = parts.scheme.lower()
    usual = port == _PORTS[scheme]
    addresses = judged(host, usual, private=private, lookup=lookup, deadline=deadline or Deadline(purpose.seconds))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(scheme, str(host), port, target, addresses)


def judged(
    host: Address | str,
    usual_port: bool,
    *,
    private: Sequence[Network] = (),
    lookup: Lookup | None = None,
    deadline: Deadline,
) -> tuple[Address, ...]:
    """Where a host leads, looked up once; every address of it may be asked.

    Args:
        usual_port: whether the port is the one of what is asked for; others are asked only in ``private`` networks.

    Raises:
        DestinationRefusedError: one of the addresses may not be asked.
        OSError: its name leads nowhere now.
    """
    found = (lookup or of_the_system)(host, deadline) if isinstance(host, str) else (host,)
    addresses = tuple(found)[:MOST_ADDRESSES]
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "name not found")
    if not all(_is_allowed(each, usual_port, private) for each in addresses):
        raise DestinationRefusedError("private address")
    return addresses


def _is_allowed(address: Address, usual_port: bool, private: Sequence[Network]) -> bool:
    return (usual_port and is_public(address)) or any(address in each for each in private)


def of_the_system(host: str, deadline: Deadline) -> list[Address]:
    """What this machine says about a name.

    Raises:
        OSError: nothing, or not in time.
    """
    try:
        rows = spawn(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM).result(deadline.need())
    except UnicodeError as error:  # a name that cannot be asked for
        raise socket.gaierror(socket.EAI_NONAME, "name not found") from error
    return list(dict.fromkeys(ip_address(str(row[4][0])) for row in rows))


def exchange(
    to: Destination,
    purpose: Purpose,
    *,
    method: str = "GET",
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes | None = None,
    context: ssl.SSLContext,
    deadline: Deadline | None = None,
) -> Reply:
    """One request to the very addresses that were judged; a redirect is an answer like any other.

    Raises:
        OSError: no whole answer came in time, it is larger than allowed, or TLS failed.
    """
    deadline = deadline or Deadline(purpose.seconds)
    with _connected(to, deadline) as plain, _secured(plain, to, context) as line:
        connection = http.client.HTTPConnection(to.host, to.port)
        connection.sock = _Timed(line, deadline)
        try:
            connection.request(method, to.target, body, {"Host": to.authority, "Connection": "close", **headers})
            answer = connection.getresponse()
            content = answer.read(purpose.most_bytes + 1)
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"{to.authority}: {type(error).__name__}") from error
    if len(content) > purpose.most_bytes or answer.length:
        raise OSError(f"{to.authority}: more than {purpose.most_bytes} bytes, or cut off")
    return Reply(answer.status, content, {name.lower(): said for name, said in answer.getheaders()})


def _connected(to: Destination, deadline: Deadline) -> socket.socket:
    """A connection to the first of the addresses that takes one."""
    last: OSError = ConnectionRefusedError(to.host)
    for left, address in zip(range(len(to.addresses), 0, -1), to.addresses, strict=True):
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(deadline.need() / left)
            plain.connect((str(address), to.port))
        except OSError as error:
            plain.close()
            last = error
        else:
            return plain
    raise last


def _secured(plain: socket.socket, to: Destination, context: ssl.SSLContext) -> socket.socket:
    return context.wrap_socket(plain, server_hostname=to.host) if to.tls else plain


class _Timed(io.RawIOBase):
    """A socket as :mod:`http.client` wants one, on which every wait ends by the deadline. Who opened it closes it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection, self._deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(self._deadline.need())
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self._connection, self._deadline))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._deadline.need())
        return self._connection.recv_into(buffer)


@lru_cache(maxsize=8)
def client_context(roots: tuple[Path, ...]) -> ssl.SSLContext:
    """Verifies name and chain against the authorities of the system, of certifi and of the house."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    for root in roots:
        context.load_verify_locations(root)
    return context
