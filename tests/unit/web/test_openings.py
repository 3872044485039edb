"""A loop that opens a link without end is stopped before it fills the ledger; nothing is shown unrecorded."""

import asyncio
import time
from datetime import timedelta

import pytest
from tests.support.lane import a_lane, see
from tests.support.office import a_dispatch, an_office, the_guard_says, token_of

from siegelpost.ledger.log import Row
from siegelpost.toolbox.limits import Key, Limit
from siegelpost.web import openings
from siegelpost.web.openings import Openings

LIMIT = Limit("opening", 6, timedelta(minutes=10), (Key.DISPATCH, Key.SOURCE))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    monkeypatch.setattr(openings, "OPENING", LIMIT)
    monkeypatch.setattr(openings, "BATCH", 2)


@pytest.mark.usefixtures("small")
def test_each_address_has_its_own_count_and_a_new_one_with_each_window() -> None:
    now = [time.time()]
    counted = Openings(lambda: now[0])

    def look(dispatch: str, address: str) -> int:
        return asyncio.run(counted.seconds_to_wait(dispatch, address))

    waits = [look("a", "203.0.113.7") for _ in range(9)]
    assert waits[:7] == [0] * 7
    assert all(0 < wait <= 600 for wait in waits[7:])
    assert look("a", "203.0.113.8") == look("b", "203.0.113.7") == 0
    now[0] += 600
    assert look("a", "203.0.113.7") == 0


@pytest.mark.usefixtures("small")
def test_one_customer_has_one_count_however_many_ipv6_addresses_look() -> None:
    counted = Openings()
    waits = [asyncio.run(counted.seconds_to_wait("a", f"2001:db8:1:2::{number}")) for number in range(9)]
    assert waits[:6] == [0] * 6
    assert waits[-1] > 0


@pytest.mark.usefixtures("small")
def test_the_limit_holds_across_processes() -> None:
    several = [Openings() for _ in range(3)]
    shown = 0
    for _ in range(20):
        for each in several:
            shown += not asyncio.run(each.seconds_to_wait("a", "203.0.113.7"))
    # The limit, and less than a batch for each of them.
    assert LIMIT.most <= shown <= LIMIT.most + len(several)


@pytest.mark.django_db(transaction=True)
def test_beyond_the_limit_nothing_is_shown_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Row] = []
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setattr(openings, "OPENING", Limit("opening", 2, timedelta(minutes=10), (Key.DISPATCH, Key.SOURCE)))
    monkeypatch.setattr(openings, "BATCH", 1)
    lane, path = a_lane(monkeypatch, written.append), f"/s/{token_of(a_dispatch())}/"
    answers = [see(lane, path) for _ in range(3)]
    assert [status for status, _ in answers] == [200, 200, 429]
    assert len(written) == 2
    assert b"Altbauwohnung" not in answers[-1][1]
