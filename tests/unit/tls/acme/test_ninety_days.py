"""Ninety days with another fault every day: at no hour is there no valid certificate, and no limit is run into."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.authority_limits import LIMITS, most_seen, run_into
from tests.support.fake_acme import FakeAuthority
from tests.support.ninety_days import FAULTS, Office, ninety_days

SHORT = range(6)
LONG = range(200)


def lived_through(seeds: range, folder: Path) -> list[Office]:
    offices = [ninety_days(seed, folder / str(seed)) for seed in seeds]
    without = {office.seed: [f"{at:%m-%d %H:%M} {span}" for at, span in office.without] for office in offices}
    assert not {seed: spans for seed, spans in without.items() if spans}
    burnt = {office.seed: [each for fake in office.authorities for each in run_into(fake)] for office in offices}
    assert not {seed: limits for seed, limits in burnt.items() if limits}
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
