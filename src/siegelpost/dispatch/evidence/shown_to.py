"""Who was shown a property, for its owner: who got what when, with the seal that covers it.

The seller's commission rests on this list: the buyer who signs stands in it, with the day.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost.dispatch import search
from siegelpost.dispatch.contract import sheets
from siegelpost.dispatch.contract.sheets import Sheet, Table
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import newest_checkpoint
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.office.current import the_office
from siegelpost.templating import environment
from siegelpost.toolbox.language import active_language

MOST = 2000


def to_owner(estate: Estate) -> bytes:
    """The list as PDF in the active language; the log is sealed first, so do not call this in a transaction."""
    seal()
    sent = search.of_estate(estate).filter(kind=Kind.SECURE_EXPOSE, test=False).select_related("contact")
    dispatches = list(sent.order_by("-created_at")[:MOST])[::-1]
    handed = _handed_over([str(one.public_id) for one in dispatches])
    return sheets.pdf(
        Sheet(
            title=_("Nachweise zu „%(title)s“") % {"title": estate.title},
            foot=_("Stand: %(moment)s") % {"moment": _moment(timezone.now())},
            intro=[
                ", ".join(filter(None, [estate.street_line, estate.city_line, estate.external_no])),
                _(
                    "Jede Zeile ist eine Sendung dieses Exposés. Die Zeiten stehen im Protokoll des Büros; zu jeder "
                    "Nummer gibt es einen Nachweis, den jeder ohne das Büro prüfen kann."
                ),
                *_left_out(sent.count() - len(dispatches)),
            ],
            table=Table(
                head=[
                    _("Interessent"), _("Mail übergeben"), _("Beauftragt oder angesehen"), _("Exposé übergeben"),
                    _("Stand"), _("Nummer"),
                ],
                widths=[4, 3, 3, 3, 3, 4],
                rows=[_row(one, handed.get(str(one.public_id))) for one in dispatches],
            ),
            seal=newest_checkpoint() or "",
            seal_words=[
                _("Siegel über alles, was bis zum Stand dieser Liste geschah. Spätere Nachweise müssen es fortsetzen:")
            ],
        ),
        the_office(),
    )  # fmt: skip


def _left_out(older: int) -> list[str]:
    if older <= 0:
        return []
    return [
        ngettext(
            "%(number)d ältere Sendung steht nicht in dieser Liste.",
            "%(number)d ältere Sendungen stehen nicht in dieser Liste.",
            older,
        )
        % {"number": older}
    ]


def _row(dispatch: Dispatch, handed: datetime | None) -> list[str]:
    name = dispatch.page["recipient"]["name"]
    moments = (dispatch.notified_at, dispatch.declared_at, handed)
    return [
        name,
        *(_moment(at) if at else "–" for at in moments),
        dispatch.get_state_display(),
        str(dispatch.public_id),
    ]


def _handed_over(subjects: list[str]) -> dict[str, datetime]:
    """When each document first left the server whole."""
    events = Event.objects.filter(subject__in=subjects, kind=EventKind.CONTENT_HANDOVER.value).order_by("-at")
    return dict(events.values_list("subject", "at"))


def _moment(at: datetime) -> str:
    return environment(active_language()).filters["moment"](at)  # type: ignore[no-any-return]  # it gives text
