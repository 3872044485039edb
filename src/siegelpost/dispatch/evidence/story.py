"""What happened to a dispatch as a person would tell it: a few lines, the newest first.

The ledger keeps every step of a mail and every look at a page. Here all that belongs together is one line; what it is
made of stands in it, as :mod:`.timeline` says it, and nothing of it is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.dispatch.evidence import timeline
from siegelpost.dispatch.evidence.timeline import TimelineEntry, Tone
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts
from siegelpost.dispatch.recipient.acts import Done, RecipientAct
from siegelpost.ledger.events import EventKind as E
from siegelpost.mail.models import Purpose


class Chapter(StrEnum):
    """What belongs into one line."""

    SENT = "sent"
    REMINDED = "reminded"
    HELD = "held"
    OPENED = "opened"
    DECIDED = "decided"
    SEEN = "seen"
    PDF = "pdf"
    FILE = "file"
    WITHDRAWN = "withdrawn"
    OFFERS = "offers"
    CODE = "code"
    PAYMENT = "payment"
    PAPERS = "papers"
    PAPERS_MAIL = "papers_mail"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line: what was done, when, the recipient's own words, and the entries it is made of, the oldest first."""

    title: str
    at: datetime
    tone: Tone
    entries: Sequence[TimelineEntry]
    times: int = 1
    said: str = ""

    @property
    def sealed(self) -> bool:
        """Whether all of it has its place in the tree."""
        return all(entry.sealed for entry in self.entries)


# Mails belong to what they tell of; a kind that is not named anywhere here is a line by itself.
MAILS: Mapping[str, Chapter] = MappingProxyType(
    {
        Purpose.NOTICE: Chapter.SENT,
        Purpose.REMINDER: Chapter.REMINDED,
        Purpose.ORDER_RECEIPT: Chapter.DECIDED,
        Purpose.CONFIRMATION: Chapter.DECIDED,
        Purpose.WITHDRAWAL_ACKNOWLEDGEMENT: Chapter.WITHDRAWN,
        Purpose.CONSENT: Chapter.OFFERS,
        Purpose.CODE: Chapter.CODE,
        Purpose.SELLER_PAYMENT: Chapter.PAYMENT,
        Purpose.DOCUMENTS_RELEASED: Chapter.PAPERS_MAIL,
    }
)
CHAPTERS: Mapping[E, Chapter] = MappingProxyType(
    {
        E.SUBMISSION_ACCEPTANCE: Chapter.SENT,
        E.DISPATCH_SENT_AGAIN: Chapter.SENT,
        E.DISPATCH_HELD: Chapter.HELD,
        E.DISPATCH_RELEASED: Chapter.HELD,
        E.NOTIFICATION_ACCESS_TRACKING: Chapter.OPENED,
        E.DECLARATION_MADE: Chapter.DECIDED,
        E.GATE_OPENED: Chapter.DECIDED,
        E.CONTENT_CONSIGNMENT: Chapter.DECIDED,
        E.CONTRACT_CONCLUDED: Chapter.DECIDED,
        E.CONSIGNMENT_ACCEPTANCE: Chapter.DECIDED,
        E.CONSIGNMENT_REJECTION: Chapter.DECIDED,
        E.CONTENT_ACCESS_TRACKING: Chapter.SEEN,
        E.CONTENT_HANDOVER: Chapter.SEEN,
        E.WITHDRAWAL_DECLARED: Chapter.WITHDRAWN,
        E.WITHDRAWAL_ASSIGNED: Chapter.WITHDRAWN,
        E.WITHDRAWAL_ACKNOWLEDGED: Chapter.WITHDRAWN,
        E.CONTRACT_ENDED: Chapter.WITHDRAWN,
        E.CONSENT_ASKED: Chapter.OFFERS,
        E.CODE_ISSUED: Chapter.CODE,
        E.SELLER_PAYMENT_NOTED: Chapter.PAYMENT,
        E.DOCUMENT_RELEASED: Chapter.PAPERS,
    }
)
# What was handed over; whatever is not named here is a file of its own kind.
HANDED_OVER = MappingProxyType({"expose": Chapter.SEEN, "message": Chapter.SEEN, "pdf": Chapter.PDF})
# Each of these is one line however often it was done, between whatever else.
LOOKS = frozenset({Chapter.OPENED, Chapter.SEEN, Chapter.PDF, Chapter.FILE})
# A mail's own steps, and what follows from something else by itself, are told with it even much later.
FOLLOWS = frozenset(
    {
        E.DELIVERY_ATTEMPT,
        E.DELIVERY_ATTEMPT_INTERRUPTED,
        E.RELAY_TO_NON_ERDS,
        E.NOTIFICATION_FOR_ACCEPTANCE,
        E.CONTENT_CONSIGNMENT,
        E.DISPATCH_RELEASED,
        E.WITHDRAWAL_ACKNOWLEDGED,
    }
)
# What else is done at once with something is one act: several ticks, and the gate that opens by them.
AT_ONCE = timedelta(minutes=1)
# Only a person does these: who came by the link before was one, too.
HUMAN = frozenset(
    {
        E.DECLARATION_MADE,
        E.CONSIGNMENT_ACCEPTANCE,
        E.CONSIGNMENT_REJECTION,
        E.INTEREST_STATED,
        E.PRIOR_KNOWLEDGE_STATED,
        E.CONSENT_ASKED,
    }
)
MAIL_FAILED = frozenset({E.RELAY_TO_NON_ERDS_FAILURE, E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE})


