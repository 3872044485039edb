"""Building a mail: both texts, attachments, and the headers that a mail server and a mail program expect."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, NamedTuple

from siegelpost import templating
from siegelpost.mail.outgoing.server_settings import sender as configured_sender
from siegelpost.settings import load
from siegelpost.toolbox.addresses import checked, one_line

# Gmail cuts what is longer; the texts of a mail are read on phones.
LARGEST_WITHOUT_ATTACHMENTS = 100 * 1024
# What mail servers commonly take, in the encoded form.
LARGEST = 20 * 1024 * 1024

_POLICY = SMTP.clone(cte_type="7bit")


class TooLargeError(ValueError):
    """The mail is larger than mail programs show or mail servers take."""

    def __init__(self, size: int, allowed: int) -> None:
        super().__init__(f"the mail has {size} bytes, {allowed} are allowed")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the HTML text, where ``cid:<its cid>`` shows it.

    ``content_type`` is such as ``image/png``; ``width`` and ``height`` are those in which it is shown, in CSS pixels.
    """

    name: str
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def cid(self) -> str:
        """Its Content-ID, which has the form of an address (RFC 2392)."""
        return f"{self.name}@siegelpost"


class MailWords(NamedTuple):
    """What a mail says: its subject, as plain text, as HTML; in which language, and what is pictured in the HTML."""

    subject: str
    text: str
    html: str
    language: str = ""
    pictures: tuple[Picture, ...] = ()


def mail_words(
    template: str, language: str, *, pictures: Mapping[str, Picture] = MappingProxyType({}), **context: Any
) -> MailWords:
    """A mail's words from its two templates; the first line of the plain one is the subject.

    In test operation both forms begin by saying so.

    Args:
        pictures: by the names under which the templates know them.
    """
    subject, _, text = templating.render(f"{template}.txt", language, **context).partition("\n")
    test = templating.render("mail/test.txt", language, **context)
    subject = " ".join(subject.split())
    html = templating.render(f"{template}.html", language, mail_subject=subject, pictures=pictures, **context)
    shown = tuple(one for one in pictures.values() if f"cid:{one.cid}" in html)
    return MailWords(subject, f"{test.lstrip()}{text.strip()}\n", html, language, shown)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to travel with a mail; ``content_type`` such as ``application/pdf``."""

    name: str
    content_type: str
    content: bytes


def compose(
    *,
    to: str,
    to_name: str = "",
    subject: str,
    text: str,
    html: str = "",
    language: str = "",
    reply_to: str = "",
    follows: str = "",
    sender_name: str = "",
    automatic: bool = True,
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """A mail from the office to one recipient, ready for :func:`siegelpost.mail.outgoing.outbox.enqueue`.

    Line breaks in names and in the subject become spaces, so nobody can add headers. Texts are quoted-printable:
    7-bit clean, and readable to whoever looks at the source.

    Args:
        language: ``de`` or ``en``, for the ``Content-Language`` header.
        reply_to: where answers go; empty means where the office's settings say.
        follows: the Message-ID of an earlier mail to the same recipient, beside which mail programs show this one.
        sender_name: shown instead of the office's name.
        automatic: no person wrote it just now; asks answering machines not to answer (RFC 3834).

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: the office has no sender's address yet.
        siegelpost.toolbox.addresses.AddressError: ``to`` or ``reply_to`` is no address; the message is for people.
        TooLargeError: over 100 KiB without pictures and attachments, or 20 MiB with them.
    """
    sender = configured_sender()
    message = EmailMessage(policy=_POLICY)
    message["From"] = checked(sender.address.addr_spec, name=sender_name) if sender_name else sender.address
    message["To"] = checked(to, name=to_name)
    if answers := reply_to or sender.reply_to:
        message["Reply-To"] = checked(answers)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = new_message_id()
    if follows:
        message["In-Reply-To"] = message["References"] = follows
    if automatic:
        message["Auto-Submitted"] = "auto-generated"
        # Exchange's answering machines know this one only.
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(text, cte="quoted-printable")
    if html:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    _check_size(message, LARGEST_WITHOUT_ATTACHMENTS)
    _add_pictures(message, pictures)
    for attachment in attachments:
        maintype, _, subtype = attachment.content_type.partition("/")
        # Always as bytes: a text, too, must arrive byte for byte, for its hash may be in a proof.
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=one_line(attachment.name),
            params={"charset": "utf-8"} if maintype == "text" else None,
        )
    if attachments:
        _check_size(message, LARGEST)
    if language:
        # Last: the library moves what is called Content-… into the parts it makes.
        message["Content-Language"] = language
    return message


def new_message_id() -> str:
    """A Message-ID at this server's public name, never given before."""
    host = load().public_host
    with suppress(ValueError):
        host = f"[{ip_address(host)}]"
    return f"<{uuid.uuid4().hex}@{host}>"


def _add_pictures(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    if not isinstance(part := message.get_body(("html",)), EmailMessage):
        return
    for picture in pictures:
        maintype, _, subtype = picture.content_type.partition("/")
        part.add_related(
            picture.content,
            maintype=maintype,
            subtype=subtype,
            cid=f"<{picture.cid}>",
            filename=picture.name,
            disposition="inline",
        )


def _check_size(message: EmailMessage, allowed: int) -> None:
    size = len(message.as_bytes())
    if size > allowed:
        raise TooLargeError(size, allowed)
