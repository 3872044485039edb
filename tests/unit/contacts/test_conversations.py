"""Who called, told from a name in one line, and whether they are known already."""

import pytest
from tests.support.office import a_contact

from siegelpost.contacts import conversations
from siegelpost.contacts.conversations import Caller
from siegelpost.contacts.models import Contact, Salutation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ute Neumann", {"first_name": "Ute", "last_name": "Neumann"}),
        ("Frau Neumann", {"salutation": Salutation.MS, "last_name": "Neumann"}),
        ("Herr Dr. Jens von der Höhe", {"salutation": "mr", "first_name": "Jens", "last_name": "von der Höhe"}),
        ("Neumann, Ute", {"first_name": "Ute", "last_name": "Neumann"}),
        ("Hausverwaltung Nord GmbH", {"company": "Hausverwaltung Nord GmbH", "is_business": True, "last_name": ""}),
    ],
)
def test_a_name_in_one_line_is_taken_apart(name: str, expected: dict[str, object]) -> None:
    made = Caller(name).contact
    assert {field: getattr(made, field) for field in expected} == expected


def test_a_title_is_kept_and_a_mobile_number_known() -> None:
    made = Caller("Dr. Ute Neumann", "+49 171 555 0199", "ute@neumann.test").contact
    assert (made.mobile, made.phone, made.email) == ("+49 171 555 0199", "", "ute@neumann.test")
    assert [way.value for way in made.further] == ["Dr."]
    assert Caller("Ute Neumann", "0711 555 0199").contact.phone == "0711 555 0199"


def test_who_is_known_is_found_by_number_address_or_name_and_nobody_else() -> None:
    mara = a_contact(mobile="0171 2345678")
    same_name = a_contact(email="zwei@berger.test")
    a_contact(first_name="Otto", last_name="Lange", email="otto@lange.test")
    assert list(conversations.known(Caller("M. B.", "+49 (0)171 234 56 78"))) == [mara]
    assert list(conversations.known(Caller("wer?", email="ZWEI@berger.test"))) == [same_name]
    assert set(conversations.known(Caller("Frau Mara Berger"))) == {mara, same_name}
    assert list(conversations.known(Caller("Ute Neumann", "030 1"))) == []
    assert list(conversations.known(Caller(""))) == []
    Contact.objects.filter(pk=mara.pk).update(merged_into=same_name)
    assert list(conversations.known(Caller("Mara Berger"))) == [same_name]


@pytest.mark.django_db
def test_a_company_is_known_by_its_name() -> None:
    """Its name was read as a person's, turned round, and a second contact was made of it."""
    works = a_contact(first_name="", last_name="", company="Stadtwerke Esslingen", email="", salutation="")
    build = a_contact(first_name="", last_name="", company="Müller Bau GmbH & Co. KG", email="", salutation="")
    assert list(conversations.known(Caller("Stadtwerke Esslingen"))) == [works]
    assert list(conversations.known(Caller("mueller bau gmbh & co. kg"))) == [build]
    assert list(conversations.known(Caller("Stadtwerke"))) == []
