"""The plain-HTTP port: sends every visitor to HTTPS, and answers an authority's HTTP-01 validation."""

import asyncio
from collections.abc import Callable
from typing import cast

from siegelpost.tls.front import plain

_PATIENCE = 10.0

Answer = Callable[[bytes], bytes]


class RedirectProtocol(asyncio.Protocol):
    """Reads one request's head, answers, closes."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._received += data
        head = plain.head_of(self._received)
        if head == b"":
            return
        if head is not None:
            self._transport.write(self._answer(head))
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()


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
