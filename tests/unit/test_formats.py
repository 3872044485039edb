"""How points of time are written."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from siegelpost.formats import exactly


@pytest.mark.parametrize(
    ("language", "month", "written"),
    [
        ("de", 1, "9. Januar 2026, 09:05:07 MEZ"),
        ("de", 7, "9. Juli 2026, 10:05:07 MESZ"),
        ("en", 1, "9 January 2026, 09:05:07 CET"),
        ("en", 7, "9 July 2026, 10:05:07 CEST"),
    ],
)
def test_to_the_second_with_the_zone_as_it_is_called_there(language: str, month: int, written: str) -> None:
    with translation.override(language):
        assert exactly(datetime(2026, month, 9, 8, 5, 7, tzinfo=UTC)) == written
