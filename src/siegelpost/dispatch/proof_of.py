"""The proof of one dispatch: everything that was shown, sent and declared, with its events, for a third party."""

from typing import BinaryIO

from siegelpost.dispatch import replies
from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outbox import redacted_mime
from siegelpost.office.models import Language
from siegelpost.proof import bundle
from siegelpost.proof.given import checkpoints_in


def documents(dispatch: Dispatch) -> dict[str, bytes]:
    """The documents that the events name by their SHA-256, by their name in the bundle.

    Mails are shown with the secret link blotted out: whoever checks a proof shall not be able to use it.
    """
    found = way_of(dispatch).documents(dispatch)
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("pk")
    for number, mail in enumerate(mails, start=1):
        found[f"mails/{number}-{mail.purpose}.eml"] = redacted_mime(mail)
    return found | replies.of(dispatch)


def mailed_checkpoints(dispatch: Dispatch) -> list[str]:
    """The checkpoints that went out in this dispatch's mails, oldest first."""
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("pk")
    return [note for mail in mails for note in checkpoints_in(mail.mime())]


def write(dispatch: Dispatch, target: BinaryIO) -> None:
    """Write the proof as a zip; the log is sealed first, so that it covers everything until now."""
    seal()
    bundle.write(
        target,
        dispatch_id=str(dispatch.public_id),
        title=dispatch.subject,
        documents=documents(dispatch),
        mailed_checkpoints=mailed_checkpoints(dispatch),
        language="en" if dispatch.language == Language.ENGLISH else "de",
        test=dispatch.test,
    )
