"""The checklist as PDF: one page after the other, to be filed."""

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost import __version__
from siegelpost.checklist.check import CheckState
from siegelpost.checklist.table import Checklist
from siegelpost.formats import exactly
from siegelpost.proof.receipt import shown
from siegelpost.toolbox import paper
from siegelpost.toolbox.language import active_language

_TEMPLATE = Path(__file__).with_name("checklist.typ")


def as_pdf(found: Checklist, office: str) -> bytes:
    """The list as PDF in the active language. The same list gives the same bytes.

    All text reaches the template as data, never as markup.
    """
    content = {
        "language": active_language(),
        "title": _("Sicherheitsprüfliste"),
        "office": shown(office),
        "address": shown(found.address),
        "made": exactly(found.at),
        "made_label": _("Geprüft am"),
        "made_by": _("von Siegelpost %(version)s, ohne Zutun eines Menschen") % {"version": __version__},
        "summary": summary(found),
        "page": _("Seite"),
        "of": " " + _("von") + " ",
        "todo": _("Zu tun"),
        "lines": [
            {
                "label": shown(str(line.check.label)),
                "state": line.result.state.value,
                "word": str(line.result.state.label),
                "cause": shown(line.result.cause),
                "facts": [shown(each) for each in line.result.facts],
                "remedy": [shown(each) for each in line.result.remedy],
            }
            for line in found.lines
            if line.result
        ],
        "meaning": _(
            "Diese Liste hat der Server selbst ausgefüllt. Sie sagt, was er zu diesem Zeitpunkt von sich aus sehen "
            "konnte; was er nicht wissen kann, steht als unklar darin. Ob sie festgehalten wurde, "
            "zeigt ihr SHA-256-Wert im Protokoll des Büros."
        ),
    }
    return paper.pdf(_TEMPLATE, content, at=found.at)


def summary(found: Checklist) -> str:
    """How many lines stand how, in one sentence; the gravest first."""
    words = {
        CheckState.BAD: lambda n: ngettext("%(n)d Mangel", "%(n)d Mängel", n),
        CheckState.UNKNOWN: lambda n: ngettext("%(n)d Punkt unklar", "%(n)d Punkte unklar", n),
        CheckState.WARN: lambda n: ngettext("%(n)d Hinweis", "%(n)d Hinweise", n),
        CheckState.OK: lambda n: ngettext("%(n)d Punkt in Ordnung", "%(n)d Punkte in Ordnung", n),
    }
    return ", ".join(words[state](n) % {"n": n} for state, n in found.counts.items())
