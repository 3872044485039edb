"""The plain-HTTP port: sends every visitor to HTTPS, and answers an authority's HTTP-01 validation."""

import asyncio
from collections.abc import Callable
from typing import cast

from siegelpost.tls.front import plain, proxy_header
from siegelpost.tls.front.client_hello import MalformedError, NeedMore
from siegelpost.tls.front.listener import address_of
from siegelpost.tls.front.proxies import Networks, believes
from siegelpost.toolbox.crowd import Crowd

_PATIENCE = 10.0

Answer = Callable[[bytes], bytes]


class RedirectProtocol(asyncio.Protocol):
    """Reads one request's head, answers, closes; of whom too many are here already, that one is sent away."""

    def __init__(self, answer: Answer, crowd: Crowd, balancers: Networks = ()) -> None:
        self._answer = answer
        self._crowd = crowd
        self._received = b""
        self._balancers = balancers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._address = address_of(transport.get_extra_info("peername"))
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._transport.abort)
        self._is_announced = believes(self._address, self._balancers)
        self._is_in = self._crowd.enter(self._address, brings_others=self._is_announced)
        if not self._is_in:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._received += data
        if self._is_announced and not self._heard_announcement():
            return
        head = plain.head_of(self._received)
        if head == b"":
            return
        if head is not None:
            self._transport.write(self._answer(head))
        self._transport.close()

    def _heard_announcement(self) -> bool:
        """Whether the balancer has said from where this comes; it is taken off then."""
        try:
            found = proxy_header.parse(self._received)
        except MalformedError:
            self._transport.abort()
            return False
        if isinstance(found, NeedMore):
            return False
        self._is_announced, self._received = False, self._received[found.size :]
        if found.address is not None:
            if not self._crowd.enter(found.address):
                self._transport.abort()
                return False
            self._crowd.leave(self._address)
            self._address = found.address
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        if self._is_in:
            self._crowd.leave(self._address)


def location_of(
    allowed: Callable[[str], bool], public_host: str, public_address: str, port: int
) -> Callable[[str], str | None]:
    """Where HTTPS is for a host name; None for names that are not ours."""

    def location(host: str) -> str | None:
        if host == public_host:
            return public_address
        if not allowed(host):
            return None
        shown = f"[{host}]" if ":" in host else host
        return f"https://{shown}" + ("" if port == 443 else f":{port}")

    return location
