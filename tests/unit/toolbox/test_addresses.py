"""Addresses in forms: umlauts before the @ are taken, and what no mail can be sent to is refused there and then."""

import pytest
from django.test import Client
from tests.support.office import an_office

from siegelpost.contacts.forms import ContactForm
from siegelpost.dispatch.models import Withdrawal
from siegelpost.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
GOOD = ["jürgen@example.test", "jürgen@müller.test", "anna@müller.test", "Anna.O'Neil+immo@example.test"]
BAD = [
    "anna@localhost",
    '"anna b"@example.test',
    "anna@example",
    "a" * 65 + "@example.test",
    "anna@example.test,b@c.test",
]


@pytest.mark.parametrize("address", GOOD)
def test_a_contact_has_any_address_that_mail_can_be_sent_to(address: str) -> None:
    form = ContactForm({"last_name": "Müller", "language": "de", "salutation": "", "email": address})
    assert form.is_valid(), form.errors
    assert form.save().email == address
    assert 'type="email"' not in str(form["email"]), "browsers refuse umlauts there"
    assert 'inputmode="email"' in str(form["email"])


@pytest.mark.parametrize("address", BAD)
def test_a_contact_has_no_other(address: str) -> None:
    form = ContactForm({"last_name": "Müller", "language": "de", "salutation": "", "email": address})
    assert form.errors["email"] == ["So sieht keine E-Mail-Adresse aus. Es fehlt vielleicht ein Zeichen."]


@pytest.mark.parametrize(("address", "status"), [*((one, 200) for one in GOOD), *((one, 422) for one in BAD)])
def test_a_withdrawal_is_taken_or_asked_again_and_never_lost(client: Client, address: str, status: int) -> None:
    an_office()
    given = {"name": "Jürgen Müller", "email": address, "contract": "Maklervertrag"}
    answer = client.post("/widerruf/", given, secure=True, follow=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == status
    assert Withdrawal.objects.count() == OutgoingMail.objects.filter(purpose="withdrawal_acknowledgement").count()
    assert Withdrawal.objects.exists() == (status == 200)
    if status == 422:
        assert "So sieht keine E-Mail-Adresse aus" in answer.content.decode()
        assert "Jürgen Müller" in answer.content.decode(), "nothing that was typed is lost"
