"""A registered mail as a file that every mail program opens: the message with its files (RFC 5322, MIME)."""

import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.mail.addresses import one_line
from siegelpost.settings import load

_POLICY = SMTP.clone(cte_type="7bit")


def make(page: dict[str, Any], message: str, files: list[dict[str, Any]], *, to: Contact, at: datetime) -> bytes:
    """The whole as one mail, as it would have been sent; it never is, the recipient downloads it.

    Args:
        files: frozen attachments, whose bytes are in the store.
        at: when it was submitted.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _address(page["agent"]["name"], page["agent"]["email"])
    mail["To"] = _address(to.full_name, to.email)
    mail["Subject"] = one_line(page["subject"])
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{load().public_host}>"
    mail["Organization"] = one_line(page["office"]["name"])
    text = (
        f"{page['recipient']['greeting']}\n\n{message.strip()}\n\n{page['agent']['name']}\n{page['office']['name']}\n"
    )
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
    return mail.as_bytes()


def _address(name: str, address: str) -> Address:
    user, _, domain = address.rpartition("@")
    return Address(one_line(name), user, domain)
