"""Static files, read once at the start: they are few and small."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from siegelpost.web.headers import Headers

PREFIX = "/static/"
# Packages whose ``static`` folder is served.
_PACKAGES = ("siegelpost.web", "django_htmx", "allauth.account", "allauth.mfa")
_COMPRESSED = (".css", ".js", ".svg", ".json", ".webmanifest", ".txt")
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"public, max-age=300")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, as it is and compressed (None where that gains nothing)."""

    body: bytes
    compressed: bytes | None
    content_type: bytes
    digest: str

    def answer(self, query: bytes, fields: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
        """Status, headers and body; an address with the file's digest in it may be kept for ever."""
        etag = f'"{self.digest}"'.encode()
        versioned = query == b"v=" + self.digest[:12].encode()
        headers = [
            (b"content-type", self.content_type),
            (b"etag", etag),
            (b"vary", b"accept-encoding"),
            _FOR_EVER if versioned else _ASK_AGAIN,
        ]
        if fields.get(b"if-none-match") == etag:
            return 304, headers, b""
        if self.compressed is not None and b"gzip" in fields.get(b"accept-encoding", b""):
            return 200, [*headers, (b"content-encoding", b"gzip")], self.compressed
        return 200, headers, self.body


@cache
def load() -> dict[str, StaticFile]:
    """Every static file by its path in addresses."""
    found: dict[str, StaticFile] = {}
    for package in _PACKAGES:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            root = Path(place) / "static"
            for file in sorted(root.rglob("*")):
                if file.is_file():
                    found[PREFIX + file.relative_to(root).as_posix()] = _read(file)
    return found


def _read(file: Path) -> StaticFile:
    body = file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    small = gzip.compress(body, mtime=0) if file.suffix in _COMPRESSED else body
    return StaticFile(body, small if len(small) < len(body) else None, kind.encode(), hashlib.sha256(body).hexdigest())
