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

from siegelpost.ledger.halt import HaltedError
from siegelpost.mail.incoming.routing import LARGEST, take_in
from siegelpost.mail.outgoing.delivery import stopping
from siegelpost.mail.sink import running
from siegelpost.settings import load
from siegelpost.toolbox.addresses import one_line

log = structlog.get_logger(__name__)

PROTOCOLS: dict[str, type[SMTP]] = {"lmtp": LMTP, "smtp": SMTP}


class Receiver:
    """What becomes of a mail that is handed over."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient at a time: the answer after the content is one, and LMTP wants one each."""
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail in, then say so; after trouble of ours the other side shall come again."""
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 - aiosmtpd gives bytes unless told otherwise
        # The envelope belongs to the mail: an empty sender means that a machine wrote it.
        sender = one_line(envelope.mail_from or "").strip("<>")
        raw = f"Return-Path: <{sender}>\r\n".encode() + content
        try:
            known = await asyncio.to_thread(_take_in, raw)
        except HaltedError:  # logged when all writing was stopped
            return "451 4.3.0 please try again later"
        except Exception:
            log.exception("mail_not_taken_in")
            return "451 4.3.0 please try again later"
        return "250 2.0.0 taken in" if known else "550 5.7.1 this belongs to no mail of ours"


def _take_in(raw: bytes) -> bool:
    try:
        return take_in(raw).mail is not None
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
