"""What is over its time goes by itself: listed first, erased two weeks later, unless the office has switched that off.

Each round looks at the table of :mod:`siegelpost.office.retention_periods`, and at nothing that it noted before but
when something was listed.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from siegelpost.cases import erasure
from siegelpost.contacts.models import Activity, Appointment, Consent, Contact, Participant
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.models import Dispatch, Kind, Overdue, OverdueKind, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Office
from siegelpost.office.retention_periods import TABLE, Sort

log = structlog.get_logger(__name__)

# How long something stands on the list before it is erased.
NOTICE = timedelta(days=14)
# So many of each kind in one round; the next takes the rest.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    overdue: Overdue
    what: str
    sort: Sort
    goes_at: datetime


def round_() -> int:
    """List what is over its time of keeping, and erase what has stood there long enough.

    Returns:
        How many things were erased.
    """
    office, now = the_office(), timezone.now()
    for known in Overdue.objects.all():
        if not _is_over(known, office, now):
            known.delete()  # the main contract was noted meanwhile, or somebody is a customer again
    due = Overdue.objects.filter(noted_at__lte=now - NOTICE) if office.erases_by_itself else Overdue.objects.none()
    # Dispatches before contacts: a contact goes only when nothing names it any more.
    gone = sum(_erased(one) for one in sorted(due, key=lambda one: one.kind != OverdueKind.DISPATCH))
    noted = set(Overdue.objects.values_list("public_id", flat=True))
    over = ((kind, public_id) for kind, find in _OVER.items() for public_id in find(office, now))
    Overdue.objects.bulk_create(
        (Overdue(kind=kind, public_id=one, noted_at=now) for kind, one in over if one not in noted),
        ignore_conflicts=True,
    )
    return gone


def erase_now(*, by: Agent) -> int:
    """Erase all that is listed and still over its time, at somebody's press; gives how many things that were."""
    log.info("what is over its time is erased by hand", by=str(by.public_id))
    return sum(_erased(one) for one in Overdue.objects.all())


@transaction.atomic
def keep(public_id: uuid.UUID) -> None:
    """Keep a listed contact: somebody still deals with it, and its time begins anew.

    Raises:
        Contact.DoesNotExist: no such contact is listed.
    """
    contact = Contact.objects.select_for_update().get(public_id=public_id)
    contact.proofs_erased_at = None
    contact.save(update_fields=["proofs_erased_at", "changed_at"])
    Overdue.objects.filter(public_id=public_id, kind=OverdueKind.CONTACT).delete()


def count() -> int:
    """How many things are listed."""
    return Overdue.objects.count()


def listed(at_most: int = 200) -> list[Listed]:
    """What is over its time, the oldest first."""
    return [line for one in Overdue.objects.all()[:at_most] if (line := _line(one))]


def _line(one: Overdue) -> Listed | None:
    goes_at = one.noted_at + NOTICE
    if one.kind == OverdueKind.DISPATCH:
        found = Dispatch.objects.filter(public_id=one.public_id).select_related("contact").first()
        return Listed(one, f"{found.contact} · {found.subject}", retention.sort_of(found), goes_at) if found else None
    if one.kind == OverdueKind.WITHDRAWAL:
        stray = Withdrawal.objects.filter(public_id=one.public_id).first()
        return Listed(one, f"{stray.name} · {stray.contract}", Sort.STRAY_WITHDRAWAL, goes_at) if stray else None
    contact = Contact.objects.filter(public_id=one.public_id).first()
    return Listed(one, str(contact), _sort_of(contact), goes_at) if contact else None


def _sort_of(contact: Contact) -> Sort:
    return Sort.PROSPECT if contact.proofs_erased_at else Sort.ADDRESS


def _erased(one: Overdue) -> bool:
    """One that fails is tried again in the next round; the others must not wait for it."""
    try:
        with transaction.atomic():
            office, now = the_office(), timezone.now()
            gone = _is_over(one, office, now) and _ERASE[OverdueKind(one.kind)](one.public_id)
            Overdue.objects.filter(pk=one.pk).delete()
            return gone
    except Exception:
        log.exception("what is over its time could not be erased", kind=one.kind, id=str(one.public_id))
        return False


def _is_over(one: Overdue, office: Office, now: datetime) -> bool:
    return one.public_id in set(_OVER[OverdueKind(one.kind)](office, now, one.public_id))


# What is over


Found = Iterator[uuid.UUID]


