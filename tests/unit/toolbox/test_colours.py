"""Whatever colour an office chooses, what is written in it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.toolbox import colours

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_every_colour_becomes_one_that_can_be_read(colour: str) -> None:
    light, dark = colours.on_light(colour), colours.on_dark(colour)
    for accent, grounds in ((light, ("#ffffff", "#f3f5f4", "#eaeeec")), (dark, ("#0f1412", "#181f1c", "#202825"))):
        assert colours.contrast(accent.ink, accent.fill) >= 4.5
        for ground in (*grounds, accent.wash):
            assert colours.contrast(accent.text, ground) >= 4.5


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert colours.on_light("#1f4d3f").fill == "#1f4d3f"
