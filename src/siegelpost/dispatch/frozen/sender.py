"""Who writes to whom, as every frozen page says it."""

from typing import Any

from django.utils.translation import gettext as _

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.office.current import office_shown
from siegelpost.office.models import Agent, Office


def head(office: Office, agent: Agent, contact: Contact) -> dict[str, Any]:
    """Office, agent and recipient of a page, in the active language."""
    return {
        "office": office_shown(office),
        "agent": {"name": agent.name, "phone": agent.phone, "email": agent.email},
        "recipient": {"name": contact.full_name, "greeting": greeting(contact)},
    }


def greeting(contact: Contact) -> str:
    """The first line of a letter, in the active language."""
    greetings = {
        Salutation.MS: _("Sehr geehrte Frau %(name)s,"),
        Salutation.MR: _("Sehr geehrter Herr %(name)s,"),
        Salutation.NEUTRAL: _("Guten Tag %(name)s,"),
    }
    formal = contact.salutation in {Salutation.MS, Salutation.MR}
    return greetings[Salutation(contact.salutation)] % {"name": contact.last_name if formal else contact.full_name}
