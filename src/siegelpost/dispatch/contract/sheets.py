"""Setting a sheet of rows, or a table, as PDF: the form that the office's folders and lists have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from siegelpost.office.models import Office
from siegelpost.toolbox import paper
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.paper import accent, plain

TEMPLATE = Path(__file__).with_name("sheet.typ")
Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their share of the width, and cells by row."""

    head: Sequence[str] = ()
    widths: Sequence[int] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it, in the active language."""

    title: str
    foot: str
    intro: Sequence[str] = ()
    sections: Sequence[tuple[str, Rows]] = ()
    table: Table = field(default_factory=Table)
    seal: str = ""  # a checkpoint as signed note text
    seal_words: Sequence[str] = ()
    test: bool = False


def pdf(sheet: Sheet, office: Office) -> bytes:
    """The sheet as an archivable PDF (PDF/A-2a)."""
    data = {
        "title": plain(sheet.title),
        "language": active_language(),
        "wide": bool(sheet.table.rows),
        "test": _("TEST – ohne rechtliche Bedeutung") if sheet.test else "",
        "page": _("Seite"),
        "foot": plain(sheet.foot),
        "colour": accent(office.colour),
        "office": [plain(one) for one in (office.name, office.address_line) if one],
        "intro": [plain(one) for one in sheet.intro],
        "sections": [
            {"title": plain(title), "rows": [(plain(label), plain(value)) for label, value in rows]}
            for title, rows in sheet.sections
        ],
        "table": {
            "head": list(sheet.table.head),
            "widths": list(sheet.table.widths),
            "rows": [[plain(cell) for cell in row] for row in sheet.table.rows],
        },
        "seal": sheet.seal.strip(),
        "seal_words": list(sheet.seal_words),
    }
    return paper.pdf(TEMPLATE, data, at=timezone.now())
