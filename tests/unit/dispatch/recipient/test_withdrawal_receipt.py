"""The acknowledgement of a withdrawal: neutral words, never in the way of the withdrawal itself, later or as a PDF."""

import re
import subprocess
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_dispatch, an_agent, token_of

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.frozen.withdrawal_pdf import withdrawal_pdf
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk, withdrawal_receipt, withdrawals
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Office
from siegelpost.toolbox import limits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
LURE = "Gewinn abholen http://evil.example/?x"


def ordered() -> Dispatch:
    dispatch = a_dispatch()
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, CLIENT)


def post(path: str = "/widerruf/", *, ip: str = "203.0.113.9", **typed: str) -> str:
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": "Maklervertrag", **typed}
    answer = Browser(headers={"host": "localhost"}).post(path, fields, secure=True, follow=True, REMOTE_ADDR=ip)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def sent() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT).order_by("pk"))


def message_of(mail: OutgoingMail) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    assert isinstance(message, EmailMessage)
    return message


def in_pdf(pdf: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(told.decode().replace("\u200b", "").split())


@pytest.mark.parametrize("by_link", [False, True])
def test_what_a_stranger_typed_stands_in_no_word_of_the_mail_and_whole_in_its_pdf(by_link: bool) -> None:
    """The public form mailed an attacker's words and links to anybody, in subject, greeting and body."""
    path = f"/s/{token_of(ordered())}/widerruf/" if by_link else "/widerruf/"
    post(path, name=f"Ihre Bank: {LURE}", contract=LURE, email="victim@else.test")
    message = message_of(sent()[0])
    assert str(message["To"]) == "victim@else.test"
    said = "".join(f"{name}: {value}\n" for name, value in message.items())
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body
        said += body.get_content()
    assert "evil" not in said
    assert "Gewinn" not in said
    assert "Hiermit widerrufe ich den bezeichneten Vertrag." in said
    assert re.search(r"\d\d:\d\d:\d\d Uhr \((MEZ|MESZ), GMT\+0[12]:00\)", said)
    [receipt] = message.iter_attachments()
    told = in_pdf(receipt.get_content())
    assert f"Ihre Bank: {LURE}" in told
    assert re.search(r"Eingang: .* \d\d:\d\d:\d\d Uhr", told)
    assert "Hiermit widerrufe ich" in told


def test_junk_holds_back_mails_and_never_a_declaration_and_its_receipt_is_at_hand() -> None:
    """Five junk posts with somebody's address kept the real withdrawal out for a day."""
    dispatch = ordered()
    for number in range(5):
        post(name=f"Junk {number}", email=f"mara+{number}@berger.test")
    page = post(ip="198.51.100.4")
    assert "zählt trotzdem ab dem genannten Eingang" in page
    real = Withdrawal.objects.get(name="Mara Berger")
    assert len(sent()) == 5
    assert Event.objects.filter(kind="WithdrawalDeclared", subject=str(real.public_id)).exists()
    assert withdrawal_desk.unassigned(1)[0].fits == dispatch, "the real one leads the list"
    address = re.search(r'href="(/widerruf/[^"]+/beleg/)"', page)
    assert address
    answer = Browser(headers={"host": "localhost"}).get(address[1], secure=True)
    assert "Maklervertrag" in in_pdf(answer.content)
    assert "no-store" in answer.headers["cache-control"]
    withdrawal_desk.assign(real, dispatch, by=an_agent())
    assert len(sent()) == 6, "it goes out once the office says that it is meant"


@pytest.mark.parametrize("changed", ["x", ""])
def test_a_receipt_is_only_under_its_own_address(changed: str) -> None:
    ordered()
    post()
    token = withdrawal_receipt.address_of(Withdrawal.objects.get())
    token = token[:-1] + changed if changed else f"{token[:-6]}AAAAAA"
    browser = Browser(headers={"host": "localhost"})
    assert browser.get(f"/widerruf/{token}/beleg/", secure=True).status_code == 404


def test_from_one_place_and_for_one_link_every_withdrawal_is_taken_in_and_few_mails_leave() -> None:
    """25 addresses of one /64 sent 25 mails; beyond a number, withdrawals themselves were refused."""
    for number in range(24):
        post(name=f"N {number}", email=f"a{number}@else.test", ip=f"2001:db8:1:2::{number + 1:x}")
    assert (Withdrawal.objects.count(), len(sent())) == (24, limits.WITHDRAW_BY_CLIENT.most)
    token = token_of(ordered())
    for number in range(7):
        post(f"/s/{token}/widerruf/", email=f"b{number}@else.test")
    assert Withdrawal.objects.filter(dispatch__isnull=False).count() == 7
    assert len(sent()) == limits.WITHDRAW_BY_CLIENT.most + limits.WITHDRAW_BY_LINK.most


def test_what_was_held_goes_out_later_by_itself_the_contracts_own_address_first() -> None:
    ordered()
    for number in range(5):
        post(name=f"Junk {number}", email=f"mara+{number}@berger.test")
    post(name="Mehr Junk", email="mara+9@berger.test")
    post()
    assert withdrawal_receipt.send_held() == 0, "whoever answers the page is still at it"
    Withdrawal.objects.update(made_at=timezone.now() - timedelta(hours=1))
    assert withdrawal_receipt.send_held() == 0, "five a day to one mailbox"
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=25))
    schedule.quick()
    assert [mail.recipient for mail in sent()[5:]] == ["mara@berger.test", "mara+9@berger.test"]
    assert withdrawal_receipt.send_held() == 0


def test_a_crash_after_recording_loses_no_acknowledgement_and_two_at_once_send_one() -> None:
    said: dict[str, Any] = {"name": "A B", "email": "a@b.test", "contract": "x", "token": None, "client": CLIENT}
    made = withdrawals.withdraw(**said)
    Withdrawal.objects.update(made_at=timezone.now() - timedelta(minutes=2))
    assert withdrawal_receipt.send_held() == 1
    withdrawal_receipt.acknowledge(made)
    assert len(sent()) == 1


def test_the_page_says_in_whole_sentences_where_the_mail_goes() -> None:
    """The address ran into the next sentence."""
    assert ". Führt die Adresse zu einem Auftrag" in " ".join(post().split())


def test_in_test_operation_every_mail_about_it_says_so() -> None:
    """The office's own said nothing, beside an acknowledgement that did."""
    Office.objects.update(test_operation=True)
    post()
    subjects = [str(message_of(mail)["Subject"]) for mail in OutgoingMail.objects.all()]
    assert len(subjects) >= 2
    assert all(subject.startswith("[TEST] ") for subject in subjects), subjects


def test_whatever_stands_in_the_way_of_the_mail_the_withdrawal_is_taken_in() -> None:
    """No mail server's sender is entered: the page answered with an error, as if nothing had come in.

    Without an office's name its PDF could not be made.
    """
    Office.objects.update(mail_from="", name="", street="", postal_code="", city="", email="", phone="")
    assert "Ihr Widerruf ist eingegangen" in post()
    made = Withdrawal.objects.get()
    assert (made.acknowledgement_held, sent()) == (True, [])
    assert withdrawal_pdf(made).startswith(b"%PDF")
    assert Event.objects.filter(kind="WithdrawalDeclared", subject=str(made.public_id)).exists()