@dataclass(frozen=True, slots=True)
class _Told:
    """The words of a line in which all of ``kinds`` are; ``kinds[0]`` says when it was, and how it is coloured."""

    chapter: Chapter
    kinds: tuple[E, ...]
    words: Promise


# Of several the first counts. A line of which no row speaks has the title of its last entry.
TOLD = (
    _Told(Chapter.SENT, (E.NOTIFICATION_FOR_ACCEPTANCE,), _("Gesendet, vom Mailserver angenommen")),
    _Told(
        Chapter.SENT, (E.DELIVERY_ATTEMPT, E.SUBMISSION_ACCEPTANCE), _("Sendung angelegt, noch nicht beim Mailserver")
    ),
    _Told(Chapter.SENT, (E.SUBMISSION_ACCEPTANCE,), _("Sendung angelegt")),
    _Told(Chapter.SENT, (E.DISPATCH_SENT_AGAIN,), _("Erneuter Versand beauftragt")),
    _Told(Chapter.REMINDED, (E.RELAY_TO_NON_ERDS,), _("Erinnert")),
    _Told(Chapter.REMINDED, (E.DELIVERY_ATTEMPT,), _("Erinnerung noch nicht beim Mailserver")),
    _Told(Chapter.HELD, (E.DISPATCH_RELEASED,), _("War zurückgehalten, inzwischen frei")),
    _Told(Chapter.HELD, (E.DISPATCH_HELD,), _("Zurückgehalten")),
    _Told(Chapter.DECIDED, (E.CONSIGNMENT_ACCEPTANCE,), acts.WORDS[RecipientAct.ACCEPTED].line),
    _Told(Chapter.DECIDED, (E.CONSIGNMENT_REJECTION,), acts.WORDS[RecipientAct.REFUSED].line),
    _Told(Chapter.DECIDED, (E.DECLARATION_MADE, E.GATE_OPENED), _("Bestätigt – Exposé freigeschaltet")),
    _Told(Chapter.DECIDED, (E.DECLARATION_MADE,), acts.WORDS[RecipientAct.DECLARED].line),
    _Told(Chapter.DECIDED, (E.GATE_OPENED,), _("Exposé freigeschaltet")),
    _Told(Chapter.DECIDED, (E.CONTRACT_CONCLUDED,), _("Gemeinsamer Auftrag vollständig")),
    _Told(Chapter.DECIDED, (E.RELAY_TO_NON_ERDS,), _("Bestätigung per E-Mail gesendet")),
    _Told(Chapter.WITHDRAWN, (E.WITHDRAWAL_DECLARED,), acts.WORDS[RecipientAct.WITHDREW].line),
    _Told(Chapter.WITHDRAWN, (E.WITHDRAWAL_ASSIGNED,), _("Widerruf zugeordnet")),
    _Told(Chapter.WITHDRAWN, (E.CONTRACT_ENDED,), _("Auftrag beendet")),
    _Told(Chapter.WITHDRAWN, (E.WITHDRAWAL_ACKNOWLEDGED,), _("Eingang des Widerrufs bestätigt")),
    _Told(Chapter.OFFERS, (E.CONSENT_ASKED,), _("Möchte weitere Angebote")),
    _Told(Chapter.CODE, (E.CODE_ISSUED,), _("Code erzeugt")),
    _Told(Chapter.PAYMENT, (E.SELLER_PAYMENT_NOTED,), _("Zahlung des Verkäufers vermerkt")),
    _Told(Chapter.PAPERS, (E.DOCUMENT_RELEASED,), _("Unterlagen freigegeben")),
    _Told(Chapter.PAPERS_MAIL, (E.RELAY_TO_NON_ERDS,), _("Mail zu freigegebenen Unterlagen gesendet")),
)
SEEN = MappingProxyType({"message": _("Nachricht angesehen")})
FAILED = _("Nicht angekommen: %(mail)s")


def of(dispatch: Dispatch, done: Iterable[Done] = ()) -> list[StoryLine]:
    """The story of one dispatch, the newest first, in the active language.

    Args:
        done: what its recipient did (:func:`siegelpost.dispatch.recipient.acts.of`): their words stand in their lines.
    """
    return told(timeline.of(dispatch), done)


