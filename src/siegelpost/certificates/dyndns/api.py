"""Requests to a provider's interface: by the one rule for requests outside, and what its status means."""

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any

from siegelpost.certificates.dyndns.record import Access, DnsWriteError, Fault
from siegelpost.toolbox.internet import Address, Network
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, Reply, destination, exchange

DNS_API = Purpose(("https",), 512 * 1024, 20.0)
# A time to live for a record that did not exist before, in seconds.
NEW_TTL = 300
_LONGEST_PAUSE = 24 * 3600.0
_FAULTS: Mapping[int, Fault] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: Fault.BAD_LOGIN,
        HTTPStatus.FORBIDDEN: Fault.BAD_LOGIN,
        HTTPStatus.NOT_FOUND: Fault.NO_HOST,
        HTTPStatus.REQUEST_TIMEOUT: Fault.OUTAGE,
        HTTPStatus.CONFLICT: Fault.OUTAGE,
        HTTPStatus.LOCKED: Fault.OUTAGE,
        HTTPStatus.TOO_MANY_REQUESTS: Fault.TOO_OFTEN,
        HTTPStatus.BAD_REQUEST: Fault.REFUSED,
        HTTPStatus.UNPROCESSABLE_ENTITY: Fault.REFUSED,
    }
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is asked, and whom this machine trusts there.

    Args:
        base: the address that all of its paths begin with; empty where the office names it.
        private: networks of the house that may be asked.
    """

    base: str
    access: Access
    context: ssl.SSLContext
    private: Sequence[Network] = ()

    def send(
        self, method: str, url: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes | None = None
    ) -> Reply:
        """One request.

        Raises:
            DnsWriteError: the address may not be asked, or no answer came.
        """
        try:
            to = destination(url, DNS_API, private=self.private)
            sent = {"User-Agent": "Siegelpost", **headers}
            return exchange(to, DNS_API, method=method, headers=sent, body=body, context=self.context)
        except (DestinationRefusedError, OSError) as error:
            # Also a private address: routers answer every name with their own while they are not connected.
            raise DnsWriteError(Fault.UNREACHABLE, self.access.scrubbed(str(error))) from None

    def call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: Any = None,
        *,
        missing: Any = ...,
    ) -> Any:
        """What the interface answers, read from JSON.

        Args:
            missing: given instead of what is not there (404); without it that is a fault.

        Raises:
            DnsWriteError: it refuses, or its answer is none.
        """
        body = None if content is None else json.dumps(content).encode()
        sent = {"Accept": "application/json", **headers} | ({"Content-Type": "application/json"} if body else {})
        reply = self.send(method, self.base + path, sent, body)
        if reply.status == HTTPStatus.NOT_FOUND and missing is not ...:
            return missing
        self.must_be_good(reply)
        said = self.read(reply)
        if method == "GET" and said is None:
            raise DnsWriteError(Fault.NOT_UNDERSTOOD, f"HTTP {reply.status}")
        return said

    def read(self, reply: Reply) -> Any:
        """Its JSON; None where it has no body."""
        if not reply.body.strip():
            return None
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            raise DnsWriteError(Fault.NOT_UNDERSTOOD, f"HTTP {reply.status}") from error

    def must_be_good(self, reply: Reply) -> None:
        """Raises DnsWriteError unless the status says that it was done."""
        if reply.status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT):
            return
        outage = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        fault = Fault.OUTAGE if outage else _FAULTS.get(reply.status, Fault.NOT_UNDERSTOOD)
        said = reply.body.decode("utf-8", "replace")
        raise DnsWriteError(fault, self.access.scrubbed(f"HTTP {reply.status} {said}"), _pause(reply))


def _pause(reply: Reply) -> float | None:
    """Retry-After in seconds (RFC 9110 § 10.2.3); a date is not waited for."""
    said = reply.headers.get("retry-after", "").strip()[:10]
    return min(float(said), _LONGEST_PAUSE) if said.isascii() and said.isdigit() else None


def only(found: Sequence[Any]) -> Any:
    """The one record that stands there; None where there is none.

    Raises:
        DnsWriteError: there are several, and whose the others are nobody here can know.
    """
    if len(found) > 1:
        raise DnsWriteError(Fault.SEVERAL, str(len(found)))
    return found[0] if found else None


def is_the(address: Address, said: object) -> bool:
    """Whether a record says this address, however it writes it."""
    try:
        return ip_address(str(said)) == address
    except ValueError:
        return False
