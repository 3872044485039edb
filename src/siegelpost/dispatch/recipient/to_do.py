"""What the office has still to do because of what recipients did: withdrawals, wishes, answers, mails that came back.

Each stays until somebody says that it is done (:func:`settle`), whoever in the office that is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.dispatch import resend
from siegelpost.dispatch.models import Dispatch, Interest, Settled, Withdrawal
from siegelpost.dispatch.recipient.acts import ANSWERS, RecipientAct, Source, said_in
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.causes import explain
from siegelpost.mail.models import ANSWERS as ANSWER_KINDS
from siegelpost.mail.models import IncomingKind, IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.office.models import Agent

Among = QuerySet[Dispatch] | None
FAILED = frozenset({MailState.REFUSED, MailState.GIVEN_UP, MailState.BOUNCED})
# Who has acted has had them.
_NOT_MISSED = frozenset({Purpose.NOTICE, Purpose.REMINDER})
# Columns that no list shows.
_LONG = ("page", "content", "gate_html")


class Matter(StrEnum):
    """What it is about; each has a column of its own in :class:`~siegelpost.dispatch.models.Settled`."""

    WITHDRAWAL = "withdrawal"
    REPLY = "reply"
    INTEREST = "interest"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class ToDoSubject:
    """What a thing to do says: the headline behind the name, what to do, and whether it cannot wait."""

    headline: Promise
    advice: Promise | str = ""
    urgent: bool = False


_WITHDRAWN = _("Zahlungen sind binnen 14 Tagen zu erstatten (§ 357 BGB). Prüfen Sie, was schon geleistet wurde.")
SUBJECTS = MappingProxyType(
    {
        "withdrawal_by_mail": ToDoSubject(
            _("widerruft, so die Antwort per E-Mail"),
            _("Ein Widerruf braucht keine Form: Er gilt mit dem Eingang. Tragen Sie ihn ein, dann wird er bestätigt."),
            urgent=True,
        ),
        "withdrawal_late": ToDoSubject(
            _("hat nach der Frist widerrufen"),
            _("Der Stand bleibt, bis Sie entscheiden: als wirksam behandeln oder zurückweisen."),
            urgent=True,
        ),
        "withdrawal": ToDoSubject(_("hat widerrufen"), _WITHDRAWN, urgent=True),
        "viewing": ToDoSubject(_("möchte besichtigen")),
        "call": ToDoSubject(_("bittet um Rückruf")),
        "reply": ToDoSubject(_("hat geantwortet")),
        "perhaps_reply": ToDoSubject(_("hat geantwortet, vielleicht ein Programm")),
        "mail": ToDoSubject(_("hat eine Mail nicht bekommen")),
    }
)


Thing = Source | OutgoingMail


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do.

    Args:
        about: which of :data:`SUBJECTS` it is.
        thing: what it comes from.
    """

    matter: Matter
    about: str
    at: datetime
    dispatch: Dispatch
    thing: Thing

    @property
    def key(self) -> str:
        """Names it on a page."""
        return f"{self.matter.value}-{self.thing.pk}"

    @property
    def said(self) -> str:
        """The recipient's own words; of a mail that came back, which it was and what went wrong."""
        if not isinstance(self.thing, OutgoingMail):
            return said_in(self.thing)
        why = explain(self.thing.cause).text or self.thing.server_answer
        return " · ".join(filter(None, [str(Purpose(self.thing.purpose).label), why]))

    @property
    def address(self) -> str:
        """Where an answer goes; who wrote may use another address than the contact's."""
        if isinstance(self.thing, IncomingMail):
            return self.thing.sender
        return self.thing.email if isinstance(self.thing, Withdrawal) else self.dispatch.contact.email

    @property
    def subject(self) -> ToDoSubject:
        """What it says."""
        return SUBJECTS[self.about]

    @property
    def mailto(self) -> str:
        """The address of an answer by mail."""
        return f"mailto:{quote(self.address, safe='@+')}?subject={quote(f'Re: {self.dispatch.subject}')}"

    @property
    def may_send_again(self) -> bool:
        """Whether it can be sent again: the mail came back, and its recipient has not acted."""
        return self.about == "mail" and self.dispatch.state in resend.POSSIBLE


def waiting(dispatches: Among = None, *, at_most: int = 100) -> list[ToDo]:
    """What is to be done, what cannot wait first, then the latest.

    Args:
        dispatches: because of these only; all when not given.
        at_most: of each matter.
    """
    found = [one for find in _FINDERS.values() for one in find(dispatches, at_most)]
    return sorted(found, key=lambda one: (not one.subject.urgent, -one.at.timestamp()))


def concerned() -> set[int]:
    """The primary keys of all dispatches because of which something is to be done."""
    return {one.dispatch.pk for one in waiting(at_most=10_000)}


@transaction.atomic
def settle(matter: Matter, pk: int, *, by: Agent) -> ToDo:
    """Say that this is done, and give the thing; once more changes nothing.

    Raises:
        django.core.exceptions.ObjectDoesNotExist: there is no such thing.
    """
    thing = _thing(matter, pk)
    Settled.objects.get_or_create(**{matter.value: thing}, defaults={"by": by})
    return _MADE[matter](thing, _dispatch_of(thing))


@transaction.atomic
def reopen(matter: Matter, pk: int) -> ToDo:
    """Take that back.

    Raises:
        django.core.exceptions.ObjectDoesNotExist: there is no such thing.
    """
    thing = _thing(matter, pk)
    Settled.objects.filter(**{matter.value: thing}).delete()
    return _MADE[matter](thing, _dispatch_of(thing))


