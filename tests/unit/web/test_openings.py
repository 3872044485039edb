"""A loop that opens a link without end is stopped before it fills the ledger; nothing is shown unrecorded."""

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


def test_each_address_has_its_own_count_and_a_new_one_with_each_window() -> None:
    now = [time.time() // 600 * 600 + 100.0]
    counted = Openings(lambda: now[0])
    one = counted.window("a", "203.0.113.7")
    assert counted.seconds_to_wait(one) == 0
    assert counted.spent(one) == counted.seconds_to_wait(one) == 500
    others = [counted.window("a", "203.0.113.8"), counted.window("b", "203.0.113.7")]
    assert len({one, *others}) == 3
    assert [counted.seconds_to_wait(other) for other in others] == [0, 0]
    now[0] += 500
    assert counted.seconds_to_wait(counted.window("a", "203.0.113.7")) == 0
    counted.spent(others[0])
    assert one not in counted._spent, "it is kept after its end"


def test_one_customer_has_one_count_however_many_ipv6_addresses_look() -> None:
    counted = Openings()
    assert len({counted.window("a", f"2001:db8:1:2::{number}").key for number in range(9)}) == 1


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_to_the_count_over_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process counted by itself in batches of 50: every further one showed up to 49 more."""
    written: list[Row] = []
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setattr(openings, "OPENING", LIMIT)
    path = f"/s/{token_of(a_dispatch())}/"
    several = [a_lane(monkeypatch, written.append) for _ in range(3)]
    answers = [see(lane, path)[0] for _ in range(4) for lane in several]
    assert (answers.count(200), answers.count(429)) == (LIMIT.most, 12 - LIMIT.most)
    assert len(written) == LIMIT.most


@pytest.mark.django_db(transaction=True)
def test_beyond_the_limit_nothing_is_shown_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Row] = []
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setattr(openings, "OPENING", Limit("opening", 2, timedelta(minutes=10), (Key.DISPATCH, Key.SOURCE)))
    lane, path = a_lane(monkeypatch, written.append), f"/s/{token_of(a_dispatch())}/"
    answers = [see(lane, path) for _ in range(3)]
    assert [status for status, _ in answers] == [200, 200, 429]
    assert len(written) == 2
    assert b"Altbauwohnung" not in answers[-1][1]
