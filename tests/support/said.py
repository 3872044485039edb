"""Every kind of mail, page and PDF that a recipient gets, made by walking through what can happen to a dispatch."""

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser

from django.db import transaction
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, an_appointment, an_estate, token_of, withdrawn

from siegelpost import storage
from siegelpost.cases import invitations
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.frozen.contract_pdf import contract_pdf
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import CodeBy, Declaration, Dispatch
from siegelpost.dispatch.recipient import interest
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.registered import decision, receipts
from siegelpost.dispatch.registered import mails as registered_mails
from siegelpost.dispatch.send import registered, reminders, replacement
from siegelpost.dispatch.states import Act, DispatchState
from siegelpost.estates.models import Estate
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing.compose import Attachment
from siegelpost.office.models import Agent, Language

CLIENT = Client("203.0.113.7", "Mozilla/5.0")
# Those that stay in the house, or go to oneself.
OF_THE_HOUSE = frozenset({Purpose.AGENT_NOTICE, Purpose.ADMIN_NOTICE, Purpose.SIGN_IN, Purpose.TEST})


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a recipient gets, and its words."""

    what: str
    words: str


def mails() -> Iterator[tuple[OutgoingMail, str, str]]:
    """Each mail so far with its plain text and its HTML."""
    for mail in OutgoingMail.objects.all():
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        yield mail, plain.get_content() if plain else "", html.get_content() if html else ""


def read(pdf: bytes) -> str:
    """The words of a PDF, in one line."""
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(told.decode().split())


def page_of(dispatch: Dispatch, state: DispatchState) -> str:
    dispatch.refresh_from_db()
    dispatch.state = state
    return page_html(Shown.of(dispatch)).decode()


def an_order(
    language: Language, agent: Agent | None = None, estate: Estate | None = None
) -> tuple[Dispatch, list[Said]]:
    """An exposé with everything that can follow it; its pages and PDFs."""
    agent, estate = agent or an_agent(phone="+49 711 1"), estate or an_estate()
    dispatch = a_dispatch(agent, estates=[estate], language=language)
    OutgoingMail.objects.update(state="accepted")
    Dispatch.objects.update(state="notified", next_reminder_at=dispatch.created_at)
    reminders.send_due()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    with transaction.atomic():
        letters.say_how_to_answer(dispatch)
    declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    schedule.quick()
    interest.ask_for_offers(token, stamp, CLIENT)
    estate.living_area = 90
    estate.save()
    replacement.replace(dispatch, by=agent)
    dispatch.refresh_from_db()
    with transaction.atomic():
        letters.tell_documents_released(dispatch, ["Grundbuchauszug", "Protokolle der Versammlungen"])
    said = [
        Said(f"page {state}", page_of(dispatch, state))
        for state in (DispatchState.WAITING, DispatchState.OPEN, DispatchState.WITHDRAWN)
    ]
    said += [
        Said("page gate", bytes(dispatch.gate_html).decode()),
        Said("page expired", page_of(dispatch, DispatchState.EXPIRED)),
        Said("contract.pdf", read(contract_pdf(dispatch, list(dispatch.declarations.all())))),
        Said("expose.pdf", read(storage.read(dispatch.pdf_sha256))),
    ]
    withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token, client=CLIENT, language=language)
    return dispatch, said


def other_gates(language: Language) -> list[Said]:
    """The page before the gate in each of its other forms; their mails go out with them."""
    estate, mara = an_estate(), a_contact(language=language)
    before = a_dispatch(contact=mara, estates=[estate], language=language)
    stamp = links.stamp(str(before.public_id), before.page)
    declare(token_of(before), Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    by_deed, firm = an_estate(commission_by_deed=True), a_contact(is_business=True, company="Berger GmbH")
    again = a_dispatch(contact=mara, estates=[estate], language=language)
    Declaration.objects.filter(dispatch=before, kind=DeclarationKind.ORDER).update(text="Senden")
    anew = a_dispatch(contact=mara, estates=[estate], language=language)
    both = a_dispatch(
        contact=mara, estates=[an_estate()], partner=a_contact(email="jan@berger.test"), language=language
    )
    with transaction.atomic():
        letters.tell_contract_ended(both, Act.CONTRACT_ENDS)
        letters.tell_contract_resumed(both)
        proof = Attachment("x.pdf", "application/pdf", b"%PDF-1.7")
        letters.tell_seller_paid(before, timezone.localdate(), proof)
    gates = {
        "ordered before": again,
        "to renew": anew,
        "two together": both,
        "by deed": a_dispatch(contact=mara, estates=[by_deed], language=language),
        "a firm": a_dispatch(contact=firm, language=language),
    }
    for what, one in gates.items():
        keys = {"ordered before": "ordered", "to renew": "renews", "two together": "joint", "by deed": "shares"}
        assert what not in keys or one.page.get(keys[what]), what
    return [Said(f"page gate, {what}", bytes(one.gate_html).decode()) for what, one in gates.items()]


def registered_ones(language: Language, agent: Agent | None = None) -> list[Said]:
    """Registered mails, hidden and with a code, accepted and refused; their pages and receipts."""
    said = []
    for hidden in (False, True):
        letter = RegisteredLetter([a_contact()], "Kündigung", "hiermit.", language, hidden, 7, 3)
        dispatch = registered.send(agent or an_agent(), letter, batch=uuid.uuid4())[0].dispatch
        with transaction.atomic():
            registered_mails.remind(dispatch)
        said += [Said("page ask", bytes(dispatch.gate_html).decode())]
        said += [
            Said(f"page {it}", page_of(dispatch, it))
            for it in (DispatchState.REFUSED, DispatchState.EXPIRED, DispatchState.OPEN)
        ]
        act = decision.refuse if hidden else decision.accept
        act(
            token_of(dispatch),
            decision.DecisionInput(links.stamp(str(dispatch.public_id), dispatch.page), True, ""),
            CLIENT,
        )
        schedule.quick()
        kind = receipts.ReceiptKind.REFUSAL if hidden else receipts.ReceiptKind.ACCEPTANCE
        dispatch.refresh_from_db()
        said.append(Said("receipt.pdf", read(receipts.pdf(dispatch, kind, language, hides=hidden))))
    coded = RegisteredLetter([a_contact()], "Kündigung", "x", language, False, 7, 3, CodeBy.MAIL, "zwei@berger.test")
    sent = registered.send(agent or an_agent(), coded, batch=uuid.uuid4())[0].dispatch
    return [*said, Said("page ask, with a code", bytes(sent.gate_html).decode())]


def to_recipients(language: Language, agent: Agent | None = None, estate: Estate | None = None) -> list[OutgoingMail]:
    """At least one mail of each purpose that leaves the house, in the order in which they were made."""
    an_order(language, agent, estate)
    other_gates(language)
    registered_ones(language, agent)
    invitations.keep(an_appointment(contact=a_contact(language=language)), invite=True)
    return [mail for mail in OutgoingMail.objects.order_by("pk") if mail.purpose not in OF_THE_HOUSE]
