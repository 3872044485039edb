"""The one picture of a property that may be seen before the gate: in the mail, and on the page that asks.

Nobody sees any until the office has chosen it: a picture can tell where a property is, and who lives there.
"""

from __future__ import annotations

import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from siegelpost import storage
from siegelpost.estates.models import Estate, Media
from siegelpost.office.pictures import jpeg

# In pixels; a mail shows it 600 wide, and mail programs know no WebP.
SIZE = (960, 640)
LARGEST = 60 * 1024


class NoPictureError(ValueError):
    """A document cannot be shown so; ``str`` says it in the active language."""

    def __str__(self) -> str:
        return _("Vor der Bestätigung lässt sich nur ein Bild zeigen, kein Dokument.")


def show(picture: Media) -> None:
    """Have this picture, and no other of its property, shown before the gate from the next dispatch on.

    Raises:
        NoPictureError: it is a document.
    """
    found = picture.rendition(SIZE[0])
    if found is None:
        raise NoPictureError
    # Drawn before the transaction, from what was drawn anew itself when it came in.
    with Image.open(io.BytesIO(storage.read(found[0])), formats=("WEBP",)) as drawn:
        sha256 = storage.put(jpeg(ImageOps.fit(drawn.convert("RGB"), SIZE, Image.Resampling.LANCZOS), LARGEST))
    with transaction.atomic():
        estate = Estate.objects.select_for_update().get(pk=picture.estate_id)
        hide(estate)
        picture.teaser = sha256
        picture.save(update_fields=("teaser",))


def hide(estate: Estate) -> None:
    """Show no picture of this property before the gate from the next dispatch on."""
    Media.objects.filter(estate=estate).exclude(teaser="").update(teaser="")


def frozen(estate: Estate) -> dict[str, Any]:
    """The picture as a dispatch freezes it: a JPEG with its size; or nothing.

    Neither its title is told, which may name the street, nor the larger renditions, in which the place may be seen.
    """
    chosen = next((one for one in estate.media.all() if one.teaser), None)
    if chosen is None:
        return {}
    width, height = SIZE
    return {"teaser": {"sha256": chosen.teaser, "width": width, "height": height}}
