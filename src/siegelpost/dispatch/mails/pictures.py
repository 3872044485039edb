"""The pictures inside a mail to a recipient: logo, a title picture, the agent's photo. None is loaded from anywhere."""

from collections.abc import Mapping
from typing import Any

import structlog

from siegelpost import storage
from siegelpost.mail.outgoing.compose import Picture
from siegelpost.office.photo import SIDE

log = structlog.get_logger(__name__)
# Their names in templates; a mail may have fewer.
LOGO, TEASER, PHOTO = "logo", "teaser", "photo"
# A logo is drawn for sharp screens: mails show it at half of its pixels.
_LOGO_SCALE = 2
# As wide as the sheet of a mail; the photo beside a name.
SHEET, BESIDE = 600, 72


def of_page(page: Mapping[str, Any], *, with_teaser: bool = False) -> dict[str, Picture]:
    """The pictures of a mail about a frozen page, by their names in templates.

    Args:
        with_teaser: with the picture of the first property that the office shows before the gate.
    """
    found = dict(of_office(page["office"]))
    if photo := page["agent"].get("photo"):
        found |= _read(PHOTO, photo["sha256"], "jpeg", (SIDE, SIDE), BESIDE)
    teasers = [estate["teaser"] for estate in page.get("estates", []) if "teaser" in estate]
    if with_teaser and teasers:
        size = (teasers[0]["width"], teasers[0]["height"])
        found |= _read(TEASER, teasers[0]["sha256"], "jpeg", size, SHEET)
    return found


def of_office(office: Mapping[str, str]) -> dict[str, Picture]:
    """The pictures of a mail about nothing that was frozen; ``office`` is how it is shown."""
    if not office.get("logo"):
        return {}
    width, height = int(office["logo_width"]), int(office["logo_height"])
    return _read(LOGO, office["logo"], "png", (width, height), max(width // _LOGO_SCALE, 1))


def _read(name: str, sha256: str, form: str, size: tuple[int, int], shown: int) -> dict[str, Picture]:
    try:
        content = storage.read(sha256)
    except (FileNotFoundError, storage.DamagedFileError):
        # A letter without its picture is better than none; ``siegelpost fsck`` names the file.
        log.warning("a picture of a mail is missing or damaged", name=name, sha256=sha256)
        return {}
    return {name: Picture(f"{name}.{form}", f"image/{form}", content, shown, round(size[1] * shown / max(size[0], 1)))}
