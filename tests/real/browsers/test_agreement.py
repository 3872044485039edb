"""What ``make oracle`` lets pass: each browser is counted for itself, whatever the chains are made of."""

import pytest
from tests.real.browsers.agreement import is_good, wrongly_accepted
from tests.real.browsers.test_oracle import Line

from siegelpost.doctor.policy import Browser

OTHER = "SEC_ERROR_BAD_DER"


def lines(firefox: list[tuple[str, str]]) -> list[Line]:
    """So many cases that Chromium opens and the doctor knows it, with what Firefox shows and the doctor had said."""
    return [
        Line(f"case {number}", browser, *answer)
        for number, told in enumerate(firefox)
        for browser, answer in ((Browser.CHROMIUM, ("ok", "ok")), (Browser.FIREFOX, told))
    ]


@pytest.mark.parametrize(
    ("differing", "wrong", "good"),
    [
        ([], 0, True),
        ([(OTHER, "ok")], 1, False),
        ([("ok", OTHER)], 0, False),
        ([(OTHER, "SEC_ERROR_LIBRARY_FAILURE")] * 3, 0, True),
        ([(OTHER, "SEC_ERROR_LIBRARY_FAILURE")] * 4, 0, False),
    ],
    ids=["agree", "opened by the doctor alone", "refused by the doctor alone", "3 % other codes", "4 % other codes"],
)
def test_a_difference_at_one_browser_counts(differing: list[tuple[str, str]], wrong: int, good: bool) -> None:
    found = lines([*differing, *[("ok", "ok")] * (100 - len(differing))])
    assert (wrongly_accepted(found), is_good(found)) == (wrong, good)


def test_chromium_refusing_does_not_hide_a_wrong_word_about_firefox() -> None:
    found = [Line("one", Browser.CHROMIUM, OTHER, OTHER), Line("one", Browser.FIREFOX, OTHER, "ok")]
    assert (wrongly_accepted(found), is_good(found)) == (1, False)
