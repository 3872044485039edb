"""An agent at work in a process of its own, so that a test can kill it: reads a command a line, answers in JSON.

Each function below is a command; its words are the arguments.
"""

import json
import shlex
import sys
import uuid
from collections.abc import Callable
from typing import Any

from tests.support import expose_commands, registered_commands

from siegelpost.cli.common import start_django


def prepare() -> dict[str, Any]:
    """Make an office whose mail settings come from the environment."""
    from tests.support.office import an_agent, an_estate, an_office

    an_office()
    an_agent(email="agent@lindenhof.test")
    an_estate()
    return {"ready": True}


def sample() -> dict[str, Any]:
    """Make the sample office with its properties and pictures."""
    from siegelpost.demo.sample import sample_agent, sample_office, sample_prospect
    from siegelpost.demo_data import package
    from siegelpost.estates.imports.apply import import_file
    from siegelpost.settings import load

    # Where mail goes is the server's environment; the office only has to have named a place.
    office = sample_office()
    office.smtp_host = "127.0.0.1"
    office.save()
    sample_prospect()
    import_file(package.write(load().data / "sample.zip"), actor=sample_agent())
    return {"ready": True}


def send_sample(public_id: str, language: str, commission: str) -> dict[str, Any]:
    """Send a sample property to a new prospect, who has not ordered it before.

    Args:
        commission: ``commission`` of the buyer's, ``free`` of it, or ``several`` properties.
    """
    from tests.support.office import a_contact

    from siegelpost.demo.sample import sample_agent
    from siegelpost.dispatch.letter import Letter
    from siegelpost.dispatch.send.send import send as send_expose
    from siegelpost.estates.models import Estate
    from siegelpost.office.models import Language

    due, free = (Estate.objects.filter(buyer_commission_due=due).order_by("pk")[:1] for due in (True, False))
    estates = {"commission": [*due], "free": [*free], "several": [*due, *free]}[commission]
    words = {
        "de": ("Ihre Anfrage: Stadthaus von 1905", "danke für Ihre Anfrage. Ich freue mich auf Ihre Fragen."),
        "en": ("Your inquiry: town house of 1905", "thank you for your inquiry. I look forward to your questions."),
    }[language]
    letter = Letter(estates, a_contact(email=f"{public_id[:8]}@berger.test"), *words, Language(language))
    send_expose(sample_agent(), letter, public_id=uuid.UUID(public_id))
    return {"sent": public_id}


def revoke(public_id: str) -> dict[str, Any]:
    """Take a dispatch back."""
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.dispatch.send.send import revoke

    dispatch = Dispatch.objects.get(public_id=public_id)
    revoke(dispatch, by=dispatch.agent)
    return {"revoked": public_id}


def prove(public_id: str, target: str) -> dict[str, Any]:
    """Write the proof of a dispatch."""
    from pathlib import Path

    from siegelpost.dispatch.evidence import proof
    from siegelpost.dispatch.models import Dispatch

    with Path(target).open("wb") as file:
        proof.write_proof(Dispatch.objects.get(public_id=public_id), file)
    return {"proof": target}


def send(public_id: str) -> dict[str, Any]:
    """Send the one property to a new contact."""
    from tests.support.office import a_contact, a_letter

    from siegelpost.dispatch.send.send import send as send_expose
    from siegelpost.estates.models import Estate
    from siegelpost.office.models import Agent

    letter = a_letter(estates=[Estate.objects.get()], contact=a_contact(email=f"{public_id}@berger.test"))
    send_expose(Agent.objects.get(email="agent@lindenhof.test"), letter, public_id=uuid.UUID(public_id))
    return {"sent": public_id}


def truth() -> dict[str, Any]:
    """What the installation says of every dispatch: its state, its mails, the attempts it calls interrupted."""
    from siegelpost.dispatch.models import Dispatch
    from siegelpost.ledger.models import Event
    from siegelpost.mail.models import OutgoingMail

    def of(dispatch: Dispatch) -> dict[str, Any]:
        public_id = str(dispatch.public_id)
        events = Event.objects.filter(subject=public_id)
        interrupted = [
            json.loads(bytes(event.leaf))["data"]["mail"] for event in events.filter(kind="DeliveryAttemptInterrupted")
        ]
        return {
            "state": dispatch.state,
            "mails": {mail.message_id: mail.state for mail in OutgoingMail.objects.filter(dispatch_id=public_id)},
            "notified": events.filter(kind="NotificationForAcceptance").count(),
            "interrupted": interrupted,
            "declarations": dispatch.declarations.count(),
        }

    return {str(dispatch.public_id): of(dispatch) for dispatch in Dispatch.objects.all()}


def events(public_id: str) -> list[list[Any]]:
    """What the ledger has of a dispatch: kind and data of every event, in their order."""
    from siegelpost.ledger.models import Event

    found = Event.objects.filter(subject=public_id).order_by("at", "pk")
    return [[event.kind, json.loads(bytes(event.leaf))["data"]] for event in found]


def main() -> None:
    """Serve commands until standard input ends."""
    start_django()
    commands: dict[str, Callable[..., Any]] = {
        "prepare": prepare,
        "sample": sample,
        "send": send,
        "send_sample": send_sample,
        "revoke": revoke,
        "prove": prove,
        "truth": truth,
        **registered_commands.COMMANDS,
        **expose_commands.COMMANDS,
        "events": events,
    }
    for line in sys.stdin:
        name, *arguments = shlex.split(line)
        print(json.dumps(commands[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
