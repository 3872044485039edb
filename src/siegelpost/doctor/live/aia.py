"""Fetching what a server forgot to send, where its certificate says it lies (RFC 5280 § 4.2.2.1), within bounds.

A certificate is written by strangers, so its addresses are too (:mod:`siegelpost.toolbox.outgoing`): three fetches and
three seconds in all.
"""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import dns.resolver
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader, oid_bytes
from siegelpost.doctor.live import lookup
from siegelpost.doctor.x509.certificate import AUTHORITY_INFO_ACCESS, Certificate, parse
from siegelpost.doctor.x509.chain import ChainError, as_certificates
from siegelpost.toolbox.damages import X509_DAMAGES
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address, Network
from siegelpost.toolbox.outgoing import ISSUER, DestinationRefusedError, destination, exchange

MOST_FETCHES = 3
_CA_ISSUERS = oid_bytes("1.3.6.1.5.5.7.48.2")
_URI = 0x86


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
    private: Sequence[Network] = (),
) -> Completion:
    """Fetch the issuers that the chain lacks, one above the other. Never raises for what is found there.

    Args:
        private: networks of the house from which they may come all the same.
    """
    deadline = deadline.at_most(ISSUER.seconds)
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
            found = [
                each
                for each in _certificates(fetch(url, deadline, resolver=resolver, private=private))
                if each.subject == top.issuer
            ]
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


def fetch(
    url: str,
    deadline: Deadline,
    *,
    resolver: dns.resolver.Resolver | None = None,
    private: Sequence[Network] = (),
) -> bytes:
    """The bytes at a URL that a stranger may have written.

    Raises:
        FetchError: they are not to be had, or not to be asked for.
    """

    def in_dns(name: str, until: Deadline) -> tuple[Address, ...]:
        """Never this machine's own names: the DNS of the internet, or nothing."""
        return lookup.from_dns(name, resolver, until).addresses

    try:
        to = destination(url, ISSUER, private=private, lookup=in_dns, deadline=deadline)
        reply = exchange(to, ISSUER, context=_unverified(), deadline=deadline)
    except DestinationRefusedError as error:
        raise FetchError(str(error)) from error
    except socket.gaierror as error:
        raise FetchError("name not found") from error
    except OSError as error:
        raise FetchError("no answer") from error
    if reply.status != 200:
        raise FetchError(f"status {reply.status}")
    return reply.body


@cache
def _unverified() -> ssl.SSLContext:
    """Whoever serves it: what comes is a certificate, which is judged by its own signature."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


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
    except X509_DAMAGES as error:
        raise FetchError("no certificate") from error
    return _readable([each.public_bytes(Encoding.DER) for each in bundle])
