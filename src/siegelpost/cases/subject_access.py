"""What the office knows about a person, as paper that this person can read (Art. 15 DSGVO).

The JSON beside it (:func:`siegelpost.cases.erasure.export`) is complete; here stands, in plain words, all of it that
says something to a person. What is only of use to programs is counted up in :data:`TECHNICAL`: nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.db import models
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from siegelpost.cases.erasure import export
from siegelpost.contacts.models import Activity, Appointment, Contact
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import acts
from siegelpost.formats import exactly
from siegelpost.ledger.event_variants import words
from siegelpost.ledger.events import EventKind
from siegelpost.mail.models import IncomingMail, OutgoingMail
from siegelpost.office.current import the_office
from siegelpost.proof.receipt_words import PERSONAL
from siegelpost.settings import load
from siegelpost.toolbox import paper
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.paper import accent, whole

TEMPLATE = Path(__file__).with_name("subject_access.typ")
Record = Mapping[str, Any]

_EMAIL, _NAME, _LANGUAGE, _SUBJECT = _("E-Mail"), _("Name"), _("Sprache"), _("Betreff")
_CREATED, _CHANGED, _CANCELLED = _("Angelegt"), _("Zuletzt geändert"), _("Abgesagt")


@dataclass(frozen=True, slots=True)
class AccessSection:
    """A kind of records: its title, whose values have words of their own, and what its fields are called."""

    title: Promise
    model: type[models.Model] | None
    labels: Mapping[str, Promise]


_WITHDRAWAL = {
    "name": _NAME,
    "email": _EMAIL,
    "contract": _("Vertrag"),
    "made_at": _("Erklärt"),
    "received_on": _("Eingegangen am"),
    "way": _("Weg"),
    "text": _("Wortlaut"),
    "label": _("Schaltfläche"),
    "note": _("Notiz"),
    "file_name": _("Datei"),
    "late": _("Nach Ablauf der Frist"),
    "effective": _("Als wirksam behandelt"),
    "set_aside_at": _("Abgelegt"),
    "language": _LANGUAGE,
}
_PERSON = {
    "salutation": _("Anrede"),
    "first_name": _("Vorname"),
    "last_name": _("Nachname"),
    "company": _("Firma"),
    "is_business": _("Handelt als Unternehmen"),
    "email": _EMAIL,
    "phone": _("Telefon"),
    "mobile": _("Mobil"),
    "ways": _("Weitere Nummern und Anschriften"),
    "street": _("Straße und Hausnummer"),
    "postal_code": _("Postleitzahl"),
    "city": _("Ort"),
    "language": _LANGUAGE,
    "note": _("Notiz"),
    "created_at": _CREATED,
    "changed_at": _CHANGED,
    "erasure_asked_at": _("Löschung verlangt"),
    "proofs_erased_at": _("Nachweise gelöscht"),
}
_APPOINTMENT = {
    "title": _("Termin"),
    "starts_at": _("Beginn"),
    "ends_at": _("Ende"),
    "place": _("Wo"),
    "places": _("Plätze"),
    "note": _("Notiz"),
    "invited_email": _("Eingeladen unter"),
    "cancelled_at": _CANCELLED,
    "created_at": _CREATED,
    "changed_at": _CHANGED,
}
SECTIONS: Mapping[str, AccessSection] = MappingProxyType(
    {
        "contact": AccessSection(_("Ihre Angaben"), Contact, _PERSON),
        "merged_contacts": AccessSection(_("Zusammengeführte Einträge über Sie"), Contact, _PERSON),
        "consents": AccessSection(
            _("Ihre Einwilligungen"),
            None,
            {
                "text": _("Wortlaut"),
                "email": _EMAIL,
                "asked_at": _("Angekreuzt"),
                "given_at": _("Bestätigt"),
                "withdrawn_at": _("Widerrufen"),
                "language": _LANGUAGE,
            },
        ),
        "activities": AccessSection(
            _("Was das Büro über Kontakte mit Ihnen notiert hat"),
            Activity,
            {
                "kind": _("Art"),
                "at": _("Wann"),
                "text": _("Notiz"),
                "follow_up_on": _("Wiedervorlage am"),
                "follow_up_done_at": _("Erledigt"),
                "created_at": _CREATED,
            },
        ),
        "appointments": AccessSection(_("Termine mit Ihnen"), Appointment, _APPOINTMENT),
        "viewings": AccessSection(
            _("Besichtigungen, zu denen Sie eingetragen sind oder waren"), Appointment, _APPOINTMENT
        ),
        "participations": AccessSection(
            _("Ihre Plätze bei diesen Besichtigungen"),
            None,
            {
                "invited_email": _("Eingeladen unter"),
                "cancelled_at": _CANCELLED,
                "created_at": _CREATED,
                "changed_at": _CHANGED,
            },
        ),
        "dispatches": AccessSection(
            _("Was Ihnen geschickt wurde"),
            Dispatch,
            {
                "kind": _("Art"),
                "subject": _SUBJECT,
                "message": _("Nachricht"),
                "state": _("Stand"),
                "created_at": _CREATED,
                "notified_at": _("Verschickt"),
                "declared_at": _("Von Ihnen bestätigt"),
                "opened_at": _("Freigegeben"),
                "period_ends_at": _("Ende der Widerrufsfrist"),
                "expires_at": _("Abrufbar bis"),
                "main_contract_on": _("Hauptvertrag geschlossen am"),
                "seller_paid_on": _("Verkäufer hat gezahlt am"),
                "language": _LANGUAGE,
                "test": _("Test"),
            },
        ),
        "declarations": AccessSection(
            _("Was Sie erklärt haben"),
            None,
            {"text": _("Wortlaut"), "name": _NAME, "made_at": _("Wann"), "ip": _("IP-Adresse")},
        ),
        "interests": AccessSection(
            _("Was Sie zu einem Exposé gesagt haben"),
            None,
            {
                "kind": _("Rückmeldung"),
                "note": _("Nachricht"),
                "viewing_at": _("Gewählter Termin"),
                "made_at": _("Wann"),
            },
        ),
        "withdrawals": AccessSection(_("Ihre Widerrufe"), Withdrawal, _WITHDRAWAL),
        "unassigned_withdrawals": AccessSection(
            _("Widerrufe von Ihrer Adresse, noch keinem Vertrag zugeordnet"), Withdrawal, _WITHDRAWAL
        ),
        "mails": AccessSection(
            _("E-Mails an Sie"),
            OutgoingMail,
            {
                "purpose": _("Anlass"),
                "subject": _SUBJECT,
                "sender": _("Von"),
                "recipient": _("An"),
                "state": _("Stand"),
                "accepted_at": _("Vom Mailserver angenommen"),
                "server_text": _("Antwort des Mailservers"),
                "created_at": _CREATED,
            },
        ),
        "incoming_mails": AccessSection(
            _("E-Mails von Ihnen oder Berichte zu E-Mails an Sie"),
            IncomingMail,
            {
                "kind": _("Art"),
                "subject": _SUBJECT,
                "sender": _("Von"),
                "received_at": _("Eingegangen"),
                "text": _("Wortlaut"),
                "handled_at": _("Bearbeitet"),
            },
        ),
        "events": AccessSection(
            _("Was das Protokoll über Sendungen an Sie festhält"),
            None,
            {"kind": _("Ereignis"), "at": _("Wann"), "personal": _("Angaben zu Ihnen")},
        ),
    }
)
# Numbers, checksums, states of queues, and pages as data: in the JSON, for programs.
TECHNICAL = frozenset(
    {
        *("public_id", "sequence", "reminder", "batch", "joint", "instead_of", "gate_row", "page", "content", "data"),
        *("pdf_sha256", "held_because", "held_told_at", "policy_arrived", "confirmation_due", "remind_every_days"),
        *("reminders_left", "next_reminder_at", "dispatch_id", "about", "urgent", "message_id", "sha256", "complete"),
        *("redacted_sha256", "attempts", "next_attempt_at", "give_up_at", "claimed_by", "claimed_until", "presumed"),
        *("data_started_at", "server_code", "cause", "file_sha256", "reply", "acknowledgement_held", "authentication"),
        *("sender_is_recipient", "size", "handled_as", "token_hash", "written_subject", "written_message"),
        *("asked_in", "released", "viewing", "document_id"),
    }
)
# Of these the value of one field means something else than in another table.
_NOT_SAID = frozenset({("declarations", "kind"), ("events", "subject"), ("mails", "changed_at")})


def unlabelled(told: Mapping[str, Any]) -> list[str]:
    """What of an export has no words here: table and field."""
    return [
        f"{name}.{field}"
        for name, found in told.items()
        for record in _records(found)
        for field in record
        if field not in TECHNICAL and (name, field) not in _NOT_SAID
        if name not in SECTIONS or field not in SECTIONS[name].labels
    ]


def subject_access_pdf(contact: Contact) -> bytes:
    """Everything for the person themselves, in their language."""
    office, told = the_office(), export(contact)
    with translation.override(contact.language):
        made = timezone.now()
        content = {
            "language": active_language(),
            "title": gettext("Auskunft über Ihre Daten"),
            "office": [whole(line) for line in (office.name, office.owner, office.address_line, office.email) if line],
            "person": [whole(line) for line in (contact.full_name, contact.email) if line],
            "colour": accent(office.colour),
            "foot": gettext("Auskunft vom %(moment)s") % {"moment": exactly(made)},
            "page": gettext("Seite"),
            "intro": _intro(),
            "sections": list(_sections(told)),
            "nothing": gettext("Dazu ist nichts gespeichert:"),
            "empty": [str(section.title) for name, section in SECTIONS.items() if not told.get(name)],
        }
        return paper.pdf(TEMPLATE, content, at=made)


def file_name(contact: Contact) -> str:
    """What the PDF is called, in the person's language."""
    return "Personal-data.pdf" if contact.language == "en" else "Auskunft.pdf"


