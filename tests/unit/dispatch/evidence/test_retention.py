"""When proofs need not be kept any longer, everything of a person goes; the ledger and all other proofs stay whole."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from PIL import Image
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_agent,
    an_appointment,
    an_estate,
    token_of,
    withdrawn,
)

from siegelpost import storage
from siegelpost.cases import erasure, invitations
from siegelpost.contacts import consents
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.attachments import take_in
from siegelpost.dispatch.evidence import proof, retention
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Leftover, Withdrawal
from siegelpost.dispatch.recipient import interest, withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.estates import editor
from siegelpost.ledger import fsck
from siegelpost.ledger.log import openings
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.proof.verify import verify
from siegelpost.server.periodic import JOBS
from siegelpost.settings import MAILS
from siegelpost.toolbox.sealing import UnsealableError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log", "an_office_at_work")]
CLIENT = Client("203.0.113.77", "Mozilla/5.0 (Nachtigall)")
NAME, ADDRESS = "Nachtigall", "wanda@nachtigall.example"
EIGHT_YEARS = timedelta(days=8 * 366)


def wanda() -> Contact:
    return a_contact(first_name="Wanda", last_name=NAME, email=ADDRESS)


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def ordered(contact: Contact, *files: tuple[str, bytes]) -> Dispatch:
    """The whole of it: an order, its confirmation, a word to the agent, a wish for offers, an answer, a withdrawal."""
    dispatch = a_dispatch(contact=contact, attachments=[take_in(name, content) for name, content in files])
    token = token_of(dispatch)
    declare(token, Form(stamp_of(dispatch), contact.full_name, frozenset(DeclarationKind)), CLIENT)
    schedule.quick()
    interest.say(token, stamp_of(dispatch), InterestKind.CALL, f"{NAME}, ab sechs", CLIENT)
    interest.ask_for_offers(token, stamp_of(dispatch), CLIENT)
    answers(dispatch, f"Gruß, {contact.full_name}")
    words = {"name": contact.full_name, "email": contact.email, "contract": dispatch.subject}
    withdrawn(**words, token=token, client=CLIENT)
    dispatch.refresh_from_db()
    return dispatch


def answers(dispatch: Dispatch, words: str) -> None:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk")
    message = EmailMessage()
    message["From"], message["To"] = dispatch.contact.email, mail.sender
    message["In-Reply-To"] = mail.message_id
    message.set_content(words)
    assert routing.take_in(message.as_bytes()).received
    schedule.quick()


def long_ago(*dispatches: Dispatch) -> None:
    for one in dispatches:
        Dispatch.objects.filter(pk=one.pk).update(
            created_at=one.created_at - EIGHT_YEARS,
            expires_at=one.expires_at - EIGHT_YEARS,
            declared_at=one.declared_at and one.declared_at - EIGHT_YEARS,
        )
        for withdrawal in one.withdrawals.all():
            Withdrawal.objects.filter(pk=withdrawal.pk).update(made_at=withdrawal.made_at - EIGHT_YEARS)


def opened(value: object) -> bytes | str:
    """What a column says; what is sealed is opened, for by chance any short word stands in base64."""
    if not isinstance(value, bytes | memoryview):
        return str(value)
    try:
        return MAILS.unseal(bytes(value))
    except UnsealableError:
        return bytes(value)


def traces() -> list[str]:
    """Every row of every table that still says something of Wanda."""
    signs = (NAME.casefold(), "wanda", CLIENT.ip)
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            values = [opened(value) for value in row.values()]
            text = " ".join(v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in values).casefold()
            found += [f"{model._meta.label}: {row}" for sign in signs if sign in text]
    return found


def findings() -> list[str]:
    found = [finding for check in fsck.checks() for finding in check.run(lambda _done, _total: None)]
    return [finding.text("en") for finding in found if not finding.remark]


def age_files() -> None:
    """As if nobody had stored anything for a day."""
    for file in storage.path("0" * 64).parents[2].rglob("*"):
        if file.is_file():
            os.utime(file, (time.time() - 86400,) * 2)


def proof_verifies(dispatch: Dispatch, folder: Path) -> bool:
    buffer = BytesIO()
    proof.write_proof(dispatch, buffer)
    (folder / "proof.zip").write_bytes(buffer.getvalue())
    return verify(folder / "proof.zip").ok


def test_after_the_period_nothing_is_left_but_leaves_and_other_proofs_stay_whole(tmp_path: Path) -> None:
    shared, own = b"%PDF-1.7 Teilungserkl\xc3\xa4rung", b"%PDF-1.7 nur f\xc3\xbcr Wanda"
    hers = ordered(wanda(), ("Teilung.pdf", shared), ("Brief an Nachtigall.pdf", own))
    others = a_dispatch(contact=a_contact(), attachments=[take_in("Teilung.pdf", shared)])
    invitations.keep(an_appointment(contact=hers.contact), invite=True)
    seal()
    assert len({trace.partition(":")[0] for trace in traces()}) > 5, "there is something to erase"
    sent = {mail.public_id for mail in OutgoingMail.objects.exclude(dispatch_id=str(others.public_id))}
    assert len(sent) >= 8, "to her and, about her, to the agent"
    leaves = list(Event.objects.order_by("id").values_list("leaf", flat=True))
    pdf, files = hers.pdf_sha256, {file["name"]: file["sha256"] for file in hers.content["attachments"]}
    answer = IncomingMail.objects.get().file_sha256
    long_ago(hers)

    assert erasure.kept_until(hers.contact) is None
    assert erasure.erase(hers.contact, by=an_agent())

    assert traces() == []
    assert not OutgoingMail.objects.filter(public_id__in=sent).exists()
    assert not Withdrawal.objects.exists()
    assert not storage.path(answer).exists()
    age_files()
    assert retention.sweep() == 2
    assert not storage.path(pdf).exists()
    assert not storage.path(files["Brief an Nachtigall.pdf"]).exists()
    assert storage.read(files["Teilung.pdf"]) == shared, "somebody else was sent it, too"
    assert not Leftover.objects.exists()
    # The log: not one leaf is another, all is sealed and fits, and the erasure itself is told.
    assert [bytes(leaf) for leaf in Event.objects.order_by("id").values_list("leaf", flat=True)][: len(leaves)] == [
        bytes(leaf) for leaf in leaves
    ]
    seal()
    assert findings() == []
    assert Event.objects.filter(kind="DispatchErased", subject=str(hers.public_id)).count() == 1
    assert proof_verifies(others, tmp_path)


def test_what_is_handed_out_holds_all_of_it_that_can_be_read() -> None:
    told = erasure.export(ordered(wanda()).contact)
    assert {one["kind"] for one in told["declarations"]} == {"order", "begin_early", "knows_loss"}
    assert told["declarations"][0]["ip"] == CLIENT.ip
    assert [one["note"] for one in told["interests"]] == [f"{NAME}, ab sechs"]
    assert [one["name"] for one in told["withdrawals"]] == [f"Wanda {NAME}"]
    assert [one["text"].strip() for one in told["incoming_mails"]] == [f"Gruß, Wanda {NAME}"]
    purposes = {one["purpose"] for one in told["mails"]}
    assert {"notice", "confirmation", "consent", "withdrawal_acknowledgement"} <= purposes
    assert told["consents"]


def test_what_others_are_proven_by_is_still_missed() -> None:
    """An erased dispatch excuses only its own files."""
    hers, others = ordered(wanda()), ordered(a_contact())
    long_ago(hers)
    erasure.erase(hers.contact, by=an_agent())
    storage.path(others.pdf_sha256).unlink()
    seal()
    [finding] = findings()
    assert others.pdf_sha256 in finding


def test_what_was_asked_for_is_finished_by_itself_when_the_period_ends() -> None:
    order = ordered(wanda())
    viewed = a_dispatch(contact=order.contact, estates=[an_estate(buyer_commission_due=False)])
    assert not erasure.erase(order.contact, by=an_agent())
    assert erasure.finish() == 0
    assert Dispatch.objects.count() == 2, "both are still to be kept"
    # What proves no contract goes first.
    asked = timezone.now() - timedelta(days=400)
    Contact.objects.filter(pk=order.contact.pk).update(erasure_asked_at=asked)
    past = asked - timedelta(days=1)
    Dispatch.objects.filter(pk=order.pk).update(created_at=past)
    Dispatch.objects.filter(pk=viewed.pk).update(created_at=past, expires_at=past)
    assert erasure.finish() == 0
    assert list(Dispatch.objects.all()) == [order]
    events = Event.objects.count()
    assert erasure.finish() == 0
    assert Event.objects.count() == events, "as long as nothing is due nothing happens"
    order.refresh_from_db()
    long_ago(order)
    assert erasure.finish() == 1
    assert traces() == []
    told = bytes(Event.objects.filter(kind="ContactErased").latest("id").leaf)
    assert b'"whole":true' in told
    assert b'"by":"retention"' in told
    seal()
    assert findings() == []


def test_whoever_is_a_customer_again_is_not_erased_unasked() -> None:
    first = ordered(wanda())
    erasure.erase(first.contact, by=an_agent())
    asked = timezone.now() - timedelta(days=1)
    Contact.objects.filter(pk=first.contact.pk).update(erasure_asked_at=asked)
    long_ago(first)
    again = a_dispatch(contact=first.contact)
    assert erasure.finish() == 0
    first.contact.refresh_from_db()
    assert first.contact.erasure_asked_at is None
    assert Dispatch.objects.filter(pk__in=[first.pk, again.pk]).count() == 2


def test_who_asks_once_more_after_something_new_is_erased_by_itself_too() -> None:
    """The second request kept the first one's time, before what was sent between them: it counted as none."""
    first = ordered(wanda())
    erasure.erase(first.contact, by=an_agent())
    Contact.objects.filter(pk=first.contact.pk).update(erasure_asked_at=timezone.now() - timedelta(days=1))
    again = ordered(first.contact)
    erasure.erase(first.contact, by=an_agent())
    long_ago(first)
    assert erasure.finish() == 0
    first.contact.refresh_from_db()
    assert first.contact.erasure_asked_at
    assert list(Dispatch.objects.all()) == [again]


