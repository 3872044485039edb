"""Our own pace stays below the authorities' limits, across processes and restarts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from siegelpost.tls.acme import pace
from siegelpost.tls.acme.plan import LETS_ENCRYPT, Authority
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES = ("office.example", "www.office.example")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tls")


def again_at(store: Store, names: tuple[str, ...] = NAMES, **options: bool) -> datetime | None:
    """When an order may be placed; None for now."""
    try:
        pace.check(store, LETS_ENCRYPT, names, NOW, replaces=options.get("replaces", False))
    except AcmeError as error:
        return error.again_at if error.problem.code is Code.PACED else NOW - timedelta(days=999)
    return None


def issued(store: Store, names: tuple[str, ...], ago: timedelta, *, replaces: bool = False) -> None:
    pace.note(store, LETS_ENCRYPT, names, pace.ISSUED, NOW - ago, replaces=replaces)


def test_five_of_one_set_in_seven_days(store: Store) -> None:
    for day in range(6, 1, -1):
        assert again_at(Store(store.folder)) is None
        issued(store, tuple(reversed(NAMES)), timedelta(days=day))
    assert again_at(store) == NOW + timedelta(days=1)
    assert again_at(store, ("office.example",)) is None, "another set"
    assert again_at(store, replaces=True) is None, "a renewal that says what it replaces is spared"


def test_fifty_of_one_domain_in_seven_days(store: Store) -> None:
    for number in range(50):
        issued(store, (f"n{number}.office.example",), timedelta(hours=50 - number))
    assert again_at(store, ("new.office.example",)) == NOW - timedelta(hours=50) + timedelta(days=7)
    assert again_at(store, ("other.example",)) is None


def test_renewals_do_not_count(store: Store) -> None:
    for _ in range(9):
        issued(store, NAMES, timedelta(hours=1), replaces=True)
    assert again_at(store) is None


def test_five_failures_of_one_name_in_an_hour(store: Store) -> None:
    for minute in range(50, 0, -10):
        assert again_at(store) is None
        pace.note(store, LETS_ENCRYPT, ("www.office.example",), pace.FAILED, NOW - timedelta(minutes=minute))
    assert again_at(store) == NOW + timedelta(minutes=10)
    assert again_at(store, replaces=True) == NOW + timedelta(minutes=10)
    assert again_at(store, ("office.example",)) is None


def test_a_house_authority_has_no_such_limits(store: Store) -> None:
    house = Authority("https://house.test/dir", ca_bundle="PEM")
    for _ in range(20):
        pace.note(store, house, NAMES, pace.ISSUED, NOW)
    pace.check(store, house, NAMES, NOW, replaces=False)


def test_each_authority_counts_for_itself(store: Store) -> None:
    for _ in range(9):
        pace.note(store, Authority("https://other.test/dir"), NAMES, pace.ISSUED, NOW)
    assert again_at(store) is None


def test_what_is_old_or_from_a_clock_that_was_wrong_is_forgotten(store: Store) -> None:
    for _ in range(9):
        issued(store, NAMES, timedelta(days=8))
        issued(store, NAMES, -timedelta(days=400))
    assert again_at(store) is None


@pytest.mark.parametrize("content", ["", "[]", '{"events": [3, null, {}, {"at": "x"}]}'])
def test_a_damaged_file_is_begun_anew(store: Store, content: str) -> None:
    issued(store, NAMES, timedelta(0))
    (store.folder / "acme" / "pacing.json").write_text(content)
    assert again_at(store) is None
    issued(store, NAMES, timedelta(0))
