"""A registered mail as a file that every mail program opens: the message with its files (RFC 5322, MIME)."""

import uuid
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.frozen import sender
from siegelpost.mail.outgoing.wire import to_wire
from siegelpost.settings import load
from siegelpost.toolbox.addresses import checked, one_line

_POLICY = SMTP.clone(cte_type="7bit")


def make(page: dict[str, Any], message: str, files: list[dict[str, Any]], *, to: Contact, at: datetime) -> bytes:
    """The whole as one mail, as it would have been sent; it never is, the recipient downloads it.

    Args:
        files: frozen attachments, whose bytes are in the store.
        at: when it was submitted.

    Raises:
        siegelpost.toolbox.addresses.AddressError: sender or recipient has no address that works.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = checked(page["agent"]["email"], name=page["agent"]["name"])
    mail["To"] = checked(to.email, name=to.full_name)
    mail["Subject"] = one_line(page["subject"])
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{load().public_host}>"
    mail["Organization"] = one_line(page["office"]["name"])
    greeting = "" if sender.greets(message) else f"{page['recipient']['greeting']}\n\n"
    text = f"{greeting}{message.strip()}\n\n{page['agent']['name']}\n{page['office']['name']}\n"
    mail.set_content(text, cte="quoted-printable")
    for file in files:
        maintype, _, subtype = file["content_type"].partition("/")
        mail.add_attachment(
            storage.read(file["sha256"]),
            maintype=maintype,
            subtype=subtype,
            filename=file["name"],
            params={"charset": "utf-8"} if maintype == "text" else None,
        )
    mail["Content-Language"] = page["language"]
    return to_wire(mail)
