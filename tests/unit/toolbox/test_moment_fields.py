"""An hour that the clock leaves out or shows twice is refused in words of ours."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from siegelpost.toolbox.moment_fields import MomentField


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("de", "2027-03-28T02:30", "02:30 Uhr gibt es am 28. März 2027 nicht, weil die Uhr vorgestellt wird."),
        ("de", "2027-10-31T02:30", "02:30 Uhr gibt es am 31. Oktober 2027 zweimal, weil die Uhr zurückgestellt wird."),
        ("en", "2027-03-28T02:30", "There is no 02:30 on 28 March 2027, because the clocks go forward."),
        ("en", "2027-10-31T02:30", "02:30 comes twice on 31 October 2027, because the clocks go back."),
    ],
)
def test_the_hour_of_the_clock_change_is_explained(language: str, typed: str, said: str) -> None:
    """Django said that it "could not be interpreted in time zone Europe/Berlin"."""
    with translation.override(language), pytest.raises(ValidationError) as refused:
        MomentField().clean(typed)
    assert refused.value.messages[0].startswith(said)


def test_every_other_hour_is_that_of_the_office() -> None:
    for typed in ("2027-03-28T01:30", "2027-03-28T03:00", "2027-10-31T03:00", "2027-07-01T10:00"):
        moment = MomentField().clean(typed)
        assert timezone.localtime(moment).replace(tzinfo=None) == datetime.fromisoformat(typed)
    with pytest.raises(ValidationError) as refused:
        MomentField().clean("morgen")
    assert refused.value.code == "invalid"
