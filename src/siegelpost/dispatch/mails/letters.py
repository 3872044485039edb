"""The mails of a dispatch: the notice with texts and link, the confirmation, the withdrawal's acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.contacts.consent_models import Consent
from siegelpost.dispatch import contact_reason, links
from siegelpost.dispatch.frozen import enclosed_texts, sender
from siegelpost.dispatch.frozen.contract_pdf import contract_pdf
from siegelpost.dispatch.frozen.withdrawal_pdf import is_test, number_of
from siegelpost.dispatch.gate import reply_order
from siegelpost.dispatch.gate.periods import last_day
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.mails import footer, pictures
from siegelpost.dispatch.models import Declaration, Dispatch, Withdrawal
from siegelpost.dispatch.states import Act, DispatchState
from siegelpost.ledger.log import newest_checkpoint
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox, server_settings
from siegelpost.mail.outgoing.compose import Attachment, MailWords, Picture, compose, mail_words
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent
from siegelpost.settings import load
from siegelpost.toolbox.addresses import is_mail_address

# Bytes; a mail may have 20 MiB, and base64 makes four thirds of them.
LARGEST_ATTACHED = 14 * 1024 * 1024
# A confirmation says what comes next: after a withdrawal or a revocation nothing does.
CONFIRMED = frozenset({DispatchState.OPEN, DispatchState.WAITING})

SAMPLE_URL = "https://…/s/…/"


def notice_words(page: dict[str, Any], url: str, public_id: str = reply_order.SAMPLE) -> MailWords:
    """The first mail: who sends, the link, and the texts that must reach the recipient on a durable medium."""
    return _asking("notice", page, url=url, public_id=public_id, greets=sender.greets(page["message"]))


def notify(dispatch: Dispatch) -> None:
    """Queue the notice with a fresh link, in the caller's transaction."""
    url, token = links.new_link(dispatch)
    words = notice_words(dispatch.page, url, str(dispatch.public_id))
    mail = queue(
        dispatch,
        words,
        Purpose.NOTICE,
        secrets=[token],
        attachments=enclosed_texts.attachment(dispatch.page),
        answers_here=_asks_by_reply(dispatch),
    )
    links.stood_in_notice(token, mail.message_id)


def remind(dispatch: Dispatch) -> None:
    """Queue a reminder with a fresh link, in the caller's transaction.

    The legal texts travel with it again: who then orders by its link has certainly had them.
    """
    url, token = links.new_link(dispatch)
    words = _asking("reminder", dispatch.page, url=url, public_id=str(dispatch.public_id), until=dispatch.expires_at)
    mail = queue(
        dispatch,
        words,
        Purpose.REMINDER,
        secrets=[token],
        attachments=enclosed_texts.attachment(dispatch.page),
        answers_here=_asks_by_reply(dispatch),
    )
    links.stood_in_notice(token, mail.message_id)


def _asking(template: str, page: dict[str, Any], *, public_id: str, **context: Any) -> MailWords:
    """A mail that leads to the page before the gate, with all that must be said in each of them."""
    order = reply_order.offered(page, public_id)
    return words_of(
        template, page["language"], page=page, order=order, may_object=contact_reason.may_object(page), **context
    )


def _asks_by_reply(dispatch: Dispatch) -> bool:
    return bool(dispatch.page["gate"].get("by_reply"))


def say_how_to_answer(dispatch: Dispatch) -> None:
    """Queue a kind mail to who answered unclearly, in the caller's transaction: nothing was declared, and how to.

    Offer and legal texts travel with it again, for the answer to it may be the order.
    """
    order = reply_order.offered(dispatch.page, str(dispatch.public_id))
    words = words_of("reply_hint", dispatch.language, page=dispatch.page, order=order)
    enclosed = enclosed_texts.attachment(dispatch.page)
    queue(dispatch, words, Purpose.REPLY_HINT, secrets=[], attachments=enclosed, answers_here=True)


def tell_agent_of_reply(
    dispatch: Dispatch, words: str, outcome: str, sender: str = "", *, urgent: bool = False
) -> None:
    """Queue the words of an answer for the agent, in the caller's transaction.

    Args:
        outcome: what was made of it, in the agent's language.
        sender: who wrote it; the agent's own answer goes there.
        urgent: the subject says so.
    """
    tell_agent(dispatch, "agent_replied", answers_to=sender, words=words, outcome=outcome, urgent=urgent)