def test_a_withdrawal_assigned_in_error_names_nobody_in_the_others_proof_once_it_is_erased() -> None:
    """The event about the wrong dispatch kept name and address for as long as that dispatch was kept."""
    wrong, agent = ordered(a_contact()), an_agent()
    strays = [withdrawn(name=name, email=ADDRESS, contract="x", token=None, client=CLIENT) for name in ("Ute", NAME)]
    for stray in strays:
        withdrawal_desk.assign(stray, wrong, by=agent)
        withdrawal_desk.release(stray, by=agent)
    with transaction.atomic():
        retention.erase_withdrawal(Withdrawal.objects.get(pk=strays[1].pk))
    told = Event.objects.filter(kind="WithdrawalAssigned", subject=str(wrong.public_id)).order_by("id")
    assert [bool(openings(event)) for event in told] == [True, False]
    seal()
    assert not findings()


def test_a_wish_for_offers_ends_with_the_wish_to_be_forgotten() -> None:
    dispatch = ordered(wanda())
    consent = consents.of(dispatch.contact).get()
    consent.given_at = timezone.now()
    consent.save()
    assert consents.holds(dispatch.contact)
    erasure.erase(dispatch.contact, by=an_agent())
    assert not consents.holds(dispatch.contact)


def test_invitations_go_with_whoever_got_nothing_else() -> None:
    contact = wanda()
    invitations.keep(an_appointment(contact=contact), invite=True)
    assert OutgoingMail.objects.get().purpose == Purpose.INVITATION
    assert erasure.erase(contact, by=an_agent())
    assert not OutgoingMail.objects.exists()
    assert traces() == []


