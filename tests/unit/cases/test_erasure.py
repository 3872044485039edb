"""What is known about a person is handed out whole, and deleted down to what proofs need."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_withdrawal,
    an_activity,
    an_agent,
    an_appointment,
    token_of,
    withdrawn,
)

from siegelpost import storage
from siegelpost.cases import erasure, invitations
from siegelpost.contacts import merge, search
from siegelpost.contacts.models import Activity, Appointment, Contact
from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, UntoldRelease
from siegelpost.dispatch.recipient import openings, withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client as Visitor
from siegelpost.dispatch.recipient.declarations import Form, declare
from siegelpost.ledger.log import _APPEND_SQL
from siegelpost.ledger.models import Event
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import IncomingMail, MailState, OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Visitor("203.0.113.7", "Mozilla/5.0")


def test_the_answer_holds_all_that_was_noted_and_no_secret() -> None:
    contact = a_contact(note="sucht Altbau")
    an_activity(contact=contact, text="Rückruf am Abend")
    an_appointment(contact=contact)
    dispatch = a_dispatch(contact=contact)
    agent = an_agent(password="vier Wörter sind genug")
    client = Client()
    client.force_login(agent)
    told = json.loads(client.get(f"/contacts/{contact.public_id}/data.json", secure=True).content)
    assert told["contact"]["note"] == "sucht Altbau"
    assert [one["text"] for one in told["activities"]] == ["Rückruf am Abend"]
    assert [one["public_id"] for one in told["dispatches"]] == [str(dispatch.public_id)]
    assert len(told["appointments"]) == 1
    assert "token" not in json.dumps(told)


def test_whoever_got_nothing_is_deleted_whole() -> None:
    contact, other = a_contact(), a_contact(last_name="Berger")
    an_activity(contact=contact)
    an_activity(contact=other)
    merge.merge(contact, other, by=an_agent())
    contact.refresh_from_db()
    assert erasure.erase(contact, by=an_agent())
    assert not Contact.objects.filter(pk__in=[contact.pk, other.pk]).exists()
    assert not Activity.objects.exists()
    assert Event.objects.filter(kind="ContactErased", subject=str(contact.public_id)).exists()


def test_of_whoever_got_something_stays_what_proofs_name() -> None:
    ways = [{"kind": "mobile", "value": "0172 7654321", "label": ""}]
    contact = a_contact(mobile="0171 2345678", street="Gartenstraße 5", note="sucht Altbau", ways=ways)
    an_activity(contact=contact)
    an_appointment(contact=contact)
    dispatch = a_dispatch(contact=contact)
    pages = (bytes(dispatch.gate_html), dispatch.page, dispatch.content)
    leaves = list(Event.objects.filter(subject=str(dispatch.public_id)).values_list("leaf", "openings"))
    assert not erasure.erase(contact, by=an_agent())
    contact.refresh_from_db()
    dispatch.refresh_from_db()
    assert (contact.full_name, contact.email) == ("Mara Berger", "mara@berger.test")
    assert (contact.mobile, contact.street, contact.note, contact.ways) == ("", "", "", [])
    assert not search.find("0172 7654321").contacts.exists()
    assert not Activity.objects.exists()
    assert not Appointment.objects.exists()
    assert not search.find("0171 2345678").contacts.exists()
    assert (bytes(dispatch.gate_html), dispatch.page, dispatch.content) == pages
    assert list(Event.objects.filter(subject=str(dispatch.public_id)).values_list("leaf", "openings")) == leaves


@pytest.mark.parametrize(
    ("declared", "until"),
    [
        (None, datetime(2027, 5, 31, 12, tzinfo=UTC)),
        (datetime(2026, 11, 30, tzinfo=UTC), datetime(2032, 12, 31, 23, tzinfo=UTC)),
        # New Year's Eve in London, New Year's Day here.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2033, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_how_long_proofs_are_kept(declared: datetime | None, until: datetime) -> None:
    dispatch = a_dispatch()
    dispatch.created_at, dispatch.declared_at = datetime(2026, 11, 29, 12, tzinfo=UTC), declared
    dispatch.save()
    assert erasure.kept_until(dispatch.contact) == until
    assert erasure.kept_until(a_contact()) is None


def _replied(dispatch: Dispatch, words: str, handled_as: str) -> IncomingMail:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk")
    message = EmailMessage()
    message["From"], message["To"] = dispatch.contact.email, mail.sender
    message["In-Reply-To"] = mail.message_id
    message.set_content(words)
    received = routing.take_in(message.as_bytes()).received
    assert received
    routing.mark_handled(received, handled_as)
    return received


@pytest.mark.django_db(transaction=True)
def test_of_what_came_in_by_mail_only_a_declaration_stays_while_its_proof_must() -> None:
    """Text and file of everything else are gone; leaves, which only commit to it, are not."""
    dispatch = a_dispatch()
    dispatch.declared_at = timezone.now()
    dispatch.save()
    order = _replied(dispatch, "Ja", "declaration")
    letter = _replied(dispatch, "Ich ziehe im Mai um, bitte erst dann.", "letter")
    other = _replied(a_dispatch(contact=a_contact(email="other@berger.test")), "Danke", "letter")
    erasure.erase(dispatch.contact, by=an_agent())
    assert not IncomingMail.objects.filter(pk=letter.pk).exists()
    assert not storage.path(letter.file_sha256).exists()
    assert storage.path(other.file_sha256).exists()
    assert IncomingMail.objects.filter(pk=order.pk).exists()
    assert storage.path(order.file_sha256).exists()
    assert len([name for name in proof.documents(dispatch) if name.startswith("answers/")]) == 1


def test_the_answer_holds_the_log_of_openings_and_withdrawals_that_nobody_assigned() -> None:
    """Art. 15 DSGVO: the ledger's events with their personal values were left out, so were unassigned withdrawals."""
    dispatch = a_dispatch()
    row = openings.record(
        str(dispatch.public_id), state="notified", ip="203.0.113.77", user_agent=b"x", method="GET", shown="0" * 64
    )
    with connection.cursor() as cursor:
        cursor.execute(_APPEND_SQL[connection.vendor], row)
    stray = a_withdrawal(name="Mara Berger", email=dispatch.contact.email.upper())
    told = erasure.export(dispatch.contact)
    assert [one["name"] for one in told["unassigned_withdrawals"]] == [stray.name]
    by_kind = {one["kind"]: one for one in told["events"]}
    assert by_kind["NotificationAccessTracking"]["personal"] == {"client": "203.0.113.0/24 x"}
    assert by_kind["SubmissionAcceptance"]["personal"]["recipient"] == dispatch.contact.full_name


