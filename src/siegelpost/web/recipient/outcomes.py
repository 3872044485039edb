"""What became of a form, at an address that can be reloaded and come back to: nothing is sent twice.

A form is answered by leading on (303); the address led to carries, sealed, what its page says. Recipients carry no
cookie (decision 0004), and what was typed must stand in no address, log or history where others can read it.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase

from siegelpost.settings import load
from siegelpost.toolbox.sealing import Sealer, UnsealableError

# Another key than the marks of the way back are signed with, from the same secret.
_SEALER = Sealer(lambda: hmac.digest(load().secret("after-form"), b"outcome", "sha256"))
_NAME = "stand"
# Which words a page is filled with; whoever changes what one needs raises it, and older addresses tell nothing.
_FORM = 1
# Long enough for reloading and coming back; an address lies longer than that in histories and logs.
GOOD_FOR = timedelta(hours=2)
# Bytes of a text as it stands in the pack: more than any field of a recipient's form takes, whatever is typed, so that
# too long stays too long. Three of them make an address below the 8,000 bytes that servers in front take.
_MOST_TYPED = 1300


class SeeOther(HttpResponseRedirectBase):
    """On to an address that can be reloaded without sending anything twice."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page says after a form: which page, and the words it is filled with."""

    page: str
    words: dict[str, Any]


def lead_to(address: str, page: str, *, at: str = "", **words: Any) -> SeeOther:
    """Lead the browser to where the outcome is told.

    Args:
        address: the path that answers; the outcome is told there and nowhere else.
        at: the element of the page that the browser goes to by itself.
        words: texts as they were typed are kept as far as any field takes them.
    """
    said = _packed([_FORM, address, page, {name: _kept(value) for name, value in words.items()}])
    query = urlencode({_NAME: _SEALER.seal_text(said)})
    return SeeOther(f"{address}?{query}{f'#{at}' if at else ''}")


def outcome_of(request: HttpRequest) -> Outcome | None:
    """What this address tells; none if it was not led to by a form of its own, some time ago, or by another version."""
    try:
        said = json.loads(_SEALER.unseal_text(request.GET.get(_NAME, ""), younger_than=GOOD_FOR))
    except (UnsealableError, ValueError):
        return None
    form, address, *rest = said
    return Outcome(*rest) if (form, address) == (_FORM, address_of(request)) else None


def address_of(request: HttpRequest) -> str:
    """The path that was asked for, as an address is written."""
    return request.get_full_path().partition("?")[0]


def _kept(value: object) -> object:
    """A word for a page; of a text as many bytes as an address may have, and no half letter."""
    if not isinstance(value, str):
        return value
    value = value.encode(errors="ignore")[:_MOST_TYPED].decode(errors="ignore")
    while len(_packed(value).encode()) - len('""') > _MOST_TYPED:
        value = value[: len(value) * 3 // 4]
    return value


def _packed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
