"""Telling the administrators of a certificate, by mail and on their devices; warning them once for each level."""

from collections.abc import Callable, Iterable

from django.db import transaction

from siegelpost.certificates.models import Ending
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords
from siegelpost.mail.push import outbox
from siegelpost.mail.push.models import PushKind


def warn(key: str, names: Iterable[str], level: int, words: Callable[[str], MailWords], *, tag: str) -> int:
    """Tell every administrator, unless they were told of the same at this level.

    Args:
        key: the certificate's id in the store, or what else stands for that of which they are told once.
        names: for which the certificate is.
        level: as :class:`Ending` keeps it.
        words: the mail in a language; its subject is what their devices show.
        tag: by which a later message takes the place of this one on a device.

    Returns:
        How many were told.
    """
    with transaction.atomic():
        _, fresh = Ending.objects.get_or_create(certificate=key, level=level)
        return tell(words, body=", ".join(names), url="/certificate/", tag=tag) if fresh else 0


def tell(words: Callable[[str], MailWords], *, body: str, url: str, tag: str) -> int:
    """Tell every administrator, in the caller's transaction, which notes that it was told.

    Args:
        words: the mail in a language; its subject is what their devices show, above ``body``.
        url: the page that their devices open.
        tag: by which a later message takes the place of this one on a device.

    Returns:
        How many were told.
    """
    told = admin_notice.tell(words)
    for agent in told:
        title = words(agent.language).subject
        outbox.tell(agent, PushKind.CERTIFICATE, title=title, body=body, url=url, tag=tag)
    return len(told)