def _thing(matter: Matter, pk: int) -> Any:
    model: Any = Settled._meta.get_field(matter.value).related_model
    return model.objects.get(pk=pk)


def _dispatch_of(thing: Any) -> Dispatch:
    found = Dispatch.objects.select_related("contact")
    if isinstance(thing, IncomingMail | OutgoingMail):
        return found.get(public_id=thing.dispatch_id)
    return found.get(pk=thing.dispatch_id)


# Finding them


def _withdrawals(among: Among, at_most: int) -> list[ToDo]:
    found = Withdrawal.objects.filter(dispatch__isnull=False, settled=None)
    if among is not None:
        found = found.filter(dispatch__in=among.values("pk"))
    return [_withdrawal(one, one.dispatch) for one in _with_dispatch(found)[:at_most] if one.dispatch]


def _interests(among: Among, at_most: int) -> list[ToDo]:
    later = Interest.objects.filter(dispatch=OuterRef("dispatch"), kind=RecipientAct.NO_INTEREST, pk__gt=OuterRef("pk"))
    found = Interest.objects.filter(~Exists(later), kind__in=[RecipientAct.VIEWING, RecipientAct.CALL], settled=None)
    found = found.exclude(dispatch__state=DispatchState.WITHDRAWN).order_by("-pk")
    if among is not None:
        found = found.filter(dispatch__in=among.values("pk"))
    return [_interest(one, one.dispatch) for one in _with_dispatch(found)[:at_most]]


def _with_dispatch(found: QuerySet[Any]) -> QuerySet[Any]:
    found = found.select_related("dispatch__contact").prefetch_related("dispatch__estates")
    return found.defer(*(f"dispatch__{name}" for name in _LONG))


def _replies(among: Among, at_most: int) -> list[ToDo]:
    found = IncomingMail.objects.filter(kind__in=ANSWER_KINDS, settled=None).order_by("-pk")
    settled_by_itself = [handled for handled, deed in ANSWERS.items() if deed is not RecipientAct.WITHDREW_BY_MAIL]
    return _of_mails(found.exclude(handled_as__in=settled_by_itself), among, at_most, _reply)


def _mails(among: Among, at_most: int) -> list[ToDo]:
    later = OutgoingMail.objects.filter(
        dispatch_id=OuterRef("dispatch_id"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    found = OutgoingMail.objects.filter(~Exists(later), state__in=FAILED, settled=None).order_by("-pk")
    return _of_mails(found, among, at_most, _mail)


def _of_mails(found: QuerySet[Any], among: Among, at_most: int, make: Callable[[Any, Dispatch], ToDo]) -> list[ToDo]:
    found = found.exclude(dispatch_id="")
    if among is not None:
        found = found.filter(dispatch_id__in=[str(one) for one in among.values_list("public_id", flat=True)])
    mails = list(found[:at_most])
    dispatches = _by_public_id(mail.dispatch_id for mail in mails)
    known = [(mail, dispatches[mail.dispatch_id]) for mail in mails if mail.dispatch_id in dispatches]
    return [make(mail, dispatch) for mail, dispatch in known if not _is_moot(mail, dispatch)]


def _is_moot(mail: IncomingMail | OutgoingMail, dispatch: Dispatch) -> bool:
    """Whether it no longer matters that a mail of ours came back: the recipient has acted, or nothing is to be read."""
    if isinstance(mail, IncomingMail):
        return False
    return dispatch.state == DispatchState.REVOKED or (bool(dispatch.declared_at) and mail.purpose in _NOT_MISSED)


def _by_public_id(ids: Iterable[str]) -> Mapping[str, Dispatch]:
    found = Dispatch.objects.filter(public_id__in=set(ids)).select_related("contact")
    return {str(one.public_id): one for one in found.prefetch_related("estates").defer(*_LONG)}


# What each says


def _withdrawal(one: Withdrawal, dispatch: Dispatch) -> ToDo:
    about = "withdrawal_late" if one.late and one.effective is None else "withdrawal"
    return ToDo(Matter.WITHDRAWAL, about, one.made_at, dispatch, one)


def _interest(one: Interest, dispatch: Dispatch) -> ToDo:
    return ToDo(Matter.INTEREST, one.kind, one.made_at, dispatch, one)


def _reply(one: IncomingMail, dispatch: Dispatch) -> ToDo:
    about = "perhaps_reply" if one.kind == IncomingKind.PERHAPS_AUTOMATIC else "reply"
    if ANSWERS.get(one.handled_as) is RecipientAct.WITHDREW_BY_MAIL:
        about = "withdrawal_by_mail"
    return ToDo(Matter.REPLY, about, one.received_at, dispatch, one)


def _mail(one: OutgoingMail, dispatch: Dispatch) -> ToDo:
    return ToDo(Matter.MAIL, "mail", one.changed_at, dispatch, one)


_FINDERS: Mapping[Matter, Callable[[Among, int], list[ToDo]]] = MappingProxyType(
    {
        Matter.WITHDRAWAL: _withdrawals,
        Matter.REPLY: _replies,
        Matter.INTEREST: _interests,
        Matter.MAIL: _mails,
    }
)
_MADE: Mapping[Matter, Callable[[Any, Dispatch], ToDo]] = MappingProxyType(
    {Matter.WITHDRAWAL: _withdrawal, Matter.REPLY: _reply, Matter.INTEREST: _interest, Matter.MAIL: _mail}
)
