"""An agent at work in a process of its own, so that a test can kill it: reads a command a line, answers in JSON.

``prepare`` makes the office; ``send UUID`` sends a dispatch; ``truth`` tells what the installation says of all.
"""

import json
import sys
import uuid
from typing import Any

from siegelpost.cli.common import start_django


def prepare() -> dict[str, Any]:
    """Make an office whose mail settings come from the environment."""
    from tests.support.office import an_agent, an_estate, an_office

    an_office()
    an_agent(email="agent@lindenhof.test")
    an_estate()
    return {"ready": True}


def send(public_id: str) -> dict[str, Any]:
    """Send the one property to a new contact."""
    from tests.support.office import a_contact, a_letter

    from siegelpost.dispatch import sending
    from siegelpost.estates.models import Estate
    from siegelpost.office.models import Agent

    letter = a_letter(estates=[Estate.objects.get()], contact=a_contact(email=f"{public_id}@berger.test"))
    sending.send(Agent.objects.get(email="agent@lindenhof.test"), letter, public_id=uuid.UUID(public_id))
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


def main() -> None:
    """Serve commands until standard input ends."""
    start_django()
    commands = {"prepare": prepare, "send": send, "truth": truth}
    for line in sys.stdin:
        name, *arguments = line.split()
        print(json.dumps(commands[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
