"""The buyer's share of a home's commission: due when the seller has paid and the buyer was shown that."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_dispatch, an_agent, an_estate, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import mabv_records, main_contract, seller_payment
from siegelpost.dispatch.contract.seller_payment import NotPaidError, Paid
from siegelpost.dispatch.evidence.proof import documents
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.estates.kinds import Kind
from siegelpost.ledger.leaf import read
from siegelpost.ledger.models import Event
from siegelpost.mail.models import MailState, OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
SLIP = b"%PDF-1.7 Zahlungseingang 14.994,00"


def bought(**estate: object) -> Dispatch:
    dispatch = a_dispatch(estates=[an_estate(**estate)])
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    dispatch = declare(token_of(dispatch), form, Client("203.0.113.7", "Mozilla/5.0"))
    return main_contract.note(dispatch, timezone.localdate(), by=an_agent())


def paid(dispatch: Dispatch, proof: bytes = SLIP, days_ago: int = 1) -> Dispatch:
    on = timezone.localdate() - timedelta(days=days_ago)
    return seller_payment.note(dispatch, Paid(on, proof), by=an_agent())


def test_the_buyer_is_sent_the_proof_and_it_counts_when_the_mail_server_has_it() -> None:
    """§ 656d (1) S. 2 BGB: nothing in the office led from the seller's payment to the buyer's due date."""
    dispatch = paid(bought())
    mail = OutgoingMail.objects.get(purpose=Purpose.SELLER_PAYMENT)
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Zahlung des Verkäufers.pdf", SLIP)
    assert message["To"] == "Mara Berger <mara@berger.test>"
    assert seller_payment.proven_on(dispatch) is None
    mail.state, mail.accepted_at = MailState.ACCEPTED, timezone.now()
    mail.save()
    assert seller_payment.proven_on(dispatch) == timezone.localdate()
    assert mabv_records.records(dispatch)[0].Dem_Käufer_belegt_am
    mail.state = MailState.BOUNCED
    mail.save()
    assert seller_payment.proven_on(dispatch) is None
    leaf = read(bytes(Event.objects.get(kind="SellerPaymentNoted").leaf))
    assert leaf.data["mail"] == mail.message_id
    assert leaf.data["on"] == (timezone.localdate() - timedelta(days=1)).isoformat()


def test_a_later_proof_takes_the_place_of_one_that_did_not_arrive() -> None:
    dispatch = paid(bought())
    OutgoingMail.objects.filter(purpose=Purpose.SELLER_PAYMENT).update(state=MailState.BOUNCED)
    paid(dispatch, b"\x89PNG\r\n\x1a\n...")
    newest = OutgoingMail.objects.filter(purpose=Purpose.SELLER_PAYMENT).last()
    assert newest
    newest.state, newest.accepted_at = MailState.ACCEPTED, timezone.now()
    newest.save()
    assert seller_payment.proven_on(dispatch) == timezone.localdate()


@pytest.mark.parametrize(
    ("proof", "days_ago"), [(SLIP, -1), (b"<html>", 1), (b"", 1), (b"%PDF-" + bytes(8 * 1024 * 1024), 1)]
)
def test_what_is_no_proof_or_lies_ahead_changes_nothing(proof: bytes, days_ago: int) -> None:
    dispatch = bought()
    with pytest.raises(NotPaidError), transaction.atomic():
        paid(dispatch, proof, days_ago)
    dispatch.refresh_from_db()
    assert dispatch.seller_paid_on is None
    assert not OutgoingMail.objects.filter(purpose=Purpose.SELLER_PAYMENT).exists()


def test_where_nothing_depends_on_it_nobody_is_asked() -> None:
    before = bought()
    main_contract.note(before, None, by=an_agent())
    assert not seller_payment.may_note(Dispatch.objects.get(pk=before.pk))
    assert not seller_payment.may_note(bought(kind=Kind.LAND))
    assert not seller_payment.may_note(bought(buyer_commission_due=False))
    withdrawn = bought()
    withdrawn.state = "withdrawn"
    assert not seller_payment.may_note(withdrawn)


def test_the_page_takes_it_and_shows_what_came_of_it() -> None:
    dispatch, browser = bought(), Browser()
    browser.force_login(an_agent())
    address = f"/dispatches/{dispatch.public_id}/"
    assert f"{address}seller-payment/" in browser.get(address, secure=True).content.decode()
    slip = BytesIO(b"GIF89a")
    given = {"on": timezone.localdate().isoformat(), "proof": slip}
    assert browser.post(f"{address}seller-payment/", given, secure=True).status_code == 422
    given["proof"] = BytesIO(SLIP)
    assert browser.post(f"{address}seller-payment/", given, secure=True).status_code == 302
    assert "noch nicht: Der Mailserver" in browser.get(address, secure=True).content.decode()
    rented = a_dispatch()
    assert browser.get(f"/dispatches/{rented.public_id}/seller-payment/", secure=True).status_code == 404
    assert [name for name in documents(dispatch) if "seller" in name] == []