def test_the_answer_holds_what_is_known_under_other_numbers() -> None:
    """Art. 15 DSGVO: what an assigned withdrawal had said, who was merged, invitations, mails to the agent were out."""
    contact, other = a_contact(), a_contact(last_name="Bergmann", email="alt@bergmann.test")
    merge.merge(contact, other, by=an_agent())
    contact.refresh_from_db()
    dispatch = a_dispatch(contact=contact)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    declare(token_of(dispatch), form, CLIENT)
    assigned, stray = (
        withdrawn(name="Mara Berger", email="alt@bergmann.test", contract=one, token=None, client=CLIENT)
        for one in "AB"
    )
    withdrawal_desk.assign(assigned, dispatch, by=an_agent())
    invitations.keep(an_appointment(contact=contact), invite=True)
    told = erasure.export(contact)
    assert [one["last_name"] for one in told["merged_contacts"]] == ["Bergmann"]
    assert [one["public_id"] for one in told["unassigned_withdrawals"]] == [stray.public_id]
    declared = [one for one in told["events"] if one["kind"] == "WithdrawalDeclared"]
    assert {one["subject"] for one in declared} == {str(assigned.public_id), str(stray.public_id)}
    assert all(one["personal"]["client"] == CLIENT.personal["client"] for one in declared)
    assert {"invitation", "agent_notice", "withdrawal_acknowledgement"} <= {one["purpose"] for one in told["mails"]}


def test_who_was_erased_is_not_written_of_what_was_released_to_them() -> None:
    """The mail about a released document went to whoever had asked to be forgotten meanwhile."""
    dispatch = a_dispatch()
    dispatch.declared_at = timezone.now()
    dispatch.save()
    UntoldRelease.objects.create(dispatch=dispatch, document="one")
    letters.tell_documents_released(dispatch, ["Grundbuch"])
    erasure.erase(dispatch.contact, by=an_agent())
    assert not UntoldRelease.objects.exists()
    assert OutgoingMail.objects.get(purpose=Purpose.DOCUMENTS_RELEASED).state == MailState.CANCELLED
