"""Ninety days with another fault every day: there is a valid certificate at every hour, no limit is run into, and no
order is lost.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.authority_limits import LIMITS, most_seen, run_into
from tests.support.fake_acme import FakeAuthority, Placed
from tests.support.lost_orders import lost_orders
from tests.support.ninety_days import FAULTS, START, Office, ninety_days

from siegelpost.tls.store import Store

SHORT = range(6)
LONG = range(200)


def lived_through(seeds: range, folder: Path) -> list[Office]:
    offices = [ninety_days(seed, folder / str(seed)) for seed in seeds]
    without = {office.seed: [f"{at:%m-%d %H:%M} {span}" for at, span in office.without] for office in offices}
    assert not {seed: spans for seed, spans in without.items() if spans}
    burnt = {office.seed: [each for fake in office.authorities for each in run_into(fake)] for office in offices}
    assert not {seed: limits for seed, limits in burnt.items() if limits}
    lost = {office.seed: lost_orders(office) for office in offices}
    assert not {seed: orders for seed, orders in lost.items() if orders}
    return offices


@pytest.mark.timeout(600)
def test_with_a_fault_every_day_there_is_a_valid_certificate_at_every_hour(tmp_path: Path) -> None:
    """Six offices; what a fault leaves behind (a dead account, a pause of a week) meets the faults after it."""
    offices = lived_through(SHORT, tmp_path)
    assert len({each for office in offices for each in office.faults}) == len(FAULTS)
    assert sum(office.kills for office in offices) > 0, "a process is killed for good, in the middle of what it does"


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_two_hundred_offices_with_a_fault_every_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offices = lived_through(LONG, tmp_path)
    seen = [most_seen(fake) for office in offices for fake in office.authorities]
    with capsys.disabled():
        print(f"\nprocesses killed: {sum(office.kills for office in offices)}")
        for limit in LIMITS:
            print(f"{limit.name}: {max(each[limit.name] for each in seen)} of {limit.most}")


def test_the_counts_see_what_is_too_much() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    most = {"failed": 5, "order": 300, "account": 10}
    for kind, many in most.items():
        within, too_much = (
            FakeAuthority(happened=[(kind, "x", now + timedelta(seconds=at)) for at in range(count)])
            for count in (many, many + 1)
        )
        assert not run_into(within)
        assert len(run_into(too_much)) == 1, kind


@pytest.mark.parametrize(
    ("status", "account", "faults", "lost"),
    [
        ("pending", "a", ["down", "down"], 1),
        ("ready", "a", ["down", "down"], 1),
        ("valid", "a", ["down", "down"], 0),
        ("invalid", "a", ["down", "down"], 0),
        ("pending", "another", ["down", "down"], 0),
        ("pending", "a", ["killed", "down"], 0),
        ("pending", "a", ["down", "state_damaged"], 0),
    ],
)
def test_an_order_that_is_left_open_for_another_is_lost(
    status: str, account: str, faults: list[str], lost: int, tmp_path: Path
) -> None:
    orders = [Placed(0, "a", ["x.test"], None, None, status), Placed(1, account, ["x.test"], None, None, "valid")]
    happened = [("order", each.account, START + timedelta(days=each.number)) for each in orders]
    office = Office(0, Store(tmp_path), authorities=[FakeAuthority(orders=orders, happened=happened)], faults=faults)
    assert len(lost_orders(office)) == lost


def test_the_order_that_is_at_work_is_not_lost(tmp_path: Path) -> None:
    orders = [Placed(0, "a", ["x.test"], None, None, "ready")]
    fake = FakeAuthority(orders=orders, happened=[("order", "a", START)])
    assert not lost_orders(Office(0, Store(tmp_path), authorities=[fake], faults=["down"]))


@pytest.mark.parametrize(("status", "day", "lost"), [("valid", 0, 0), ("invalid", 0, 1), ("valid", 2, 1)])
def test_an_order_in_whose_place_another_authority_issued_is_not_lost(
    status: str, day: int, lost: int, tmp_path: Path
) -> None:
    """In its place: before the first one was asked again."""
    orders = [Placed(0, "a", ["x.test"], None, None, "ready"), Placed(1, "a", ["x.test"], None, None, "valid")]
    first = FakeAuthority(orders=orders, happened=[("order", "a", START), ("order", "a", START + timedelta(days=1))])
    there = [Placed(0, "b", ["x.test"], None, None, status)]
    second = FakeAuthority(orders=there, happened=[("order", "b", START + timedelta(days=day))])
    office = Office(0, Store(tmp_path), authorities=[first, second], faults=["down"] * 3)
    assert len(lost_orders(office)) == lost
