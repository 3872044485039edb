"""Stopping mails of a dispatch that have not gone out yet."""

from siegelpost.dispatch.models import Dispatch
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox


def stop_notices(public_id: str) -> None:
    """Cancel the notices of a dispatch that wait, in the caller's transaction, before the dispatch itself is locked.

    One that is being handed over just now is not stopped here: should the mail server defer it, it is stopped then
    (see :mod:`siegelpost.dispatch.delivery.events`).
    """
    list(OutgoingMail.objects.select_for_update().filter(dispatch_id=public_id, purpose=Purpose.NOTICE))
    # Looked up again: whoever was waited for, as another language was chosen, has queued a further one.
    _stop(public_id, Purpose.NOTICE)


def stop_reminders(dispatch: Dispatch) -> None:
    """Cancel the reminders that wait, in the caller's transaction, which holds the dispatch: none is due any more.

    A delivery of a reminder never waits for the dispatch, so taking its lock last is safe.
    """
    _stop(str(dispatch.public_id), Purpose.REMINDER)


def stop_release_notices(dispatch: Dispatch) -> bool:
    """Cancel the mails about released documents that wait, as :func:`stop_reminders` does; whether there were any."""
    return _stop(str(dispatch.public_id), Purpose.DOCUMENTS_RELEASED)


def _stop(public_id: str, purpose: Purpose) -> bool:
    waiting = OutgoingMail.objects.select_for_update().filter(dispatch_id=public_id, purpose=purpose)
    # Each, not only the first that can be stopped.
    stopped = [outbox.cancel(mail) for mail in waiting]
    return any(stopped)
