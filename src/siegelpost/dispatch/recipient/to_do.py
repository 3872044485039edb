"""What the office has still to do because of what recipients did: withdrawals, wishes, answers, refusals, bounces.

Each stays until somebody says that it is done (:func:`settle`), whoever in the office that is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from siegelpost.contacts.diary_models import Appointment, Participant
from siegelpost.dispatch import resend
from siegelpost.dispatch.models import Dispatch, Interest, Kind, Settled, Withdrawal
from siegelpost.dispatch.recipient.acts import ANSWERS, WORDS, RecipientAct, Source, said_in
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.causes import explain
from siegelpost.mail.models import ANSWERS as ANSWER_KINDS
from siegelpost.mail.models import FAILED, IncomingKind, IncomingMail, OutgoingMail, Purpose
from siegelpost.office.models import Agent

Among = QuerySet[Dispatch] | None
# Who has acted has had them.
_NOT_MISSED = frozenset({Purpose.NOTICE, Purpose.REMINDER})
# What is about a mail that came back, or is said to have.
CAME_BACK = frozenset({"mail", "alleged_bounce", "presumed_bounce"})
# Columns that no list shows.
_LONG = ("page", "content", "gate_html")


class Matter(StrEnum):
    """What it is about; each has a column of its own in :class:`~siegelpost.dispatch.models.Settled`."""

    WITHDRAWAL = "withdrawal"
    REPLY = "reply"
    INTEREST = "interest"
    MAIL = "mail"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class ToDoSubject:
    """What a thing to do says: the headline behind the name, what to do, and whether it cannot wait."""

    headline: Promise
    advice: Promise | str = ""
    urgent: bool = False


_WITHDRAWN = _("Zahlungen sind binnen 14 Tagen zu erstatten (§ 357 BGB). Prüfen Sie, was schon geleistet wurde.")
# The weightiest first: what the law gives a time for, who wants something, who refused, what did not arrive.
SUBJECTS = MappingProxyType(
    {
        "withdrawal_by_mail": ToDoSubject(
            WORDS[RecipientAct.WITHDREW_BY_MAIL].after_name,
            _("Ein Widerruf braucht keine Form: Er gilt mit dem Eingang. Tragen Sie ihn ein, dann wird er bestätigt."),
            urgent=True,
        ),
        "withdrawal_late": ToDoSubject(
            _("hat nach der Frist widerrufen"),
            _("Der Stand bleibt, bis Sie entscheiden: als wirksam behandeln oder zurückweisen."),
            urgent=True,
        ),
        "withdrawal": ToDoSubject(WORDS[RecipientAct.WITHDREW].after_name, _WITHDRAWN, urgent=True),
        "viewing": ToDoSubject(WORDS[RecipientAct.VIEWING].after_name),
        "off": ToDoSubject(WORDS[RecipientAct.OFF].after_name),
        "call": ToDoSubject(WORDS[RecipientAct.CALL].after_name),
        "papers": ToDoSubject(
            WORDS[RecipientAct.PAPERS].after_name,
            _("Auf der Seite der Sendung geben Sie das Dokument für diese Person frei."),
        ),
        "reply": ToDoSubject(WORDS[RecipientAct.REPLIED].after_name),
        "perhaps_reply": ToDoSubject(WORDS[RecipientAct.PERHAPS_REPLIED].after_name),
        "refused": ToDoSubject(
            WORDS[RecipientAct.REFUSED].after_name,
            _("Die Nachricht bleibt geschlossen. Muss sie ankommen, stellen Sie sie auf einem anderen Weg zu."),
        ),
        "knows": ToDoSubject(
            WORDS[RecipientAct.KNOWS].after_name, _("Es kam kein Vertrag zustande, und das Exposé bleibt geschlossen.")
        ),
        "mail": ToDoSubject(_("hat eine Mail nicht bekommen")),
        "alleged_bounce": ToDoSubject(
            _("hat eine Mail angeblich nicht bekommen"),
            _("Ein Rückläufer sagt es; nichts belegt, woher er kommt. Fragen Sie nach, oder senden Sie noch einmal."),
        ),
        "presumed_bounce": ToDoSubject(
            _("hat eine Mail vermutlich nicht bekommen"),
            _(
                "Ein Rückläufer nennt die Adresse, aber nicht die Mail: Er kann auch eine andere meinen, die Sie "
                "dorthin geschrieben haben. Fragen Sie nach, oder senden Sie noch einmal."
            ),
        ),
    }
)


RANK = MappingProxyType({about: rank for rank, about in enumerate(SUBJECTS)})
Thing = Source | OutgoingMail | Dispatch


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
        if isinstance(self.thing, Dispatch):
            return ""
        if isinstance(self.thing, Interest) and self.thing.viewing_at:
            return date_format(timezone.localtime(self.thing.viewing_at), gettext("l, j. F Y, H:i"))
        if not isinstance(self.thing, OutgoingMail):
            return said_in(self.thing)
        why = explain(self.thing.cause).text or self.thing.server_answer
        return " · ".join(filter(None, [str(Purpose(self.thing.purpose).label), why]))

    @property
    def address(self) -> str:
        """Where an answer goes; who wrote may use another address than the contact's."""
        if isinstance(self.thing, IncomingMail) and not self.came_back:
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
    def came_back(self) -> bool:
        """Whether it is about a mail that came back, or is said to have."""
        return self.about in CAME_BACK

    @property
    def may_be_talked_over(self) -> bool:
        """Whether a conversation is what answers it."""
        return self.matter in {Matter.INTEREST, Matter.REFUSAL}

    @property
    def may_send_again(self) -> bool:
        """Whether it can be sent again: the mail came back, and its recipient has not acted."""
        return self.came_back and self.dispatch.state in resend.POSSIBLE


