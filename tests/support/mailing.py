"""An office that sends through a mail server of the test's choice; imported once Django is up."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import delivery, outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.mail.outgoing.pace import Pace
from siegelpost.mail.outgoing.smtp import Patience
from siegelpost.mail.outgoing.transitions import Change, What
from siegelpost.office.current import the_office
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import FIELDS

LITTLE_PATIENCE = Patience(connect=5, command=1.2, content=5, answer=1.5)


def use(port: int, security: str = "none", host: str = "127.0.0.1", user: str = "", password: str = "") -> None:
    """Enter a mail server into the office's settings."""
    office = the_office()
    office.name, office.mail_from = "Büro am Markt", "buero@office.test"
    office.smtp_host, office.smtp_port, office.smtp_security = host, port, SmtpSecurity(security)
    office.smtp_user, office.smtp_password_sealed = user, FIELDS.seal_text(password)
    office.save()


def queue(
    to: str = "anna@example.test",
    *,
    text: str = "Guten Tag,\n\nIhr Exposé liegt bereit.\n",
    purpose: Purpose = Purpose.NOTICE,
) -> OutgoingMail:
    """Queue a mail as a dispatch does."""
    with transaction.atomic():
        message = compose(to=to, to_name="Anna Müller", subject="Exposé für Sie", text=text)
        return outbox.enqueue(message, dispatch_id=None, purpose=purpose)


def said(changes: list[Change]) -> list[What]:
    """What listeners were told, in short."""
    return [change.what for change in changes]


def make_due(mail: OutgoingMail) -> None:
    """Let the waiting time pass."""
    OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def send(mail: OutgoingMail) -> OutgoingMail:
    """Deliver what is due, and read the mail again."""
    delivery.sweep()
    mail.refresh_from_db()
    return mail


def bounce_of(mail: OutgoingMail) -> bytes:
    """A report that a mail came back (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: post@lindenhof.test\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n"
        f"Original-Envelope-Id: {mail.public_id.hex}\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail.message_id}\r\n\r\n--b--\r\n"
    ).encode()


def forget_rest() -> None:
    """Let a server that failed be asked again at once."""
    delivery._Line._rest = (None, 0.0)
    delivery._PACE = Pace()
