"""Sending a registered mail: preview, and one dispatch for each recipient."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import resend, wording
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen.registered import content_of, page_of, refuse_if_not_ready, words_for
from siegelpost.dispatch.gate.periods import end_of_days, last_day
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import CodeBy, Dispatch, Kind
from siegelpost.dispatch.registered import mails, second_factor
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.send.send import RefusedByGuardError, submit
from siegelpost.dispatch.states import MAILED, Act, DispatchState, NotPossibleError
from siegelpost.mail.outgoing.compose import MailWords
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Office

GATE_ROW = "registered-mail"


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what the first recipient would get, and what speaks against sending it."""

    page: dict[str, Any]
    message: str
    mail: MailWords
    expires_at: datetime
    verdict: GuardVerdict
    may_go: bool

    @property
    def last_day(self) -> datetime:
        """A moment on the last day to accept or refuse."""
        return last_day(self.expires_at)


@dataclass(frozen=True, slots=True)
class Sent:
    """One dispatch, with the code to tell its recipient by phone; the code is known here and never again."""

    dispatch: Dispatch
    code: str = ""


def preview(agent: Agent, letter: RegisteredLetter) -> Preview:
    """What :func:`send` would send to the first recipient; changes nothing, asks the doctor.

    Raises:
        NotReadyError: as :func:`send`.
    """
    office = the_office()
    refuse_if_not_ready(office, agent, letter)
    verdict = guard.verdict()
    page = page_of(office, agent, letter, letter.contacts[0])
    expires_at = end_of_days(timezone.now(), letter.days)
    words = mails.notice_words(page, letters.SAMPLE_URL, expires_at)
    message = words_for(office, agent, letter, letter.contacts[0]).message
    return Preview(page, message, words, expires_at, verdict, verdict.allows(office))


def send(agent: Agent, letter: RegisteredLetter, *, batch: uuid.UUID, hold: bool = False) -> list[Sent]:
    """Send to each recipient, or hold while the guard says no: all of them or none.

    Sending the same ``batch`` again gives the dispatches that are already there: a double tap sends once.

    Args:
        batch: chosen by the form before the first try; it names the whole in the overview.
        hold: as for an exposé.

    Raises:
        RefusedByGuardError: the guard says no and ``hold`` is not set; nothing was stored or queued.
        NotReadyError: something is missing, in the reader's language.
        NotPossibleError: as for an exposé.
    """
    known = list(Dispatch.objects.filter(batch=batch, agent=agent).order_by("pk"))
    if known:
        return [Sent(dispatch) for dispatch in known]
    office = the_office()
    refuse_if_not_ready(office, agent, letter)
    verdict = guard.verdict()
    if not verdict.allows(office) and not hold:
        raise RefusedByGuardError(verdict)
    prepared = [(contact, _fields(office, agent, letter, contact, batch)) for contact in letter.contacts]
    with transaction.atomic():
        if letter.instead_of:
            first = public_id_of(batch, letter.contacts[0])
            resend.make_way(letter.instead_of, first, kind=Kind.REGISTERED_MAIL, by=agent)
        return [_submit(office, agent, letter, contact, batch, fields, verdict) for contact, fields in prepared]


def public_id_of(batch: uuid.UUID, contact: Contact) -> uuid.UUID:
    """The same for the same sending and recipient, so that sending twice at the same time sends once."""
    return uuid.uuid5(batch, str(contact.public_id))


def _submit(
    office: Office,
    agent: Agent,
    letter: RegisteredLetter,
    contact: Contact,
    batch: uuid.UUID,
    fields: dict[str, Any],
    verdict: GuardVerdict,
) -> Sent:
    public_id = public_id_of(batch, contact)
    if known := Dispatch.objects.filter(public_id=public_id).first():
        return Sent(known)
    # The code's row must be there before the mail that may carry the code is made.
    codes: list[str] = []

    def before_notice(dispatch: Dispatch) -> None:
        if letter.code_by:
            second_factor.set_up(dispatch, letter.code_by, letter.code_address)
        if letter.code_by is CodeBy.PHONE:
            codes.append(second_factor.issue(dispatch))

    dispatch = submit(public_id, agent, fields, verdict=verdict, office=office, before_notice=before_notice)
    return Sent(dispatch, "".join(codes))


def _fields(
    office: Office, agent: Agent, letter: RegisteredLetter, contact: Contact, batch: uuid.UUID
) -> dict[str, Any]:
    now = timezone.now()
    page = page_of(office, agent, letter, contact)
    message = words_for(office, agent, letter, contact).message
    expires_at = end_of_days(now, letter.days)
    return {
        "kind": Kind.REGISTERED_MAIL,
        "batch": batch,
        "instead_of": letter.instead_of if contact == letter.contacts[0] else None,
        "contact": contact,
        "language": letter.language,
        **wording.kept(letter.subject, letter.message, page["subject"], message),
        "gate_row": GATE_ROW,
        "page": page,
        "content": content_of(page, letter, message, contact=contact, at=now),
        "pdf_sha256": "",
        "gate_html": first_html(Kind.REGISTERED_MAIL, str(public_id_of(batch, contact)), page, expires_at),
        "expires_at": expires_at,
        "remind_every_days": letter.remind_every,
        "reminders_left": letter.days if letter.remind_every else 0,
    }


@transaction.atomic
def new_code(dispatch: Dispatch) -> Sent:
    """Make a new code: given back where it is told by phone, mailed where it goes to the second address.

    Raises:
        NotPossibleError: it asks for no code, has not gone out, or is over.
    """
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    state = DispatchState(dispatch.state)
    if not dispatch.page.get("code_by") or state not in {DispatchState.HELD, *MAILED, DispatchState.OPEN}:
        raise NotPossibleError(state, Act.ACCEPT)
    if dispatch.page["code_by"] == CodeBy.PHONE:
        return Sent(dispatch, second_factor.issue(dispatch))
    if state is DispatchState.HELD:
        raise NotPossibleError(state, Act.ACCEPT)
    mails.mail_code(dispatch)
    return Sent(dispatch)
