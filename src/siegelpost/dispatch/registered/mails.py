"""The mails of a registered mail: the notice, its reminders, the code, and the receipts of what became of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from siegelpost.dispatch import links
from siegelpost.dispatch.gate.periods import last_day
from siegelpost.dispatch.mails.letters import queue, tell_agent, words_of
from siegelpost.dispatch.models import CodeBy, Dispatch
from siegelpost.dispatch.registered import receipts, second_factor
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.log import newest_checkpoint
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import Attachment, MailWords, compose

_RECEIPT_OF = {
    DispatchState.OPEN: receipts.ReceiptKind.ACCEPTANCE,
    DispatchState.REFUSED: receipts.ReceiptKind.REFUSAL,
    DispatchState.EXPIRED: receipts.ReceiptKind.EXPIRY,
}


def notice_words(page: dict[str, Any], url: str, expires_at: datetime) -> MailWords:
    """The mail that says a registered mail is waiting; what it is about may be hidden."""
    return words_of("registered_notice", page["language"], page=page, url=url, last_day=last_day(expires_at))


def notify(dispatch: Dispatch) -> None:
    """Queue the notice with a fresh link, and the code where it goes by mail, in the caller's transaction."""
    url, token = links.new_link(dispatch)
    words = notice_words(dispatch.page, url, dispatch.expires_at)
    queue(dispatch, words, Purpose.NOTICE, secrets=[token])
    if dispatch.page["code_by"] == CodeBy.MAIL:
        mail_code(dispatch)


def remind(dispatch: Dispatch) -> None:
    """Queue a reminder with a fresh link, in the caller's transaction."""
    url, token = links.new_link(dispatch)
    words = words_of(
        "registered_reminder",
        dispatch.language,
        page=dispatch.page,
        url=url,
        last_day=last_day(dispatch.expires_at),
    )
    queue(dispatch, words, Purpose.REMINDER, secrets=[token])


def mail_code(dispatch: Dispatch) -> None:
    """Make a new code and queue it to the second address, in the caller's transaction."""
    code = second_factor.issue(dispatch)
    words = words_of("registered_code", dispatch.language, page=dispatch.page, code=code)
    message = compose(
        to=dispatch.second_factor.address,
        to_name=dispatch.contact.full_name,
        **words._asdict(),
    )
    outbox.enqueue(message, dispatch_id=str(dispatch.public_id), purpose=Purpose.CODE, secrets=[code])


def confirm(pk: int) -> None:
    """Send what became of it, with the receipt, to the recipient who acted and to the agent.

    The checkpoint covers the act: the log is sealed first. Called again after a crash, it sends once.
    """
    seal()
    dispatch = Dispatch.objects.get(pk=pk)
    kind = _RECEIPT_OF.get(DispatchState(dispatch.state))
    hidden = dispatch.page["hidden"] and dispatch.state != DispatchState.OPEN
    to_agent = receipts.pdf(dispatch, kind, dispatch.agent.language) if kind else b""
    to_recipient = receipts.pdf(dispatch, kind, dispatch.language, hides=hidden) if kind else b""
    with transaction.atomic():
        due = Dispatch.objects.filter(pk=pk, confirmation_due=True, state=dispatch.state)
        if not due.update(confirmation_due=False) or kind is None:
            return
        if dispatch.state != DispatchState.EXPIRED:
            _confirm_to_recipient(dispatch, kind, to_recipient)
        agent = dispatch.agent
        name = receipts.file_name(kind, agent.language)
        tell_agent(
            dispatch,
            "registered_agent",
            attachments=[Attachment(name, "application/pdf", to_agent)],
            last_day=last_day(dispatch.expires_at),
        )


def _confirm_to_recipient(dispatch: Dispatch, kind: receipts.ReceiptKind, receipt: bytes) -> None:
    url, token = links.new_link(dispatch)
    words = words_of(
        "registered_confirmation",
        dispatch.language,
        page=dispatch.page,
        url=url,
        accepted=dispatch.state == DispatchState.OPEN,
        moment=dispatch.declared_at,
        checkpoint=newest_checkpoint() or "",
    )
    attached = [Attachment(receipts.file_name(kind, dispatch.language), "application/pdf", receipt)]
    queue(dispatch, words, Purpose.CONFIRMATION, secrets=[token], attachments=attached)
