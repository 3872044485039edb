"""Sending: preview, send, release what was held, revoke."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links, resend, uploads, wording
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.frozen import enclosed_texts
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen.snapshot import Frozen, NotReadyError, expose_pdf, freeze
from siegelpost.dispatch.gate import facts
from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_notices, stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.states import Act, DispatchState, after
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail.outgoing.compose import MailWords, TooLargeError, compose
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Office

# An exposé that nobody wants is not asked about for two months.
MOST_EXPOSE_REMINDERS = 2


# The real link is longer than the one of the preview.
_MARGIN = "x" * 500


class RefusedByGuardError(Exception):
    """Recipients would meet a warning, and the sender did not ask to hold the dispatch until they would not."""

    def __init__(self, verdict: GuardVerdict) -> None:
        super().__init__(", ".join(f"{problem.browser}: {problem.code}" for problem in verdict.problems))
        self.verdict = verdict


class ChangedError(Exception):
    """What would go out is not what the sender saw in the preview; nothing was stored or queued."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would be sent, and what speaks against it."""

    frozen: Frozen
    mail: MailWords
    partner: Contact | None  # gets a mail and a link of their own
    verdict: GuardVerdict
    may_go: bool


def preview(agent: Agent, letter: Letter) -> Preview:
    """What :func:`send` would send; changes nothing, asks the doctor.

    Raises:
        NotReadyError, LabelRefusedError: as :func:`siegelpost.dispatch.frozen.snapshot.freeze`.
    """
    office = the_office()
    verdict = guard.verdict()
    frozen, words = frozen_with_mail(office, agent, letter)
    if letter.partner:
        frozen_with_mail(office, agent, facts.for_partner(letter))
    return Preview(frozen, words, letter.partner, verdict, verdict.allows(office))


def send(
    agent: Agent,
    letter: Letter,
    *,
    public_id: uuid.UUID,
    hold: bool = False,
    previewed: str | None = None,
    batch: uuid.UUID | None = None,
    pdf_of: Callable[[Frozen], str] | None = None,
) -> Dispatch:
    """Send a secure exposé, or hold it while the guard says no.

    One that takes the place of another ends that one (see :mod:`siegelpost.dispatch.resend`). Who orders together with
    the recipient gets one of their own, which stands and falls with this one.

    Sending the same ``public_id`` again gives the dispatch that is already there: a double tap sends once.

    Args:
        public_id: chosen by the form or the phone before the first try.
        hold: when the guard says no, keep the dispatch and send it as soon as the guard says yes.
        previewed: :attr:`Frozen.digest` of the preview that was agreed to; of use where time lies in between.
        batch: what it has in common with those that are sent to others at the same time.
        pdf_of: makes and stores the PDF of what was frozen, where not each is made for itself.

    Raises:
        ChangedError: ``previewed`` is given, and something else would go out now.
        RefusedByGuardError: the guard says no and ``hold`` is not set; nothing was stored or queued.
        NotReadyError, LabelRefusedError: as :func:`siegelpost.dispatch.frozen.snapshot.freeze`.
        NotPossibleError: it was to take the place of a dispatch that cannot be sent again; nothing was stored.
    """
    known = Dispatch.objects.filter(public_id=public_id, agent=agent).first()
    if known:
        return known
    office = the_office()
    verdict = guard.verdict()
    allowed = verdict.allows(office)
    if not allowed and not hold:
        raise RefusedByGuardError(verdict)
    frozen, _ = frozen_with_mail(office, agent, letter)
    if previewed is not None and previewed != frozen.digest:
        raise ChangedError
    sent = [(public_id, letter, frozen)]
    if letter.partner:
        theirs = replace(facts.for_partner(letter), instead_of=resend.of_partner(letter))
        sent.append((uuid.uuid5(public_id, "partner"), theirs, frozen_with_mail(office, agent, theirs)[0]))
    for file in letter.attachments:
        uploads.keep(file.sha256)
    together = uuid.uuid4() if facts.partner_of(letter) else None
    common = {"batch": batch, "joint": together}
    ready = [
        (number, one.estates, common | _fields(office, number, one, made, (pdf_of or expose_pdf)(made)))
        for number, one, made in sent
    ]
    with transaction.atomic():
        if letter.instead_of:
            resend.make_way(letter.instead_of, public_id, kind=Kind.SECURE_EXPOSE, by=agent)
        dispatches = [
            submit(number, agent, fields, estates=estates, verdict=verdict, office=office)
            for number, estates, fields in ready
        ]
    return dispatches[0]


