"""The office's logo: a small PNG, drawn anew from whatever picture is chosen."""

import io
from dataclasses import dataclass

from siegelpost.office.pictures import upright

# Twice the room it is shown in, for sharp screens.
BOX = (480, 112)


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG, and its size in pixels."""

    png: bytes
    width: int
    height: int


NONE = Logo(b"", 0, 0)


def draw(data: bytes) -> Logo:
    """The logo, from a picture that was chosen; a reader for :func:`siegelpost.office.pictures.drawn`.

    Raises:
        siegelpost.office.pictures.PictureError: it is damaged, or of a kind that is not taken.
    """
    logo = upright(data, BOX)
    logo.thumbnail(BOX)
    out = io.BytesIO()
    # Without this Pillow copies the colour profile, in which anything may stand.
    logo.save(out, "PNG", optimize=True, icc_profile=None)
    return Logo(out.getvalue(), *logo.size)
