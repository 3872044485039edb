"""Who writes to whom, as every frozen page says it."""

import re
from typing import Any

from django.utils.translation import gettext as _

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.office.current import office_shown
from siegelpost.office.models import Agent, Office
from siegelpost.office.photo import SIDE


def head(office: Office, agent: Agent, contact: Contact) -> dict[str, Any]:
    """Office, agent and recipient of a page, in the active language."""
    return {
        "office": office_shown(office),
        "agent": agent_shown(agent),
        "recipient": {"name": contact.full_name, "greeting": greeting(contact)},
    }


def agent_shown(agent: Agent) -> dict[str, Any]:
    """The person whom a recipient can turn to; ``photo`` only where there is one, as a rendition."""
    photo = {"photo": {"sha256": agent.photo, "width": SIDE, "height": SIDE}} if agent.photo else {}
    return {"name": agent.name, "phone": agent.phone, "email": agent.email, **photo}


# How people begin a letter themselves; what comes before the first comma or line is looked at.
_GREETS = re.compile(
    r"\s*(?:sehr geehrte[rsn]?|liebe[rs]?|guten (?:tag|morgen|abend)|hallo|hi|moin|servus|grüß gott|werte[rs]?"
    r"|dear|hello|good (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)


def greets(message: str) -> bool:
    """Whether an agent's words begin with a greeting of their own: then no other stands above them."""
    return _GREETS.match(message[:40]) is not None


def greeting(contact: Contact) -> str:
    """The first line of a letter, in the active language."""
    greetings = {
        Salutation.MS: _("Sehr geehrte Frau %(name)s,"),
        Salutation.MR: _("Sehr geehrter Herr %(name)s,"),
        Salutation.NEUTRAL: _("Guten Tag %(name)s,"),
    }
    formal = contact.salutation in {Salutation.MS, Salutation.MR}
    return greetings[Salutation(contact.salutation)] % {"name": contact.last_name if formal else contact.full_name}
