"""A sign-in link by mail, to somebody of the office who has no other way in yet, or no more."""

from django.db import transaction

from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox, server_settings
from siegelpost.mail.outgoing.compose import compose, mail_words
from siegelpost.office import sign_in
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent
from siegelpost.toolbox.addresses import is_mail_address


@transaction.atomic
def send(agent: Agent, *, by: Agent) -> OutgoingMail:
    """Queue a mail with a fresh one-time link; the one before ends with it.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; no link was made.
        siegelpost.toolbox.addresses.AddressError: it is no address; no link was made.
    """
    server_settings.current()
    link = sign_in.new_link(agent, by=by)
    hours = round(sign_in.LIFETIME.total_seconds() / 3600)
    words = mail_words("mail/sign_in", agent.language, agent=agent, by=by, office=the_office(), url=link, hours=hours)
    message = compose(
        to=agent.email, to_name=agent.name, **words._asdict(), reply_to=by.email if is_mail_address(by.email) else ""
    )
    token = link.rstrip("/").rpartition("/")[2]
    return outbox.enqueue(message, dispatch_id=None, purpose=Purpose.SIGN_IN, secrets=[token])
