"""What recipients did with their dispatches, by rank and not by lateness: one table, asked by every page.

A recipient who has withdrawn and then looks once more has still withdrawn. Acts and words are read from what was
kept of each; that somebody, or a program, has looked is known from the ledger alone.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from siegelpost.dispatch.models import Dispatch, Interest, Kind, Withdrawal
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.models import ANSWERS as ANSWER_KINDS
from siegelpost.mail.models import IncomingKind, IncomingMail
from siegelpost.toolbox.sealing import UnsealableError


class RecipientAct(StrEnum):
    """What a recipient can have done, the highest rank first."""

    WITHDREW = "withdrew"
    WITHDREW_BY_MAIL = "withdrew_by_mail"
    DECLARED = "declared"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    KNOWS = "knows"
    SAID_NO = "said_no"
    BOOKED = "booked"
    OFF = "off"
    VIEWING = "viewing"
    CALL = "call"
    PAPERS = "papers"
    NO_INTEREST = "none"
    REPLIED = "replied"
    PERHAPS_REPLIED = "perhaps_replied"
    SEEN = "seen"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class ActWords:
    """What an act is called: after a name ("… möchte besichtigen"), and by itself, in a timeline or on paper."""

    after_name: Promise
    line: Promise


# The one place where acts have words: lists, timelines, papers and messages to phones take them from here.
WORDS: MappingProxyType[RecipientAct, ActWords] = MappingProxyType(
    {
        RecipientAct.WITHDREW: ActWords(_("hat widerrufen"), _("Widerruf eingegangen")),
        RecipientAct.WITHDREW_BY_MAIL: ActWords(
            _("widerruft, so die Antwort per E-Mail"), _("Widerruf, so die Antwort per E-Mail")
        ),
        RecipientAct.DECLARED: ActWords(_("hat bestätigt"), _("Bestätigt")),
        RecipientAct.ACCEPTED: ActWords(_("hat das Einschreiben angenommen"), _("Einschreiben angenommen")),
        RecipientAct.REFUSED: ActWords(_("hat das Einschreiben abgelehnt"), _("Einschreiben abgelehnt")),
        RecipientAct.KNOWS: ActWords(_("kennt die Immobilie schon"), _("Kennt die Immobilie schon")),
        RecipientAct.SAID_NO: ActWords(_("hat per E-Mail Nein gesagt"), _("Nein per E-Mail")),
        RecipientAct.BOOKED: ActWords(_("hat eine Besichtigung gebucht"), _("Besichtigung gebucht")),
        RecipientAct.OFF: ActWords(_("hat die Besichtigung abgesagt"), _("Besichtigung abgesagt")),
        RecipientAct.VIEWING: ActWords(_("möchte besichtigen"), _("Besichtigung gewünscht")),
        RecipientAct.CALL: ActWords(_("bittet um Rückruf"), _("Rückruf erbeten")),
        RecipientAct.PAPERS: ActWords(_("bittet um Unterlagen"), _("Unterlagen erbeten")),
        RecipientAct.NO_INTEREST: ActWords(_("hat kein Interesse"), _("Kein Interesse")),
        RecipientAct.REPLIED: ActWords(_("hat per E-Mail geantwortet"), _("Antwort per E-Mail")),
        RecipientAct.PERHAPS_REPLIED: ActWords(
            _("hat per E-Mail geantwortet, vielleicht ein Programm"),
            _("Antwort per E-Mail, vielleicht von einem Programm"),
        ),
        RecipientAct.SEEN: ActWords(_("hat den Inhalt angesehen"), _("Inhalt angesehen")),
        RecipientAct.OPENED: ActWords(
            _("hat den Link geöffnet, oder ein Programm"), _("Link geöffnet, vielleicht von einem Programm")
        ),
    }
)
RANK = MappingProxyType({deed: rank for rank, deed in enumerate(RecipientAct)})
# Which act an event is that says so by its kind alone.
OF_EVENT = MappingProxyType(
    {
        EventKind.WITHDRAWAL_DECLARED: RecipientAct.WITHDREW,
        EventKind.DECLARATION_MADE: RecipientAct.DECLARED,
        EventKind.CONSIGNMENT_ACCEPTANCE: RecipientAct.ACCEPTED,
        EventKind.CONSIGNMENT_REJECTION: RecipientAct.REFUSED,
        EventKind.PRIOR_KNOWLEDGE_STATED: RecipientAct.KNOWS,
    }
)
# Of these the ledger alone knows, and a program may have done them.
LOOKS = MappingProxyType(
    {
        EventKind.CONTENT_HANDOVER: RecipientAct.SEEN,
        EventKind.CONTENT_ACCESS_TRACKING: RecipientAct.SEEN,
        EventKind.NOTIFICATION_ACCESS_TRACKING: RecipientAct.OPENED,
    }
)
# The ledger alone knows these.
_OF_LEDGER = MappingProxyType({**LOOKS, EventKind.PRIOR_KNOWLEDGE_STATED: RecipientAct.KNOWS})
# What the room of answers made of a mail (``handled_as``); whatever is not named here is an answer to be read.
ANSWERS = MappingProxyType(
    {"declaration": RecipientAct.DECLARED, "no": RecipientAct.SAID_NO, "withdrawal": RecipientAct.WITHDREW_BY_MAIL}
)
_TOLD_BY_STATE = frozenset(
    {
        RecipientAct.WITHDREW,
        RecipientAct.DECLARED,
        RecipientAct.ACCEPTED,
        RecipientAct.REFUSED,
        RecipientAct.KNOWS,
    }
)
_VIEWINGS = frozenset({RecipientAct.BOOKED, RecipientAct.OFF})
# After these nothing lower says how it stands.
FINAL = frozenset({RecipientAct.WITHDREW, RecipientAct.REFUSED, RecipientAct.KNOWS})


Source = Interest | IncomingMail | Withdrawal


def said_in(source: Source | None) -> str:
    """The recipient's own words in it, empty where there are none."""
    if isinstance(source, Interest):
        return source.note
    if not isinstance(source, IncomingMail):
        return ""
    try:
        return source.text.strip()
    except UnsealableError:
        return gettext("(Die Worte lassen sich mit den Schlüsseln dieses Servers nicht lesen.)")


