"""Contacts: the form, keeping, removing."""

import pytest
from tests.support.office import a_contact, a_dispatch, an_office, the_guard_says

from siegelpost.contacts import editing, search
from siegelpost.contacts.forms import ContactForm
from siegelpost.contacts.models import Contact

pytestmark = pytest.mark.django_db


def test_a_company_needs_no_person() -> None:
    form = ContactForm({"company": "Nordlicht GmbH", "language": "de"})
    assert form.is_valid(), form.errors
    assert str(editing.save(form.save(commit=False))) == "Nordlicht GmbH"


def test_somebody_without_any_name_is_nobody() -> None:
    form = ContactForm({"email": "a@b.test", "language": "de"})
    assert list(form.errors) == ["last_name"]


def test_every_field_stands_in_a_group() -> None:
    grouped = [name for _, names in ContactForm.GROUPS for name in names]
    assert sorted(grouped) == sorted(ContactForm().fields)


def test_a_contact_that_proofs_name_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    contact = a_contact()
    a_dispatch(contact=contact)
    with pytest.raises(editing.StillNeededError):
        editing.remove(contact)
    assert search.one(contact.public_id) == contact


def test_a_contact_without_dispatches_can_go() -> None:
    contact = a_contact()
    editing.remove(contact)
    assert not Contact.objects.exists()
