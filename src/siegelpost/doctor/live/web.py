"""The first answer of a web server: status and headers, bounded; never its body, and never where it points to."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from siegelpost import __version__
from siegelpost.doctor.live.handshake import Connection
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.target import Target
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

MOST_HEAD = 32 * 1024
MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and header fields, names in lower case; ``rest`` is what had already come of the body."""

    status: int
    fields: tuple[tuple[str, str], ...]
    rest: bytes = b""
    read_at: datetime | None = None

    def first(self, name: str) -> str | None:
        return next((value for field, value in self.fields if field == name), None)

    @property
    def date(self) -> datetime | None:
        """The server's clock (RFC 9110 § 6.6.1), in UTC."""
        text = self.first("date")
        if not text:
            return None
        try:
            found = parsedate_to_datetime(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def ask(connection: Connection, target: Target) -> Head | None:
    """The server's first answer to ``GET /``, or None when none came in time or it is no HTTP.

    The path of the target is never asked for: it may be somebody's secret link, and asking would be recorded as
    opening it.
    """
    request = (
        f"GET / HTTP/1.1\r\nHost: {target.authority}\r\nUser-Agent: siegelpost-doctor/{__version__}\r\n"
        "Accept: text/html\r\nConnection: close\r\n\r\n"
    )
    try:
        connection.send(request.encode("ascii"))
        return read_head(connection.receive)
    except (WireError, ssl.SSLError, ValueError):
        return None
    finally:
        connection.close()


def speaks_plain(address: Address, port: int, deadline: Deadline) -> bool:
    """Whether a server that does not come to terms over TLS answers an unencrypted request."""
    try:
        with Wire(address, port, deadline, most=MOST_HEAD) as wire:
            wire.send(b"GET / HTTP/1.0\r\n\r\n")
            return wire.receive()[:5] == b"HTTP/"
    except WireError:
        return False


def read_head(receive: Callable[[], bytes]) -> Head:
    """Read up to the end of the headers.

    Raises:
        ValueError: this is no HTTP answer, or too long a one.
        WireError: from ``receive``.
    """
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        if len(data) > MOST_HEAD:
            raise WireError(Outcome.TOO_MUCH)
        piece = receive()
        if not piece:
            raise ValueError("ended within the headers")
        data += piece
    status, *lines = data[:end].decode("latin-1").split("\r\n")
    version, _, remainder = status.partition(" ")
    code = remainder[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit()) or len(lines) > MOST_FIELDS:
        raise ValueError("no HTTP/1 answer")
    fields = tuple((name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Head(int(code), fields, data[end + 4 :], datetime.now(UTC))