def _fields(office: Office, public_id: uuid.UUID, letter: Letter, frozen: Frozen, pdf_sha256: str) -> dict[str, Any]:
    """What a dispatch is made of."""
    expires_at = timezone.now() + timedelta(days=office.link_days)
    enclosed_texts.enclose(frozen.page)
    return {
        "instead_of": letter.instead_of,
        "contact": letter.contact,
        "language": letter.language,
        **wording.kept(letter.subject, letter.message, frozen.page["subject"], frozen.page["message"]),
        "gate_row": frozen.row.key,
        "page": frozen.page,
        "content": frozen.content,
        "pdf_sha256": pdf_sha256,
        "gate_html": first_html(Kind.SECURE_EXPOSE, str(public_id), frozen.page, expires_at),
        "expires_at": expires_at,
        "remind_every_days": (remind := office.expose_reminder_days if letter.reason.reminds else 0),
        "reminders_left": MOST_EXPOSE_REMINDERS if remind else 0,
    }


def frozen_with_mail(office: Office, agent: Agent, letter: Letter) -> tuple[Frozen, MailWords]:
    """What is frozen, and its mail; a mail that programs would cut is refused with the reason."""
    frozen = freeze(office, agent, letter)
    words = letters.notice_words(frozen.page, letters.SAMPLE_URL)
    try:
        compose(to=letter.contact.email, subject=words.subject, text=words.text + _MARGIN, html=words.html)
    except TooLargeError as error:
        longest = max(frozen.page["texts"], key=lambda text: len(text["text"]))
        raise NotReadyError(
            [
                gettext(
                    "Die Mail würde mit ihren Texten so lang, dass Mailprogramme sie abschneiden (höchstens 100 KiB). "
                    "Am längsten ist „%(text)s“. Kürzen Sie den Text unter Einstellungen → Texte."
                )
                % {"text": longest["title"]}
            ]
        ) from error
    return frozen, words


def submit(
    public_id: uuid.UUID,
    agent: Agent,
    fields: dict[str, Any],
    *,
    verdict: GuardVerdict,
    office: Office,
    estates: Sequence[Estate] = (),
    before_notice: Callable[[Dispatch], None] = lambda _: None,
) -> Dispatch:
    """Enter a dispatch of any kind in the caller's transaction: queued, or held while the guard says no.

    One that is there already under this id stays what it is.

    Args:
        before_notice: what else belongs to it and must be there before its mail is made.
    """
    allowed = verdict.allows(office)
    dispatch, created = Dispatch.objects.get_or_create(
        public_id=public_id,
        agent=agent,
        defaults={
            "test": office.test_operation,
            "state": DispatchState.QUEUED if allowed else DispatchState.HELD,
            "held_because": None if allowed else verdict.as_json(),
            **fields,
        },
    )
    if not created:
        return dispatch
    dispatch.estates.set(estates)
    _accept(dispatch, office)
    before_notice(dispatch)
    if allowed:
        way_of(dispatch).notify(dispatch)
    else:
        append(
            EventKind.DISPATCH_HELD,
            subject=str(dispatch.public_id),
            data={"address": verdict.address, "codes": [problem.code for problem in verdict.problems]},
        )
    return dispatch


def _accept(dispatch: Dispatch, office: Office) -> None:
    append(
        EventKind.SUBMISSION_ACCEPTANCE,
        subject=str(dispatch.public_id),
        data={
            "kind": dispatch.kind,
            "language": dispatch.language,
            "test": dispatch.test,
            "office": office.name,
            **way_of(dispatch).submission(dispatch),
        },
        personal={"recipient": dispatch.contact.full_name, "email": dispatch.contact.email},
    )


def release_held() -> int:
    """Send what was held, oldest first, if the guard now says yes; gives how many went out."""
    held = Dispatch.objects.filter(state=DispatchState.HELD).order_by("created_at")
    if not held.exists() or not guard.verdict().trusts(the_office()):
        return 0
    return sum(_release(pk) for pk in held.values_list("pk", flat=True))


@transaction.atomic
def _release(pk: int) -> bool:
    dispatch = Dispatch.objects.select_for_update().get(pk=pk)
    if dispatch.state != DispatchState.HELD:
        return False
    dispatch.state = after(DispatchState.HELD, Act.RELEASE)
    renewed = way_of(dispatch).renew(dispatch)
    dispatch.held_because = None
    dispatch.save()
    append(EventKind.DISPATCH_RELEASED, subject=str(dispatch.public_id), data=renewed)
    way_of(dispatch).notify(dispatch)
    return True


@transaction.atomic
def revoke(dispatch: Dispatch, *, by: Agent) -> Dispatch:
    """Take a dispatch back: its link ends, and a mail that has not gone out does not go out.

    Raises:
        NotPossibleError: the gate is already open; what was seen cannot be unseen.
    """
    # Mails first, then the dispatch: the order in which a delivery takes its locks, too.
    stop_notices(str(dispatch.public_id))
    for other in joint_order.others(dispatch):
        stop_notices(str(other.public_id))
    dispatch = links.locked(dispatch)
    dispatch.state = after(DispatchState(dispatch.state), Act.REVOKE)
    dispatch.save(update_fields=["state"])
    stop_reminders(dispatch)
    append(EventKind.DISPATCH_REVOKED, subject=str(dispatch.public_id), data={"by": str(by.public_id)})
    joint_order.end_with(dispatch, Act.PARTNER_LEAVES)
    return dispatch
