"""Mails that cost too much to read and name none of ours: people are told that they came, once."""

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from siegelpost.mail.mailbox_models import UnreadMail

KEPT_FOR = timedelta(days=30)
# A flood of them says no more than these.
MOST = 200


def note(raw: bytes, *, handed_back: bool) -> None:
    """Keep that it came; the same one a second time says nothing new."""
    UnreadMail.objects.filter(came_at__lte=_begin()).delete()
    if UnreadMail.objects.filter(looked_at=None).count() < MOST:
        told = {"size": len(raw), "handed_back": handed_back}
        UnreadMail.objects.get_or_create(sha256=hashlib.sha256(raw).hexdigest(), defaults=told)


def waiting() -> list[UnreadMail]:
    """Those that nobody has looked after yet, the newest first."""
    return list(UnreadMail.objects.filter(looked_at=None, came_at__gt=_begin()))


def looked_after() -> None:
    """Somebody has looked after all that are there."""
    UnreadMail.objects.filter(looked_at=None).update(looked_at=timezone.now())


def _begin() -> datetime:
    return timezone.now() - KEPT_FOR