def waiting(dispatches: Among = None, *, at_most: int = 100) -> list[ToDo]:
    """What is to be done, the weightiest first (:data:`SUBJECTS`), of two alike the latest.

    Args:
        dispatches: because of these only; all when not given.
        at_most: of each matter.
    """
    found = [one for find in _FINDERS.values() for one in find(dispatches, at_most)]
    return sorted(found, key=lambda one: (RANK[one.about], -one.at.timestamp()))


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
    return _shown(matter, pk)


@transaction.atomic
def reopen(matter: Matter, pk: int) -> ToDo:
    """Take that back.

    Raises:
        django.core.exceptions.ObjectDoesNotExist: there is no such thing.
    """
    Settled.objects.filter(**{matter.value: _thing(matter, pk)}).delete()
    return _shown(matter, pk)


def of_key(key: str) -> tuple[Matter, int] | None:
    """What a page names by :attr:`ToDo.key`; None where it names nothing."""
    matter, _dash, number = key.partition("-")
    known = matter in Matter.__members__.values() and number.isdecimal() and len(number) < _DIGITS
    return (Matter(matter), int(number)) if known else None


def named(key: str) -> ToDo | None:
    """The thing with this key; None where there is none."""
    try:
        return _shown(*found) if (found := of_key(key)) else None
    except ObjectDoesNotExist:
        return None


def _shown(matter: Matter, pk: int) -> ToDo:
    thing = _thing(matter, pk)
    return _MADE[matter](thing, _dispatch_of(thing))


# Of a primary key; no database has longer ones.
_DIGITS = 19
_WANTED = (RecipientAct.VIEWING, RecipientAct.OFF, RecipientAct.CALL, RecipientAct.PAPERS)
# Which rows of a table are something to do; a number that names another one names nothing.
_MAY_BE_TO_DO: Mapping[Matter, Q] = MappingProxyType(
    {
        Matter.INTEREST: Q(kind__in=_WANTED),
        Matter.REPLY: ~Q(dispatch_id=""),
        Matter.MAIL: ~Q(dispatch_id=""),
        Matter.REFUSAL: Q(state=DispatchState.REFUSED),
    }
)


def _thing(matter: Matter, pk: int) -> Any:
    model: Any = Settled._meta.get_field(matter.value).related_model
    return model.objects.get(_MAY_BE_TO_DO.get(matter, Q()), pk=pk)


def _dispatch_of(thing: Any) -> Dispatch:
    if isinstance(thing, Dispatch):
        return thing
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
    later = Interest.objects.filter(dispatch=OuterRef("dispatch"), pk__gt=OuterRef("pk"))
    found = Interest.objects.filter(kind__in=_WANTED, settled=None)
    found = found.filter(~Exists(later.filter(kind=RecipientAct.NO_INTEREST)))
    # Who wished for a viewing, or called one off, and then has one is answered; a wish for a call stays.
    booked = Exists(later.filter(kind=RecipientAct.BOOKED)) | _arranged(Participant) | _arranged(Appointment)
    found = found.exclude(booked, kind__in=[RecipientAct.VIEWING, RecipientAct.OFF])
    # Nobody drives any more to what would be over.
    found = found.exclude(kind=RecipientAct.OFF, viewing_at__lt=timezone.now())
    found = found.exclude(dispatch__state=DispatchState.WITHDRAWN).order_by("-pk")
    if among is not None:
        found = found.filter(dispatch__in=among.values("pk"))
    return [_interest(one, one.dispatch) for one in _with_dispatch(found)[:at_most]]


