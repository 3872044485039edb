"""Receipts as PDF, one for each thing that happened: sent, notified, accepted, refused, period over, handed over."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.dispatch.gate.periods import last_day
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.proof.statement import Fact, statement_pdf
from siegelpost.toolbox.words import Language, Words


class ReceiptKind(StrEnum):
    """What a receipt can be about."""

    SUBMISSION = "submission"
    NOTIFICATION = "notification"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    EXPIRY = "expiry"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class About:
    """How a kind of receipt is called, and the event that it is the receipt of."""

    event: EventKind
    label: object  # lazily translated
    title: Words
    file: Words


K = ReceiptKind
ABOUT = MappingProxyType(
    {
        K.SUBMISSION: About(
            EventKind.SUBMISSION_ACCEPTANCE,
            _("Einlieferung"),
            Words("Einlieferungsbeleg", "Receipt of submission"),
            Words("Einlieferungsbeleg.pdf", "Receipt-submission.pdf"),
        ),
        K.NOTIFICATION: About(
            EventKind.NOTIFICATION_FOR_ACCEPTANCE,
            _("Benachrichtigung"),
            Words("Benachrichtigungsbeleg", "Receipt of notification"),
            Words("Benachrichtigungsbeleg.pdf", "Receipt-notification.pdf"),
        ),
        K.ACCEPTANCE: About(
            EventKind.CONSIGNMENT_ACCEPTANCE,
            _("Annahme"),
            Words("Annahmebeleg", "Receipt of acceptance"),
            Words("Annahmebeleg.pdf", "Receipt-acceptance.pdf"),
        ),
        K.REFUSAL: About(
            EventKind.CONSIGNMENT_REJECTION,
            _("Ablehnung"),
            Words("Ablehnungsbeleg", "Receipt of refusal"),
            Words("Ablehnungsbeleg.pdf", "Receipt-refusal.pdf"),
        ),
        K.EXPIRY: About(
            EventKind.ACCEPTANCE_REJECTION_EXPIRY,
            _("Fristablauf"),
            Words("Beleg über den Fristablauf", "Receipt of expiry"),
            Words("Beleg-Fristablauf.pdf", "Receipt-expiry.pdf"),
        ),
        K.ACCESS: About(
            EventKind.CONTENT_HANDOVER,
            _("Abruf"),
            Words("Abrufbeleg", "Receipt of access"),
            Words("Abrufbeleg.pdf", "Receipt-access.pdf"),
        ),
    }
)


_CONTENT = Words("Nachricht und Anlagen als .eml", "Message and attachments as .eml")


class NothingHappenedError(LookupError):
    """There is no receipt of what has not happened."""


def available(dispatch: Dispatch) -> list[ReceiptKind]:
    """The receipts there are now, in the order things happen."""
    happened = set(Event.objects.filter(subject=str(dispatch.public_id)).values_list("kind", flat=True))
    return [kind for kind, about in ABOUT.items() if about.event in happened]


def file_name(kind: ReceiptKind, language: str) -> str:
    """What the PDF is called."""
    return ABOUT[kind].file[language]


def pdf(dispatch: Dispatch, kind: ReceiptKind, language: str, *, hides: bool = False) -> bytes:
    """The receipt, about the first event of its kind; the log is sealed first. Not inside a transaction.

    Of several notices it is about the first that did not come back; where all did, the receipt says so.

    Args:
        language: of whoever gets it.
        hides: for a recipient who has not accepted and so does not learn what it is about.

    Raises:
        NothingHappenedError: no such event.
    """
    seal()
    about = ABOUT[kind]
    events = _sealed(dispatch, about.event)
    if not events:
        raise NothingHappenedError(kind)
    came_back = {_mail(event): event for event in _sealed(dispatch, EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE)}
    event = next((one for one in events if _mail(one) not in came_back), events[0])
    spoken: Language = "en" if language == "en" else "de"
    facts = _facts(dispatch, spoken, hides=hides)
    if kind is ReceiptKind.NOTIFICATION and (failure := came_back.get(_mail(event))):
        facts.append(
            Fact(Words("Kam zurück am", "Came back on"), _day(failure.at, spoken), _data(failure)["answer"] or "")
        )
    return statement_pdf(event, title=about.title, facts=facts, test=dispatch.test, language=spoken)


def _sealed(dispatch: Dispatch, kind: EventKind) -> list[Event]:
    found = Event.objects.filter(subject=str(dispatch.public_id), kind=kind, leaf_index__isnull=False)
    return list(found.order_by("leaf_index"))


def _data(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(bytes(event.leaf))["data"]
    return data


def _mail(event: Event) -> str | None:
    """The Message-ID of the mail that an event is about."""
    return _data(event).get("mail")


def _facts(dispatch: Dispatch, language: Language, *, hides: bool) -> list[Fact]:
    page, content = dispatch.page, dispatch.content
    known = [
        Fact(Words("Absender", "Sender"), f"{page['agent']['name']}, {page['office']['name']}", page["agent"]["email"]),
        Fact(Words("Empfänger", "Recipient"), dispatch.contact.full_name, dispatch.contact.email),
        Fact(Words("Frist bis", "Period until"), _day(last_day(dispatch.expires_at), language)),
    ]
    if hides:
        return known
    files = [
        Fact(Words(f"Anlage {number}", f"Attachment {number}"), file["name"], f"SHA-256 {file['sha256']}")
        for number, file in enumerate(content["attachments"], start=1)
    ]
    return [
        Fact(Words("Betreff", "Subject"), dispatch.subject),
        *known,
        Fact(Words("Inhalt", "Content"), _CONTENT[language], f"SHA-256 {content['eml']['sha256']}"),
        *files,
    ]


def _day(at: datetime, language: Language) -> str:
    there = timezone.localtime(at)
    return f"{there:%d.%m.%Y}" if language == "de" else f"{there.day} {there:%B %Y}"
