"""The mailbox for bounces and answers: keeping what the office entered, and trying it out."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from siegelpost.mail import reader
from siegelpost.mail.incoming.authentication_results import first_server, same_owner
from siegelpost.mail.incoming.imap import latest_headers, opened
from siegelpost.mail.incoming.imap_failures import MailboxError, explain
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox
from siegelpost.mail.models import MailboxSettings
from siegelpost.mail.outgoing.server_settings import trusted_servers
from siegelpost.settings import FIELDS

# Mails that have to name a server before it is believed.
_FEWEST = 3
# Bytes of these headers of one mail: anybody may have written it.
_LONGEST_HEAD = 64 * 1024
_BY = re.compile(r"\bby ([a-z0-9.-]{1,255})")


@transaction.atomic
def save(entered: MailboxSettings, *, password: str | None) -> None:
    """Keep the mailbox.

    Args:
        password: None keeps the one that is stored; empty removes it.
    """
    if password is not None:
        entered.password_sealed = FIELDS.seal_text(password)
    entered.pk = 1
    entered.save()


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying; ``words`` are the server's own, empty where it said nothing.

    ``folders`` are those that it has, where the one that is entered is none of them.
    """

    ok: bool
    text: str
    remedy: str = ""
    words: str = ""
    folders: tuple[str, ...] = ()
    tells_at_once: bool = False
    trusted: str = ""  # under which name its server is believed about senders, as far as is known


def try_out(mailbox: ImapMailbox) -> Trial:
    """Connect, sign in, open the folder, and see under which name its server says what it found out about senders.

    Of the latest mails the few headers are read that say so; a name that is found is kept, unless one was entered.
    Takes half a minute at the most.
    """
    try:
        with opened(mailbox) as connection:
            at_once = bool(connection.has_capability("IDLE"))
            found = _server_named_in(latest_headers(connection))
    except MailboxError as error:
        why = explain(error.cause, host=mailbox.host, port=mailbox.port, folder=mailbox.folder)
        return Trial(False, why.text, why.remedy, error.words, error.folders)
    return Trial(
        True,
        _("Das Postfach %(user)s ist zu lesen.") % {"user": mailbox.user},
        tells_at_once=at_once,
        trusted=_learn(found),
    )


@transaction.atomic
def _learn(found: str) -> str:
    known = " ".join(sorted(trusted_servers()))
    if known or not found:
        return known
    MailboxSettings.objects.get_or_create(pk=1)
    MailboxSettings.objects.filter(pk=1, trusted_servers="").update(trusted_servers=found)
    return found


def _server_named_in(mails: Sequence[bytes]) -> str:
    """The name that stands uppermost in most of these mails, and under which a server of theirs took them in.

    A sender can write such a header, too; but not into most of a mailbox, and not the ``Received`` on top of it.
    """
    named: Counter[str] = Counter()
    for raw in mails:
        message = reader.parsed(raw[:_LONGEST_HEAD])
        name = first_server(message)
        by = {domain for line in reader.raw_headers(message, "Received")[:3] for domain in _BY.findall(line.lower())}
        if any(same_owner(name, domain) for domain in by):
            named[name] += 1
    name, count = named.most_common(1)[0] if named else ("", 0)
    return name if count >= _FEWEST and count * 2 > len(mails) else ""