def _intro() -> list[str]:
    address = f"{load().public_address}/datenschutz/"
    return [
        gettext(
            "Hier steht, was unser Büro über Sie gespeichert hat (Art. 15 DSGVO). Ihre Angaben und Termine brauchen "
            "wir für die Vermittlung; Sendungen, Erklärungen und E-Mails heben wir als Nachweis auf. Zwecke, Empfänger "
            "und Fristen stehen ausführlich in unseren Datenschutzhinweisen: %(address)s"
        )
        % {"address": address},
        gettext(
            "Sie können verlangen, dass wir Angaben berichtigen, löschen oder nur noch eingeschränkt verwenden, und "
            "der Verarbeitung widersprechen. Sie können sich bei der Aufsichtsbehörde für den Datenschutz Ihres Landes "
            "beschweren. Dieselben Angaben gibt es vollständig, mit allen technischen Kennungen, als JSON-Datei."
        ),
    ]


def _sections(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each kind of which there is something; of one that has no words here, what the program calls its fields."""
    for name, found in told.items():
        section = SECTIONS.get(name, AccessSection(_("Weitere Angaben"), None, {}))
        records = [rows for record in _records(found) if (rows := list(_rows(name, section, record)))]
        if records:
            yield {"title": str(section.title), "records": records}


def _records(found: Any) -> list[Record]:
    return [found] if isinstance(found, dict) else list(found)


def _rows(name: str, section: AccessSection, record: Record) -> Iterator[tuple[str, str]]:
    others = [field for field in record if field not in section.labels and field not in TECHNICAL]
    unknown = [field for field in others if (name, field) not in _NOT_SAID]
    for field in [*section.labels, *unknown]:
        value = _said(name, section, field, record)
        if value:
            yield str(section.labels.get(field, field)), whole(value)


def _said(name: str, section: AccessSection, field: str, record: Record) -> str:
    """A value as a person says it; empty where there is none."""
    value = record.get(field)
    if say := _SAYING.get((name, field)):
        return say(record)
    if section.model and isinstance(value, str):
        choices: dict[Any, Any] = dict(getattr(_field(section.model, field), "flatchoices", ()))
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nein")
    if isinstance(value, datetime):
        return exactly(value)
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return "; ".join(": ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in value)
    return "" if value is None else str(value)


def _field(model: type[models.Model], name: str) -> object:
    return next((field for field in model._meta.local_fields if field.name == name), None)


def _event(record: Record) -> str:
    return words(EventKind(record["kind"]), record["data"]).label[active_language()]


def _personal(record: Record) -> str:
    language = active_language()
    labels = {name: PERSONAL[name][language] if name in PERSONAL else name for name in record["personal"]}
    return "; ".join(f"{labels[name]}: {value}" for name, value in record["personal"].items())


# Whose words stand elsewhere.
_SAYING: Mapping[tuple[str, str], Callable[[Record], str]] = MappingProxyType(
    {
        ("events", "kind"): _event,
        ("events", "personal"): _personal,
        ("interests", "kind"): lambda record: acts.line(record["kind"]),
    }
)
