"""Appointments that a contact hears of: saved, changed or called off, and told by mail, in one transaction."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost import templating
from siegelpost.contacts import appointments, calendar_feed
from siegelpost.contacts.calendar_feed import Method
from siegelpost.contacts.diary_models import Appointment, Participant
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.frozen.sender import greeting
from siegelpost.dispatch.mails import footer
from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.office.current import the_office


@transaction.atomic
def keep(appointment: Appointment, *, invite: bool) -> bool:
    """Keep a new or changed appointment; invite the contact if wanted, and tell of a change all who were invited.

    Somebody who was invited and is no longer the contact, or has another address now, is told that it is off.

    Returns:
        Whether a mail goes out.

    Raises:
        siegelpost.contacts.appointments.CalledOffError: it was called off meanwhile; nothing was saved.
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; nothing was saved.
        siegelpost.toolbox.addresses.AddressError: the contact has no address that works; nothing was saved.
    """
    matters = appointments.save(appointment)
    address = appointment.contact.email if appointment.contact else ""
    invited = appointment.invited_email
    if invited and matters and invited != address:
        _mail(appointment, "CANCEL")
        appointment.invited_email = invited = ""
    wanted = bool(address) and (matters if invited else invite)
    if wanted:
        appointment.invited_email = address
        _mail(appointment, "REQUEST")
    appointment.save(update_fields=["invited_email"])
    return (matters and _tell_all(appointment, "REQUEST")) or wanted


@transaction.atomic
def cancel(appointment: Appointment) -> bool:
    """Call an appointment off, and tell all who were invited; True when a mail goes out.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; it was not called off.
    """
    return appointments.cancel(appointment) and _tell_everybody(appointment, "CANCEL")


@transaction.atomic
def reinstate(appointment: Appointment) -> bool:
    """Let an appointment take place that was called off, and tell all who were invited; True when a mail goes out.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; it stays called off.
    """
    return appointments.reinstate(appointment) and _tell_everybody(appointment, "REQUEST")


@transaction.atomic
def invite(participant: Participant) -> None:
    """Send somebody who comes the entry for their calendar; whoever had one for another time has it moved.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server.
        siegelpost.toolbox.addresses.AddressError: the contact has no address that works.
    """
    participant.invited_email = participant.contact.email
    participant.save(update_fields=["invited_email", "changed_at"])
    _mail(participant.appointment, "REQUEST", participant)


def disinvite(participant: Participant) -> bool:
    """Tell who was invited and does not come any more that their entry is off; True when a mail goes out."""
    if participant.invited_email:
        _mail(participant.appointment, "CANCEL", participant)
    return bool(participant.invited_email)


def _tell_everybody(appointment: Appointment, method: Method) -> bool:
    if appointment.invited_email:
        _mail(appointment, method)
    return _tell_all(appointment, method) or bool(appointment.invited_email)


def _tell_all(appointment: Appointment, method: Method) -> bool:
    """Tell each participant who was invited, of themselves alone; the appointment is locked."""
    coming = appointment.participants.select_related("contact").filter(cancelled_at=None)
    told = [one for one in coming if one.invited_email]
    for one in told:
        one.sequence += 1
        one.save(update_fields=["sequence", "changed_at"])
        _mail(appointment, method, one)
    return bool(told)


def _mail(appointment: Appointment, method: Method, to: Participant | None = None) -> None:
    agent, office, entry = appointment.agent, the_office(), to or appointment
    # Who is told that it is off may no longer be the one it is with.
    contact = entry.contact if entry.contact and entry.contact.email == entry.invited_email else None
    language = contact.language if contact else office.language
    subject, _, text = templating.render(
        "dispatch/mail/invitation.txt",
        language,
        appointment=appointment,
        estate=appointment.estate,
        greeting=_greeting(contact, language),
        agent=agent,
        office=office,
        off=method == "CANCEL",
        changed=entry.sequence > 0,
        booked=bool(to and to.asked_in),
    ).partition("\n")
    message = compose(
        to=entry.invited_email,
        to_name=contact.full_name if contact else "",
        subject=" ".join(subject.split()),
        text=text.strip() + "\n" + footer.plain(footer.foot_of(language), language),
        reply_to=agent.email,
    )
    # Beside the text and not attached: only so do mail programs offer to take it into the calendar (RFC 6047, 2.4).
    message.add_alternative(
        calendar_feed.invitation(appointment, method, entry).decode(),
        subtype="calendar",
        cte="base64",
        params={"method": method},
        filename="termin.ics",
        disposition="inline",
    )
    message["Content-Language"] = language
    outbox.enqueue(message, dispatch_id=None, purpose=Purpose.INVITATION)


def _greeting(contact: Contact | None, language: str) -> str:
    with translation.override(language):
        return greeting(contact) if contact else _("Guten Tag,")
