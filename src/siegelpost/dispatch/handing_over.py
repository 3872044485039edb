"""Handing the document over: the event is written when the last byte has left, not when it was asked for."""

from collections.abc import Iterator

from django.db import transaction

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.declaring import Client
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import State
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append

CHUNK = 64 * 1024


class NotOpenError(Exception):
    """The gate is not open (any more): nothing is handed over."""


def open_dispatch(token: str) -> Dispatch:
    """The dispatch behind this link, whose content may be seen now.

    Raises:
        LinkUnknownError, LinkClosedError: the link leads nowhere, or no longer.
        NotOpenError: the gate is closed, or the contract was withdrawn from.
    """
    dispatch = links.find(token)
    links.refuse_if_closed(dispatch)
    if dispatch.state != State.OPEN:
        raise NotOpenError
    return dispatch


def pdf(dispatch: Dispatch, client: Client) -> tuple[int, Iterator[bytes]]:
    """Size of the exposé in bytes, and its bytes; taking the last one records the handover."""
    data = storage.read(dispatch.pdf_sha256)
    return len(data), _hand_over(dispatch, data, client)


def _hand_over(dispatch: Dispatch, data: bytes, client: Client) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
    with transaction.atomic():
        append(
            EventKind.CONTENT_HANDOVER,
            subject=str(dispatch.public_id),
            data={"sha256": dispatch.pdf_sha256, "bytes": len(data)},
            personal=client.personal,
        )


def pictures_in(value: object) -> set[str]:
    """The SHA-256 of every rendition named anywhere in a frozen page or content."""
    if isinstance(value, dict):
        own = {value["sha256"]} if isinstance(value.get("sha256"), str) and "width" in value else set()
        return own.union(*map(pictures_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(pictures_in, value))
    return set()
