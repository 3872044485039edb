"""How pictures stand on paper."""

import random

import pytest

from siegelpost.estates.picture_rows import GAP, HIGHEST, LINE, rows

WIDE, TALL = 4 / 3, 3 / 4


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [([], []), ([WIDE], [1]), ([TALL], [1]), ([WIDE] * 4, [2, 2]), ([TALL, WIDE, WIDE], [2, 1]), ([3, WIDE], [1, 1])],
)
def test_pairs_and_one_large(shapes: list[float], expected: list[int]) -> None:
    assert [len(row.widths) for row in rows(shapes)] == expected


def test_no_picture_is_lost_cropped_or_too_high() -> None:
    """Finding: upright photos were cropped to 3:2."""
    random.seed(7)
    for _round in range(300):
        shapes = [random.uniform(0.3, 3.5) for _ in range(random.randrange(1, 25))]
        found = rows(shapes)
        widths = [width for row in found for width in row.widths]
        assert len(widths) == len(shapes)
        for row in found:
            assert 0 < row.height <= HIGHEST
            assert sum(row.widths) + GAP * (len(row.widths) - 1) == pytest.approx(LINE)


def test_two_upright_ones_stand_side_by_side_whole() -> None:
    [row] = rows([TALL, TALL])
    assert row.widths == (80.0, 80.0)
    assert row.height == pytest.approx(80 / TALL)
