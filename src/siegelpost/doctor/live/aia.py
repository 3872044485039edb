"""Fetching what a server forgot to send, where its certificate says it lies (RFC 5280 § 4.2.2.1), within bounds.

A certificate is written by strangers, so its addresses are too: only http and https, three fetches, 64 KiB and three
seconds in all, no redirects, and no address that is not on the open internet. The address that was checked is the one
that is connected to, so that a name cannot change its mind in between.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import dns.resolver
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader, oid_bytes
from siegelpost.doctor.live import lookup
from siegelpost.doctor.live.deadline import Deadline
from siegelpost.doctor.live.handshake import Connection
from siegelpost.doctor.live.lookup import is_public
from siegelpost.doctor.live.target import Address, Target, TargetError, to_ascii
from siegelpost.doctor.live.target import parse as parse_target
from siegelpost.doctor.live.web import read_head
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.doctor.x509.certificate import AUTHORITY_INFO_ACCESS, Certificate, parse
from siegelpost.doctor.x509.chain import ChainError, as_certificates

MOST_FETCHES = 3
MOST_BYTES = 64 * 1024
MOST_SECONDS = 3.0
_CA_ISSUERS = oid_bytes("1.3.6.1.5.5.7.48.2")
_URI = 0x86
_PORTS = {"http": 80, "https": 443}

Allowed = Callable[[Address], bool]


@dataclass(frozen=True, slots=True)
class Completion:
    """What could be fetched for a chain that ends too early. ``problem`` is why it did not help, if it did not."""

    chain: tuple[bytes, ...]
    fetched: tuple[str, ...]
    url: str | None
    problem: str | None = None


class FetchError(Exception):
    """Nothing that could be used came from there; the text says why, in a word or two."""


def complete(
    chain: Sequence[bytes],
    deadline: Deadline,
    *,
    resolver: dns.resolver.Resolver | None = None,
    allowed: Allowed = is_public,
) -> Completion:
    """Fetch the issuers that the chain lacks, one above the other. Never raises for what is found there."""
    deadline = deadline.at_most(MOST_SECONDS)
    pool = _readable(chain)
    fetched: list[Certificate] = []
    url: str | None = None
    problem: str | None = None
    for _ in range(MOST_FETCHES):
        top = _top(pool)
        if top is None or top.subject == top.issuer:
            break
        url = issuer_url(top)
        if url is None:
            problem = None if fetched else "no address"
            break
        try:
            found = [each for each in _fetch(url, deadline, resolver, allowed) if each.subject == top.issuer]
        except FetchError as error:
            problem = str(error)
            break
        if not found or found[0] in pool:
            problem = "not the issuer"
            break
        fetched.append(found[0])
        pool.append(found[0])
    lacking = [each.whole for each in fetched if each.subject != each.issuer]
    return Completion((*chain, *lacking), tuple(each.subject_text for each in fetched), url, problem)


def issuer_url(certificate: Certificate) -> str | None:
    """The first http or https address at which the certificate's issuer is said to lie."""
    value = certificate.extension(AUTHORITY_INFO_ACCESS)
    if value is None:
        return None
    try:
        descriptions = Reader(der.only(value, der.SEQUENCE))
        while not descriptions.at_end():
            one = Reader(descriptions.value(der.SEQUENCE))
            method = one.value(der.OID)
            tag, content, _ = one.element()
            text = content[:2048].decode("ascii", "replace")
            if method == _CA_ISSUERS and tag == _URI and text.lower().startswith(("http://", "https://")):
                return text
    except DerError:
        return None
    return None


def _readable(chain: Sequence[bytes]) -> list[Certificate]:
    found = []
    for blob in chain:
        try:
            found.append(parse(blob))
        except DerError:
            continue
    return found


