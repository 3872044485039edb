"""The mailbox for bounces and answers: keeping what the office entered, and trying it out."""

import ssl
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from siegelpost.mail.imap import TROUBLE, Mailbox, opened
from siegelpost.mail.models import MailboxSettings
from siegelpost.office.sealing import seal


@transaction.atomic
def save(entered: MailboxSettings, *, password: str | None) -> None:
    """Keep the mailbox.

    Args:
        password: None keeps the one that is stored; empty removes it.
    """
    if password is not None:
        entered.password_sealed = seal(password)
    entered.pk = 1
    entered.save()


@dataclass(frozen=True)
class Trial:
    """What came of trying; ``words`` are the server's own, empty where it said nothing."""

    ok: bool
    text: str
    remedy: str = ""
    words: str = ""
    tells_at_once: bool = False


def try_out(mailbox: Mailbox) -> Trial:
    """Connect, sign in, open the folder, and leave; nothing is read. Takes half a minute at the most."""
    try:
        with opened(mailbox) as connection:
            at_once = bool(connection.has_capability("IDLE"))
    except TROUBLE as error:
        return _explained(error, mailbox)
    return Trial(True, _("Das Postfach %(user)s ist zu lesen.") % {"user": mailbox.user}, tells_at_once=at_once)


def _explained(error: BaseException, mailbox: Mailbox) -> Trial:
    words = str(error)[:500]
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trial(
            False,
            _("Das Zertifikat des Mailservers ist nicht gültig."),
            _("Es wurde nichts übertragen. Bitte den Servernamen genau so eintragen, wie ihn der Anbieter nennt."),
            error.verify_message,
        )
    if isinstance(error, OSError | UnicodeError):
        return Trial(
            False,
            _("Der Server %(host)s ist an Port %(port)s nicht zu erreichen.")
            % {"host": mailbox.host, "port": mailbox.port},
            _("Bitte Servername und Port prüfen; üblich ist 993 (IMAP mit TLS)."),
            words,
        )
    if "AUTH" in words.upper() or "LOGIN" in words.upper():
        return Trial(
            False,
            _("Der Server hat Benutzername oder Passwort abgelehnt."),
            _(
                "Bitte Benutzername (oft die ganze Mailadresse) und Passwort prüfen; manche Anbieter verlangen "
                "ein eigenes App-Passwort."
            ),
            words,
        )
    return Trial(False, _("Der Server hat den Ordner nicht geöffnet."), _("Bitte den Namen des Ordners prüfen."), words)