def _dispatches(office: Office, now: datetime, only: uuid.UUID | None = None) -> Found:
    found = Dispatch.objects.filter(_of_time(office, now)).exclude(contact__erasure_asked_at__isnull=False)
    found = found.filter(public_id=only) if only else found
    for one in found.defer("content", "gate_html").order_by("created_at")[:BATCH]:
        if retention.ends(one, office) <= now and not withdrawal_desk.stands_in_the_way(one):
            yield one.public_id


def _of_time(office: Office, now: datetime) -> Q:
    """Of which dispatches the time can be over at all: the rest is said by each one's own acts."""

    def before(sort: Sort) -> datetime:
        return TABLE[sort].began_before(now, office)

    orders = Q(page__gate__button__kind=ButtonKind.ORDER.value)
    exposé = Q(kind=Kind.SECURE_EXPOSE)
    return (
        exposé & Q(declared_at=None, created_at__lte=before(Sort.NOTHING), expires_at__lte=now)
        | exposé & orders & Q(declared_at__lt=before(Sort.ORDER))
        | exposé & ~orders & Q(declared_at__lt=before(Sort.FREE))
        | Q(kind=Kind.REGISTERED_MAIL, created_at__lt=before(Sort.REGISTERED))
    )


def _withdrawals(office: Office, now: datetime, only: uuid.UUID | None = None) -> Found:
    before = TABLE[Sort.STRAY_WITHDRAWAL].began_before(now, office)
    found = Withdrawal.objects.filter(dispatch=None, set_aside_at__lte=before)
    found = found.filter(public_id=only) if only else found
    yield from found.values_list("public_id", flat=True)[:BATCH]


def _contacts(office: Office, now: datetime, only: uuid.UUID | None = None) -> Found:
    """Contacts that nothing names and nobody has dealt with; a colleague's card and who wants offers stay."""
    nobody = Contact.objects.filter(merged_into=None, card=None, erasure_asked_at=None)
    merged = Dispatch.objects.filter(Q(contact=OuterRef("pk")) | Q(contact__merged_into=OuterRef("pk")))
    nobody = nobody.filter(~Exists(merged), ~Exists(_consents_kept(office, now)))
    nobody = nobody.filter(public_id=only) if only else nobody
    for sort, which in ((Sort.PROSPECT, False), (Sort.ADDRESS, True)):
        before = TABLE[sort].began_before(now, office)
        untouched = nobody.filter(proofs_erased_at__isnull=which, changed_at__lt=before, created_at__lt=before)
        activities = Activity.objects.filter(contact=OuterRef("pk")).filter(
            Q(at__gte=before) | Q(created_at__gte=before) | Q(follow_up_on__gte=now.date(), follow_up_done_at=None)
        )
        appointments = Appointment.objects.filter(contact=OuterRef("pk"), ends_at__gte=before)
        among = Participant.objects.filter(contact=OuterRef("pk"), appointment__ends_at__gte=before)
        untouched = untouched.filter(~Exists(activities), ~Exists(appointments), ~Exists(among))
        yield from untouched.values_list("public_id", flat=True)[:BATCH]


def _consents_kept(office: Office, now: datetime) -> QuerySet[Consent]:
    before = TABLE[Sort.CONSENT].began_before(now, office)
    holds = Q(given_at__isnull=False, withdrawn_at=None)
    return Consent.objects.filter(holds | Q(withdrawn_at__gte=before), contact=OuterRef("pk"))


# Erasing it, each in the caller's transaction


def _erase_dispatch(public_id: uuid.UUID) -> bool:
    # Mails first, then the dispatch: the order in which a delivery takes its locks, too.
    dispatch = Dispatch.objects.select_for_update().get(public_id=public_id)
    retention.erase(dispatch)
    return True


def _erase_withdrawal(public_id: uuid.UUID) -> bool:
    retention.erase_withdrawal(Withdrawal.objects.select_for_update().get(public_id=public_id))
    return True


def _erase_contact(public_id: uuid.UUID) -> bool:
    return erasure.erase_unasked(Contact.objects.select_for_update().get(public_id=public_id))


_OVER: MappingProxyType[OverdueKind, Callable[..., Found]] = MappingProxyType(
    {
        OverdueKind.DISPATCH: _dispatches,
        OverdueKind.WITHDRAWAL: _withdrawals,
        OverdueKind.CONTACT: _contacts,
    }
)
_ERASE: MappingProxyType[OverdueKind, Callable[[uuid.UUID], bool]] = MappingProxyType(
    {
        OverdueKind.DISPATCH: _erase_dispatch,
        OverdueKind.WITHDRAWAL: _erase_withdrawal,
        OverdueKind.CONTACT: _erase_contact,
    }
)
