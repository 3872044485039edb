"""What each kind of dispatch does in its own way, as a table: everything else is the same for both."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.dispatch.frozen import documents, registered, snapshot
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.registered import mails
from siegelpost.ledger.leaf import JSON


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one kind goes."""

    # What the ledger keeps of it as it was sent.
    submission: Callable[[Dispatch], dict[str, JSON]]
    # It goes out later than planned: what has to follow (the caller saves), for the ledger.
    renew: Callable[[Dispatch], dict[str, JSON]]
    # Queue the mail with the link, in the caller's transaction.
    notify: Callable[[Dispatch], None]
    # Queue a reminder with a fresh link, in the caller's transaction.
    remind: Callable[[Dispatch], None]
    # Say by mail, once, what the recipient did or that the period is over.
    confirm: Callable[[int], None]
    # What was shown and handed over, by its name in a proof.
    documents: Callable[[Dispatch], dict[str, bytes]]


_WAYS = MappingProxyType(
    {
        Kind.SECURE_EXPOSE: Procedure(
            documents.expose_submission,
            snapshot.renew,
            letters.notify,
            letters.remind,
            letters.confirm,
            documents.expose_documents,
        ),
        Kind.REGISTERED_MAIL: Procedure(
            documents.registered_submission,
            registered.renew,
            mails.notify,
            mails.remind,
            mails.confirm,
            documents.registered_documents,
        ),
    }
)


def way_of(dispatch: Dispatch) -> Procedure:
    """How this dispatch goes."""
    return _WAYS[Kind(dispatch.kind)]
