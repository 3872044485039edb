"""A login in what a service answers: blotted out, in whatever form the service repeats it."""

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import permutations
from urllib.parse import quote, quote_plus

# Coded, less than this would be any word.
_LONG_ENOUGH = 6


def blotted(text: str, login: Mapping[str, str]) -> str:
    """The text with ``…`` in place of every value of a login.

    Give all of a text, not its beginning: of a login that is cut in the middle the rest would stay.
    """
    forms = {form for value in filter(None, login.values()) for form in _forms(value)}
    forms |= {form for one, other in permutations(login.values(), 2) for form in _coded(f"{one}:{other}")}
    # The longest first: where a name is part of a password, the rest of that must not stay.
    for form in sorted(forms, key=len, reverse=True):
        text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
    return text


def _forms(secret: str) -> Iterator[str]:
    """How a service may repeat it: as it is, in an address, in JSON, in a page, coded."""
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (html.escape(secret), repr(secret)[1:-1])
    yield from _coded(secret)


def _coded(secret: str) -> Iterator[str]:
    """In base64, without the sign at its end that depends on what stands behind; few letters would be any word."""
    if len(said := secret.encode()) >= _LONG_ENOUGH:
        yield base64.b64encode(said).decode()[: len(said) * 8 // 6]
