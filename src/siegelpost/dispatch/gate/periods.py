"""When a period counted in days ends (§§ 186–193 BGB)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from siegelpost.dispatch.gate.rules import WITHDRAWAL_PERIOD
from siegelpost.settings import load

# Whoever must declare may do it where they are, and one Land's holiday there is enough (§ 193 BGB). Where a recipient
# is nobody asks; so the holidays of all Länder count, and the day that is shown is never too early.
# Source of each: the Länder's laws on Sundays and holidays, as of 2026.
_FIXED = frozenset(
    {
        (1, 1),
        (6, 1),  # Epiphany: BW, BY, ST
        (8, 3),  # Women's Day: BE, MV
        (1, 5),
        (8, 8),  # Peace Festival: the town of Augsburg
        (15, 8),  # Assumption: SL, parts of BY
        (20, 9),  # Children's Day: TH
        (3, 10),
        (31, 10),  # Reformation Day: BB, HB, HH, MV, NI, SN, ST, SH, TH
        (1, 11),  # All Saints: BW, BY, NW, RP, SL
        (25, 12),
        (26, 12),
    }
)
# Good Friday, Easter Monday, Ascension, Whit Monday, Corpus Christi (BW, BY, HE, NW, RP, SL, parts of SN and TH): days
# after Easter Sunday.
_FROM_EASTER = frozenset({-2, 1, 39, 50, 60})
_WEDNESDAY, _SATURDAY = 2, 5
# Longer than any row of holidays, so that nobody finds the function gone who counts otherwise than we do.
SHOWN_LONGER = timedelta(days=7)


def end_of_period(event: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """The first moment after a period of whole days that ``event`` set going, in UTC.

    The day of the event does not count (§ 187 (1) BGB), the last day counts to its end (§ 188 (1)) as the clocks in
    ``zone`` show it, and a Saturday, Sunday or public holiday of any Land is no last day (§ 193).

    Args:
        event: an aware time.
        length: whole days.
    """
    last = event.astimezone(zone).date() + length
    while last.weekday() >= _SATURDAY or _is_holiday(last):
        last += timedelta(days=1)
    return _end_of(last, zone)


def end_of_withdrawal(event: datetime, *, policy_arrived: bool, zone: ZoneInfo) -> datetime:
    """When the right to withdraw from a contract ends that was made at ``event``, in UTC.

    Fourteen days (§ 355 (2) BGB), or twelve months and fourteen days where nobody can prove that the cancellation
    policy arrived (§ 356 (4) BGB as in force since 19 June 2026).

    Args:
        event: an aware time.
    """
    if policy_arrived:
        return end_of_period(event, WITHDRAWAL_PERIOD, zone)
    day = event.astimezone(zone)
    leap_day = (day.month, day.day) == (2, 29)
    in_a_year = day.replace(year=day.year + 1, day=28) if leap_day else day.replace(year=day.year + 1)
    return end_of_period(in_a_year, WITHDRAWAL_PERIOD, zone)


def withdrawal_is_shown(period_ends_at: datetime | None, now: datetime) -> bool:
    """Whether a page shows the withdrawal function of its contract: through the whole period, and a little longer.

    Args:
        period_ends_at: the computed end; none where there is no right of withdrawal, or nothing was ordered yet.
    """
    return period_ends_at is not None and now < period_ends_at + SHOWN_LONGER


def end_of_days(at: datetime, days: int) -> datetime:
    """The end of so many days, whatever day of the week it is, in UTC; the day of ``at`` does not count."""
    zone = ZoneInfo(load().time_zone)
    return _end_of(at.astimezone(zone).date() + timedelta(days=days), zone)


def last_day(end: datetime) -> datetime:
    """A moment on the last day of a period that ends then, for showing it."""
    return end - timedelta(seconds=1)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def _is_holiday(day: date) -> bool:
    fixed = (day.day, day.month) in _FIXED
    return fixed or (day - _easter(day.year)).days in _FROM_EASTER or day == _day_of_repentance(day.year)


def _day_of_repentance(year: int) -> date:
    """Buß- und Bettag (SN): the Wednesday before 23 November."""
    before = date(year, 11, 22)
    return before - timedelta(days=(before.weekday() - _WEDNESDAY) % 7)


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
