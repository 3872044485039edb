"""A loop that opens a link without end is stopped before it fills the ledger; nothing is shown unrecorded."""

import asyncio
from typing import Any

import pytest
from tests.support.office import a_dispatch, an_office, the_guard_says, token_of
from tests.unit.web.test_gate_sequences import DjangoReader

from siegelpost.ledger.log import Row
from siegelpost.settings import load
from siegelpost.web import lane as lanes
from siegelpost.web import openings
from siegelpost.web.openings import WINDOW, Openings


def test_each_address_has_its_own_count_and_a_new_one_with_each_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openings, "MOST", 2)
    now = [5.0]
    counted = Openings(lambda: now[0])
    assert [counted.seconds_to_wait("a", "203.0.113.7") for _ in range(3)] == [0, 0, WINDOW]
    assert counted.seconds_to_wait("a", "203.0.113.8") == 0
    assert counted.seconds_to_wait("b", "203.0.113.7") == 0
    now[0] += WINDOW
    assert counted.seconds_to_wait("a", "203.0.113.7") == 0


@pytest.mark.django_db(transaction=True)
def test_beyond_the_limit_nothing_is_shown_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Row] = []

    class Commits:
        async def write(self, event: Row) -> None:
            written.append(event)

    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(openings, "MOST", 2)
    for name in ("SQLiteReader", "PostgreSQLReader"):
        monkeypatch.setattr(lanes, name, lambda where: DjangoReader())
    monkeypatch.setattr(lanes, "GroupCommit", lambda connect: Commits())
    lane, path = lanes.Lane(load()), f"/s/{token_of(a_dispatch())}/"
    answers: list[Any] = []

    async def look() -> None:
        scope = {"method": "GET", "path": path, "headers": [], "client": ("203.0.113.7", 1)}
        handler = lane.handler(scope)
        assert handler

        async def send(message: Any) -> None:
            answers.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        await handler(scope, receive, send)

    for _ in range(3):
        asyncio.run(look())
    assert [message["status"] for message in answers[::2]] == [200, 200, 429]
    assert len(written) == 2
    assert b"Altbauwohnung" not in answers[-1]["body"]
