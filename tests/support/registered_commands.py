"""Commands of the office's process about registered mail (see :mod:`tests.support.office_process`)."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests.support.waiting import until

WORDS = {
    "de": (
        "Kündigung des Maklervertrags",
        "hiermit kündigen wir den Maklervertrag vom 3. März 2026 zum nächstmöglichen Zeitpunkt.\n\nDen Vertrag und "
        "die Übersicht der Besichtigungen finden Sie in den Anlagen.",
    ),
    "en": (
        "Notice ending the agency agreement",
        "we hereby end the agency agreement of 3 March 2026 at the earliest possible date.\n\nThe agreement and the "
        "list of viewings are attached.",
    ),
}


def registered_office() -> dict[str, Any]:
    """The sample office and who works there, without properties and pictures: it is soon set up."""
    from siegelpost.demo.sample import sample_agent, sample_office

    office = sample_office()
    office.smtp_host = "127.0.0.1"  # where mail goes is the server's environment; only some place must be named
    office.save()
    sample_agent()
    return {"ready": True}


def send_registered(language: str, options: str = "{}") -> dict[str, Any]:
    """Send a registered mail with two files to the sample prospect; ``options`` is JSON for the letter.

    ``to`` names addresses instead, each of a contact that is made for it.
    """
    from siegelpost.contacts.models import Contact
    from siegelpost.demo.sample import sample_agent, sample_prospect
    from siegelpost.dispatch.attachments import take_in
    from siegelpost.dispatch.letter import RegisteredLetter
    from siegelpost.dispatch.models import CodeBy
    from siegelpost.dispatch.send.registered import send
    from siegelpost.office.current import the_office
    from siegelpost.office.models import Language

    given = json.loads(options)
    subject, message = WORDS[language]
    contacts = [
        Contact.objects.create(salutation="ms", first_name="Mara", last_name="Berger", email=address)
        for address in given.get("to", [])
    ]
    letter = RegisteredLetter(
        contacts=contacts or [sample_prospect()],
        subject=subject,
        message=message,
        language=Language(language),
        hidden=given.get("hidden", False),
        days=the_office().acceptance_days,
        remind_every=the_office().reminder_days,
        code_by=CodeBy(given["code_by"]) if "code_by" in given else None,
        code_address=given.get("code_address", ""),
        attachments=[
            take_in("Maklervertrag 2026-03-03.pdf", b"%PDF-1.7\n" + b"%\n" * 90_000),
            take_in("Übersicht der Besichtigungen.txt", b"3 Termine\n"),
        ],
    )
    made = [
        {"sent": str(sent.dispatch.public_id), "code": sent.code, "batch": str(sent.dispatch.batch)}
        for sent in send(sample_agent(), letter, batch=uuid.UUID(given["batch"]) if "batch" in given else uuid.uuid4())
    ]
    return {**made[0], "all": made}


def sign_in() -> dict[str, Any]:
    """A link that signs the sample agent in."""
    from siegelpost.demo.sample import sample_agent
    from siegelpost.office import sign_in

    return {"link": sign_in.new_link(sample_agent(), by=None)}


def two_more_contacts() -> dict[str, Any]:
    """Contacts to choose from."""
    from siegelpost.contacts.models import Contact

    Contact.objects.create(salutation="mr", first_name="Jonas", last_name="Adler", email="jonas@adler.example")
    Contact.objects.create(
        salutation="ms", first_name="Sibel", last_name="Çelik", email="sibel@celik.example", mobile="+49 171 555 77"
    )
    return {"ready": True}


def end_period(public_id: str) -> dict[str, Any]:
    """Let the period of a dispatch be over: what the round would do then, it does now."""
    from siegelpost.dispatch import schedule
    from siegelpost.dispatch.models import Dispatch

    schedule._expire(Dispatch.objects.get(public_id=public_id).pk)
    return {"over": public_id}


def remind_registered(public_id: str) -> dict[str, Any]:
    """Let the next reminder be due now."""
    from django.utils import timezone

    from siegelpost.dispatch import schedule
    from siegelpost.dispatch.models import Dispatch

    # The mail may be there before the mail server's answer is written down, and with it when to remind.
    until(Dispatch.objects.filter(public_id=public_id, state="notified").exists)
    Dispatch.objects.filter(public_id=public_id).update(next_reminder_at=timezone.now())
    schedule.slow()
    return {"reminded": public_id}


def period_of(public_id: str) -> dict[str, Any]:
    """How many days a recipient has, counted from the day after sending, in the office's time zone."""
    from django.utils import timezone

    from siegelpost.dispatch.gate.periods import last_day
    from siegelpost.dispatch.models import Dispatch

    dispatch = Dispatch.objects.get(public_id=public_id)
    first, last = (timezone.localdate(at) for at in (dispatch.created_at, last_day(dispatch.expires_at)))
    return {"days": (last - first).days}


def receipts_of(public_id: str) -> dict[str, Any]:
    """The receipts there are, each made as PDF, with the name of the event that each is about."""
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.registered import receipts

    dispatch = Dispatch.objects.get(public_id=public_id)
    made = {kind: receipts.pdf(dispatch, kind, dispatch.language) for kind in receipts.available(dispatch)}
    return {kind.value: receipts.ABOUT[kind].event for kind, pdf in made.items() if pdf.startswith(b"%PDF-")}


def registered_truth() -> dict[str, Any]:
    """What the installation says of every registered mail, by its recipient's address."""
    from siegelpost.dispatch.frozen import documents
    from siegelpost.dispatch.models import Dispatch, Kind
    from siegelpost.ledger.models import Event
    from siegelpost.mail.models import OutgoingMail

    def of(dispatch: Dispatch) -> dict[str, Any]:
        public_id = str(dispatch.public_id)
        events = list(Event.objects.filter(subject=public_id).order_by("pk"))
        return {
            "id": public_id,
            "state": dispatch.state,
            "due": dispatch.confirmation_due,
            "events": [event.kind for event in events],
            "interrupted": [
                json.loads(bytes(event.leaf))["data"]["mail"]
                for event in events
                if event.kind == "DeliveryAttemptInterrupted"
            ],
            # Reads every file against its SHA-256.
            "readable": len(documents.registered_documents(dispatch)) == 6,
            "mails": [
                {"id": mail.message_id, "state": mail.state, "purpose": mail.purpose}
                for mail in OutgoingMail.objects.filter(dispatch_id=public_id)
            ],
        }

    found = Dispatch.objects.filter(kind=Kind.REGISTERED_MAIL).select_related("contact")
    return {dispatch.contact.email: of(dispatch) for dispatch in found}


def speak(language: str) -> dict[str, Any]:
    """The sample agent's language."""
    from siegelpost.demo.sample import sample_agent

    agent = sample_agent()
    agent.language = language
    agent.save()
    return {"speaks": language}


def forget_counts() -> dict[str, Any]:
    """Start the rate limits anew: here one client is many people."""
    from siegelpost.web.models import Count

    Count.objects.all().delete()
    return {"forgotten": True}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "registered_office": registered_office,
    "send_registered": send_registered,
    "sign_in": sign_in,
    "two_more_contacts": two_more_contacts,
    "end_period": end_period,
    "remind_registered": remind_registered,
    "period_of": period_of,
    "receipts_of": receipts_of,
    "registered_truth": registered_truth,
    "speak": speak,
    "forget_counts": forget_counts,
}
