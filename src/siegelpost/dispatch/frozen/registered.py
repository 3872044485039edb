"""What the recipient of a registered mail will be shown, frozen at the moment of sending."""

from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import uploads, wording
from siegelpost.dispatch.attachments import listed
from siegelpost.dispatch.frozen import mail_file, sender
from siegelpost.dispatch.frozen.documents import sha256_of
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen.snapshot import NotReadyError, not_ready_to_mail
from siegelpost.dispatch.frozen_form import FORM
from siegelpost.dispatch.gate.periods import end_of_days
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import CodeBy, Dispatch, Kind
from siegelpost.dispatch.wording import Wording
from siegelpost.ledger.leaf import JSON
from siegelpost.office.models import Agent, Office
from siegelpost.toolbox.addresses import AddressError, is_mail_address, same


def words_for(office: Office, agent: Agent, letter: RegisteredLetter, contact: Contact) -> Wording:
    """Subject and message as this recipient gets them."""
    return wording.filled(letter.subject, letter.message, wording.About(office, agent, contact), letter.language)


def refuse_if_not_ready(office: Office, agent: Agent, letter: RegisteredLetter) -> None:
    """Check before anything is stored.

    Raises:
        NotReadyError: what is missing, in the reader's language.
    """
    reasons = not_ready_to_mail(office, letter.contacts)
    found = (words_for(office, agent, letter, contact) for contact in letter.contacts)
    reasons += dict.fromkeys(reason for words in found for reason in words.reasons)
    if not letter.contacts:
        reasons.append(_("Es ist niemand als Empfänger gewählt."))
    if letter.code_by is CodeBy.MAIL:
        if len(letter.contacts) > 1:
            reasons.append(_("Ein Code an eine zweite E-Mail-Adresse geht nur bei einem einzelnen Empfänger."))
        elif not letter.code_address:
            reasons.append(_("Es fehlt die zweite E-Mail-Adresse, an die der Code gehen soll."))
        elif not is_mail_address(letter.code_address):
            reasons.append(str(AddressError(letter.code_address)))
        elif any(same(letter.code_address, contact.email) for contact in letter.contacts):
            reasons.append(_("Der Code muss an eine andere Adresse gehen als die Mitteilung."))
    if reasons:
        raise NotReadyError(reasons)


def page_of(office: Office, agent: Agent, letter: RegisteredLetter, contact: Contact) -> dict[str, Any]:
    """What stands on the recipient's page before the act; what it is about may be hidden there."""
    with translation.override(letter.language):
        return {
            "v": FORM,
            "language": letter.language.value,
            "test": office.test_operation,
            "subject": words_for(office, agent, letter, contact).subject,
            **sender.head(office, agent, contact),
            "hidden": letter.hidden,
            "days": letter.days,
            "code_by": letter.code_by.value if letter.code_by else "",
            "attachments": len(letter.attachments),
        }


def content_of(
    page: dict[str, Any], letter: RegisteredLetter, message: str, *, contact: Contact, at: datetime
) -> dict[str, Any]:
    """What opens with the acceptance: the message, the files, and both together as a mail to keep; stores all of it."""
    for file in letter.attachments:
        uploads.keep(file.sha256)
    files = listed(letter.attachments)
    mail = mail_file.make(page, message, files, to=contact, at=at)
    return {
        "v": FORM,
        "sent_at": at.isoformat(),
        "message": message,
        "attachments": files,
        "eml": {"sha256": storage.put(mail), "size": len(mail)},
    }


def renew(dispatch: Dispatch) -> dict[str, JSON]:
    """The period begins when the notice goes out: one that waited gets all of it."""
    dispatch.expires_at = end_of_days(timezone.now(), dispatch.page["days"])
    public_id = str(dispatch.public_id)
    dispatch.gate_html = first_html(Kind.REGISTERED_MAIL, public_id, dispatch.page, dispatch.expires_at)
    return {"expires_at": dispatch.expires_at.isoformat(), **sha256_of(dispatch, "gate_sha256")}
