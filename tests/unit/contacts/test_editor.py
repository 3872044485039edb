"""Contacts: the form, keeping, removing."""

import pytest

from siegelpost.contacts import editor
from siegelpost.contacts.forms import ContactForm

pytestmark = pytest.mark.django_db


def test_a_company_needs_no_person() -> None:
    form = ContactForm({"company": "Nordlicht GmbH", "language": "de"})
    assert form.is_valid(), form.errors
    assert str(editor.save(form.save(commit=False))) == "Nordlicht GmbH"


def test_somebody_without_any_name_is_nobody() -> None:
    form = ContactForm({"email": "a@b.test", "language": "de"})
    assert list(form.errors) == ["last_name"]


def test_every_field_stands_in_a_group() -> None:
    grouped = [name for _, names in ContactForm.GROUPS for name in names]
    assert sorted(grouped) == sorted(ContactForm().fields)


def test_who_lets_a_home_or_buys_for_themselves_is_said_to_be_a_consumer() -> None:
    """Private landlords and managing directors who buy for themselves were ticked as businesses, and lost their
    rights by it.
    """
    told = str(ContactForm().fields["is_business"].help_text)
    for words in ("Im Zweifel nicht ankreuzen", "privat vermietet", "als Geschäftsführer/in für sich selbst kauft"):
        assert words in told