def _arranged(model: type[Participant | Appointment]) -> Exists:
    """Whether the office has entered them for a viewing of the same property since they spoke of it."""
    at = "appointment__" if model is Participant else ""
    found = model._base_manager.filter(contact=OuterRef("dispatch__contact"), created_at__gt=OuterRef("made_at"))
    estates = Dispatch.estates.through.objects.filter(dispatch=OuterRef(OuterRef("dispatch"))).values("estate")
    return Exists(found.filter(**{f"{at}estate__in": estates, f"{at}cancelled_at": None, "cancelled_at": None}))


def _with_dispatch(found: QuerySet[Any]) -> QuerySet[Any]:
    found = found.select_related("dispatch__contact").prefetch_related("dispatch__estates")
    return found.defer(*(f"dispatch__{name}" for name in _LONG))


def _replies(among: Among, at_most: int) -> list[ToDo]:
    kinds = [*ANSWER_KINDS, IncomingKind.ALLEGED_BOUNCE]
    found = IncomingMail.objects.filter(kind__in=kinds, settled=None).order_by("-pk")
    settled_by_itself = [handled for handled, deed in ANSWERS.items() if deed is not RecipientAct.WITHDREW_BY_MAIL]
    return _of_mails(found.exclude(handled_as__in=settled_by_itself), among, at_most, _reply)


def _mails(among: Among, at_most: int) -> list[ToDo]:
    later = OutgoingMail.objects.filter(
        dispatch_id=OuterRef("dispatch_id"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    found = OutgoingMail.objects.filter(~Exists(later), state__in=FAILED, settled=None).order_by("-pk")
    return _of_mails(found, among, at_most, _mail)


def _refusals(among: Among, at_most: int) -> list[ToDo]:
    found = Dispatch.objects.filter(state=DispatchState.REFUSED, refusal_settled=None).order_by("-pk")
    if among is not None:
        found = found.filter(pk__in=among.values("pk"))
    return _refused(list(found.select_related("contact").prefetch_related("estates").defer(*_LONG)[:at_most]))


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
        return mail.kind == IncomingKind.ALLEGED_BOUNCE and _is_moot(mail.mail, dispatch)
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


_BY_KIND = MappingProxyType(
    {IncomingKind.PERHAPS_AUTOMATIC: "perhaps_reply", IncomingKind.ALLEGED_BOUNCE: "alleged_bounce"}
)


def _reply(one: IncomingMail, dispatch: Dispatch) -> ToDo:
    about = _BY_KIND.get(IncomingKind(one.kind), "reply")
    if about == "alleged_bounce" and one.presumed:
        about = "presumed_bounce"
    if ANSWERS.get(one.handled_as) is RecipientAct.WITHDREW_BY_MAIL:
        about = "withdrawal_by_mail"
    return ToDo(Matter.REPLY, about, one.received_at, dispatch, one)


def _mail(one: OutgoingMail, dispatch: Dispatch) -> ToDo:
    return ToDo(Matter.MAIL, "mail", one.changed_at, dispatch, one)


_REFUSED = MappingProxyType({Kind.REGISTERED_MAIL: "refused", Kind.SECURE_EXPOSE: "knows"})
_REFUSALS = (EventKind.CONSIGNMENT_REJECTION, EventKind.PRIOR_KNOWLEDGE_STATED)


def _refused(dispatches: Sequence[Dispatch]) -> list[ToDo]:
    """What was refused, and when; the ledger knows the moment of both kinds."""
    events = Event.objects.filter(subject__in=[str(one.public_id) for one in dispatches], kind__in=_REFUSALS)
    at = dict(events.values_list("subject", "at"))
    return [
        ToDo(Matter.REFUSAL, _REFUSED[Kind(one.kind)], at.get(str(one.public_id), one.created_at), one, one)
        for one in dispatches
    ]


def _refusal(_one: Dispatch, dispatch: Dispatch) -> ToDo:
    return _refused([dispatch])[0]


_FINDERS: Mapping[Matter, Callable[[Among, int], list[ToDo]]] = MappingProxyType(
    {
        Matter.WITHDRAWAL: _withdrawals,
        Matter.REPLY: _replies,
        Matter.INTEREST: _interests,
        Matter.MAIL: _mails,
        Matter.REFUSAL: _refusals,
    }
)
_MADE: Mapping[Matter, Callable[[Any, Dispatch], ToDo]] = MappingProxyType(
    {
        Matter.WITHDRAWAL: _withdrawal,
        Matter.REPLY: _reply,
        Matter.INTEREST: _interest,
        Matter.MAIL: _mail,
        Matter.REFUSAL: _refusal,
    }
)
