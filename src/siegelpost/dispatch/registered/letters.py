"""What a registered mail says, and what its recipient will be shown, frozen at the moment of sending."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost import templating
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links, resend, uploads
from siegelpost.dispatch.attachments import Attached, listed
from siegelpost.dispatch.frozen.snapshot import NotReadyError, greeting, not_ready_to_mail
from siegelpost.dispatch.frozen_form import FORM
from siegelpost.dispatch.mails.footer import office_shown
from siegelpost.dispatch.models import CodeBy, Dispatch
from siegelpost.dispatch.registered import mail_file
from siegelpost.office.models import Agent, Language, Office
from siegelpost.settings import load
from siegelpost.toolbox import storage
from siegelpost.toolbox.addresses import AddressError, is_mail_address, same


@dataclass(frozen=True, slots=True)
class RegisteredLetter:
    """What the agent decides about one registered mail, to one recipient or several."""

    contacts: Sequence[Contact]
    subject: str
    message: str
    language: Language
    hidden: bool  # the subject is shown only after acceptance; who sends it is never hidden (§ 5 DDG)
    days: int  # to accept or refuse
    remind_every: int  # days; 0: never
    code_by: CodeBy | None = None
    code_address: str = ""  # where the code goes, when it goes by mail
    attachments: Sequence[Attached] = field(default=())
    # The dispatch to the first of them that this one takes the place of.
    instead_of: uuid.UUID | None = None


def letter_of(dispatch: Dispatch) -> RegisteredLetter:
    """What the agent decided about a registered mail, to be frozen anew for the same recipient."""
    page = dispatch.page
    code = dispatch.second_factor if page["code_by"] else None
    return RegisteredLetter(
        [dispatch.contact],
        dispatch.subject,
        dispatch.message,
        Language(dispatch.language),
        page["hidden"],
        page["days"],
        dispatch.remind_every_days,
        CodeBy(page["code_by"]) if page["code_by"] else None,
        code.address if code else "",
        resend.attachments_of(dispatch),
        dispatch.public_id,
    )


def refuse_if_not_ready(office: Office, letter: RegisteredLetter) -> None:
    """Check before anything is stored.

    Raises:
        NotReadyError: what is missing, in the reader's language.
    """
    reasons = not_ready_to_mail(office, letter.contacts)
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
            "subject": letter.subject,
            "office": office_shown(office),
            "agent": {"name": agent.name, "phone": agent.phone, "email": agent.email},
            "recipient": {"name": contact.full_name, "greeting": greeting(contact)},
            "hidden": letter.hidden,
            "days": letter.days,
            "code_by": letter.code_by.value if letter.code_by else "",
            "attachments": len(letter.attachments),
        }


def content_of(page: dict[str, Any], letter: RegisteredLetter, *, contact: Contact, at: datetime) -> dict[str, Any]:
    """What opens with the acceptance: the message, the files, and both together as a mail to keep; stores all of it."""
    for file in letter.attachments:
        uploads.keep(file.sha256)
    files = listed(letter.attachments)
    mail = mail_file.make(page, letter.message, files, to=contact, at=at)
    return {
        "v": FORM,
        "sent_at": at.isoformat(),
        "message": letter.message,
        "attachments": files,
        "eml": {"sha256": storage.put(mail), "size": len(mail)},
    }


def deadline(at: datetime, days: int) -> datetime:
    """The end of the last day on which the recipient can act; the day of sending does not count."""
    zone = ZoneInfo(load().time_zone)
    after = at.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(after, time.min, zone).astimezone(UTC)


def ask_html(public_id: str, page: dict[str, Any], expires_at: datetime) -> bytes:
    """The page that asks to accept or refuse, byte for byte as the recipient will get it (see decision 0007)."""
    html = templating.render(
        "recipient/registered/ask.html",
        page["language"],
        page=page,
        stamp=links.stamp(public_id, page),
        last_day=last_day(expires_at),
        may_withdraw=False,
        error="",
        base="",
    )
    return html.encode()


def last_day(expires_at: datetime | str) -> datetime:
    """A moment on the last day, for showing it; the time may also come as ISO text."""
    until = datetime.fromisoformat(expires_at) if isinstance(expires_at, str) else expires_at
    return until - timedelta(seconds=1)


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()
