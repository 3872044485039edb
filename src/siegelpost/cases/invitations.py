"""Appointments that a contact hears of: saved, changed or called off, and told by mail, in one transaction."""

from django.db import transaction

from siegelpost import templating
from siegelpost.contacts import appointments, calendar_feed
from siegelpost.contacts.calendar_feed import Method
from siegelpost.contacts.diary_models import Appointment
from siegelpost.dispatch.mails import footer
from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.office.current import the_office


class CalledOffError(Exception):
    """An appointment that was called off is not changed; it can take place after all, and be changed then."""


@transaction.atomic
def keep(appointment: Appointment, *, invite: bool) -> bool:
    """Keep a new or changed appointment; invite the contact if wanted, and tell of a change whoever was invited.

    Somebody who was invited and is no longer the contact, or has another address now, is told that it is off.

    Returns:
        Whether a mail goes out.

    Raises:
        CalledOffError: it was called off meanwhile; nothing was saved.
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; nothing was saved.
        siegelpost.toolbox.addresses.AddressError: the contact has no address that works; nothing was saved.
    """
    if appointment.cancelled_at:
        raise CalledOffError
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
    return wanted


@transaction.atomic
def cancel(appointment: Appointment) -> bool:
    """Call an appointment off, and tell whoever was invited; True when a mail goes out.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; it was not called off.
    """
    if not appointments.cancel(appointment) or not appointment.invited_email:
        return False
    _mail(appointment, "CANCEL")
    return True


@transaction.atomic
def reinstate(appointment: Appointment) -> bool:
    """Let an appointment take place that was called off, and tell whoever was invited; True when a mail goes out.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; it stays called off.
    """
    if not appointments.reinstate(appointment) or not appointment.invited_email:
        return False
    _mail(appointment, "REQUEST")
    return True


def _mail(appointment: Appointment, method: Method) -> None:
    agent, office = appointment.agent, the_office()
    # Who is told that it is off may no longer be the one it is with.
    contact = (
        appointment.contact if appointment.contact and appointment.contact.email == appointment.invited_email else None
    )
    language = contact.language if contact else office.language
    subject, _, text = templating.render(
        "dispatch/mail/invitation.txt",
        language,
        appointment=appointment,
        contact=contact,
        agent=agent,
        office=office,
        off=method == "CANCEL",
        changed=appointment.sequence > 0,
    ).partition("\n")
    message = compose(
        to=appointment.invited_email,
        to_name=contact.full_name if contact else "",
        subject=" ".join(subject.split()),
        text=text.strip() + "\n" + footer.plain(footer.foot_of(language), language),
        reply_to=agent.email,
    )
    # Beside the text and not attached: only so do mail programs offer to take it into the calendar (RFC 6047, 2.4).
    message.add_alternative(
        calendar_feed.invitation(appointment, method).decode(),
        subtype="calendar",
        cte="base64",
        params={"method": method},
        filename="termin.ics",
        disposition="inline",
    )
    outbox.enqueue(message, dispatch_id=None, purpose=Purpose.INVITATION)