def of_many(dispatches: Iterable[Dispatch], done: Mapping[int, list[Done]]) -> dict[int, list[StoryLine]]:
    """The stories of these dispatches, by their primary keys."""
    return {pk: told(entries, done.get(pk, ())) for pk, entries in timeline.of_many(dispatches).items()}


def told(entries: Sequence[TimelineEntry], done: Iterable[Done] = ()) -> list[StoryLine]:
    """A timeline, oldest first, as a few lines, newest first."""
    words = {one.at: one.said for one in done if one.source}
    last_human = max((entry.at for entry in entries if entry.kind in HUMAN), default=None)
    lines = [_line(chapter, parts, last_human, words) for chapter, parts in _grouped(entries)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _grouped(entries: Sequence[TimelineEntry]) -> list[tuple[Chapter, list[TimelineEntry]]]:
    found: list[tuple[Chapter, list[TimelineEntry]]] = []
    newest: dict[tuple[Chapter, str], list[TimelineEntry]] = {}
    for entry in entries:
        chapter = chapter_of(entry)
        key = (chapter, str(entry.data.get("what")) if chapter is Chapter.FILE else "")
        begun = newest.get(key)
        if begun and _belongs(chapter, entry, begun):
            begun.append(entry)
        else:
            newest[key] = [entry]
            found.append((chapter, newest[key]))
    return found


def chapter_of(entry: TimelineEntry) -> Chapter:
    """Into which line an entry belongs."""
    if entry.kind in MAIL_FAILED:
        return Chapter.OTHER
    if entry.kind is E.CONTENT_HANDOVER:
        return HANDED_OVER.get(str(entry.data.get("what")), Chapter.FILE)
    return CHAPTERS.get(entry.kind) or MAILS.get(str(entry.data.get("purpose")), Chapter.OTHER)


def _belongs(chapter: Chapter, entry: TimelineEntry, begun: list[TimelineEntry]) -> bool:
    if chapter is Chapter.OTHER:
        # That a mail failed is told by two names at the same moment.
        return entry.kind in MAIL_FAILED and begun[-1].kind in MAIL_FAILED and entry.at == begun[-1].at
    # A mail about one release says nothing of the next.
    follows = entry.kind in FOLLOWS and chapter is not Chapter.PAPERS_MAIL
    return chapter in LOOKS or follows or entry.at - begun[0].at <= AT_ONCE


def _line(
    chapter: Chapter, parts: list[TimelineEntry], last_human: datetime | None, words: Mapping[datetime, str]
) -> StoryLine:
    if chapter in LOOKS:
        return _look(chapter, parts, last_human)
    if parts[-1].kind in MAIL_FAILED:
        failed = str(FAILED) % {"mail": Purpose(parts[-1].data["purpose"]).label}
        return StoryLine(failed, parts[-1].at, Tone.BAD, parts)
    by_kind = {entry.kind: entry for entry in parts}
    for row in TOLD:
        if row.chapter is chapter and all(kind in by_kind for kind in row.kinds):
            head = by_kind[row.kinds[0]]
            return StoryLine(str(row.words), head.at, head.tone, parts)
    last = parts[-1]
    # Of a word about the exposé its kind is the point, and of a viewing its moment.
    title = (last.detail if last.kind is E.INTEREST_STATED else "") or last.title
    return StoryLine(title, last.at, last.tone, parts, said=words.get(last.at, ""))


def _look(chapter: Chapter, parts: list[TimelineEntry], last_human: datetime | None) -> StoryLine:
    """Looks, of which a program's own are told only where nobody else looked."""
    perhaps_people = [entry for entry in parts if not entry.data.get("machine")]
    counted = perhaps_people or parts
    last = counted[-1]
    is_person = last_human is not None and (chapter is not Chapter.OPENED or counted[0].at <= last_human)
    return StoryLine(
        str(_look_words(chapter, counted, by_machine=not perhaps_people, is_person=is_person)),
        last.at,
        Tone.PLAIN if chapter is Chapter.OPENED else Tone.GOOD,
        parts,
        times=len(counted),
    )


def _look_words(chapter: Chapter, parts: list[TimelineEntry], *, by_machine: bool, is_person: bool) -> Promise | str:
    if chapter is Chapter.OPENED:
        if by_machine:
            return _("Link von einem Programm geöffnet")
        return _("Link geöffnet") if is_person else _("Link geöffnet, vielleicht von einem Programm")
    if chapter is Chapter.SEEN:
        if by_machine:
            return _("Inhalt von einem Programm abgerufen")
        what = {str(entry.data.get("what")) for entry in parts}
        seen = next((SEEN[one] for one in what if one in SEEN), _("Exposé angesehen"))
        return seen if is_person else _("Inhalt abgerufen, vielleicht von einem Programm")
    return _("PDF heruntergeladen") if chapter is Chapter.PDF else parts[-1].title
