"""Withdrawals at the office's desk: one that came by letter, phone or mail, whose contract one means, a late one."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.models import BY_FUNCTION, Dispatch, Kind, Settled, Way, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_receipt
from siegelpost.dispatch.recipient.withdrawals import attach, end, fits, known_first, may_withdraw, record, resume
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail.models import ANSWERS as ANSWER_KINDS
from siegelpost.mail.models import IncomingMail
from siegelpost.office.models import Agent

# What the reader of answers files a mail as that withdraws.
SAID_BY_MAIL = "withdrawal"
NO_WITHDRAWAL = "no withdrawal"
# Bytes: a letter's scan or photograph.
LARGEST_FILE = 20 * 1024 * 1024


class NotMeantError(Exception):
    """No consumer has ordered by this dispatch: there is nothing to withdraw from."""


class NotReceivedError(Exception):
    """What the office says of a withdrawal cannot be so; the message says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Received:
    """A withdrawal that came in without the function, as the office describes it."""

    way: Way
    on: date  # the day of receipt
    note: str = ""
    file_name: str = ""
    file: bytes = b""
    reply: uuid.UUID | None = None  # public id of the mail that says it


@transaction.atomic
def receive(dispatch: Dispatch, received: Received, *, by: Agent) -> Withdrawal:
    """Enter a withdrawal by letter, phone or mail: it ends the contract and is acknowledged like one by the function.

    Of the same mail a second time nothing changes, and the first is given.

    Raises:
        NotMeantError: no consumer has ordered by this dispatch.
        NotReceivedError: the day lies ahead or before the order, the file is too large, or the mail is another's.
    """
    dispatch = links.locked(dispatch)
    if not may_withdraw(dispatch) or dispatch.declared_at is None:
        raise NotMeantError
    known = received.reply and Withdrawal.objects.filter(reply=received.reply, dispatch=dispatch).first()
    if known:
        return known
    _refuse_what_cannot_be(dispatch, received)
    withdrawal = Withdrawal(
        dispatch=dispatch,
        name=dispatch.contact.full_name[:200],
        email=dispatch.contact.email,
        contract=dispatch.subject,
        made_at=timezone.now(),
        way=received.way,
        received_on=received.on,
        language=dispatch.language,
        note=received.note,
        file_name=received.file_name[-200:],
        file_sha256=storage.put(received.file) if received.file else "",
        reply=received.reply,
    )
    if mail := _mail(dispatch, received):
        Settled.objects.get_or_create(reply=mail, defaults={"by": by})
    record(withdrawal, personal={"note": received.note} if received.note else {}, data={"by": str(by.public_id)})
    return withdrawal


def _refuse_what_cannot_be(dispatch: Dispatch, received: Received) -> None:
    ordered_on = timezone.localdate(dispatch.declared_at)
    if received.way in BY_FUNCTION:
        raise NotReceivedError(_("Was über die Widerrufsfunktion kommt, trägt der Server selbst ein."))
    if not ordered_on <= received.on <= timezone.localdate():
        raise NotReceivedError(_("Der Tag des Eingangs liegt zwischen dem Auftrag und heute. Bitte prüfen Sie ihn."))
    if len(received.file) > LARGEST_FILE:
        raise NotReceivedError(_("Die Datei ist zu groß: höchstens 20 MB. Ein Foto des Briefs genügt."))
    if received.reply and _mail(dispatch, received) is None:
        raise NotReceivedError(_("Diese Mail gehört zu einer anderen Sendung."))


def _mail(dispatch: Dispatch, received: Received) -> IncomingMail | None:
    return replies_of(dispatch).filter(public_id=received.reply).first() if received.reply else None


def said_by_mail() -> QuerySet[IncomingMail]:
    """Answers that say they withdraw, and that nobody has entered yet; the oldest first."""
    entered = Withdrawal.objects.filter(reply__isnull=False).values("reply")
    found = IncomingMail.objects.filter(kind__in=ANSWER_KINDS, handled_as=SAID_BY_MAIL)
    return found.exclude(public_id__in=entered).order_by("received_at")