def ask_to_confirm_offers(dispatch: Dispatch, consent: Consent, token: str) -> None:
    """Queue the mail by which a wish for further offers is confirmed, in the caller's transaction."""
    url = f"{load().public_address}/einwilligung/{token}/"
    words = words_of("consent", dispatch.language, page=dispatch.page, consent=consent, url=url)
    queue(dispatch, words, Purpose.CONSENT, secrets=[token])


def acknowledge_order(dispatch: Dispatch) -> None:
    """Queue the receipt of an order with all that was agreed, in the transaction that takes it in.

    Receipt is confirmed at once and the contract is there on a durable medium before anything is done (§ 312i (1)
    Nr. 3, § 312f (2) BGB). The seal and the PDFs, which need the order to be on the disk, follow in the confirmation.
    """
    declarations = list(dispatch.declarations.all())
    words = words_of("order_receipt", dispatch.language, page=dispatch.page, declarations=declarations)
    queue(dispatch, words, Purpose.ORDER_RECEIPT, secrets=[])


def tell_contract_ended(dispatch: Dispatch, act: Act) -> None:
    """Queue the news that the order is over on which this dispatch rests, in the caller's transaction."""
    if dispatch.notified_at is None and dispatch.declared_at is None:
        return
    words = words_of("contract_ended", dispatch.language, page=dispatch.page, withdrawn=act is Act.CONTRACT_ENDS)
    queue(dispatch, words, Purpose.CONFIRMATION, secrets=[])


def tell_contract_resumed(dispatch: Dispatch) -> None:
    """Queue the news that the order goes on although it was taken for withdrawn, in the caller's transaction."""
    words = words_of("contract_resumed", dispatch.language, page=dispatch.page)
    queue(dispatch, words, Purpose.CONFIRMATION, secrets=[])


def tell_replaced(dispatch: Dispatch) -> None:
    """Queue the news that the exposé was replaced, with a fresh link, in the caller's transaction."""
    url, token = links.new_link(dispatch)
    words = words_of("replaced", dispatch.language, page=dispatch.page, url=url)
    queue(dispatch, words, Purpose.CONFIRMATION, secrets=[token])


def tell_documents_released(dispatch: Dispatch, titles: Sequence[str]) -> None:
    """Queue the news that documents were released to the recipient, with a fresh link, in the caller's transaction.

    Args:
        titles: what the documents are called.
    """
    url, token = links.new_link(dispatch)
    words = words_of("documents_released", dispatch.language, page=dispatch.page, url=url, titles=titles)
    queue(dispatch, words, Purpose.DOCUMENTS_RELEASED, secrets=[token])


def tell_seller_paid(dispatch: Dispatch, on: date, proof: Attachment) -> OutgoingMail:
    """Queue the proof that the seller has paid their part (§ 656d BGB), in the caller's transaction."""
    words = words_of("seller_paid", dispatch.language, page=dispatch.page, dispatch=dispatch, on=on)
    return queue(dispatch, words, Purpose.SELLER_PAYMENT, secrets=[], attachments=[proof])


def confirm(pk: int) -> None:
    """Send the recipient what was declared, the exposé where the gate is open, and the newest checkpoint.

    The checkpoint covers the declaration: the log is sealed first. Called again after a crash, it sends once.
    """
    seal()
    dispatch = Dispatch.objects.get(pk=pk)
    page = dispatch.page
    is_open = dispatch.state == DispatchState.OPEN
    declarations = list(dispatch.declarations.all())
    contract = _contract(dispatch, declarations)
    attachments = list(contract)
    pdf = storage.read(dispatch.pdf_sha256) if is_open else b""
    attached = 0 < len(pdf) <= LARGEST_ATTACHED
    if attached:
        attachments.append(Attachment("Exposé.pdf", "application/pdf", pdf))
    with transaction.atomic():
        # Compare and set: of two processes, and of two rounds after a crash, one sends. Should the recipient have
        # gone on since the dispatch was read, the next round says how it stands then.
        due = Dispatch.objects.filter(pk=pk, confirmation_due=True, state=dispatch.state)
        if not due.update(confirmation_due=False):
            return
        if dispatch.state not in CONFIRMED:
            return
        url, token = links.new_link(dispatch)
        words = words_of(
            "confirmation",
            dispatch.language,
            page=page,
            url=url,
            declarations=declarations,
            is_open=is_open,
            attached=attached,
            period_ends_at=dispatch.period_ends_at,
            withdraw_until=_withdraw_until(dispatch),
            has_contract=bool(contract),
            checkpoint=newest_checkpoint() or "",
        )
        queue(dispatch, words, Purpose.CONFIRMATION, secrets=[token], attachments=attachments)
        if dispatch.declared_at:
            tell_agent(dispatch, "agent_declared", attachments=contract, is_open=is_open)


