"""First look, download and later look are told apart, and what was shown is named by its hash."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from tests.support.office import a_dispatch, an_office, the_guard_says, token_of

from siegelpost.dispatch.frozen.row import SQL, PageRow
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.links import canonical_sha256, stamp
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.ledger.event_variants import words
from siegelpost.ledger.events import by_uri
from siegelpost.ledger.log import _APPEND_SQL, Row
from siegelpost.ledger.models import Event
from siegelpost.settings import load
from siegelpost.web.lane import Lane
from siegelpost.web.page_query import _HANDED_OVER, _MOST_HANDED_OVER

pytestmark = pytest.mark.django_db(transaction=True)
PERSON, MACHINE = b"Mozilla/5.0", b"WhatsApp/2.24.6.77 A"


class Reader:
    """Asks what the lane asks, over Django's connection: the test's database has a name of its own."""

    async def find(self, token_hash: bytes) -> PageRow | None:
        rows = await asyncio.to_thread(self._asked, f"{SQL}%s", token_hash)
        return PageRow(*rows[0]) if rows else None

    async def viewings(self, token_hash: bytes) -> list[Any]:
        return []

    async def was_handed_over(self, public_id: str, sha256: str) -> bool:
        rows = await asyncio.to_thread(self._asked, f"{_HANDED_OVER}%s{_MOST_HANDED_OVER}", public_id)
        return any(sha256.encode() in bytes(leaf) for (leaf,) in rows)

    def _asked(self, sql: str, value: bytes | str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [value])
            rows = list(cursor.fetchall())
        connection.close()
        return rows


class Writer:
    """Writes what the lane writes, over Django's connection."""

    async def write(self, event: Row | None, window: object = None) -> bool:
        if event is not None:
            await asyncio.to_thread(self._append, event)
        return True

    def _append(self, event: Row) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_APPEND_SQL[connection.vendor], event)
        connection.close()


def get(token: str, rest: str = "", user_agent: bytes = PERSON) -> bytes:
    """What the lane answers."""
    sent: list[dict[str, Any]] = []

    async def ask() -> None:
        lane = Lane(load())
        lane._reader, lane._commits = Reader(), Writer()  # type: ignore[assignment]  # as said there
        requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            if (request := next(requests, None)) is None:
                await asyncio.sleep(3600)  # a visitor who stays until the answer is there
            return request

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/s/{token}/{rest}",
            "query_string": b"",
            "headers": [(b"user-agent", user_agent)],
            "client": ("203.0.113.9", 1),
        }
        handler = lane.handler(scope)
        assert handler
        await handler(scope, receive, send)

    asyncio.run(ask())
    return b"".join(message.get("body", b"") for message in sent[1:])


def told(dispatch: Dispatch) -> list[tuple[str, dict[str, Any]]]:
    """The looks and hand-overs in the order they were recorded: what people read, and the data."""
    found = []
    for event in Event.objects.filter(subject=str(dispatch.public_id)).order_by("id"):
        leaf = json.loads(bytes(event.leaf))
        if (kind := by_uri(leaf["event"])) and leaf["event"].endswith(("Tracking", "ContentHandover")):
            found.append((words(kind, leaf["data"]).label.de, leaf["data"]))
    return found


def test_first_look_download_and_later_look_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look at the content was recorded as “looked at again”, before “handed over”."""
    an_office()
    the_guard_says(True, monkeypatch)
    dispatch = a_dispatch()
    token = token_of(dispatch)
    page = get(token)
    form = Form(stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    declare(token, form, Client("203.0.113.9", "Firefox"))
    get(token, user_agent=MACHINE)
    get(token)
    pdf = get(token, "expose.pdf")
    get(token)
    found = told(dispatch)
    assert [said for said, _data in found] == [
        "Link geöffnet (evtl. automatisch)",
        "Inhalt von einem Programm abgerufen",
        "Exposé angesehen",
        "PDF heruntergeladen",
        "Erneut angesehen",
    ]
    content = canonical_sha256(dispatch.content)
    assert found[0][1]["sha256"] == hashlib.sha256(page).hexdigest()
    assert found[2][1]["content_sha256"] == content
    assert found[3][1]["sha256"] == hashlib.sha256(pdf).hexdigest() == dispatch.pdf_sha256
    assert found[4][1] == {"machine": False, "again": True, "method": "GET", "sha256": content}