def replies_of(dispatch: Dispatch) -> QuerySet[IncomingMail]:
    """Answers to a dispatch, the newest first: one of them may be the withdrawal."""
    return IncomingMail.objects.filter(dispatch_id=str(dispatch.public_id), kind__in=ANSWER_KINDS).order_by("-pk")


@transaction.atomic
def is_none(reply: IncomingMail, *, by: Agent) -> None:
    """Say that an answer that was taken for a withdrawal is none; it stays what it is, a letter.

    Raises:
        IncomingMail.DoesNotExist: it is not taken for one any more.
    """
    found = said_by_mail().select_for_update().get(pk=reply.pk)
    found.handled_as = NO_WITHDRAWAL
    found.save(update_fields=["handled_as"])
    append(
        EventKind.WITHDRAWAL_SET_ASIDE,
        subject=found.dispatch_id,
        data={"received": str(found.public_id), "by": str(by.public_id)},
    )


def stands_in_the_way(dispatch: Dispatch) -> bool:
    """Whether a withdrawal that nobody has decided upon may mean this dispatch: it then opens nothing by itself."""
    by_mail = said_by_mail().filter(dispatch_id=str(dispatch.public_id))
    contact = dispatch.contact
    by_person = Q(email__iexact=contact.email) | Q(name__iexact=contact.full_name)
    return by_mail.exists() or waiting().filter(by_person).exists()


