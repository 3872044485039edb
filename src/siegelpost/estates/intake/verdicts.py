"""What becomes of a transfer that was read: brought in at once, shown to a person, or passed over as outdated."""

from collections import Counter

from django.db.models import Max
from django.utils import timezone

from siegelpost.estates.import_models import Import, ImportState
from siegelpost.estates.imports import upload
from siegelpost.estates.intake import reasons
from siegelpost.estates.intake_models import Arrival, ArrivalState, Handling, IntakeAccount
from siegelpost.estates.kinds import ImportOutcome, Status
from siegelpost.estates.models import Estate


def follow() -> None:
    """Bring the account of each transfer up to date, and decide what is to be done with those that were read.

    Those of one account come one after the other, in the order in which they came: each is compared with what the one
    before has left. One that waits for a person holds up none.
    """
    busy: set[int] = set()
    open_ones = Arrival.objects.filter(ended_at=None).exclude(state=ArrivalState.TAKEN)
    for arrival in open_ones.select_related("of", "account").order_by("pk"):
        if arrival.account_id not in busy and _is_at_work(arrival):
            busy.add(arrival.account_id)


def _is_at_work(arrival: Arrival) -> bool:
    """Go on with one; whether those after it have to wait for it."""
    found = arrival.of
    if found is None:
        was_waiting = arrival.state == ArrivalState.WAITING
        state, why = (
            (ArrivalState.DISCARDED, reasons.FORGOTTEN) if was_waiting else (ArrivalState.REFUSED, reasons.GONE)
        )
        _end(arrival, state, reasons.said(why))
        return False
    _note_head(arrival, found)
    if found.state == ImportState.READY:
        return _decide(arrival, found)
    if found.state == ImportState.DONE:
        arrival.counts = upload.counts(found)
        _end(arrival, ArrivalState.DONE, {})
    elif found.state == ImportState.CANCELLED:
        _end(arrival, ArrivalState.DISCARDED, {})
    elif found.state == ImportState.FAILED:
        # As long as the file is there, somebody can have it tried again.
        _set(arrival, ArrivalState.REFUSED, found.problem, over=not found.key)
    else:
        _set(arrival, ArrivalState.AT_WORK, {})
        return True
    return False


def _decide(arrival: Arrival, found: Import) -> bool:
    """Of one that was read and would change something: whether those after it have to wait for it."""
    if found.full and _newest_full(arrival) > _stamp(arrival):
        upload.cancel(found)
        _end(arrival, ArrivalState.OUTDATED, reasons.said(reasons.OUTDATED))
        return False
    if arrival.state == ArrivalState.WAITING:
        return False  # who was asked decides
    if upload.is_outdated(found):
        upload.again(found)
        return True
    why = _doubt(arrival.account, found)
    if why:
        _set(arrival, ArrivalState.WAITING, why)
        return False
    upload.bring_in(found)
    return True


def _doubt(account: IntakeAccount, found: Import) -> dict[str, str]:
    """Why a person is to be asked; nothing where it may be brought in at once."""
    others = [each for each in found.providers if account.provider and each != account.provider]
    if others:
        return reasons.said(reasons.OTHER_PROVIDER, provider=", ".join(others))
    previewed = found.lines.filter(applied=False)
    archived = previewed.filter(outcome=ImportOutcome.ARCHIVED)
    if found.full and not previewed.exclude(outcome=ImportOutcome.ARCHIVED).exists():
        return reasons.said(reasons.FULL_EMPTY)
    gone = Counter(Estate.objects.filter(public_id__in=archived.values("estate_id")).values_list("provider", flat=True))
    for provider, count in gone.items():
        offered = Estate.objects.filter(provider=provider).exclude(status=Status.ARCHIVED).count()
        if count * 100 > offered * account.most_archived:
            return reasons.said(reasons.FULL_MOST, gone=count, of=offered)
    return reasons.said(reasons.ASKED) if account.handling == Handling.ASK else {}


def _newest_full(but: Arrival) -> float:
    """When the newest complete transfer of this account that was brought in was made, by its own word."""
    done = but.account.arrivals.filter(state=ArrivalState.DONE, full=True).exclude(pk=but.pk)
    newest = done.aggregate(Max("stamped_at"))["stamped_at__max"]
    return newest.timestamp() if newest else 0.0


def _stamp(arrival: Arrival) -> float:
    """When it was made, by its own word; one that says nothing is taken for new."""
    return arrival.stamped_at.timestamp() if arrival.stamped_at else float("inf")


def _note_head(arrival: Arrival, found: Import) -> None:
    if (arrival.full, arrival.stamped_at) != (found.full, found.stamped_at):
        arrival.full, arrival.stamped_at = found.full, found.stamped_at
        arrival.save(update_fields=["full", "stamped_at"])
    if found.techn_email and found.techn_email != arrival.account.techn_email:
        IntakeAccount.objects.filter(pk=arrival.account_id).update(techn_email=found.techn_email)


def _set(arrival: Arrival, state: ArrivalState, why: dict[str, str], *, over: bool = False) -> None:
    ended_at = timezone.now() if over else None
    if (arrival.state, arrival.why, arrival.ended_at) != (state, why, ended_at):
        arrival.state, arrival.why, arrival.ended_at = state, why, ended_at
        arrival.save(update_fields=["state", "why", "counts", "ended_at"])


def _end(arrival: Arrival, state: ArrivalState, why: dict[str, str]) -> None:
    _set(arrival, state, why, over=True)