def line(kind: str) -> str:
    """What a recipient's word (:attr:`Interest.kind`) is called by itself; of one that is not known here, the kind."""
    return str(WORDS[RecipientAct(kind)].line) if kind in list(RecipientAct) else kind


def of_event(event: Event) -> RecipientAct | None:
    """The act that this event is; None where it is none of a recipient's, or one that is not known here."""
    if event.kind != EventKind.INTEREST_STATED:
        return OF_EVENT.get(EventKind(event.kind))
    said = json.loads(bytes(event.leaf))["data"]["interest"]
    return RecipientAct(said) if said in list(RecipientAct) else None


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a recipient did; ``source`` is what was kept of it, none of what the dispatch itself says."""

    deed: RecipientAct
    at: datetime
    source: Source | None = None

    @property
    def said(self) -> str:
        """The recipient's own words, empty where there are none."""
        return said_in(self.source)

    @property
    def words(self) -> str:
        """What it was, in the active language, with the day of a viewing."""
        when = self.source.viewing_at if isinstance(self.source, Interest) else None
        said = str(WORDS[self.deed].line if self.is_look else WORDS[self.deed].after_name)
        return f"{said}: {date_format(timezone.localtime(when), gettext('l, j. F Y, H:i'))}" if when else said

    @property
    def is_over(self) -> bool:
        """Whether it was about a viewing that is over by now."""
        at = self.source.viewing_at if isinstance(self.source, Interest) else None
        return at is not None and at < timezone.now()

    @property
    def is_look(self) -> bool:
        """Whether a program may have done it."""
        return self.deed in LOOKS.values()


def of(dispatches: Iterable[Dispatch]) -> dict[int, list[Done]]:
    """What was done with each of these dispatches, by its primary key: the highest rank first, in it the latest."""
    asked = list(dispatches)
    found: dict[int, list[Done]] = {dispatch.pk: _acted(dispatch) for dispatch in asked}
    for interest in _standing(Interest.objects.filter(dispatch__in=found)):
        found[interest.dispatch_id].append(Done(RecipientAct(interest.kind), interest.made_at, interest))
    for made in Withdrawal.objects.filter(dispatch__in=found):
        assert made.dispatch_id  # noqa: S101 - asked for by it
        found[made.dispatch_id].append(Done(RecipientAct.WITHDREW, made.made_at, made))
    by_id = {str(dispatch.public_id): dispatch.pk for dispatch in asked}
    for reply in IncomingMail.objects.filter(dispatch_id__in=by_id, kind__in=ANSWER_KINDS):
        perhaps = reply.kind == IncomingKind.PERHAPS_AUTOMATIC
        deed = ANSWERS.get(reply.handled_as, RecipientAct.PERHAPS_REPLIED if perhaps else RecipientAct.REPLIED)
        found[by_id[reply.dispatch_id]].append(Done(deed, reply.received_at, reply))
    known = Event.objects.filter(subject__in=by_id, kind__in=list(_OF_LEDGER)).values_list("subject", "kind")
    for subject, kind, at in known.annotate(Max("at")):
        found[by_id[subject]].append(Done(_OF_LEDGER[EventKind(kind)], at))
    return {pk: sorted(done, key=_by_rank) for pk, done in found.items()}


def _standing(interests: Iterable[Interest]) -> Iterator[Interest]:
    """All of what was said, but of bookings and cancellations the last alone: it undoes those before it."""
    last: dict[int, Interest] = {}
    for one in interests:
        if one.kind in _VIEWINGS:
            last[one.dispatch_id] = one
        else:
            yield one
    yield from last.values()


def beside_state(done: Sequence[Done]) -> Done | None:
    """The highest of what was done that the state of the dispatch does not say itself, and that is not over."""
    if not done or done[0].deed in FINAL:
        return None
    return next((one for one in done if one.deed not in _TOLD_BY_STATE and not one.is_over), None)


def _acted(dispatch: Dispatch) -> list[Done]:
    """The act by which the recipient decided."""
    if dispatch.declared_at is None:
        return []
    if dispatch.kind != Kind.REGISTERED_MAIL:
        return [Done(RecipientAct.DECLARED, dispatch.declared_at)]
    return [
        Done(
            RecipientAct.REFUSED if dispatch.state == DispatchState.REFUSED else RecipientAct.ACCEPTED,
            dispatch.declared_at,
        )
    ]


def _by_rank(done: Done) -> tuple[int, float]:
    return RANK[done.deed], -done.at.timestamp()
