"""What an address or a form names: of an identifier that is none, nothing is there."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.dateparse import parse_date

from siegelpost.formats import named

_MOST_NAMED = 5


def asked_id(value: str) -> uuid.UUID:
    """The public id that this says.

    Raises:
        django.http.Http404: it says none.
    """
    try:
        return uuid.UUID(value)
    except ValueError:
        raise Http404 from None


def asked_ids(values: Iterable[str]) -> list[uuid.UUID]:
    """As :func:`asked_id`, for several."""
    return [asked_id(value) for value in values]


def at_most(values: Iterable[str], most: int) -> list[uuid.UUID]:
    """As :func:`asked_ids`, each once, of a form that never names more than so many.

    Raises:
        django.http.Http404: one says none, or there are more: a part of them would be another thing than was meant.
    """
    found = list(dict.fromkeys(asked_ids(values)))
    if len(found) > most:
        raise Http404
    return found


def first_of(
    request: HttpRequest, field: str, most: int, *, words: str, name: Callable[[uuid.UUID], object]
) -> HttpResponseBase | None:
    """Where an address names more than goes at once: the way on with the first of them, and which are left out is said.

    Args:
        words: with ``%(most)d``, and ``%(names)s`` for those that are left out.
        name: what one is called.
    """
    wanted = list(dict.fromkeys(request.GET.getlist(field)))
    if len(wanted) <= most:
        return None
    left = [str(name(one)) for one in asked_ids(wanted[most:])]
    messages.warning(request, words % {"most": most, "names": named(left, _MOST_NAMED)})
    query = request.GET.copy()
    query.setlist(field, wanted[:most])
    return redirect(f"{request.path}?{query.urlencode()}")


def asked_day(value: str) -> date | None:
    """The day that this says, as ``2026-03-29``; none where it says none, or one that no calendar has."""
    try:
        return parse_date(value)
    except ValueError:
        return None
