"""Documents of properties that open one by one: the recipient asks, the agent releases or takes back."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.dispatch.frozen import property_documents
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_release_notices
from siegelpost.dispatch.models import Dispatch, Interest, Settled, UntoldRelease
from siegelpost.dispatch.recipient import interest
from siegelpost.dispatch.recipient.declarations import Client
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent

# How what was said is kept that asks for a document; the note is what the document is called.
ASKED = "papers"


@transaction.atomic
def ask(token: str, stamp: str, document: str, client: Client) -> Interest | None:
    """Keep that the recipient asks for a document, and tell the agent; once more changes nothing until it is settled.

    Returns:
        What was kept; none where the document is open already.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, NotOpenError: as for :func:`.interest.say`.
        NoSuchDocumentError: the dispatch has no such document.
    """
    dispatch = interest.opened(token, stamp)
    wanted = property_documents.named(dispatch.content, document)
    if wanted.is_open(dispatch.released):
        return None
    known = _asked_for(dispatch, wanted).last()
    if known:
        return known
    said = Interest.objects.create(
        dispatch=dispatch, kind=ASKED, note=wanted.title, document_id=wanted.id, made_at=timezone.now()
    )
    append(
        EventKind.INTEREST_STATED,
        subject=str(dispatch.public_id),
        data={"interest": ASKED, "document": document},
        personal={"note": wanted.title, **client.personal},
        at=said.made_at,
    )
    letters.tell_agent(dispatch, "agent_interest", said=said)
    return said


@transaction.atomic
def release(dispatch: Dispatch, document: str, *, by: Agent) -> None:
    """Open a document to the recipient of this dispatch, who is told by mail soon; what asked for it is done.

    Raises:
        NoSuchDocumentError: the dispatch has no such document.
    """
    dispatch, wanted = _locked(dispatch, document)
    if wanted.is_open(dispatch.released):
        return
    _keep(dispatch, [*dispatch.released, document], EventKind.DOCUMENT_RELEASED, wanted, by)
    UntoldRelease.objects.get_or_create(dispatch=dispatch, document=document)
    Settled.objects.bulk_create([Settled(interest=one, by=by) for one in _asked_for(dispatch, wanted)])


@transaction.atomic
def take_back(dispatch: Dispatch, document: str, *, by: Agent) -> None:
    """Close a document again that was released; what was downloaded stays downloaded.

    Raises:
        NoSuchDocumentError: the dispatch has no such document.
    """
    dispatch, wanted = _locked(dispatch, document)
    if document in dispatch.released:
        rest = [one for one in dispatch.released if one != document]
        _keep(dispatch, rest, EventKind.DOCUMENT_TAKEN_BACK, wanted, by)
        dispatch.untold_releases.filter(document=document).delete()
        if stop_release_notices(dispatch):
            # A mail that still waited spoke of the others too: they are told anew, without this one.
            for other in rest:
                UntoldRelease.objects.get_or_create(dispatch=dispatch, document=other)


def _asked_for(dispatch: Dispatch, document: property_documents.PropertyDocument) -> QuerySet[Interest]:
    """Where the recipient asked for this document and nobody has answered; by its title where no id was kept yet."""
    this = Q(document_id=document.id) | Q(document_id="", note=document.title)
    return dispatch.interests.filter(this, kind=ASKED, settled=None)


def _locked(dispatch: Dispatch, document: str) -> tuple[Dispatch, property_documents.PropertyDocument]:
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    return locked, property_documents.named(locked.content, document)


def _keep(
    dispatch: Dispatch,
    released: list[str],
    kind: EventKind,
    document: property_documents.PropertyDocument,
    by: Agent,
) -> None:
    dispatch.released = released
    dispatch.save(update_fields=["released"])
    append(
        kind,
        subject=str(dispatch.public_id),
        data={"document": document.id, "sha256": document.sha256, "by": str(by.public_id)},
    )
