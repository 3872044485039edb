"""Answers by mail: an unmistakable yes becomes what the row of the gate allows; everything else goes to the agent.

Only an answer to the mail with the legal texts counts, by the address the mail went to, written by a person. What is
not clear declares nothing, and its writer is told by mail how to declare.
"""

import hashlib
from dataclasses import dataclass
from email.utils import parseaddr
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.dispatch import links, notices
from siegelpost.dispatch.declaring import Client, record
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import MAILED
from siegelpost.dispatch.yes import Answer, meaning
from siegelpost.ledger.leaf import JSON
from siegelpost.mail import incoming, reading
from siegelpost.mail.models import IncomingKind, IncomingMail, OutgoingMail, Purpose
from siegelpost.mail.redaction import SecretLeftError, redacted
from siegelpost.mail.sealing import unseal
from siegelpost.office.models import Language

# The mails that carry the texts and ask.
ASKING = frozenset({Purpose.NOTICE, Purpose.REMINDER})
# So many times a dispatch says how to answer; then a person has to.
MOST_HINTS = 2
TEXTS = MappingProxyType({Language.GERMAN: "Ja (Antwort per E-Mail)", Language.ENGLISH: "Yes (reply by e-mail)"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer is, and so what is done with it."""

    handled_as: str
    told: Promise  # to the agent
    declares: bool = False
    hint: bool = False


DECLARATION = Judged("declaration", _("Das ist ein eindeutiges Ja und gilt als Auftrag."), declares=True)
NO = Judged("no", _("Das ist ein Nein. Es wurde nichts erklärt."))
UNCLEAR = Judged(
    "unclear",
    _("Das ist kein eindeutiges Ja und deshalb keine Erklärung."),
    hint=True,
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


@transaction.atomic
def take(pk: int) -> None:
    """Deal with one answer, once; the agent is told of each."""
    reply = IncomingMail.objects.select_related("mail").get(pk=pk)
    found = Dispatch.objects.filter(public_id=reply.dispatch_id).first()
    dispatch = links.locked(found) if found else None
    judged = judge(dispatch, reply) if dispatch else LETTER
    if not incoming.mark_handled(reply, judged.handled_as) or dispatch is None:
        return
    if judged.declares:
        _declare(dispatch, reply)
    elif judged.hint and _may_hint(dispatch):
        notices.say_how_to_answer(dispatch)
    with translation.override(dispatch.agent.language):
        notices.tell_agent_of_reply(dispatch, reply.text.strip(), str(judged.told))


def judge(dispatch: Dispatch, reply: IncomingMail) -> Judged:
    """What the answer is, by who wrote it, to which mail, and in which words."""
    asks = (
        dispatch.kind == Kind.SECURE_EXPOSE
        and reply.mail.purpose in ASKING
        and dispatch.state in MAILED
        and dispatch.expires_at > timezone.now()
        and bool(dispatch.page["gate"].get("by_reply"))
    )
    if not asks:
        return LETTER
    if not reply.sender_is_recipient:
        return OTHER_SENDER
    said = meaning(reply.text, dispatch.page["recipient"]["name"])
    if said is Answer.NO:
        return NO
    if said is Answer.UNCLEAR or not reply.complete:
        return UNCLEAR
    return DOUBTFUL if _is_forged(reply) else DECLARATION


def _is_forged(reply: IncomingMail) -> bool:
    """Whether the mail server that took the answer in says that somebody else wrote it.

    SPF alone fails for every forwarded mail.
    """
    found = reply.authentication
    return found["dmarc"] == "fail" or (not found["dmarc"] and found["dkim"] == found["spf"] == "fail")


def of(dispatch: Dispatch) -> dict[str, bytes]:
    """The answers to a dispatch's mails, by their name in a proof."""
    answers = IncomingMail.objects.filter(dispatch_id=str(dispatch.public_id), kind=IncomingKind.REPLY).order_by("pk")
    return {f"answers/{number}.eml": shown(answer) for number, answer in enumerate(answers, start=1)}


def shown(reply: IncomingMail) -> bytes:
    """The answer as it may be shown to a third party: without the secret link it may quote.

    Where that hides in an encoding, only the writer's own words are shown.
    """
    secrets = unseal(bytes(reply.mail.content.sealed_secrets)).decode().split()
    try:
        return redacted(reply.mime(), secrets)
    except SecretLeftError:
        return reply.text.encode()


def _declare(dispatch: Dispatch, reply: IncomingMail) -> None:
    words = TEXTS[Language(dispatch.language)]
    made = dict.fromkeys(dispatch.page["gate"]["by_reply"], words)
    source: dict[str, JSON] = {
        "by": "reply",
        "received": str(reply.public_id),
        "received_sha256": reply.sha256,
        "redacted_sha256": hashlib.sha256(shown(reply)).hexdigest(),
        "answers": reply.mail.message_id,
    }
    # It answers the very mail that carries the texts.
    record(dispatch, made, _name(reply) or dispatch.contact.full_name, MAIL, policy_arrived=True, source=source)


MAIL = Client("", "e-mail")


def _name(reply: IncomingMail) -> str:
    """The name that the writer's mail program put before the address."""
    name = parseaddr(reading.header(reading.parsed(reply.mime()), "From"))[0]
    return " ".join(name.split())[:200]


def _may_hint(dispatch: Dispatch) -> bool:
    hints = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.REPLY_HINT)
    return hints.count() < MOST_HINTS
