"""Contacts: the form, keeping, removing."""

import pytest

from siegelpost.contacts import editor
from siegelpost.contacts.forms import ContactForm
from siegelpost.contacts.ways import Way, WayKind

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


def test_further_numbers_are_typed_changed_and_emptied() -> None:
    """The form knew one address and two numbers; a third was dropped by the first change of a contact."""
    rows = [("email", "zwei@x.test", "geschäftlich"), ("fax", "040 9", "Büro in Kiel"), ("phone", "", "")]
    form = ContactForm({"last_name": "Muster", "language": "de", **typed(rows)})
    assert form.is_valid()
    contact = editor.save(form.save(commit=False))
    assert contact.further == [Way(WayKind.EMAIL, "zwei@x.test", "work"), Way(WayKind.FAX, "040 9", "Büro in Kiel")]
    again = ContactForm(instance=contact)
    assert [row.initial.get("label") for row in again.ways] == ["geschäftlich", "Büro in Kiel", None, None]
    kept = ContactForm({"last_name": "Anders", "language": "de"}, instance=contact)
    assert kept.is_valid()
    assert len(editor.save(kept.save(commit=False)).further) == 2
    fewer = ContactForm(
        {"last_name": "Anders", "language": "de", **typed([("email", "", ""), rows[1]])}, instance=contact
    )
    assert fewer.is_valid()
    assert [way.value for way in editor.save(fewer.save(commit=False)).further] == ["040 9"]


def test_a_further_address_that_is_none_is_said() -> None:
    form = ContactForm({"last_name": "Muster", "language": "de", **typed([("email", "keine Adresse", "")])})
    assert not form.is_valid()
    assert form.ways.forms[0].errors


def typed(rows: list[tuple[str, str, str]]) -> dict[str, str]:
    values = {"way-TOTAL_FORMS": str(len(rows)), "way-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        values |= {f"way-{place}-{name}": value for name, value in zip(("kind", "value", "label"), row, strict=True)}
    return values