def _top(pool: Sequence[Certificate]) -> Certificate | None:
    """Where the path from the server's own certificate upwards ends."""
    if not pool:
        return None
    seen = [pool[0]]
    while True:
        above = next((each for each in pool if each.subject == seen[-1].issuer and each not in seen), None)
        if above is None:
            return seen[-1]
        seen.append(above)


def _fetch(url: str, deadline: Deadline, resolver: dns.resolver.Resolver | None, allowed: Allowed) -> list[Certificate]:
    return _certificates(fetch(url, deadline, resolver=resolver, allowed=allowed))


def fetch(
    url: str, deadline: Deadline, *, resolver: dns.resolver.Resolver | None = None, allowed: Allowed = is_public
) -> bytes:
    """The bytes at a URL, from an allowed address, without following redirects.

    Raises:
        FetchError: they are not to be had, or not to be asked for.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme.lower()]
        target = parse_target(parts.hostname or "")
    except (ValueError, KeyError) as error:
        raise FetchError("unusable address") from error
    address = _address_of(target, deadline, resolver, allowed)
    request = _request(parts)
    try:
        with Wire(address, port, deadline, most=2 * MOST_BYTES) as wire:
            receive = _speak(wire, target, request, tls=parts.scheme.lower() == "https")
            head = read_head(receive)
            if head.status != 200:
                raise FetchError(f"status {head.status}")
            return _body(head.rest, head.first("content-length"), receive)
    except (WireError, ssl.SSLError, ValueError, OSError) as error:
        raise FetchError("no answer") from error


def _address_of(
    target: Target, deadline: Deadline, resolver: dns.resolver.Resolver | None, allowed: Allowed
) -> Address:
    if target.address:
        addresses: tuple[Address, ...] = (target.address,)
    else:
        # Never this machine's own names: the DNS of the internet, or nothing.
        addresses = lookup.from_dns(target.name.rstrip("."), resolver, deadline).addresses
    if not addresses:
        raise FetchError("name not found")
    if not all(map(allowed, addresses)):
        raise FetchError("private address")
    return addresses[0]


def _request(parts: SplitResult) -> bytes:
    """HTTP/1.0, so that no chunks come."""
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    if not all(0x21 <= ord(letter) <= 0x7E for letter in path):
        raise FetchError("unusable address")
    try:
        host = to_ascii(parts.hostname or "")
    except TargetError:
        host = f"[{parts.hostname}]"
    port = f":{parts.port}" if parts.port else ""
    return f"GET {path} HTTP/1.0\r\nHost: {host}{port}\r\nAccept: */*\r\n\r\n".encode("ascii")


def _speak(wire: Wire, target: Target, request: bytes, *, tls: bool) -> Callable[[], bytes]:
    if not tls:
        wire.send(request)
        return wire.receive
    connection = Connection(wire, target.server_name)
    connection.handshake()
    connection.send(request)
    return connection.receive


def _body(start: bytes, length: str | None, receive: Callable[[], bytes]) -> bytes:
    wanted = int(length) if length and length.isascii() and length.isdigit() and len(length) < 10 else None
    body = start
    while wanted is None or len(body) < wanted:
        if len(body) > MOST_BYTES:
            raise FetchError("too large")
        piece = receive()
        if not piece:
            break
        body += piece
    if len(body) > MOST_BYTES:
        raise FetchError("too large")
    return body if wanted is None else body[:wanted]


def _certificates(data: bytes) -> list[Certificate]:
    """A certificate in DER or PEM, or a bundle in PKCS#7, as authorities lay them out (RFC 5280 § 4.2.2.1)."""
    if data.lstrip()[:5] == b"-----":
        try:
            return _readable(as_certificates(data.decode("latin-1")))
        except ChainError as error:
            raise FetchError("no certificate") from error
    found = _readable([data])
    if found:
        return found
    try:
        bundle = pkcs7.load_der_pkcs7_certificates(data)
    except ValueError as error:
        raise FetchError("no certificate") from error
    return _readable([each.public_bytes(Encoding.DER) for each in bundle])
