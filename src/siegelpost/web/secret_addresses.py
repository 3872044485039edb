"""Which addresses are secret: those whose route has a part of the kind ``secret``, and nothing else says so.

Whoever reads a log must not be able to open a recipient's page, to sign in, or to see to the certificate.
"""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter


class SecretConverter(StringConverter):
    """A part of an address that only whoever was given it knows."""


BLOTTED = "…"
_SLASH = "(?:/|%2[Ff])"
# Whatever stands there up to the next part of the address, also where it is written with percent signs.
_UP_TO_THE_NEXT = r"(?:%(?!2[Ff])|[^\s/?#&\"'<>%\\.])+"


def routes() -> Iterator[str]:
    """Every route of this server that Django answers, from its first sign on."""
    yield from _within(get_resolver(), "")


def _within(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _within(one, route)


def in_texts() -> re.Pattern[str]:
    """Finds secret addresses in any text, also within other addresses; the first group is what may stay.

    The lane answers at addresses that Django has, too.
    """
    before = sorted({route.partition("<secret:")[0] for route in routes() if "<secret:" in route})
    known = "|".join(_SLASH.join(map(re.escape, one.split("/"))) for one in before)
    return re.compile(f"({_SLASH}(?:{known})){_UP_TO_THE_NEXT}")
