"""How pictures stand on paper: in lines of equal height, none of them cropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# In millimetres.
LINE = 166.0
GAP = 6.0
HIGHEST = 118.0
# Two pictures side by side are no lower than this; else each has a line of its own.
LOWEST = 42.0
UPRIGHT = 1.0


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A line of one or two pictures: their widths fill it, and what a frame has too much is a tinted field."""

    widths: tuple[float, ...]
    height: float


def rows(shapes: Sequence[float]) -> list[PictureRow]:
    """The lines for pictures in their order, each given as its width through its height.

    Of an odd number the first that is wider than high has a line of its own, and so is large.
    """
    # Each second one, for between two of a pair it would leave another alone.
    alone = range(0, len(shapes), 2) if len(shapes) % 2 else range(0)
    large = next((at for at in alone if shapes[at] > UPRIGHT), len(shapes) - 1)
    found: list[PictureRow] = []
    at = 0
    while at < len(shapes):
        pair = shapes[at : at + 2]
        height = (LINE - GAP) / sum(pair)
        if len(pair) == 1 or (at == large and alone) or height < LOWEST:
            found.append(PictureRow((LINE,), min(LINE / shapes[at], HIGHEST)))
            at += 1
        else:
            found.append(PictureRow(tuple(height * shape for shape in pair), min(height, HIGHEST)))
            at += 2
    return found
