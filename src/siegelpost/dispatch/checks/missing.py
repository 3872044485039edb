"""Dispatches and withdrawals that events tell of, and that are not there."""

from collections.abc import Iterator

from siegelpost.dispatch.checks.withdrawals import erased, erased_with_their_dispatch, is_id
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.inspection import FsckFinding, Progress, look_through
from siegelpost.ledger.models import Event
from siegelpost.ledger.subject import AT_ONCE

# Kinds of events that are about a dispatch, or a withdrawal that belongs to none yet.
ABOUT = (
    *(E.SUBMISSION_ACCEPTANCE, E.RELAY_TO_NON_ERDS, E.RELAY_TO_NON_ERDS_FAILURE, E.NOTIFICATION_FOR_ACCEPTANCE),
    *(E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE, E.NOTIFICATION_ACCESS_TRACKING, E.CONSIGNMENT_ACCEPTANCE),
    *(E.CONSIGNMENT_REJECTION, E.ACCEPTANCE_REJECTION_EXPIRY, E.CONTENT_CONSIGNMENT, E.CONTENT_HANDOVER),
    *(E.CONTENT_HANDOVER_FAILURE, E.CONTENT_ACCESS_TRACKING, E.DECLARATION_MADE, E.GATE_OPENED),
    *(E.WITHDRAWAL_DECLARED, E.WITHDRAWAL_ACKNOWLEDGED, E.WITHDRAWAL_ASSIGNED, E.WITHDRAWAL_SET_ASIDE),
    *(E.WITHDRAWAL_TAKEN_UP, E.WITHDRAWAL_DECIDED, E.MAIN_CONTRACT_NOTED, E.INTEREST_STATED, E.DISPATCH_REVOKED),
    *(E.SELLER_PAYMENT_NOTED, E.PRIOR_KNOWLEDGE_STATED, E.CONTRACT_CONCLUDED, E.CONTRACT_ENDED),
    *(E.DISPATCH_HELD, E.DISPATCH_RELEASED, E.DISPATCH_SENT_AGAIN, E.DOCUMENT_REPLACED, E.DELIVERY_ATTEMPT),
    *(E.DELIVERY_ATTEMPT_INTERRUPTED, E.DELIVERY_DELAYED, E.AUTOMATIC_REPLY_RECEIVED, E.REPLY_RECEIVED),
    *(E.DOCUMENT_RELEASED, E.DOCUMENT_TAKEN_BACK),
    *(E.CODE_ISSUED, E.CODE_REFUSED, E.WITHDRAWAL_RELEASED, E.CONTRACT_RESUMED, E.BOUNCE_ALLEGED),
)


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Whatever events are about is there, or its erasure stands in the ledger."""
    events = Event.objects.filter(kind__in=[kind.value for kind in ABOUT])
    subjects = events.order_by("subject").values_list("subject", flat=True).distinct()
    yield from look_through(subjects.iterator(), _missing, size=AT_ONCE)


def _missing(subjects: list[str]) -> Iterator[FsckFinding]:
    ids = list(filter(is_id, subjects))
    there = {
        str(one)
        for rows in (Dispatch.objects, Withdrawal.objects)
        for one in rows.filter(public_id__in=ids).values_list("public_id", flat=True)
    }
    gone = [subject for subject in subjects if subject not in there]
    explained = erased(gone) | erased_with_their_dispatch(gone) if gone else set()
    for subject in gone:
        if subject not in explained:
            yield FsckFinding(
                "missing",
                f"dispatch {subject}",
                "Ereignisse berichten von ihr, aber sie ist nicht da, und gelöscht wurde sie nicht.",
                "Events tell of it, but it is not there, and it was not erased.",
            )
