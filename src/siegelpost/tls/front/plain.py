"""Plain HTTP, answered with one thing only: where HTTPS is.

Used for the plain port and for a browser that speaks plain HTTP to the HTTPS port.
"""

import re
from collections.abc import Callable

MAX_HEAD = 8_192
_METHOD = re.compile(rb"[A-Z]{3,16}(?: |\Z)")
_REQUEST_LINE = re.compile(rb"([A-Z]{3,16}) ([\x21-\x7e]{1,4096}) HTTP/1\.[01]\r?\n")
_HOST = re.compile(rb"(?im)^host:[ \t]*(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::[0-9]{1,5})?[ \t]*\r?$")
_HOST_NAME = re.compile(rb"(?im)^host[ \t]*:")
_END = re.compile(rb"\r?\n\r?\n")
_HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{more}\r\n"
)
_USE_HTTPS = "Bitte https:// verwenden. / Please use https://.\n"


def head_of(data: bytes) -> bytes | None:
    """The head of the plain HTTP request in ``data``: empty while incomplete, None if none or too large."""
    if data and not _METHOD.match(data[:17]) and not (len(data) < 4 and data.isalpha()):
        return None
    end = _END.search(data)
    if end is not None:
        return data[: end.end()]
    return b"" if len(data) < MAX_HEAD else None


def answer(head: bytes, *, location: Callable[[str], str | None], tokens: Callable[[str], str | None]) -> bytes:
    """The answer to a plain request.

    Args:
        head: the request with its header fields, of any quality.
        location: for the host name asked for, the base of its HTTPS address, or None when it is not one of
            ours: a redirect must not lead wherever a forged Host field says.
        tokens: for a path below ``/.well-known/acme-challenge/``, the key authorization (RFC 8555 § 8.3), or
            None.
    """
    line = _REQUEST_LINE.match(head)
    host = _HOST.search(head)
    if line is None or host is None or len(_HOST_NAME.findall(head)) > 1:
        return _response("400 Bad Request", _USE_HTTPS)
    method, target = line[1].decode(), line[2].decode()
    if target.startswith("/.well-known/acme-challenge/") and (
        body := tokens(target.removeprefix("/.well-known/acme-challenge/"))
    ):
        return _response("200 OK", body)
    base = location(host[1].decode().strip("[]").lower())
    if base is None or not target.startswith("/"):
        return _response("400 Bad Request", _USE_HTTPS)
    body = "" if method == "HEAD" else _USE_HTTPS
    return _response("308 Permanent Redirect", body, f"Location: {base}{target}\r\n")


def _response(status: str, body: str, more: str = "") -> bytes:
    return (_HEAD.format(status=status, length=len(body.encode()), more=more) + body).encode()
