"""Answers by mail: an unmistakable order becomes what the row of the gate allows; everything else goes to the agent.

Only an answer to a mail with the legal texts counts, by the address the mail went to, of which it is proven that it was
written there, and which says nothing else: a consumer's has to name the duty to pay. What is not clear declares
nothing, and its writer is told by mail how to declare. Whoever speaks of withdrawing is heard whatever else holds.
"""

import hashlib
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost import storage
from siegelpost.dispatch import links
from siegelpost.dispatch.gate import reply_order
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient import reply_meaning
from siegelpost.dispatch.recipient.declarations import Client, record
from siegelpost.dispatch.recipient.reply_meaning import Meaning, People
from siegelpost.dispatch.states import MAILED
from siegelpost.foreign import room
from siegelpost.foreign.errors import TooExpensiveError
from siegelpost.ledger.leaf import JSON
from siegelpost.mail.incoming import contents, routing
from siegelpost.mail.incoming.answer import AnswerText
from siegelpost.mail.incoming.authentication_results import refuted, summary
from siegelpost.mail.incoming.routing import ASKING
from siegelpost.mail.models import ANSWERS, IncomingKind, IncomingMail, MailContent, OutgoingMail, Purpose
from siegelpost.mail.outgoing.redaction import SecretLeftError, blotted, redacted
from siegelpost.office.models import Language
from siegelpost.settings import MAILS
from siegelpost.toolbox.sealing import UnsealableError
from siegelpost.toolbox.words import Words

