"""Static files: our own and those of the packages we use, by a name that changes with their content.

The lane serves them from :func:`find`; nothing is collected or copied, and nothing comes from elsewhere.
"""

import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

PREFIX = "/static/"
OWN = Path(__file__).parent / "static"
# Only what pages name: the rest of these packages' files stays unreachable.
OF_PACKAGES = {
    "htmx.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
    "webauthn-json.js": ("allauth.mfa", "static/mfa/js/webauthn-json.js"),
    "webauthn.js": ("allauth.mfa", "static/mfa/js/webauthn.js"),
    "onload.js": ("allauth.account", "static/account/js/onload.js"),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as it is sent; ``digest`` serves as version and ETag."""

    name: str
    body: bytes
    media_type: str
    digest: str


@cache
def find(name: str) -> Asset | None:
    """The file of this name, or None; a name is looked up in a list and never becomes a path."""
    path = _paths().get(name)
    if path is None:
        return None
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(name, body, media_type, hashlib.sha256(body).hexdigest()[:12])


def url(name: str) -> str:
    """The address of a static file; it may be kept for ever, because it changes with the content.

    Raises:
        LookupError: there is no such file, which is a mistake in a template.
    """
    asset = find(name)
    if asset is None:
        raise LookupError(f"no static file {name!r}")
    return f"{PREFIX}{name}?v={asset.digest}"


@cache
def _paths() -> dict[str, Path]:
    return dict(_every())


def _every() -> Iterator[tuple[str, Path]]:
    for path in OWN.rglob("*"):
        if path.is_file():
            yield path.relative_to(OWN).as_posix(), path
    for name, (package, inside) in OF_PACKAGES.items():
        yield name, Path(str(files(package))) / inside
