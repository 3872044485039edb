"""Deleting what came in about mails of ours, with its sealed files."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from siegelpost import storage
from siegelpost.mail.models import IncomingMail, OutgoingMail


def erase(dispatch_id: str, *, keep: Iterable[str] = ()) -> int:
    """Delete what came in about the mails of a dispatch, in the caller's transaction; the files after it.

    Args:
        dispatch_id: its public id as text.
        keep: what was made of those that stay (see :func:`siegelpost.mail.incoming.routing.mark_handled`).

    Returns:
        How many mails were deleted.
    """
    gone = IncomingMail.objects.filter(dispatch_id=dispatch_id).exclude(handled_as__in=list(keep))
    # Sealed anew for each mail, a file belongs to one only.
    files = list(gone.values_list("file_sha256", flat=True))
    transaction.on_commit(partial(_forget, files))
    gone.delete()
    return len(files)


def forget_files_of(mails: QuerySet[OutgoingMail]) -> None:
    """Delete the files of what came in about mails that are about to be deleted, after the caller's transaction."""
    files = list(IncomingMail.objects.filter(mail__in=mails).values_list("file_sha256", flat=True))
    transaction.on_commit(partial(_forget, files))


def _forget(files: Iterable[str]) -> None:
    for sha256 in files:
        storage.forget(sha256)
