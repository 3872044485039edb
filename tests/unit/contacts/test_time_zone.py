"""The rules that a calendar file gives for a time zone, held against the zone itself for each day of many years."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from siegelpost.contacts import time_zone

FIRST, LAST = 2026, 2031
ZONES = ["Europe/Berlin", "Europe/Lisbon", "Europe/Dublin", "America/New_York", "Australia/Sydney", "Asia/Tokyo"]


def differing(key: str) -> list[datetime]:
    """The moments, every six hours, at which dateutil reads another time from the component than the zone has."""
    text = time_zone.component(key, FIRST, LAST).to_ical().decode()
    read, meant = tzical(StringIO(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")).get(), ZoneInfo(key)
    moment, bad = datetime(FIRST, 1, 1, tzinfo=UTC), []
    while moment.year <= LAST:
        local = moment.astimezone(meant)
        if read is None or local.replace(tzinfo=read).utcoffset() != local.utcoffset():
            bad.append(moment)
        moment += timedelta(hours=6)
    return bad


@pytest.mark.parametrize("key", ZONES)
def test_a_zone_with_rules_is_told_by_one_rule_for_each_change(key: str) -> None:
    changes = len(time_zone.component(key, FIRST, LAST).subcomponents)
    assert changes == (1 if key == "Asia/Tokyo" else 2)
    assert differing(key) == []


def test_a_zone_whose_clocks_follow_the_moon_has_each_change_told() -> None:
    """Morocco's clocks change around Ramadan."""
    component = time_zone.component("Africa/Casablanca", FIRST, LAST)
    assert len(component.subcomponents) > 2 * (LAST - FIRST)
    assert not any("RRULE" in one or "RDATE" in one for one in component.subcomponents)
    assert differing("Africa/Casablanca") == []
