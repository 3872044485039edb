"""A time zone as calendar programs understand it: VTIMEZONE with rules that recur (RFC 5545, 3.6.5).

Not all read lists of dates there (RDATE), and one rule says more than a hundred dates. A zone whose clocks follow no
rule over the years in question has each change told by itself.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


class _Kind(NamedTuple):
    """What clocks do at a change: from which offset to which, and how the time is called then."""

    before: timedelta
    after: timedelta
    name: str
    daylight: bool


@cache
def component(key: str, first: int, last: int) -> icalendar.Timezone:
    """The zone of this IANA name, right from the beginning of the year ``first`` to the end of ``last``, at least."""
    zone = ZoneInfo(key)
    # The change that holds at the beginning of a year came in the year before; in a few years more, what follows a
    # rule is told from what looks like one.
    years = range(first - 1, last + 10)
    found: defaultdict[_Kind, list[datetime]] = defaultdict(list)
    for moment in _changes(zone, years):
        kind = _kind(zone, moment)
        found[kind].append((moment + kind.before).replace(tzinfo=None))
    if not found:
        found[_kind(zone, datetime(years[0], 1, 1, tzinfo=UTC))].append(datetime(1970, 1, 1))  # noqa: DTZ001 - local
    made = icalendar.Timezone()
    made.add("tzid", key)
    for kind, onsets in found.items():
        rule = _rule(onsets, years)
        for onset in onsets[:1] if rule else onsets:
            made.add_component(_observance(kind, onset, rule))
    return made


def _changes(zone: ZoneInfo, years: range) -> Iterator[datetime]:
    """The moments in these years from which on clocks show another offset, in UTC."""
    days = (datetime(years[0], 1, 1, tzinfo=UTC) + _DAY * number for number in range(366 * len(years) + 1))
    for start, end in pairwise(days):
        low, high = start, end
        if low.astimezone(zone).utcoffset() == high.astimezone(zone).utcoffset():
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            same = middle.astimezone(zone).utcoffset() == start.astimezone(zone).utcoffset()
            low, high = (middle, high) if same else (low, middle)
        moment = high.replace(microsecond=0)
        if moment.year in years:
            yield moment


def _kind(zone: ZoneInfo, moment: datetime) -> _Kind:
    after = moment.astimezone(zone)
    before = (moment - timedelta(seconds=1)).astimezone(zone)
    return _Kind(
        before.utcoffset() or timedelta(), after.utcoffset() or timedelta(), after.tzname() or "", bool(after.dst())
    )


def _rule(onsets: list[datetime], years: range) -> dict[str, object]:
    """The yearly rule that gives exactly these, once in each of the years; empty if there is none."""
    same = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if len(same) > 1 or [onset.year for onset in onsets] != list(years):
        return {}
    last = all((onset + 7 * _DAY).month != onset.month for onset in onsets)
    weeks = {(onset.day - 1) // 7 + 1 for onset in onsets}
    if not last and len(weeks) > 1:
        return {}
    week = -1 if last else weeks.pop()
    return {"freq": "yearly", "bymonth": onsets[0].month, "byday": f"{week}{_DAYS[onsets[0].weekday()]}"}


def _observance(kind: _Kind, onset: datetime, rule: dict[str, object]) -> icalendar.cal.Component:
    made = icalendar.TimezoneDaylight() if kind.daylight else icalendar.TimezoneStandard()
    made.add("tzname", kind.name)
    made.add("tzoffsetfrom", kind.before)
    made.add("tzoffsetto", kind.after)
    made.add("dtstart", onset)
    if rule:
        made.add("rrule", rule)
    return made
