"""The list of properties: what narrows it, and what makes no sense."""

from decimal import Decimal
from typing import Any

import pytest
from tests.support.office import an_estate

from siegelpost.estates import search
from siegelpost.estates.kinds import Kind, Marketing, Status
from siegelpost.estates.search import Wanted
from siegelpost.estates.search_form import FilterForm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def offers() -> None:
    an_estate(title="Altbau", city="Köln", postal_code="50667", price=Decimal(420_000), rooms=Decimal("3.5"))
    an_estate(title="Loft", city="Kolberg", price=None, price_on_request=True, rooms=Decimal(2))
    an_estate(
        title="Mietwohnung",
        city="Kiel",
        postal_code="24103",
        district="Düsternbrook",
        marketing=Marketing.RENT,
        price=None,
        rent_cold=Decimal(900),
        rooms=Decimal(2),
    )
    an_estate(title="Acker", city="Kiel", kind=Kind.LAND, status=Status.SOLD, price=Decimal(50_000), rooms=None)
    an_estate(title="Ruine", city="Kiel", status=Status.ARCHIVED)


def titles(**wanted: Any) -> list[str]:
    return sorted(estate.title for estate in search.narrowed(Wanted(**wanted)))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["Acker", "Altbau", "Loft", "Mietwohnung"]),
        ({"status": "archived"}, ["Ruine"]),
        ({"status": "offered"}, ["Altbau", "Loft", "Mietwohnung"]),
        ({"status": "no such"}, ["Acker", "Altbau", "Loft", "Mietwohnung"]),
        ({"marketing": "rent"}, ["Mietwohnung"]),
        ({"kind": "land"}, ["Acker"]),
        ({"place": "köln"}, ["Altbau"]),
        ({"place": "KOELN"}, ["Altbau"]),
        ({"place": "ko"}, ["Altbau", "Loft"]),
        ({"place": "506"}, ["Altbau"]),
        ({"place": "Düstern"}, ["Mietwohnung"]),
        ({"place": "nirgends"}, []),
        ({"least": Decimal(100_000)}, ["Altbau"]),
        ({"most": Decimal(1_000)}, ["Mietwohnung"]),
        ({"least": Decimal(800), "most": Decimal(60_000)}, ["Acker", "Mietwohnung"]),
        ({"rooms": Decimal("2.5")}, ["Altbau"]),
        ({"query": "miet kiel", "rooms": Decimal(2)}, ["Mietwohnung"]),
    ],
)
def test_the_list_is_narrowed(wanted: dict[str, Any], found: list[str]) -> None:
    assert titles(**wanted) == found


def test_amounts_are_read_as_people_write_them_and_nonsense_narrows_nothing() -> None:
    assert FilterForm({"least": "250.000", "rooms": "2,5"}).wanted() == Wanted(
        least=Decimal(250_000), rooms=Decimal("2.5")
    )
    assert FilterForm({"least": "viel", "kind": "castle", "q": "altbau"}).wanted() == Wanted(query="altbau")
    assert not FilterForm({"page": "2"}).narrows()


def test_towns_are_offered_once_and_in_order() -> None:
    assert search.towns() == ["Kiel", "Kolberg", "Köln"]
