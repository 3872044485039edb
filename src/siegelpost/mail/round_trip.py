"""A test mail of the office to itself: it goes out through the mail server and comes back through the mailbox."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from siegelpost.mail.causes import explain
from siegelpost.mail.incoming.imap import opened
from siegelpost.mail.incoming.imap_failures import MailboxError, Step, at
from siegelpost.mail.incoming.imap_failures import explain as explain_mailbox
from siegelpost.mail.incoming.imap_line import Line
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox, server_settings
from siegelpost.mail.outgoing.compose import compose
from siegelpost.office.current import the_office

# Longer than mail to oneself usually takes, greylisting aside.
PATIENCE = timedelta(minutes=3)
_SPAM = ("spam", "junk", "spamverdacht", "unerwünscht", "junk-e-mail")
_MOST_FOLDERS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two ways: ``done`` is None while it is not known yet; ``words`` are the server's own."""

    done: bool | None
    text: str
    remedy: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """How far the test mail came."""

    address: str
    out: Way
    back: Way

    @property
    def over(self) -> bool:
        """Whether nothing more is to be expected."""
        return self.out.done is False or self.back.done is not None

    @property
    def proven(self) -> bool:
        """Whether both ways are proven."""
        return bool(self.out.done and self.back.done)


@transaction.atomic
def send(language: str) -> OutgoingMail:
    """Queue a test mail to the sender's own address.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server or no sender's address.
        siegelpost.toolbox.addresses.AddressError: it is none.
    """
    server_settings.current()
    sender = server_settings.sender().address
    message = compose(
        to=sender.addr_spec,
        to_name=the_office().name,
        subject=_("Testmail von Siegelpost"),
        text=_(
            "Diese Mail hat Siegelpost an die eigene Adresse geschickt, um beide Wege zu prüfen. "
            "Sie kann gelöscht werden."
        )
        + "\n",
        language=language,
    )
    return outbox.enqueue(message, dispatch_id=None, purpose=Purpose.TEST)


def look(public_id: uuid.UUID) -> RoundTrip:
    """How far this test mail came; looks into the mailbox once the mail server has it.

    Raises:
        OutgoingMail.DoesNotExist: there is no such test mail.
    """
    mail = OutgoingMail.objects.get(public_id=public_id, purpose=Purpose.TEST)
    out = _out(mail)
    back = _back(mail) if out.done else Way(None, _("Erst muss die Mail hinausgegangen sein."))
    return RoundTrip(mail.recipient, out, back)


def _out(mail: OutgoingMail) -> Way:
    known = explain(mail.cause)
    if mail.state in {MailState.ACCEPTED, MailState.BOUNCED}:
        return Way(True, _("Der Mailserver hat die Mail angenommen."), words=mail.server_answer)
    if mail.state in {MailState.REFUSED, MailState.GIVEN_UP, MailState.CANCELLED}:
        text = known.text or _("Der Mailserver hat die Mail nicht angenommen.")
        return Way(False, text, known.remedy, mail.server_answer)
    if mail.deferred:
        text = known.text or _("Der Mailserver hat die Mail noch nicht angenommen; sie wird noch einmal versucht.")
        return Way(None, text, known.remedy, mail.server_answer)
    return Way(None, _("Die Mail geht gerade hinaus."))


def _back(mail: OutgoingMail) -> Way:
    if mail.state == MailState.BOUNCED:
        return Way(False, _("Sie kam als unzustellbar zurück."), words=mail.server_answer)
    mailbox = configured()
    if mailbox is None:
        return Way(False, _("Es ist kein Postfach eingetragen: Rückläufer und Antworten fallen so nicht auf."))
    try:
        with opened(mailbox) as connection:
            here = _holds(connection, mail.message_id)
            elsewhere = _Spam() if here else _in_spam(connection, mail.message_id)
    except MailboxError as error:
        why = explain_mailbox(error.cause, host=mailbox.host, port=mailbox.port, folder=mailbox.folder)
        return Way(False, why.text, why.remedy, error.words)
    return _found(mail, mailbox, here, elsewhere)


def _found(mail: OutgoingMail, mailbox: ImapMailbox, here: bool, elsewhere: "_Spam") -> Way:
    since: datetime = mail.accepted_at or timezone.now()
    if here:
        return Way(True, _("Die Mail ist im Postfach %(user)s angekommen.") % {"user": mailbox.user})
    if elsewhere.holds:
        return Way(
            False,
            _("Die Mail liegt im Ordner „%(folder)s“.") % {"folder": elsewhere.holds},
            _("Bitte dort als „kein Spam“ markieren; gelesen wird nur der Ordner „%(folder)s“.")
            % {"folder": mailbox.folder},
        )
    if timezone.now() - since > PATIENCE:
        return Way(
            False,
            _("Die Mail ist nicht im Postfach %(user)s angekommen.") % {"user": mailbox.user},
            _("Gehört das Postfach zur Adresse %(address)s? Sehen Sie auch bei Filtern und Weiterleitungen nach.")
            % {"address": mail.recipient}
            if elsewhere.known
            else _("Der Ordner für Spam ließ sich nicht lesen: Bitte sehen Sie dort selbst nach."),
        )
    return Way(None, _("Noch nicht im Postfach; es wird weiter nachgesehen."))


def _holds(connection: Line, message_id: str) -> bool:
    with at(Step.MAILS):
        return bool(connection.search(["HEADER", "MESSAGE-ID", message_id]))


@dataclass(frozen=True, slots=True)
class _Spam:
    """The folder for spam in which a mail lies, if any; ``known`` is false when one of them could not be read."""

    holds: str = ""
    known: bool = True


def _in_spam(connection: Line, message_id: str) -> _Spam:
    try:
        with at(Step.MAILS):
            there = connection.list_folders()
            spam = [str(name) for flags, _mark, name in there if b"\\Junk" in flags or _last(str(name)) in _SPAM]
            for name in spam[:_MOST_FOLDERS]:
                connection.select_folder(name, readonly=True)
                if connection.search(["HEADER", "MESSAGE-ID", message_id]):
                    return _Spam(name)
    except MailboxError:
        return _Spam(known=False)
    return _Spam()


def _last(name: str) -> str:
    return name.replace(".", "/").rpartition("/")[2].casefold()
