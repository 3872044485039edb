"""The proof of one dispatch: everything that was shown, sent and declared, with its events, for a third party."""

import json
from typing import BinaryIO

from django.db.models import QuerySet

from siegelpost.dispatch import replies
from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outbox import redacted_mime
from siegelpost.office.models import Language
from siegelpost.proof import bundle
from siegelpost.proof.given import checkpoints_in


def documents(dispatch: Dispatch) -> dict[str, bytes]:
    """The documents that the events name by their SHA-256, by their name in the bundle; the log is sealed first.

    Mails are shown with the secret link blotted out: whoever checks a proof shall not be able to use it. One that
    nobody has tried to send yet is shown to nobody, and so is no part of a proof.
    """
    seal()
    told = _told_by(dispatch)
    found = way_of(dispatch).documents(dispatch)
    for mail in _mails(dispatch):
        if index := told.get(mail.message_id):
            found[f"mails/{index:09}-{mail.purpose}.eml"] = redacted_mime(mail)
    for number, (reply, content) in enumerate(replies.of(dispatch), start=1):
        index = told.get(str(reply.public_id))
        # What came in before events named such a thing bears a number only, and is said to rest on the office's word.
        found[f"answers/{index:09}.eml" if index else f"answers/{number}.eml"] = content
    return found


def mailed_checkpoints(dispatch: Dispatch) -> list[str]:
    """The checkpoints that went out in this dispatch's mails, oldest first."""
    told = _told_by(dispatch)
    return [note for mail in _mails(dispatch) if mail.message_id in told for note in checkpoints_in(mail.mime())]


def _mails(dispatch: Dispatch) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("pk")


def _told_by(dispatch: Dispatch) -> dict[str, int]:
    """The number of the first event that names a mail (by its Message-ID) or an answer (by its id) by its SHA-256."""
    told: dict[str, int] = {}
    events = Event.objects.filter(subject=str(dispatch.public_id), leaf_index__isnull=False).order_by("leaf_index")
    for index, leaf in events.values_list("leaf_index", "leaf"):
        data = json.loads(bytes(leaf))["data"]
        if index is not None and "redacted_sha256" in data:
            told.setdefault(data.get("received") or data.get("mail") or "", index)
    return told


def write(dispatch: Dispatch, target: BinaryIO) -> None:
    """Write the proof as a zip; the log is sealed first, so that it covers everything until now.

    Raises:
        siegelpost.proof.bundle.WouldBeRefusedError: what there is makes no good proof; nothing was written.
    """
    bundle.write(
        target,
        dispatch_id=str(dispatch.public_id),
        title=dispatch.subject,
        documents=documents(dispatch),
        mailed_checkpoints=mailed_checkpoints(dispatch),
        language="en" if dispatch.language == Language.ENGLISH else "de",
        test=dispatch.test,
    )
