"""An agent's photo: a small square JPEG, drawn anew from whatever picture is chosen; mails, pages and PDFs show it."""

from PIL import Image, ImageOps

from siegelpost.office.pictures import jpeg, upright

# Pixels on each side: four times the room it has beside a name, and sharp on paper, too.
SIDE = 320
LARGEST_JPEG = 15 * 1024
# Where a face is in a photo that is higher than wide: the square is cut from above the middle.
_CENTRE = (0.5, 0.3)


def draw(data: bytes) -> bytes:
    """The photo, from a picture that was chosen; a reader for :func:`siegelpost.office.pictures.drawn`.

    Raises:
        siegelpost.office.pictures.PictureError: it is damaged, or of a kind that is not taken.
    """
    square = ImageOps.fit(upright(data, (SIDE, SIDE)), (SIDE, SIDE), Image.Resampling.LANCZOS, centering=_CENTRE)
    return jpeg(square, LARGEST_JPEG)
