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
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import BY_FUNCTION, Dispatch, Kind, Settled, Way, Withdrawal
from siegelpost.dispatch.recipient.withdrawals import end, is_late, may_withdraw, record, told
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail.models import ANSWERS as ANSWER_KINDS
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
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


@transaction.atomic
def assign(withdrawal: Withdrawal, dispatch: Dispatch, *, by: Agent) -> None:
    """Say which contract a withdrawal from the public address means: it then ends like one made on its page.

    An acknowledgement that was held back goes out now: the office has said that it is meant.

    Raises:
        Withdrawal.DoesNotExist: somebody else has assigned it meanwhile.
        NotMeantError: no consumer has ordered by this dispatch, so there is nothing to withdraw from.
    """
    dispatch = links.locked(dispatch)
    if not may_withdraw(dispatch):
        raise NotMeantError
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk, dispatch=None)
    held, acknowledged = withdrawal.acknowledgement_held, acknowledged_at(withdrawal)
    withdrawal.dispatch, withdrawal.late = dispatch, is_late(withdrawal, dispatch)
    withdrawal.acknowledgement_held = False
    withdrawal.save(update_fields=["dispatch", "late", "acknowledgement_held"])
    append(
        EventKind.WITHDRAWAL_ASSIGNED,
        subject=str(dispatch.public_id),
        # The dispatch's proof holds no event about the withdrawal itself: this one says all that one did.
        data=told(withdrawal)
        | {
            "declared_at": withdrawal.made_at.isoformat(),
            "acknowledged_at": acknowledged.isoformat() if acknowledged else None,
            "by": str(by.public_id),
        },
        personal={"name": withdrawal.name, "email": withdrawal.email, "contract": withdrawal.contract},
    )
    if not withdrawal.late:
        end(dispatch)
    if held:
        letters.acknowledge_withdrawal(withdrawal)


@transaction.atomic
def decide(withdrawal: Withdrawal, *, effective: bool, by: Agent) -> None:
    """Treat a late withdrawal as effective, which ends the contract, or reject it.

    Raises:
        Withdrawal.DoesNotExist: it is not late, or was decided upon before.
    """
    pending = undecided().values_list("dispatch_id", flat=True).get(pk=withdrawal.pk)
    dispatch = links.locked(Dispatch.objects.get(pk=pending))
    found = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk, late=True, effective=None)
    found.effective = effective
    found.save(update_fields=["effective"])
    append(
        EventKind.WITHDRAWAL_DECIDED,
        subject=str(dispatch.public_id),
        data={"withdrawal": str(found.public_id), "effective": effective, "by": str(by.public_id)},
    )
    if effective:
        end(dispatch)


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


def acknowledged_at(withdrawal: Withdrawal) -> datetime | None:
    """When the mail server took the acknowledgement; until then nobody says that it was sent."""
    mails = OutgoingMail.objects.filter(
        about=str(withdrawal.public_id), purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, accepted_at__isnull=False
    )
    return mails.order_by("pk").values_list("accepted_at", flat=True).first()


def takes_withdrawals(dispatch: Dispatch) -> bool:
    """Whether the office can enter one: a consumer has ordered by this exposé."""
    return dispatch.kind == Kind.SECURE_EXPOSE and may_withdraw(dispatch)