@pytest.mark.parametrize(
    ("made", "until"),
    [
        ({}, datetime(2027, 5, 31, 12, tzinfo=UTC)),
        # Its link still leads somewhere.
        ({"expires_at": datetime(2027, 8, 1, tzinfo=UTC)}, datetime(2027, 8, 1, tzinfo=UTC)),
        # Looked at, but free of commission: no contract.
        ({"free": True, "declared_at": datetime(2026, 11, 30, 12, tzinfo=UTC)}, datetime(2029, 12, 31, 23, tzinfo=UTC)),
        ({"kind": "registered_mail"}, datetime(2032, 12, 31, 23, tzinfo=UTC)),
        # The commission falls due with the purchase, years after the order: its limitation runs from then.
        (
            {"declared_at": datetime(2026, 11, 30, 12, tzinfo=UTC), "main_contract_on": date(2028, 2, 1)},
            datetime(2034, 12, 31, 23, tzinfo=UTC),
        ),
    ],
)
def test_how_long_which_proof_is_kept(made: dict[str, Any], until: datetime) -> None:
    dispatch = a_dispatch(estates=[an_estate(buyer_commission_due=not made.pop("free", False))])
    given = {"created_at": datetime(2026, 11, 29, 12, tzinfo=UTC), "expires_at": datetime(2026, 12, 29, tzinfo=UTC)}
    for name, value in {**given, **made}.items():
        setattr(dispatch, name, value)
    assert retention.ends(dispatch) == until


def test_a_file_that_is_put_again_meanwhile_stays() -> None:
    sha256 = storage.put(b"%PDF-1.7 Grundriss")
    Leftover.objects.create(sha256=sha256)
    age_files()
    storage.put(b"%PDF-1.7 Grundriss")  # for a dispatch that is about to be sent
    assert retention.sweep() == 0
    assert storage.read(sha256) == b"%PDF-1.7 Grundriss"
    assert Leftover.objects.exists()
    age_files()
    assert retention.sweep() == 1
    assert not storage.path(sha256).exists()
    assert storage.forget_unused(sha256, since=0)


def test_what_a_property_shows_stays_though_somebody_attached_just_that() -> None:
    out = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(out, "JPEG")
    shown = editor.add_media(an_estate(), out.getvalue(), name="haus.jpg").renditions["480"]
    for sha256 in (shown["sha256"], shown["avif"]):
        Leftover.objects.create(sha256=sha256)
    age_files()
    assert retention.sweep() == 0
    assert storage.path(shown["sha256"]).exists()
    assert not Leftover.objects.exists()


def test_the_office_is_told_what_stays_and_until_when() -> None:
    dispatch = ordered(wanda())
    browser = Browser()
    browser.force_login(an_agent())
    page = f"/contacts/{dispatch.contact.public_id}/"
    assert "Danach löscht der Server auch sie von selbst" in browser.get(f"{page}remove/", secure=True).content.decode()
    browser.post(f"{page}remove/", secure=True)
    assert "gelöscht bis auf Name und E-Mail-Adresse" in browser.get(page, secure=True).content.decode()
    long_ago(dispatch)
    assert "alle Sendungen werden endgültig gelöscht" in browser.get(f"{page}remove/", secure=True).content.decode()


def test_it_is_looked_for_by_itself() -> None:
    assert {erasure.finish, retention.sweep} <= {each.function for each in JOBS}