def _withdraw_until(dispatch: Dispatch) -> datetime | None:
    """The last day of the right of withdrawal while it lasts: an exposé that opened by itself opens after it."""
    ends = dispatch.period_ends_at
    return last_day(ends) if ends and ends > timezone.now() else None


def _contract(dispatch: Dispatch, declarations: list[Declaration]) -> list[Attachment]:
    """The contract with all its texts as a file, for both sides; nothing where nothing was agreed."""
    if dispatch.page["gate"]["button"]["kind"] != ButtonKind.ORDER or not declarations:
        return []
    with translation.override(dispatch.language):
        name = _("Auftrag und Erklärungen.pdf")
    return [Attachment(name, "application/pdf", contract_pdf(dispatch, declarations))]


def acknowledge_withdrawal(withdrawal: Withdrawal, *, receipt: bytes = b"", confirm: str = "") -> None:
    """Queue the acknowledgement with content, date and time (§ 356a (4) BGB), in the caller's transaction.

    Anybody can type anything at the public address: subject, greeting and body say nothing of it, the receipt does.
    That it was acknowledged stands in the ledger once the mail server has taken it
    (:mod:`siegelpost.dispatch.delivery.events`).

    Args:
        receipt: the PDF with the declaration word for word, for one by the function.
        confirm: the token of the link by which the contract's own address says which contract is meant.
    """
    dispatch = withdrawal.dispatch
    with translation.override(withdrawal.language):
        way, name = withdrawal.get_way_display(), _("Eingangsbestätigung.pdf")
    words = words_of(
        "withdrawal",
        withdrawal.language,
        withdrawal=withdrawal,
        way=str(way),
        number=number_of(withdrawal),
        office=the_office(),
        test=is_test(withdrawal),
        confirm_url=f"{load().public_address}/widerruf/{confirm}/" if confirm else "",
    )
    to_name = "" if withdrawal.by_function else withdrawal.name
    attachments = [Attachment(name, "application/pdf", receipt)] if receipt else []
    follows = _first_mail(dispatch, withdrawal.email) if dispatch else ""
    outbox.enqueue(
        compose(to=withdrawal.email, to_name=to_name, **words._asdict(), attachments=attachments, follows=follows),
        dispatch_id=str(dispatch.public_id) if dispatch else None,
        purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT,
        about=str(withdrawal.public_id),
        secrets=[confirm] if confirm else [],
    )


def tell_agent_of_withdrawal(withdrawal: Withdrawal, meant: Sequence[Dispatch]) -> None:
    """Tell the agent that somebody has withdrawn; where no dispatch is known, the office and all who may be meant."""
    if withdrawal.dispatch:
        tell_agent(
            withdrawal.dispatch,
            "agent_withdrawn",
            answers_to=withdrawal.email,
            withdrawal=withdrawal,
            test=is_test(withdrawal),
        )
        return
    office = the_office()
    readers = [Reader(office.email, office.name, office.language)] if office.email else []
    readers += [reader_for(dispatch.agent) for dispatch in meant]
    url = f"{load().public_address}/withdrawals/{withdrawal.public_id}/"
    for reader in {one.address: one for one in readers}.values():
        words = words_of(
            "agent_withdrawn",
            reader.language,
            withdrawal=withdrawal,
            meant=meant,
            url=url,
            test=is_test(withdrawal),
        )
        message = compose(
            to=reader.address,
            to_name=reader.name,
            **words._asdict(),
            reply_to=withdrawal.email if is_mail_address(withdrawal.email) else "",
        )
        outbox.enqueue(message, dispatch_id=None, purpose=Purpose.AGENT_NOTICE, about=str(withdrawal.public_id))


