"""Contacts that are there twice: found, made one so that nothing is lost, and separated again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_appointment, an_office, the_guard_says

from siegelpost.contacts import colleague_cards, duplicates, merge, search
from siegelpost.contacts.models import Card, Contact, KeyKind
from siegelpost.contacts.phonetics import sound
from siegelpost.contacts.ways import Way, WayKind
from siegelpost.ledger.models import Event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("names", "alike"),
    [
        (("Meier", "Mayer", "Maier", "Meyer"), True),
        (("Müller", "Mueller", "Muller"), True),
        (("Schmidt", "Schmitt", "Schmid"), True),
        (("Fischer", "Vischer"), True),
        (("Becker", "Bäcker"), True),
        (("Berger", "Bach"), False),
        (("Klein", "Gross"), False),
    ],
)
def test_names_that_sound_alike(names: tuple[str, ...], alike: bool) -> None:
    assert (len({sound(name) for name in names}) == 1) is alike


def test_the_codes_are_those_of_the_method() -> None:
    codes = {"Wikipedia": "3412", "Müller-Lüdenscheidt": "65752682", "Breschnew": "17863", "Heinz Classen": "068586"}
    assert {name: sound(name) for name in codes} == codes


def reasons(one: Contact) -> set[KeyKind]:
    return {reason for pair in duplicates.of(one) for reason in pair.reasons}


def test_what_speaks_for_one_person() -> None:
    first = a_contact(email="Mara@Berger.test", mobile="+49 171 2345678", postal_code="73728", last_name="Maier")
    a_contact(email="mara@berger.test", first_name="M.", phone="0171/2345678", postal_code="73728", last_name="Meyer")
    a_contact(email="otto@lange.test", first_name="Otto", last_name="Maier", postal_code="10115")
    assert reasons(first) == {KeyKind.MAIL, KeyKind.PHONE, KeyKind.NAME}
    (pair,) = duplicates.pairs()
    assert set(pair.reasons) == {KeyKind.MAIL, KeyKind.PHONE, KeyKind.NAME}


def test_two_that_are_different_are_not_shown_again() -> None:
    one, other = a_contact(), a_contact()
    duplicates.are_different(other, one)
    assert duplicates.pairs() == []
    assert duplicates.of(one) == []


def test_a_number_of_a_whole_company_makes_no_duplicates() -> None:
    for number in range(9):
        a_contact(email="", last_name=f"Name{number}", phone="0711 123456")
    assert duplicates.pairs() == []


def test_pairs_are_found_whichever_of_them_was_there_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_MOST_VALUES", 2)
    for number in range(4):  # what is no pair any more does not stand in the way of what is
        first, second = (a_contact(first_name=f"A{number}", email=f"a{number}@berger.test") for _ in range(2))
        first.delete()
        assert duplicates.of(second) == []
    last = [a_contact(first_name="Z", email="z@berger.test") for _ in range(3)]
    last[0].delete()
    ((first, second),) = [(pair.first, pair.second) for pair in duplicates.pairs()]
    assert [first, second] == last[1:]


def test_a_changed_contact_has_changed_keys() -> None:
    one = a_contact()
    a_contact()
    one.email = "neu@berger.test"
    one.save(update_fields=["email"])
    assert duplicates.pairs() == []


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> tuple[Contact, Contact]:
    an_office()
    the_guard_says(True, monkeypatch)
    kept = a_contact(note="sucht Altbau", mobile="", city="Kiel")
    absorbed = a_contact(first_name="Mara Luise", note="Partner heißt Tom", mobile="0171 1", city="Köln")
    an_activity(contact=kept, text="Erstgespräch")
    an_activity(contact=absorbed, text="Rückfrage")
    an_appointment(contact=absorbed)
    a_dispatch(contact=absorbed)
    return kept, absorbed


def state(contact: Contact) -> tuple[object, ...]:
    """All that a merge could change about a contact."""
    contact = Contact.objects.get(pk=contact.pk)
    fields = {name: getattr(contact, name) for name in merge.FIELDS}
    related = [
        sorted(rows.values_list("pk", flat=True))
        for rows in (contact.activities, contact.appointments, contact.dispatches)
    ]
    return fields, related, contact.folded, sorted(contact.keys.values_list("kind", "value"))


def test_everything_follows_and_nothing_is_lost(two: tuple[Contact, Contact]) -> None:
    kept, absorbed = two
    rows = {row.name: row for row in merge.preview(kept, absorbed)}
    assert rows["city"].conflict
    assert rows["mobile"].takes_other
    merge.merge(kept, absorbed, take=["city"], by=an_agent())
    kept.refresh_from_db()
    assert (kept.first_name, kept.city, kept.mobile) == ("Mara", "Köln", "0171 1")
    assert kept.note == "sucht Altbau\n\nPartner heißt Tom"
    assert (kept.activities.count(), kept.appointments.count(), kept.dispatches.count()) == (2, 1, 1)
    assert list(search.find("berger").contacts) == [kept]
    assert list(search.find("mara luise").contacts) == []
    assert duplicates.pairs() == []
    assert Event.objects.filter(kind="ContactsMerged", subject=str(kept.public_id)).count() == 1


def test_the_other_address_and_number_stay_among_the_further_ones(two: tuple[Contact, Contact]) -> None:
    """Of two e-mail addresses one was gone from the page, the search and the file."""
    kept, absorbed = two
    kept.email, kept.phone, absorbed.email = "eins@x.test", "040 1", "zwei@x.test"
    absorbed.ways = [Way(WayKind.FAX, "040 9").stored]
    kept.save()
    absorbed.save()
    merge.merge(kept, absorbed, take=["email"], by=an_agent())
    kept.refresh_from_db()
    assert kept.email == "zwei@x.test"
    assert {Way(WayKind.EMAIL, "eins@x.test"), Way(WayKind.FAX, "040 9")} <= set(kept.further)
    assert list(search.find("eins@x.test").contacts) == [kept]


def test_a_part_of_the_same_address_is_no_further_one(two: tuple[Contact, Contact]) -> None:
    kept, absorbed = two
    kept.street, kept.city, absorbed.street, absorbed.city = "", "Kiel", "Weg 1", "Kiel"
    kept.save()
    absorbed.save()
    merge.merge(kept, absorbed, by=an_agent())
    kept.refresh_from_db()
    assert kept.street == "Weg 1"
    assert not [way for way in kept.further if way.kind is WayKind.ADDRESS]


def test_undoing_gives_back_exactly_what_was(two: tuple[Contact, Contact]) -> None:
    before = [state(contact) for contact in two]
    done = merge.merge(*two, take=["city", "first_name"], by=an_agent())
    assert [state(contact) for contact in two] != before
    merge.undo(done.public_id, by=an_agent())
    assert [state(contact) for contact in two] == before
    with pytest.raises(merge.NotPossibleError):
        merge.undo(done.public_id, by=an_agent())


def test_what_happened_after_the_merge_stays_when_it_is_undone(two: tuple[Contact, Contact]) -> None:
    kept, absorbed = two
    done = merge.merge(kept, absorbed, by=an_agent())
    kept.refresh_from_db()
    kept.mobile = "0172 9"
    kept.save()
    later = an_activity(contact=kept, text="danach", at=timezone.now() + timedelta(minutes=1))
    merge.undo(done.public_id, by=an_agent())
    kept.refresh_from_db()
    later.refresh_from_db()
    assert (kept.mobile, later.contact) == ("0172 9", kept)


def test_a_contact_is_not_merged_with_itself_nor_twice(two: tuple[Contact, Contact]) -> None:
    kept, absorbed = two
    with pytest.raises(merge.NotPossibleError):
        merge.merge(kept, kept, by=an_agent())
    merge.merge(kept, absorbed, by=an_agent())
    with pytest.raises(merge.NotPossibleError):
        merge.merge(kept, absorbed, by=an_agent())


def test_a_colleagues_card_follows_and_comes_back(two: tuple[Contact, Contact]) -> None:
    kept, absorbed = two
    agent = an_agent()
    Card.objects.update_or_create(agent=agent, defaults={"contact": absorbed})
    done = merge.merge(kept, absorbed, by=an_agent())
    assert colleague_cards.of(agent) == kept
    assert colleague_cards.missing(agent) == []
    merge.undo(done.public_id, by=an_agent())
    assert colleague_cards.of(agent) == absorbed


def test_cards_of_two_colleagues_are_not_made_one(two: tuple[Contact, Contact]) -> None:
    for contact in two:
        agent = an_agent()
        Card.objects.update_or_create(agent=agent, defaults={"contact": contact})
    before = [state(contact) for contact in two]
    with pytest.raises(merge.NotPossibleError):
        merge.merge(*two, by=an_agent())
    assert [state(contact) for contact in two] == before
