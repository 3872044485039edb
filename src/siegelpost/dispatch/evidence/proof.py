"""The proof of one dispatch: everything that was shown, sent and declared, with its events, for a third party."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from django.db.models import Q

from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import replies, withdrawal_desk
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing.outbox import redacted_mime
from siegelpost.office.current import the_office
from siegelpost.office.models import Language
from siegelpost.proof import bundle
from siegelpost.proof.bundle import NotHandedOutError
from siegelpost.proof.known_checkpoints import checkpoints_in

__all__ = ["NotHandedOutError", "documents", "mailed_checkpoints", "write_proof"]

# What events name by its SHA-256: the member that says of which thing, and those that say the hash.
_NAMING = (
    ("received", ("redacted_sha256",)),
    ("mail", ("redacted_sha256",)),
    ("withdrawal", ("page_sha256", "file_sha256")),
)


def documents(dispatch: Dispatch) -> dict[str, bytes]:
    """The documents that the sealed events name by their SHA-256, by their name in the bundle.

    Mails are shown with the secret link blotted out: whoever checks a proof shall not be able to use it. One that
    nobody has tried to send yet was shown to nobody, and so is no part of a proof.
    """
    told = _told(dispatch)
    found = way_of(dispatch).documents(dispatch)
    for mail in _mails(dispatch, told):
        found[f"mails/{told[mail.message_id].event:09}-{mail.purpose}.eml"] = redacted_mime(mail)
    for number, (reply, content) in enumerate(replies.of(dispatch), start=1):
        named = told.get(str(reply.public_id))
        if named is None:
            # It came in before events named such a thing, and rests on the office's word: the proof says so.
            found[f"answers/{number}.eml"] = content
        elif named.sha256 == hashlib.sha256(content).hexdigest():
            found[f"answers/{named.event:09}.eml"] = content
        # Else more secrets are blotted out today than when it was named: the proof says that it is missing.
    for withdrawal, content in withdrawal_desk.documents(dispatch):
        if named := told.get(str(withdrawal.public_id)):
            name = f"-letter.{named.ending}" if withdrawal.file_sha256 else ".html"
            found[f"withdrawal/{named.event:09}{name}"] = content
    return found


def mailed_checkpoints(dispatch: Dispatch) -> list[str]:
    """The checkpoints that went out in this dispatch's mails, oldest first."""
    return [note for mail in _mails(dispatch, _told(dispatch)) for note in checkpoints_in(mail.mime())]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the first event that names a thing says of it."""

    event: int
    sha256: str
    ending: str


def _mails(dispatch: Dispatch, told: Mapping[str, _Named]) -> list[OutgoingMail]:
    """The mails that events name, those that acknowledge a withdrawal included."""
    withdrawals = [str(public_id) for public_id in dispatch.withdrawals.values_list("public_id", flat=True)]
    acknowledging = Q(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, about__in=withdrawals)
    mails = OutgoingMail.objects.filter(Q(dispatch_id=str(dispatch.public_id)) | acknowledging).order_by("pk")
    return [mail for mail in mails if mail.message_id in told]


def _told(dispatch: Dispatch) -> dict[str, _Named]:
    """What events name: mails by their Message-ID, answers and withdrawals by their ids."""
    told: dict[str, _Named] = {}
    events = Event.objects.filter(subject=str(dispatch.public_id), leaf_index__isnull=False).order_by("leaf_index")
    for index, leaf in events.values_list("leaf_index", "leaf"):
        data = json.loads(bytes(leaf))["data"]
        for thing, members in _NAMING:
            sha256 = next((data[member] for member in members if data.get(member)), "")
            if sha256 and data.get(thing) and index is not None:
                told.setdefault(data[thing], _Named(index, sha256, data.get("ending", "")))
                break
    return told


def write_proof(dispatch: Dispatch, target: BinaryIO) -> None:
    """Write the proof as a zip; the log is sealed first, so that it covers everything until now.

    Raises:
        NotHandedOutError: what there is makes no good proof; nothing was written.
    """
    seal()
    bundle.write(
        target,
        dispatch_id=str(dispatch.public_id),
        title=dispatch.subject,
        documents=documents(dispatch),
        mailed_checkpoints=mailed_checkpoints(dispatch),
        language="en" if dispatch.language == Language.ENGLISH else "de",
        office_language="en" if the_office().language == Language.ENGLISH else "de",
        test=dispatch.test,
    )
