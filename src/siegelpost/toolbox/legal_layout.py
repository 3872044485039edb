"""Where headings and paragraphs are in a legal text, which is kept and proven as plain text: only its looks change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST_HEADING = 70
_NUMBERED = re.compile(r"(\d{1,2}\. [^.]{2,60}\.) ")
_NO_HEADING_ENDS = tuple(".,:;!?")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One paragraph, by its lines; ``lead`` is how the first begins where that names what it is about."""

    lines: tuple[str, ...]
    is_heading: bool = False
    lead: str = ""


def laid_out(text: str, title: str = "") -> Iterator[TextBlock]:
    """The paragraphs of a text in order, word for word; its first line is left out where ``title`` begins so."""
    for place, paragraph in enumerate(text.split("\n\n")):
        lines = tuple(line for line in paragraph.splitlines() if line.strip())
        if not lines or (place == 0 and len(lines) == 1 and title.startswith(lines[0])):
            continue
        if _is_heading(lines):
            yield TextBlock(lines, is_heading=True)
        elif numbered := _NUMBERED.match(lines[0]):
            yield TextBlock((lines[0][numbered.end() :], *lines[1:]), lead=numbered[1])
        else:
            yield TextBlock(lines)


def _is_heading(lines: tuple[str, ...]) -> bool:
    line = lines[0].strip()
    return (
        len(lines) == 1 and len(line) <= _LONGEST_HEADING and line[0].isalpha() and not line.endswith(_NO_HEADING_ENDS)
    )
