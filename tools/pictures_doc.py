"""Write ``docs/pictures.md``, every page of the office as it looks: ``python -m tools.pictures_doc``.

The pictures are those that the walk through every page takes (``make screenshots``).
"""

import sys
from pathlib import Path

PICTURES = Path(__file__).parent.parent / "docs" / "screenshots"
DEVICES = ("phone", "desktop")
HEAD = """\
# Every page of the office

As Chromium shows it on a phone (360×740, German) and on a desktop (1280×800, English). The walk through every page
takes the pictures (`tests/journeys/test_every_page.py`, `make screenshots`), after it has looked at each page in both
sizes, both languages, light and dark, and found nothing wrong. Which address is which page is in [pages.md](pages.md);
*empty* is an office that has nothing yet.

This page is written by `make docs` from the pictures.
"""


def names() -> list[str]:
    """What the pages are called of which there is a picture in at least one size."""
    return sorted({file.stem.removeprefix("page-").rpartition("-")[0] for file in PICTURES.glob("page-*.webp")})


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    for name in names():
        shown = " | ".join(f"![{name}, {device}](screenshots/page-{name}-{device}.webp)" for device in DEVICES)
        lines.append(f"## {name}\n\n| phone | desktop |\n|---|---|\n| {shown} |\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
