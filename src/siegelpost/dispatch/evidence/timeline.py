"""What happened to a dispatch, in the order it happened, in words that promise no more than is known."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.dispatch import contact_reason
from siegelpost.dispatch.models import Dispatch, Way
from siegelpost.dispatch.recipient import acts
from siegelpost.ledger.event_variants import words
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.models import Event
from siegelpost.mail.causes import explain
from siegelpost.mail.models import Purpose
from siegelpost.toolbox.language import active_language


class Tone(StrEnum):
    """How an entry is coloured."""

    PLAIN = "neutral"
    GOOD = "good"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline; ``data`` is what the event's leaf says beside its kind."""

    at: datetime
    kind: E
    title: str
    detail: str
    tone: Tone
    sealed: bool  # has its place in the tree
    data: Mapping[str, Any]


TONES = MappingProxyType(
    {
        E.NOTIFICATION_FOR_ACCEPTANCE: Tone.GOOD,
        E.RELAY_TO_NON_ERDS: Tone.GOOD,
        E.DECLARATION_MADE: Tone.GOOD,
        E.GATE_OPENED: Tone.GOOD,
        E.CONTENT_HANDOVER: Tone.GOOD,
        E.INTEREST_STATED: Tone.GOOD,
        E.DOCUMENT_RELEASED: Tone.GOOD,
        E.DOCUMENT_TAKEN_BACK: Tone.WAIT,
        E.CONTRACT_CONCLUDED: Tone.GOOD,
        E.CONTRACT_ENDED: Tone.BAD,
        E.CONTRACT_RESUMED: Tone.GOOD,
        E.PRIOR_KNOWLEDGE_STATED: Tone.BAD,
        E.RELAY_TO_NON_ERDS_FAILURE: Tone.BAD,
        E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: Tone.BAD,
        E.CONTENT_CONSIGNMENT_FAILURE: Tone.BAD,
        E.WITHDRAWAL_DECLARED: Tone.BAD,
        E.WITHDRAWAL_ASSIGNED: Tone.BAD,
        E.WITHDRAWAL_DECIDED: Tone.BAD,
        E.DELIVERY_ATTEMPT_INTERRUPTED: Tone.WAIT,
        E.DISPATCH_HELD: Tone.WAIT,
        E.CONSIGNMENT_ACCEPTANCE: Tone.GOOD,
        E.CONSIGNMENT_REJECTION: Tone.BAD,
        E.ACCEPTANCE_REJECTION_EXPIRY: Tone.WAIT,
        E.CONTENT_HANDOVER_FAILURE: Tone.WAIT,
        E.CODE_REFUSED: Tone.WAIT,
        E.DELIVERY_DELAYED: Tone.WAIT,
        E.BOUNCE_ALLEGED: Tone.WAIT,
        E.REPLY_RECEIVED: Tone.GOOD,
    }
)


# By what it is known who wrote an answer; in older events, what was looked up here.
SIGNED = MappingProxyType(
    {
        "dmarc": gettext_lazy("Ihr Mailserver bestätigt den Absender (DMARC)."),
        "dkim": gettext_lazy("Ihr Mailserver bestätigt die Signatur der Absenderdomain (DKIM)."),
        "own_dkim": gettext_lazy("Die Domain des Absenders hat die Mail signiert, und die Signatur stimmt (DKIM)."),
        "pass": gettext_lazy("Die Domain des Absenders hat die Mail signiert, und die Signatur stimmt (DKIM)."),
        "fail": gettext_lazy("Die Signatur der Absenderdomain passt nicht zu dieser Mail (DKIM)."),
        "": gettext_lazy("Nichts belegt, dass die Mail von dieser Adresse kommt."),
    }
)


def of(dispatch: Dispatch) -> list[TimelineEntry]:
    """The timeline of one dispatch, oldest first, in the active language."""
    return of_many([dispatch])[dispatch.pk]


def of_many(dispatches: Iterable[Dispatch]) -> dict[int, list[TimelineEntry]]:
    """The timelines of these dispatches, by their primary keys."""
    keys = {str(dispatch.public_id): dispatch.pk for dispatch in dispatches}
    found: dict[int, list[TimelineEntry]] = {pk: [] for pk in keys.values()}
    for event in Event.objects.filter(subject__in=keys).order_by("at", "id"):
        found[keys[event.subject]].append(_entry(event))
    return found


