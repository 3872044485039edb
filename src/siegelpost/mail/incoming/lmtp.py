"""A port of our own for mail that comes in: a mail server beside us hands bounces and answers over at once.

Off unless the setting ``mail_in_port`` names one; it listens on this machine only unless told otherwise. Nothing is
ever passed on: what belongs to no mail of ours is refused, so that its sender hears of it.
"""

import asyncio
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connections

from siegelpost.foreign.errors import BusyError
from siegelpost.ledger.halt import HaltedError
from siegelpost.mail.incoming.routing import LARGEST, take_in
from siegelpost.mail.outgoing.delivery import stopping
from siegelpost.mail.sink import running
from siegelpost.settings import load
from siegelpost.toolbox.addresses import one_line
from siegelpost.toolbox.crowd import Crowd
from siegelpost.toolbox.limits import MAIL_CONNECTION

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200
# While it comes, a mail is in memory twice.
_MAILS_AT_ONCE = 6


class Receiver:
    """What becomes of a mail that is handed over, and how many may be at it."""

    def __init__(self) -> None:
        self.crowd = Crowd(MAIL_CONNECTION.most, _MOST_TOGETHER)
        self.turns = asyncio.Semaphore(_MAILS_AT_ONCE)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient at a time: the answer after the content is one, and LMTP wants one each."""
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_exception(self, error: Exception) -> str:
        """What the other side wrote could not be read."""
        log.warning("mail_in_port_failed", error=type(error).__name__)
        return "500 5.5.2 this was not understood"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail in, then say so; after trouble of ours the other side shall come again."""
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 - aiosmtpd gives bytes unless told otherwise
        # The envelope belongs to the mail: an empty sender means that a machine wrote it.
        sender = one_line(envelope.mail_from or "").strip("<>")
        raw = f"Return-Path: <{sender}>\r\n".encode() + content
        try:
            known = await asyncio.to_thread(_take_in, raw)
        except (HaltedError, BusyError):  # logged when all writing was stopped, or where nobody reads
            return "451 4.3.0 please try again later"
        except Exception:
            log.exception("mail_not_taken_in")
            return "451 4.3.0 please try again later"
        return "250 2.0.0 taken in" if known else "550 5.7.1 this belongs to no mail of ours"


class CountedSmtp(SMTP):
    """Of whom too many are connected already, that one is told to come again; few mails are in memory at a time."""

    event_handler: Receiver
    _entered_as: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As aiosmtpd's, for whom there is room."""
        address = str(transport.get_extra_info("peername")[0])
        if self.event_handler.crowd.enter(address):
            self._entered_as = address
            super().connection_made(transport)
            return
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - of a TCP connection
        transport.write(b"421 4.7.0 too many connections from here, come again\r\n")
        transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """As aiosmtpd's."""
        if self._entered_as is not None:
            self.event_handler.crowd.leave(self._entered_as)
            super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:
        """As aiosmtpd's, when it is this mail's turn."""
        async with self.event_handler.turns:
            await super().smtp_DATA(arg)


class CountedLmtp(CountedSmtp, LMTP):
    """The same, in LMTP."""


PROTOCOLS: dict[str, type[SMTP]] = {"lmtp": CountedLmtp, "smtp": CountedSmtp}


def _take_in(raw: bytes) -> bool:
    try:
        return take_in(raw, handed_back=True).mail is not None
    finally:
        connections.close_all()  # of this thread, which is one of a pool and may never be asked again


def serve() -> None:
    """Take in what the office's own mail server hands over, until the process is to end.

    Raises:
        OSError: the port cannot be had.
    """
    settings = load()
    if settings.mail_in_port is None:
        return
    options: dict[str, Any] = {"protocol": PROTOCOLS[settings.mail_in_protocol], "largest": LARGEST}
    with running(settings.data, host=settings.mail_in_host, port=settings.mail_in_port, handler=Receiver(), **options):
        log.info("mail_in_port", host=settings.mail_in_host, port=settings.mail_in_port)
        stopping.wait()