def waiting() -> QuerySet[Withdrawal]:
    """Withdrawals of which the office has still to say whose contract they mean, the oldest first."""
    return Withdrawal.objects.filter(dispatch=None, set_aside_at=None).order_by("made_at")


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A withdrawal that waits for the office, with the one contract that bears its name and address, if there is."""

    withdrawal: Withdrawal
    fits: Dispatch | None


def unassigned(at_most: int) -> list[Unassigned]:
    """What :func:`waiting` holds, those whose address has a contract first."""
    return [Unassigned(one, fits(one)) for one in known_first(waiting())[:at_most]]


def to_decide() -> QuerySet[Withdrawal]:
    """What the office has to decide upon: whose contract one means, and what of a late one; the oldest first."""
    open_ones = Q(dispatch=None, set_aside_at=None) | Q(dispatch__isnull=False, late=True, effective=None)
    return Withdrawal.objects.filter(open_ones).order_by("made_at")


def undecided() -> QuerySet[Withdrawal]:
    """Late withdrawals that the office has neither treated as effective nor rejected, the oldest first."""
    return to_decide().filter(late=True)


def of(dispatch: Dispatch) -> QuerySet[Withdrawal]:
    """Every withdrawal from the contract of a dispatch, the oldest first."""
    return dispatch.withdrawals.order_by("made_at")


def one(public_id: uuid.UUID) -> Withdrawal:
    """A withdrawal, whether it belongs to a dispatch or not.

    Raises:
        Withdrawal.DoesNotExist: there is none.
    """
    return Withdrawal.objects.select_related("dispatch").get(public_id=public_id)


def assign(withdrawal: Withdrawal, dispatch: Dispatch, *, by: Agent) -> None:
    """Say which contract a withdrawal from the public address means: it then ends like one made on its page.

    An acknowledgement that was held back goes out now: the office has said that it is meant.

    Raises:
        Withdrawal.DoesNotExist: somebody else has assigned it meanwhile.
        NotMeantError: no consumer has ordered by this dispatch, so there is nothing to withdraw from.
    """
    with transaction.atomic():
        dispatch = links.locked(dispatch)
        if not may_withdraw(dispatch):
            raise NotMeantError
        found = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk, dispatch=None)
        attach(found, dispatch, by=str(by.public_id))
    withdrawal_receipt.acknowledge(found)


@transaction.atomic
def decide(withdrawal: Withdrawal, *, effective: bool, by: Agent) -> None:
    """Say that a withdrawal ends the contract of its dispatch, or that it does not; either can be changed again.

    A late one waits for this. One that came in time has ended its contract already: the office can say so itself, or
    that this contract goes on, as when the link was used by somebody else.

    Raises:
        Withdrawal.DoesNotExist: it belongs to no dispatch, or was decided so before.
    """
    dispatch, found = _locked(withdrawal)
    if found.effective == effective:
        raise Withdrawal.DoesNotExist
    found.effective = effective
    found.save(update_fields=["effective"])
    append(
        EventKind.WITHDRAWAL_DECIDED,
        subject=str(dispatch.public_id),
        data={"withdrawal": str(found.public_id), "effective": effective, "by": str(by.public_id)},
    )
    if effective:
        end(dispatch)
    else:
        resume(dispatch)


@transaction.atomic
def release(withdrawal: Withdrawal, *, by: Agent) -> None:
    """Say that a withdrawal from the public address does not belong to its contract after all: it waits anew.

    The contract goes on unless another withdrawal ends it.

    Raises:
        Withdrawal.DoesNotExist: it belongs to no dispatch, or was made on its page.
    """
    dispatch, found = _locked(withdrawal)
    if found.way != Way.PUBLIC:
        raise Withdrawal.DoesNotExist
    named = str(found.public_id)
    found.dispatch, found.late, found.effective = None, False, None
    found.save(update_fields=["dispatch", "late", "effective"])
    Settled.objects.filter(withdrawal=found).delete()
    subject = str(dispatch.public_id)
    append(EventKind.WITHDRAWAL_RELEASED, subject=subject, data={"withdrawal": named, "by": str(by.public_id)})
    resume(dispatch)


def _locked(withdrawal: Withdrawal) -> tuple[Dispatch, Withdrawal]:
    """The dispatch of a withdrawal and then the withdrawal itself, both locked."""
    pending = Withdrawal.objects.filter(dispatch__isnull=False).values_list("dispatch_id", flat=True)
    dispatch = links.locked(Dispatch.objects.get(pk=pending.get(pk=withdrawal.pk)))
    return dispatch, Withdrawal.objects.select_for_update().get(pk=withdrawal.pk, dispatch=dispatch)


@transaction.atomic
def set_aside(withdrawal: Withdrawal, *, by: Agent) -> None:
    """Say that a withdrawal from the public address means no contract of this office; it goes when its time is over.

    Raises:
        Withdrawal.DoesNotExist: somebody else has assigned or set it aside meanwhile.
    """
    _move(waiting(), withdrawal, timezone.now(), EventKind.WITHDRAWAL_SET_ASIDE, by)


@transaction.atomic
def take_up(withdrawal: Withdrawal, *, by: Agent) -> None:
    """Have a withdrawal wait for the office again that was set aside.

    Raises:
        Withdrawal.DoesNotExist: it is not set aside any more.
    """
    aside = Withdrawal.objects.filter(dispatch=None, set_aside_at__isnull=False)
    _move(aside, withdrawal, None, EventKind.WITHDRAWAL_TAKEN_UP, by)


def _move(among: QuerySet[Withdrawal], withdrawal: Withdrawal, at: datetime | None, kind: EventKind, by: Agent) -> None:
    found = among.select_for_update().get(pk=withdrawal.pk)
    found.set_aside_at = at
    found.save(update_fields=["set_aside_at"])
    append(kind, subject=str(found.public_id), data={"by": str(by.public_id)})


def documents(dispatch: Dispatch) -> list[tuple[Withdrawal, bytes]]:
    """The page of each withdrawal, or the letter, for a proof; a mail is among the answers."""
    return [
        (withdrawal, bytes(withdrawal.page_html) or storage.read(withdrawal.file_sha256))
        for withdrawal in of(dispatch)
        if withdrawal.page_html or withdrawal.file_sha256
    ]


def takes_withdrawals(dispatch: Dispatch) -> bool:
    """Whether the office can enter one: a consumer has ordered by this exposé."""
    return dispatch.kind == Kind.SECURE_EXPOSE and may_withdraw(dispatch)