def _entry(event: Event) -> TimelineEntry:
    kind = E(event.kind)
    data = json.loads(bytes(event.leaf))["data"]
    return TimelineEntry(
        at=event.at,
        kind=kind,
        title=words(kind, data).label[active_language()],
        detail=_detail(kind, data),
        tone=TONES.get(kind, Tone.PLAIN),
        sealed=event.leaf_index is not None,
        data=data,
    )


# What a program tells of a mail (siegelpost.mail.incoming.automatic_mail.Tells).
TOLD = MappingProxyType(
    {
        "complaint": gettext_lazy(
            "Der Empfänger hat die Mail bei seinem Anbieter als Spam gemeldet. Das ist keine Erklärung."
        ),
        "displayed": gettext_lazy("Ein Mailprogramm meldet, dass es die Mail angezeigt hat. Das ist keine Erklärung."),
        "deleted": gettext_lazy(
            "Ein Mailprogramm meldet, dass es die Mail nicht angezeigt hat. Das ist keine Erklärung."
        ),
    }
)


def _detail(kind: E, data: dict[str, Any]) -> str:
    if kind in {E.NOTIFICATION_ACCESS_TRACKING, E.CONTENT_ACCESS_TRACKING}:
        return _("vermutlich von einem Programm") if data["machine"] else _("möglicherweise von einem Programm")
    if kind is E.DECLARATION_MADE:
        return _("„%(text)s“") % {"text": data["text"]}
    if kind is E.DELIVERY_ATTEMPT_INTERRUPTED:
        return _(
            "Die Antwort des Mailservers kam nicht an. Die Mail geht mit derselben Message-ID noch einmal hinaus und "
            "kann deshalb zweimal ankommen."
        )
    if kind is E.AUTOMATIC_REPLY_RECEIVED:
        return (
            str(TOLD[data["tells"]])
            if data.get("tells") in TOLD
            else _("Von einem Programm geschrieben, zum Beispiel eine Abwesenheitsnotiz. Das ist keine Erklärung.")
        )
    if data.get("presumed"):
        return _("Vermutlich zu dieser Sendung: Der Bericht nennt den Empfänger, aber nicht die Mail.")
    if kind is E.REPLY_RECEIVED and not data["from_recipient"]:
        return _("Die Antwort kam von einer anderen Adresse als der, an die die Mail ging.")
    if kind is E.REPLY_RECEIVED and data.get("perhaps_automatic"):
        return _("Vielleicht hat das ein Programm geschrieben, vielleicht ein Mensch. Es wurde nichts erklärt.")
    if kind is E.REPLY_RECEIVED:
        sender, looked_up = data.get("sender"), str(data.get("own_dkim", ""))
        if sender and looked_up != "fail":
            return str(SIGNED[sender["proven"]])
        return str(SIGNED[looked_up]) if looked_up in {"pass", "fail"} else ""
    if kind is E.INTEREST_STATED:
        at = data.get("viewing_at")
        when = [date_format(timezone.localtime(datetime.fromisoformat(at)), _("l, j. F Y, H:i"))] if at else []
        return ": ".join([acts.line(str(data["interest"])), *when])
    if kind in {E.WITHDRAWAL_DECLARED, E.WITHDRAWAL_ASSIGNED} and data.get("way") in Way:
        return " · ".join([str(Way(data["way"]).label), *([_("nach Ablauf der Frist")] if data["late"] else [])])
    if kind is E.WITHDRAWAL_DECIDED:
        return _("als wirksam behandelt") if data["effective"] else _("beendet den Vertrag nicht")
    if kind is E.SUBMISSION_ACCEPTANCE:
        occasion = contact_reason.of(data)
        anew = _("anstelle einer früheren Sendung") if data.get("instead_of") else ""
        return " · ".join(filter(None, [occasion.words if occasion else "", anew]))
    if kind is E.DISPATCH_REVOKED and data.get("instead"):
        return _("An ihrer Stelle ging eine neue Sendung hinaus.")
    if kind is E.DISPATCH_HELD:
        return ", ".join(filter(None, data["codes"]))
    answer, cause = str(data.get("answer") or ""), str(data.get("cause") or "")
    # Where nobody answered, the cause stands in the answer's place.
    return " · ".join(filter(None, [_purpose(data), explain(cause).text, answer if answer != cause else ""]))


def _purpose(data: dict[str, Any]) -> str:
    """Which mail it was, unless it is the one with the link."""
    purpose = str(data.get("purpose"))
    return str(Purpose(purpose).label) if purpose in Purpose and purpose != Purpose.NOTICE else ""
