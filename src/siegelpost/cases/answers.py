"""What answers something a recipient wanted, and ticks it off with it, in one transaction."""

from django.db import transaction

from siegelpost.cases import invitations
from siegelpost.contacts import conversations
from siegelpost.contacts.conversations import Caller
from siegelpost.contacts.diary_models import Activity, Appointment
from siegelpost.dispatch.recipient import to_do
from siegelpost.dispatch.recipient.to_do import ToDo
from siegelpost.office.models import Agent


@transaction.atomic
def note_conversation(conversation: Activity, caller: Caller | None, *, answers: str, by: Agent) -> ToDo | None:
    """Keep a conversation (:func:`siegelpost.contacts.conversations.note`); what it answers is done with it.

    Args:
        answers: the key of a thing to do, or nothing.

    Returns:
        The thing that is done now, if there was one.

    Raises:
        django.core.exceptions.ObjectDoesNotExist: there is no such thing; nothing was kept.
    """
    conversations.note(conversation, caller)
    return _settled(answers, by)


@transaction.atomic
def keep_appointment(
    appointment: Appointment, *, invite: bool, answers: str = "", by: Agent
) -> tuple[bool, ToDo | None]:
    """Keep an appointment (:func:`siegelpost.cases.invitations.keep`); what it answers is done with it.

    Returns:
        Whether a mail goes out, and the thing that is done now.

    Raises:
        Whatever ``invitations.keep`` raises, and as :func:`note_conversation`; nothing was kept.
    """
    told = invitations.keep(appointment, invite=invite)
    return told, _settled(answers, by)


def _settled(answers: str, by: Agent) -> ToDo | None:
    named = to_do.of_key(answers)
    return to_do.settle(*named, by=by) if named else None
