"""Commands of the office's process about secure exposés (see :mod:`tests.support.office_process`)."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.waiting import until

ESTATES: dict[str, dict[str, Any]] = {
    "flat": {},
    "free": {"title": "Reihenhaus am Deich", "buyer_commission_due": False},
    "shop": {"title": "Laden in der Altstadt", "kind": "commercial", "usage": "commercial"},
    "unequal": {"title": "Wohnung am Markt", "seller_commission_rate": None},
}
MESSAGES = {
    "de": "danke für Ihre Anfrage. Ich freue mich auf Ihre Fragen.",
    "en": "thank you for your inquiry. I look forward to your questions.",
}
SUBJECTS = {"de": "Ihre Anfrage", "en": "Your inquiry"}


def expose_office() -> dict[str, Any]:
    """Make the sample office, without properties."""
    from siegelpost.demo.sample import sample_agent, sample_office

    office = sample_office()
    office.smtp_host, office.expose_reminder_days = "127.0.0.1", 3
    office.save()
    sample_agent()
    return {"ready": True}


def send_expose(public_id: str, language: str, options: str) -> dict[str, Any]:
    """Send new properties to a new prospect; ``options`` is JSON: ``estates``, ``business``, ``label``, ``files``."""
    from tests.support.office import a_contact, an_estate

    from siegelpost.demo.sample import sample_agent
    from siegelpost.dispatch.attachments import take_in
    from siegelpost.dispatch.letter import Letter
    from siegelpost.dispatch.send import send
    from siegelpost.office.models import Language

    given = json.loads(options)
    contact = a_contact(email=f"{public_id[:8]}@berger.example", is_business=given.get("business", False))
    letter = Letter(
        estates=[an_estate(address_released=False, **ESTATES[kind]) for kind in given.get("estates", ["flat"])],
        contact=contact,
        subject=SUBJECTS[language],
        message=MESSAGES[language],
        language=Language(language),
        button_label=given.get("label", ""),
        attachments=[take_in(name, text.encode()) for name, text in given.get("files", {}).items()],
    )
    send.send(sample_agent(), letter, public_id=uuid.UUID(public_id))
    return {"sent": public_id, "address": contact.email}


def end_of_withdrawal_period(public_id: str) -> dict[str, Any]:
    """Let the withdrawal period of an order be over."""
    from django.utils import timezone

    from siegelpost.dispatch import schedule
    from siegelpost.dispatch.models import Dispatch

    Dispatch.objects.filter(public_id=public_id).update(period_ends_at=timezone.now() - timedelta(seconds=1))
    schedule.slow()
    return {"over": public_id}


def remind(public_id: str) -> dict[str, Any]:
    """Let a reminder be due."""
    from django.utils import timezone

    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.send import reminders

    # The mail may be there before the mail server's answer is written down, and with it when to remind.
    until(Dispatch.objects.filter(public_id=public_id, state="notified").exists)
    Dispatch.objects.filter(public_id=public_id).update(next_reminder_at=timezone.now())
    return {"reminded": reminders.send_due()}


def bounce_notice(public_id: str) -> dict[str, Any]:
    """Let the notice come back, so that nobody can prove that it arrived."""
    from tests.support.mailing import bounce_of

    from siegelpost.mail.incoming import routing
    from siegelpost.mail.models import MailState, OutgoingMail

    notices = OutgoingMail.objects.filter(dispatch_id=public_id, purpose="notice")
    # Only what the server has called accepted can come back, and that is written down after it has arrived.
    until(notices.filter(state=MailState.ACCEPTED).exists)
    return {"bounced": routing.take_in(bounce_of(notices.get())).changed}


def replace_expose(public_id: str) -> dict[str, Any]:
    """Correct the living area, and put the new exposé in the place of the one that was sent."""
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.send import replacement

    dispatch = Dispatch.objects.get(public_id=public_id)
    dispatch.estates.update(living_area=101)
    replacement.replace(dispatch, by=dispatch.agent)
    return {"replaced": public_id}


def sign_in_as(language: str) -> dict[str, Any]:
    """A link that signs the agent in, who reads this language; letters about a property that is refused, and about one
    that needs a warning.
    """
    from tests.support.office import a_contact, an_estate

    from siegelpost.demo.sample import sample_agent
    from siegelpost.office import sign_in

    agent = sample_agent()
    agent.language = language
    agent.save()
    contact = a_contact()
    letters = {
        name: f"/send/?contact={contact.public_id}&estate={estate.public_id}&language={language}"
        for name in ("unequal", "flat")
        for estate in [an_estate(address_released=False, **ESTATES[name])]
    }
    return {"link": sign_in.new_link(agent, by=None), **letters}


def forget_counts() -> dict[str, Any]:
    """Start the rate limits anew: here one client is many people."""
    from siegelpost.web.models import Count

    Count.objects.all().delete()
    return {"forgotten": True}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "expose_office": expose_office,
    "send_expose": send_expose,
    "end_of_withdrawal_period": end_of_withdrawal_period,
    "remind": remind,
    "bounce_notice": bounce_notice,
    "replace_expose": replace_expose,
    "sign_in_as": sign_in_as,
    "forget_counts": forget_counts,
}