log = structlog.get_logger()
# So many times a dispatch says how to answer; then a person has to.
MOST_HINTS = 2
TEXTS = {
    Meaning.ORDER: reply_order.KEPT.filled(reply_order.SENTENCE),
    Meaning.YES: reply_order.KEPT.filled(Words("Ja", "Yes")),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer is, and so what is done with it."""

    handled_as: str
    told: Promise  # to the agent
    declares: bool = False
    hint: bool = False
    urgent: bool = False


DECLARATION = Judged("declaration", _("Das ist ein eindeutiges Ja und gilt als Auftrag."), declares=True)
NO = Judged("no", _("Das ist ein Nein. Es wurde nichts erklärt."))
UNREAD = Judged(
    "unread",
    _(
        "Diese Mail ließ sich nicht lesen: Es hätte zu lange gedauert, oder sie ist beschädigt. Es wurde nichts "
        "erklärt. Vielleicht ist es ein Widerruf: Bitte sehen Sie sie im Postfach an, oder fragen Sie nach."
    ),
    urgent=True,
)
UNCLEAR = Judged(
    "unclear",
    _("Das ist kein eindeutiges Ja und deshalb keine Erklärung."),
    hint=True,
)
BARE = Judged(
    "unclear",
    _("Das ist ein Ja, das die Zahlungspflicht nicht nennt, und deshalb kein Auftrag."),
    hint=True,
)
# Rather once too often: what was taken for one can be set aside, and what was missed ends no contract.
WITHDRAWAL = Judged(
    "withdrawal",
    _("Die Antwort spricht von einem Widerruf. Bitte gleich lesen: Sie entscheiden, ob es einer ist."),
    urgent=True,
)
# No hint goes out, for two programs could go on without end.
PERHAPS_AUTOMATIC = Judged(
    "perhaps automatic",
    _("Vielleicht hat das ein Programm geschrieben, vielleicht ein Mensch. Es wurde nichts erklärt."),
)
# Nothing is asked any more, or nothing that can be answered by mail: a letter to the agent like any other.
LETTER = Judged("letter", _("Bitte lesen und antworten Sie."))
OTHER_SENDER = Judged(
    "other sender",
    _("Die Antwort kam von einer anderen Adresse als der, an die die Mail ging. Es wurde nichts erklärt."),
)
DOUBTFUL = Judged(
    "doubtful sender",
    _("Ihr Mailserver hält den Absender für gefälscht. Es wurde nichts erklärt. Rufen Sie am besten an."),
    hint=True,
)
UNPROVEN = Judged(
    "unproven sender",
    _("Das ist ein Ja, aber nichts belegt, dass es von dieser Adresse kommt (DMARC, DKIM). Es wurde nichts erklärt."),
    hint=True,
)


def take(pk: int) -> None:
    """Deal with one answer, once; the agent is told of each."""
    reply = IncomingMail.objects.select_related("mail__content").get(pk=pk)
    # Read before: files may lie on another machine, and no transaction waits for that.
    raw = _raw(reply)
    whole, evidence = _whole(reply, raw), _shown(reply, raw)
    with transaction.atomic():
        found = _dispatches(reply).first()
        dispatch = links.locked(found) if found else None
        judged, answer = judge(dispatch, reply, whole) if dispatch else (LETTER, Meaning.UNCLEAR)
        if not routing.mark_handled(reply, judged.handled_as) or dispatch is None:
            return
        if judged.declares:
            _declare(dispatch, reply, answer, _client(whole), evidence)
        elif judged.hint and _may_hint(dispatch):
            letters.say_how_to_answer(dispatch)
        with translation.override(dispatch.agent.language):
            told = str(judged.told)
            letters.tell_agent_of_reply(dispatch, reply.text.strip(), told, reply.sender, urgent=judged.urgent)


def judge(dispatch: Dispatch, reply: IncomingMail, whole: AnswerText) -> tuple[Judged, Meaning]:
    """What the answer is, by who wrote it, to which mail, and in which words; and what these mean."""
    if UNREAD.handled_as in whole.more:
        return UNREAD, Meaning.UNCLEAR
    people = _people(dispatch)
    answer = reply_meaning.meaning(whole.texts, people)
    if dispatch.kind == Kind.SECURE_EXPOSE and _speaks_of_withdrawal(reply, whole):
        return WITHDRAWAL, Meaning.WITHDRAWAL
    if reply.kind == IncomingKind.PERHAPS_AUTOMATIC:
        return PERHAPS_AUTOMATIC, answer
    if not _asks(dispatch, reply):
        return LETTER, answer
    if not reply.sender_is_recipient:
        return OTHER_SENDER, answer
    # A no binds nobody: what the mail says besides is for the agent to read.
    if Meaning.NO in {answer, reply_meaning.meaning([reply.text], people)}:
        return NO, Meaning.NO
    if answer not in {Meaning.ORDER, Meaning.YES} or whole.more or not reply.complete:
        return UNCLEAR, answer
    if answer is Meaning.YES and not _plain_yes_is_enough(dispatch):
        return BARE, answer
    return _by_sender(reply), answer


def _asks(dispatch: Dispatch, reply: IncomingMail) -> bool:
    return (
        dispatch.kind == Kind.SECURE_EXPOSE
        and reply.mail.purpose in ASKING
        and dispatch.state in MAILED
        and dispatch.expires_at > timezone.now()
        and bool(dispatch.page["gate"].get("by_reply"))
    )


def _by_sender(reply: IncomingMail) -> Judged:
    """Whether an answer that orders is proven to be its writer's."""
    if refuted(reply.authentication):
        return DOUBTFUL
    # Sent once more, by whoever got hold of it, an answer to another mail is none to this one.
    again = IncomingMail.objects.filter(message_id=reply.message_id).exclude(pk=reply.pk)
    if not reply.authentication.get("proven") or (reply.message_id and again.exists()):
        return UNPROVEN
    return DECLARATION


def _plain_yes_is_enough(dispatch: Dispatch) -> bool:
    """From a business, where the agent's own words ask nothing that it may answer; § 312j BGB is for consumers."""
    page = dispatch.page
    asked = reply_meaning.asks(f"{page['subject']}\n{page['message']}")
    return str(page["gate"]["row"]).startswith("business") and not asked


def _speaks_of_withdrawal(reply: IncomingMail, whole: AnswerText) -> bool:
    own = "\n".join(whole.texts) if whole.quoted else reply.text
    return reply_meaning.speaks_of_withdrawal("\n".join([own, *whole.titles]))


def _people(dispatch: Dispatch) -> People:
    page = dispatch.page
    contact = dispatch.contact
    return People(
        writer=tuple(filter(None, (page["recipient"]["name"], contact.full_name, contact.company))),
        greeted=(page["agent"]["name"], page["office"]["name"], page["office"].get("owner", "")),
    )


def _dispatches(reply: IncomingMail) -> QuerySet[Dispatch]:
    """The one it belongs to; an answer to an invitation, say, belongs to none."""
    every = Dispatch.objects.all()
    return every.filter(public_id=reply.dispatch_id) if reply.dispatch_id else every.none()


def _raw(reply: IncomingMail) -> bytes:
    """The mail as it came in; nothing where it cannot be opened any more."""
    try:
        return reply.mime()
    except (FileNotFoundError, storage.DamagedFileError, UnsealableError):
        log.exception("an answer cannot be read", received=str(reply.public_id))
        return b""


def _whole(reply: IncomingMail, raw: bytes) -> AnswerText:
    pages = _dispatches(reply).values_list("page", flat=True)
    subjects = [reply_order.subject(page, reply.dispatch_id) for page in pages]
    try:
        if not reply.authentication.get("unread"):
            return room.read(contents.answer_text, raw, routing.as_sent(reply.mail), subjects)
    except TooExpensiveError:
        log.warning("an answer was not read", received=str(reply.public_id))
    return AnswerText((), frozenset({UNREAD.handled_as}))


def of(dispatch: Dispatch) -> list[tuple[IncomingMail, bytes]]:
    """The answers to a dispatch's mails, each as it may be shown to a third party, oldest first."""
    answers = IncomingMail.objects.filter(dispatch_id=str(dispatch.public_id), kind__in=ANSWERS).order_by("pk")
    return [(answer, shown(answer)) for answer in answers]


def shown(reply: IncomingMail) -> bytes:
    """The answer as it may be shown to a third party: without any of the dispatch's secret links it may quote.

    Where one hides in an encoding, only the writer's own words are shown.
    """
    return _shown(reply, _raw(reply))


def _shown(reply: IncomingMail, raw: bytes) -> bytes:
    secrets = _secrets(reply)
    try:
        if not reply.authentication.get("unread"):
            return room.read(redacted, raw, secrets)
    except (SecretLeftError, TooExpensiveError):
        pass
    return blotted(reply.text.encode(), secrets)


def work_out(received: IncomingMail) -> None:
    """Listener of the mail room, before its transaction: reading an answer to show it takes its time."""
    if received.kind in ANSWERS and received.dispatch_id:
        received.shown_sha256 = hashlib.sha256(shown(received)).hexdigest()


def _secrets(reply: IncomingMail) -> list[str]:
    """Of all mails of the dispatch: an answer to one may quote another."""
    mails = MailContent.objects.filter(mail=reply.mail)
    if reply.dispatch_id:
        mails |= MailContent.objects.filter(mail__dispatch_id=reply.dispatch_id)
    sealed = mails.order_by("pk").values_list("sealed_secrets", flat=True)
    return list(dict.fromkeys(secret for one in sealed for secret in MAILS.unseal(bytes(one)).decode().split()))


def _declare(dispatch: Dispatch, reply: IncomingMail, answer: Meaning, client: Client, evidence: bytes) -> None:
    words = TEXTS[answer][Language(dispatch.language)]
    made = dict.fromkeys(dispatch.page["gate"]["by_reply"], words)
    source: dict[str, JSON] = {
        "by": "reply",
        "received": str(reply.public_id),
        "received_sha256": reply.sha256,
        "redacted_sha256": hashlib.sha256(evidence).hexdigest(),
        "answers": reply.mail.message_id,
        "sender": summary(reply.authentication),
    }
    # It answers a mail that carries the texts.
    record(dispatch, made, dispatch.contact.full_name, client, policy_arrived=True, source=source)


def _client(whole: AnswerText) -> Client:
    """The name that the writer's mail program put before the address; "Mama" need not be whom we wrote to."""
    name = whole.writer[:200]
    return Client("", f"e-mail from {name}" if name else "e-mail")


def _may_hint(dispatch: Dispatch) -> bool:
    hints = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.REPLY_HINT)
    return hints.count() < MOST_HINTS
