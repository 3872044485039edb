"""Commands of the office's process about registered mail (see :mod:`tests.support.office_process`)."""

import json
import uuid
from collections.abc import Callable
from typing import Any

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


def send_registered(language: str, options: str = "{}") -> dict[str, Any]:
    """Send a registered mail with two files to the sample prospect; ``options`` is JSON for the letter."""
    from siegelpost.demo.sample import sample_agent, sample_prospect
    from siegelpost.dispatch.attachments import take_in
    from siegelpost.dispatch.models import CodeBy
    from siegelpost.dispatch.registered.letters import RegisteredLetter
    from siegelpost.dispatch.registered.sending import send
    from siegelpost.office.models import Language

    given = json.loads(options)
    subject, message = WORDS[language]
    letter = RegisteredLetter(
        contacts=[sample_prospect()],
        subject=subject,
        message=message,
        language=Language(language),
        hidden=given.get("hidden", False),
        days=7,
        remind_every=3,
        code_by=CodeBy(given["code_by"]) if "code_by" in given else None,
        code_address=given.get("code_address", ""),
        attachments=[
            take_in("Maklervertrag 2026-03-03.pdf", b"%PDF-1.7\n" + b"%\n" * 90_000),
            take_in("Übersicht der Besichtigungen.txt", b"3 Termine\n"),
        ],
    )
    sent = send(sample_agent(), letter, batch=uuid.uuid4())[0]
    return {"sent": str(sent.dispatch.public_id), "code": sent.code}


def sign_in() -> dict[str, Any]:
    """A link that signs the sample agent in."""
    from siegelpost.demo.sample import sample_agent
    from siegelpost.office import sign_in

    return {"link": sign_in.new_link(sample_agent())}


def two_more_contacts() -> dict[str, Any]:
    """Contacts to choose from."""
    from siegelpost.contacts.models import Contact

    Contact.objects.create(salutation="mr", first_name="Jonas", last_name="Adler", email="jonas@adler.example")
    Contact.objects.create(
        salutation="ms", first_name="Sibel", last_name="Çelik", email="sibel@celik.example", mobile="+49 171 555 77"
    )
    return {"ready": True}


def end_period(public_id: str) -> dict[str, Any]:
    """Let the period of a dispatch end now."""
    from django.utils import timezone

    from siegelpost.dispatch import rounds
    from siegelpost.dispatch.models import Dispatch

    Dispatch.objects.filter(public_id=public_id).update(expires_at=timezone.now())
    rounds.slow()
    return {"over": public_id}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "send_registered": send_registered,
    "sign_in": sign_in,
    "two_more_contacts": two_more_contacts,
    "end_period": end_period,
}
