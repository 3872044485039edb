"""What an address or a form names: of an identifier that is none, nothing is there."""

import uuid
from collections.abc import Iterable

from django.http import Http404


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
