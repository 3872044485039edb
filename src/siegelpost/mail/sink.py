"""A real SMTP server on this machine that keeps what it gets: the demo's mailbox, and the tests' counterpart.

Each mail is one file in a folder, on the disk before the server says 250. Nothing is ever passed on.
"""

import asyncio
import re
import secrets
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

from siegelpost.mail import reader
from siegelpost.toolbox.durable import replace_durably

_LARGEST = 40 * 1024 * 1024
_NAME = re.compile(r"\d{20}-[0-9a-f]{8}\Z")
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class SinkAttachment:
    """A file that came with a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A received mail, for a page that shows it.

    ``html`` is what the sender wrote: show it in a sandboxed frame or not at all. Everything else is plain text;
    ``safe_text`` is HTML made of the plain text, escaped, with its links clickable.
    """

    name: str
    received_at: datetime
    sender: str
    recipient: str
    subject: str
    message_id: str
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[SinkAttachment, ...]
    raw: bytes

    @property
    def safe_text(self) -> SafeString:
        """The plain text as HTML."""
        return mark_safe(urlize(escape(self.text), nofollow=True).replace("\n", "<br>\n"))  # noqa: S308 - escaped


class Sink:
    """What the SMTP server does with a mail: write it to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store the mail, then say so."""
        assert isinstance(envelope.content, bytes)  # noqa: S101 - aiosmtpd gives bytes unless told otherwise
        name = store(self.folder, envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return f"250 2.0.0 Ok: queued as {name}"


def store(folder: Path, sender: str, recipients: list[str], mime: bytes) -> str:
    """Write one mail durably, its envelope above it as a mailbox has it; gives its name."""
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
    replace_durably(folder / f"{name}.eml", "".join(f"{line}\r\n" for line in lines).encode() + mime)
    return name


@contextmanager
def running(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    handler: object | None = None,
    **options: Any,
) -> Iterator[int]:
    """An SMTP server in a thread of its own for as long as the ``with`` lasts; gives its port.

    Args:
        port: 0 means any free one.
        handler: another handler of aiosmtpd than :class:`Sink`.
        options: ``protocol`` (another class than ``SMTP``), ``largest`` (bytes of a mail), and those of
            ``aiosmtpd.smtp.SMTP``, such as ``authenticator``.
    """
    implicit_tls: ssl.SSLContext | None = options.pop("implicit_tls", None)
    protocol: type[SMTP] = options.pop("protocol", SMTP)
    largest: int = options.pop("largest", _LARGEST)
    loop = asyncio.new_event_loop()
    factory = partial(
        protocol,
        handler or Sink(folder),
        hostname="mailbox.localhost",
        data_size_limit=largest,
        enable_SMTPUTF8=True,
        loop=loop,
        **options,
    )
    thread = Thread(target=loop.run_forever, name="mailbox", daemon=True)
    thread.start()
    try:
        listening = loop.create_server(factory, host, port, ssl=implicit_tls)
        server = asyncio.run_coroutine_threadsafe(listening, loop).result(10)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def messages(folder: Path) -> list[ParsedMail]:
    """All mails in the folder, the newest first."""
    return [_parsed(path) for path in sorted(folder.glob("[0-9]*.eml"), reverse=True)]


def message(folder: Path, name: str) -> ParsedMail | None:
    """The mail of this name, or None."""
    path = folder / f"{name}.eml"
    return _parsed(path) if _NAME.match(name) and path.exists() else None


def _parsed(path: Path) -> ParsedMail:
    raw = path.read_bytes()
    mail = reader.parsed(raw)
    plain, html = reader.first(mail, "text/plain"), reader.first(mail, "text/html")
    text = reader.text(plain) if plain else ""
    return ParsedMail(
        name=path.stem,
        received_at=datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1e9, UTC),
        sender=reader.header(mail, "From"),
        recipient=reader.header(mail, "To"),
        subject=reader.header(mail, "Subject"),
        message_id=reader.header(mail, "Message-ID"),
        text=text,
        html=reader.text(html) if html else "",
        links=tuple(_LINK.findall(text)),
        attachments=tuple(_attachments(mail)),
        raw=raw,
    )


def _attachments(mail: Message) -> Iterator[SinkAttachment]:
    for part in reader.parts(mail):
        if part.get_content_disposition() == "attachment":
            name = part.get_filename() or "attachment"
            yield SinkAttachment(name, part.get_content_type(), reader.content(part))