def tell_agent(
    dispatch: Dispatch,
    template: str,
    *,
    attachments: Sequence[Attachment] = (),
    answers_to: str = "",
    agent: Agent | None = None,
    **context: Any,
) -> None:
    """Queue a mail to whoever sent the dispatch, in the caller's transaction; an answer to it reaches the recipient.

    Args:
        answers_to: where an answer goes instead, if somebody else wrote, or from elsewhere.
        agent: who is told instead, where it is another's matter.
    """
    reader = reader_for(agent or dispatch.agent)
    url = f"{load().public_address}/dispatches/{dispatch.public_id}/"
    words = words_of(template, reader.language, dispatch=dispatch, url=url, **context)
    message = compose(
        to=reader.address,
        to_name=reader.name,
        **words._asdict(),
        reply_to=next(filter(is_mail_address, (answers_to, dispatch.contact.email)), ""),
        attachments=attachments,
    )
    outbox.enqueue(message, dispatch_id=None, purpose=Purpose.AGENT_NOTICE, about=str(dispatch.public_id))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a mail to the office's side."""

    address: str
    name: str
    language: str


def reader_for(agent: Agent) -> Reader:
    """Who reads what is meant for ``agent``: the office, once they no longer work here."""
    if not agent.is_active and (office := the_office()).email:
        return Reader(office.email, office.name, office.language)
    return Reader(agent.email, agent.name, agent.language)


def queue(
    dispatch: Dispatch,
    words: MailWords,
    purpose: Purpose,
    *,
    secrets: list[str],
    attachments: Sequence[Attachment] = (),
    answers_here: bool = False,
) -> OutgoingMail:
    """Queue a mail to the recipient of the dispatch, in the caller's transaction.

    Args:
        secrets: link tokens in it that a proof must not show.
        answers_here: answers come to the office's own mailbox, where they are read, and not to the agent's.
    """
    contact = dispatch.contact
    message = compose(
        to=contact.email,
        to_name=contact.full_name,
        **words._asdict(),
        reply_to=_reply_to(dispatch, answers_here),
        follows=_first_mail(dispatch, contact.email),
        attachments=attachments,
    )
    return outbox.enqueue(message, dispatch_id=str(dispatch.public_id), purpose=purpose, secrets=secrets)


def _first_mail(dispatch: Dispatch, address: str) -> str:
    """The Message-ID of the first mail of this dispatch to the address; empty where this is the first."""
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), recipient__iexact=address)
    return mails.order_by("pk").values_list("message_id", flat=True).first() or ""


def _reply_to(dispatch: Dispatch, answers_here: bool) -> str:
    """Where answers go: here where they are read, else where the office says, else to whoever sent it."""
    sender = server_settings.sender()
    return sender.address.addr_spec if answers_here else sender.reply_to or reader_for(dispatch.agent).address


# Mails to the office's own people; all others say at their end who sends them.
_TO_THE_OFFICE = frozenset(
    {
        *("agent_declared", "agent_interest", "agent_knows", "agent_replied", "agent_viewing", "agent_withdrawn"),
        *("held", "registered_agent"),
    }
)

# Those that ask somebody to look at a property.
_WITH_TEASER = frozenset({"notice", "reminder"})


def words_of(template: str, language: str, **context: Any) -> MailWords:
    """A mail's words from its two templates; the first line of the plain one is the subject."""
    page = context.get("page")
    foot = None if template in _TO_THE_OFFICE else footer.foot_of(language, page)
    shown: dict[str, Picture] = {}
    if foot:
        of_page = page and pictures.of_page(page, with_teaser=template in _WITH_TEASER)
        shown = of_page or pictures.of_office(foot.office)
    words = mail_words(f"dispatch/mail/{template}", language, foot=foot, pictures=shown, **context)
    return words._replace(text=words.text + (footer.plain(foot, language) if foot else ""))
