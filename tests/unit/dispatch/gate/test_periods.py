"""The end of a period that is counted in days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.dispatch.gate.periods import (
    _easter,
    end_of_days,
    end_of_period,
    end_of_withdrawal,
    withdrawal_is_shown,
)
from siegelpost.dispatch.gate.rules import WITHDRAWAL_PERIOD
from siegelpost.templating import environment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("event", "end"),
    [
        # Ordered on Tuesday the 3rd in the morning: the last day is Tuesday the 17th, to its end.
        (datetime(2026, 11, 3, 8, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=BERLIN)),
        # Half past midnight in Berlin is still yesterday in UTC.
        (datetime(2026, 11, 2, 23, 30, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=BERLIN)),
        # The clocks are put forward in between.
        (datetime(2026, 3, 24, 12, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=BERLIN)),
        # The clocks are put back in between: an hour more, and no day.
        (datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=BERLIN)),
        # The last and the first second of a day, in summer and in winter.
        (datetime(2026, 7, 6, 21, 59, 59, tzinfo=UTC), datetime(2026, 7, 21, tzinfo=BERLIN)),
        (datetime(2026, 7, 6, 22, 0, 0, tzinfo=UTC), datetime(2026, 7, 22, tzinfo=BERLIN)),
        (datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=BERLIN)),
        # The 18th is Buß- und Bettag in Saxony.
        (datetime(2026, 11, 3, 23, 0, 0, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=BERLIN)),
        # Over the end of the year.
        (datetime(2026, 12, 21, 12, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=BERLIN)),
        # The fourteenth day is a Saturday: the period ends with the Monday after it.
        (datetime(2026, 11, 7, 12, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=BERLIN)),
        # Christmas Day and Boxing Day on Friday and Saturday, then a Sunday.
        (datetime(2026, 12, 11, 12, tzinfo=UTC), datetime(2026, 12, 29, tzinfo=BERLIN)),
        # Good Friday to Easter Monday.
        (datetime(2026, 3, 20, 12, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=BERLIN)),
    ],
)
def test_the_last_day_counts_to_its_end_and_is_a_working_day(event: datetime, end: datetime) -> None:
    assert end_of_period(event, WITHDRAWAL_PERIOD, BERLIN) == end


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25)), (2049, (4, 18)), (2076, (4, 19))],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert _easter(year) == date(year, *day)


@given(st.integers(min_value=0, max_value=2**31))
def test_a_period_is_never_shorter_than_its_days(seconds: int) -> None:
    event = datetime.fromtimestamp(1_790_000_000 + seconds, UTC)
    end = end_of_period(event, WITHDRAWAL_PERIOD, BERLIN)
    whole_days = end.astimezone(BERLIN).date() - event.astimezone(BERLIN).date()
    assert whole_days > WITHDRAWAL_PERIOD
    assert end.astimezone(BERLIN).hour == 0


def test_a_day_is_shown_as_it_is_here() -> None:
    day = environment("de").filters["day"]
    end = datetime(2026, 11, 18, tzinfo=BERLIN).astimezone(UTC)
    assert day(end) == day(end.isoformat()) == day(date(2026, 11, 18)) == "18. November 2026"


@pytest.mark.parametrize(
    ("event", "arrived", "end"),
    [
        (datetime(2026, 11, 4, 12, tzinfo=UTC), True, datetime(2026, 11, 20, tzinfo=BERLIN)),
        (datetime(2026, 11, 4, 12, tzinfo=UTC), False, datetime(2027, 11, 19, tzinfo=BERLIN)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), False, datetime(2029, 3, 15, tzinfo=BERLIN)),
    ],
)
def test_the_right_ends_a_year_later_where_arrival_is_unproven(event: datetime, arrived: bool, end: datetime) -> None:
    assert end_of_withdrawal(event, policy_arrived=arrived, zone=BERLIN) == end


# As the Länder's calendars print them: of each year those that are no holiday everywhere and no weekend.
OF_SINGLE_LÄNDER = (
    date(2026, 1, 6), date(2026, 6, 4), date(2026, 11, 18),
    date(2027, 1, 6), date(2027, 3, 8), date(2027, 5, 27), date(2027, 9, 20), date(2027, 11, 1), date(2027, 11, 17),
    date(2028, 1, 6), date(2028, 3, 8), date(2028, 6, 15), date(2028, 8, 15), date(2028, 9, 20), date(2028, 10, 31),
    date(2028, 11, 1), date(2028, 11, 22),
)  # fmt: skip


@pytest.mark.parametrize("holiday", OF_SINGLE_LÄNDER)
def test_no_land_has_a_holiday_on_the_last_day(holiday: date) -> None:
    """Only nation-wide holidays counted: page and PDF could name a last day that was one too early (§ 193 BGB)."""
    ordered = datetime(holiday.year, holiday.month, holiday.day, 12, tzinfo=UTC) - WITHDRAWAL_PERIOD
    last = end_of_period(ordered, WITHDRAWAL_PERIOD, BERLIN).astimezone(BERLIN).date() - timedelta(days=1)
    assert last > holiday
    assert last.weekday() < 5


def test_the_last_day_of_plain_days_counts_to_its_end() -> None:
    # Half past midnight in Germany, still the day before in UTC.
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert end_of_days(at, 7) == datetime(2026, 12, 2, 23, 0, tzinfo=UTC)


def test_the_page_shows_the_function_through_the_whole_period_and_the_address_takes_it_later() -> None:
    now = datetime.now(UTC)
    assert withdrawal_is_shown(now + timedelta(seconds=1), now)
    assert withdrawal_is_shown(now - timedelta(days=6), now)
    assert not withdrawal_is_shown(now - timedelta(days=8), now)
    assert not withdrawal_is_shown(None, now)
