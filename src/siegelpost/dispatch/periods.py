"""When a period counted in days ends (§§ 186–193 BGB)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from siegelpost.dispatch.gate import WITHDRAWAL_PERIOD

# Day and month of the holidays that every Land has; those of single Länder are not known here, and docs/gate-rules.md
# says so.
_FIXED = frozenset({(1, 1), (1, 5), (3, 10), (25, 12), (26, 12)})
# Good Friday, Easter Monday, Ascension, Whit Monday: days after Easter Sunday.
_FROM_EASTER = frozenset({-2, 1, 39, 50})
_SATURDAY = 5


def end_of_period(event: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """The first moment after a period of whole days that ``event`` set going, in UTC.

    The day of the event does not count (§ 187 (1) BGB), the last day counts to its end (§ 188 (1)) as the clocks in
    ``zone`` show it, and a Saturday, Sunday or public holiday is no last day (§ 193).

    Args:
        event: an aware time.
        length: whole days.
    """
    last = event.astimezone(zone).date() + length
    while last.weekday() >= _SATURDAY or _is_holiday(last):
        last += timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)


def end_of_withdrawal(event: datetime, *, policy_arrived: bool, zone: ZoneInfo) -> datetime:
    """When the right to withdraw from a contract ends that was made at ``event``, in UTC.

    Fourteen days (§ 355 (2) BGB), or twelve months and fourteen days where nobody can prove that the cancellation
    policy arrived (§ 356 (3) BGB).

    Args:
        event: an aware time.
    """
    if policy_arrived:
        return end_of_period(event, WITHDRAWAL_PERIOD, zone)
    day = event.astimezone(zone)
    leap_day = (day.month, day.day) == (2, 29)
    in_a_year = day.replace(year=day.year + 1, day=28) if leap_day else day.replace(year=day.year + 1)
    return end_of_period(in_a_year, WITHDRAWAL_PERIOD, zone)


def _is_holiday(day: date) -> bool:
    return (day.day, day.month) in _FIXED or (day - _easter(day.year)).days in _FROM_EASTER


def _easter(year: int) -> date:
    """Easter Sunday by Gauss's rule in Lichtenberg's form, for the Gregorian calendar."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + moon) % 30
    correction = seed // 29 + (seed // 28 - seed // 29) * (golden // 11)
    full_moon = 21 + seed - correction
    first_sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + 7 - (full_moon - first_sunday) % 7 - 1)
