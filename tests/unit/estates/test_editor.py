"""A property typed in by hand, and its pictures."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from tests.unit.estates.transfers import A_PDF, picture

from siegelpost import storage
from siegelpost.estates import commission, editor, energy
from siegelpost.estates.editor import RefusedError
from siegelpost.estates.form_fields import FIELDSETS
from siegelpost.estates.forms import EstateForm
from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.media import MediaError
from siegelpost.estates.media_form import MediaForm
from siegelpost.estates.models import Estate, Media

pytestmark = pytest.mark.django_db


def typed(**values: Any) -> dict[str, Any]:
    return {
        "title": "Reihenhaus", "kind": "house_single", "marketing": "purchase", "usage": "residential",
        "status": "active", "country": "DEU", "currency": "EUR", **values,
    }  # fmt: skip


def errors(**values: Any) -> dict[str, list[str]]:
    form = EstateForm(typed(**values))
    return {name: [str(one) for one in found] for name, found in form.errors.items()}


def test_typed_in_as_people_write() -> None:
    form = EstateForm(
        typed(
            price="349.000,50", rooms="3,5", features=["lift"], buyer_commission_due="yes",
            buyer_commission="3 % zzgl. MwSt.", energy_issued_on="2022-10-01",
        )
    )  # fmt: skip
    assert form.is_valid(), form.errors
    estate = editor.save(form)
    estate.refresh_from_db()
    assert (estate.price, estate.rooms, estate.country) == (Decimal("349000.50"), Decimal("3.5"), "DEU")
    assert estate.features == ["lift"]
    assert estate.buyer_commission_rate == Decimal("3.57")
    assert (estate.provider, estate.openimmo_obid) == ("", "")


def test_typed_in_in_english() -> None:
    with translation.override("en"):
        form = EstateForm(typed(price="349,000.50"))
        assert form.is_valid()
        assert form.cleaned_data["price"] == Decimal("349000.50")


def test_changed_later_shows_what_stands() -> None:
    estate = editor.save(EstateForm(typed(price="349000")))
    form = EstateForm(instance=estate)
    assert 'value="349.000"' in str(form["price"])
    changed = EstateForm(typed(price="300000"), instance=estate)
    assert changed.is_valid()
    assert editor.save(changed).pk == estate.pk


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"title": ""}, "title", "Bitte geben Sie dem Objekt einen Titel."),
        ({"price": "-1"}, "price", ""),
        ({"price": "viel"}, "price", ""),
        ({"latitude": "53"}, "longitude", "oder keinen von beiden"),
        ({"country": "D1"}, "country", "gültige Auswahl"),
        ({"currency": "€"}, "currency", "drei Buchstaben"),
        ({"buyer_commission_due": "yes"}, "buyer_commission", "wie hoch die Provision ist"),
        ({"buyer_commission_due": "yes", "buyer_commission": "keine"}, "buyer_commission", "wie hoch die Provision"),
        ({"buyer_commission_due": "no", "buyer_commission": "3,57 %"}, "buyer_commission", "obwohl keine zu zahlen"),
        ({"buyer_commission": "3 % zzgl. MwSt.", "buyer_commission_vat": "included"}, "buyer_commission_vat", "anders"),
        ({"energy_issued_on": "2022-01-02", "energy_valid_until": "2022-01-01"}, "energy_valid_until", "ablaufen"),
        ({"construction_year": "99999"}, "construction_year", ""),
        ({"features": ["moat"]}, "features", ""),
        ({"description": "x" * 20_001}, "description", ""),
    ],
)
def test_mistakes_are_told_at_their_field(values: dict[str, Any], field: str, told: str) -> None:
    found = errors(**values)
    assert list(found) == [field]
    assert told in found[field][0]


def fields_of(kind: str, marketing: str, **values: Any) -> tuple[set[str], set[str]]:
    """What is asked for, and what stands folded at the end."""
    form = EstateForm(instance=Estate(kind=kind, marketing=marketing, **values))
    return {field.name for _, fields in form.groups() for field in fields}, {field.name for field in form.others()}


def test_a_property_is_asked_for_what_its_kind_has() -> None:
    """A flat for sale had 75 fields, among them its cold rent, its storage area and its degree of latitude."""
    asked, folded = fields_of("flat", "purchase")
    assert {"price", "living_area", "service_charge", "floor", "energy_class", "seller_commission"} <= asked
    assert not {"rent_cold", "deposit", "storage_area", "plot_area", "latitude", "currency", "owner_order_on"} & asked
    assert {"latitude", "longitude", "currency"} <= folded
    assert "rent_cold" not in folded
    asked, _ = fields_of("flat", "rent")
    assert {"rent_cold", "rent_warm", "deposit", "owner_order_on"} <= asked
    assert not {"price", "service_charge", "seller_commission", "commission_by_deed"} & asked
    asked, _ = fields_of("land", "purchase")
    assert "plot_area" in asked
    assert not {"rooms", "floor", "living_area", "construction_year", "energy_certificate"} & asked


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("land", {"living_area": Decimal(80), "features": ["lift"], "heating_included": False}),
        ("flat", {"rent_cold": Decimal(0), "plus_vat": True, "storage_area": Decimal("3.5")}),
    ],
)
def test_what_another_kind_left_behind_is_folded_and_never_lost(kind: str, held: dict[str, Any]) -> None:
    """Whoever changes the kind of a property by mistake finds everything again."""
    assert fields_of(kind, "purchase", **held)[1] >= set(held)
    estate = Estate.objects.create(title="x", kind="other", marketing="purchase", **held)
    # Saved from a page that showed none of it, as the fields of this kind are.
    form = EstateForm(typed(kind=kind, title="neu"), instance=Estate.objects.get())
    shown = {name for name in held if name in form.fields}
    kept = {name: held[name] for name in held if name not in shown}
    assert form.is_valid(), form.errors
    editor.save(form)
    estate.refresh_from_db()
    assert {name: getattr(estate, name) for name in kept} == kept
    assert estate.title == "neu"


def test_what_was_typed_for_one_kind_is_still_there_when_another_is_chosen() -> None:
    form = EstateForm(typed(kind="land", living_area="80", plot_area="500", floor="")).unjudged()
    assert not form.errors
    assert "living_area" in {field.name for field in form.others()}
    assert {"floor", "rooms"} & {field.name for field in form.others()} == set()
    assert form["living_area"].value() == "80"


def test_there_is_one_word_for_nothing_and_countries_have_names() -> None:
    """Empty choices read "---------", "–" and "Unbekannt"; the country wanted three letters by ISO 3166."""
    form = EstateForm(instance=Estate(kind="commercial"))
    page = "".join(str(form[name]) for name in form.fields)
    for word in ("---------", ">–<", "Unbekannt"):
        assert word not in page
    assert ">keine Angabe<" in page
    assert '<option value="AUT">Österreich</option>' in page
    elsewhere = EstateForm(instance=Estate(country="JPN"))
    assert '<option value="JPN" selected>JPN</option>' in str(elsewhere["country"])
    assert 'inputmode="numeric"' not in str(elsewhere["postal_code"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("postal_code", 'inputmode="numeric"'),
        ("contact_phone", 'type="tel"'),
        ("contact_email", 'type="email"'),
        ("construction_year", 'inputmode="numeric"'),
        ("price", 'inputmode="decimal"'),
    ],
)
def test_phones_show_the_keyboard_that_fits(name: str, said: str) -> None:
    """Telephone and mail of the contact opened the keyboard for letters."""
    assert said in str(EstateForm()[name])


def test_every_warning_leads_to_a_field_of_the_form() -> None:
    """ "The seller's commission is missing" named no field, and one searched 75 of them."""
    bare = Estate.objects.create(title="x", kind="flat", marketing="purchase", commission_open="unsaid")
    used = Estate.objects.create(
        title="x", kind="flat", usage="commercial", energy_certificate="demand", energy_issued_on=date(2020, 1, 1),
        energy_valid_until=date(2021, 1, 1), buyer_commission_due=True, buyer_commission="viel",
    )  # fmt: skip
    for estate in (bare, used):
        remarks = [*energy.missing(estate), *commission.unclear(estate)]
        assert remarks
        form = EstateForm(instance=estate)
        for remark in remarks:
            address, _, field = remark.href.partition("#id_")
            assert address == f"/estates/{estate.public_id}/edit/"
            assert field in form.fields, remark


def test_number_is_taken_once_per_provider() -> None:
    Estate.objects.create(title="x", external_no="7")
    Estate.objects.create(title="x", external_no="8", provider="ANID")
    assert "schon vergeben" in errors(external_no="7")["external_no"][0]
    assert errors(external_no="8") == {}


def test_every_field_has_one_place_in_the_form() -> None:
    placed = [name for fieldset in FIELDSETS for name in fieldset.fields]
    assert len(placed) == len(set(placed))
    derived = {"buyer_commission_rate", "seller_commission_rate", "commission_open", "commission_said", "folded"}
    automatic = {
        "id", "public_id", "provider", "provider_name", "openimmo_obid", "as_of", "created_at", "updated_at",
    }  # fmt: skip
    assert {field.name for field in Estate._meta.fields} == {*placed, *derived, *automatic}


@pytest.fixture
def estate() -> Estate:
    return Estate.objects.create(title="Haus")


def test_pictures_are_added_once_and_in_order(estate: Estate) -> None:
    first = editor.add_media(estate, picture("red"), name="a.jpg")
    second = editor.add_media(estate, picture("blue"), name="b.jpg", title="Küche")
    assert editor.add_media(estate, picture("red"), name="again.jpg") == first
    assert [one.pk for one in estate.media.all()] == [first.pk, second.pk]
    editor.reorder_media(estate, [second.public_id])
    assert [one.pk for one in estate.media.all()] == [second.pk, first.pk]


def test_order_of_strangers_is_refused(estate: Estate) -> None:
    mine = editor.add_media(estate, picture(), name="a.jpg")
    for order in ([uuid4()], [mine.public_id, mine.public_id]):
        with pytest.raises(RefusedError, match="laden Sie die Seite neu"):
            editor.reorder_media(estate, order)


def test_bad_file_changes_nothing(estate: Estate) -> None:
    with pytest.raises(MediaError):
        editor.add_media(estate, b"<svg/>", name="a.svg")
    assert not estate.media.exists()


def test_there_is_a_bound(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "MOST_MEDIA", 1)
    editor.add_media(estate, picture("red"), name="a.jpg")
    with pytest.raises(RefusedError, match="Mehr als 1"):
        editor.add_media(estate, picture("blue"), name="b.jpg")


def test_one_cover_at_a_time(estate: Estate) -> None:
    first = editor.add_media(estate, picture("red"), name="a.jpg", group=MediaGroup.COVER)
    second = editor.add_media(estate, picture("blue"), name="b.jpg")
    editor.make_cover(second)
    first.refresh_from_db()
    assert (first.group, second.group) == (MediaGroup.PICTURE, MediaGroup.COVER)
    document = editor.add_media(estate, A_PDF, name="a.pdf")
    with pytest.raises(RefusedError):
        editor.make_cover(document)


def changed(one: Media, **values: str) -> None:
    editor.change_media(MediaForm({"title": one.title, "group": one.group, **values}, instance=one))


def test_title_and_group_are_kept_and_the_cover_stays_one(estate: Estate) -> None:
    first = editor.add_media(estate, picture("red"), name="a.jpg", group=MediaGroup.COVER)
    second = editor.add_media(estate, picture("blue"), name="b.jpg")
    changed(second, title="Küche", group=MediaGroup.COVER)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.group, second.group, second.title) == (MediaGroup.PICTURE, MediaGroup.COVER, "Küche")
    with pytest.raises(RefusedError, match="200 Zeichen"):
        changed(second, title="x" * 201)
    document = editor.add_media(estate, A_PDF, name="a.pdf")
    with pytest.raises(RefusedError, match="gültige Auswahl"):
        changed(document, group=MediaGroup.COVER)
    document.refresh_from_db()
    assert document.group == MediaGroup.DOCUMENT


def test_deleted_picture_stays_for_exposes_already_sent(estate: Estate) -> None:
    one = editor.add_media(estate, picture(), name="a.jpg")
    editor.delete_media(one)
    assert not Media.objects.exists()
    assert storage.read(one.sha256) == picture()


def test_status(estate: Estate) -> None:
    editor.set_status(estate, Status.RESERVED)
    assert Estate.objects.get().status == Status.RESERVED


@pytest.mark.parametrize(
    "values",
    [
        {"status": "gone"}, {"kind": "castle"}, {"marketing": "gift"}, {"price": Decimal(-1)},
        {"latitude": Decimal(91), "longitude": Decimal(0)}, {"latitude": Decimal(1)},
    ],
)  # fmt: skip
def test_table_refuses_nonsense(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Estate.objects.create(title="x", **values)


def test_names_for_people() -> None:
    estate = Estate(title="Haus", external_no="7", street="Weg", house_no="1", postal_code="1", city="O", district="D")
    assert (str(estate), estate.street_line, estate.city_line) == ("7: Haus", "Weg 1", "1 O (D)")
    renditions = {"480": {"sha256": "a"}, "960": {"sha256": "b", "avif": "c"}}
    media = Media(estate=estate, renditions=renditions, original_name="a.jpg")
    assert str(media) == "a.jpg"
    assert [media.rendition(width) for width in (300, 500, 5000)] == [(name, "image/webp") for name in "abb"]
    assert media.rendition(300, avif=True) == ("a", "image/webp")
    assert media.rendition(500, avif=True) == ("c", "image/avif")
    assert Media(estate=estate).rendition(480) is None


def test_a_cover_that_is_brought_back_leaves_the_one_that_was_chosen_meanwhile() -> None:
    """A property had two covers then, and which one was seen was a matter of order."""
    estate = editor.save(EstateForm(typed()))
    first = editor.add_media(estate, picture("red"), name="a.jpg", group=MediaGroup.COVER)
    second = editor.add_media(estate, picture("blue"), name="b.jpg")
    removed = editor.delete_chosen(estate, [first.public_id])
    editor.make_cover(second)
    assert editor.restore_media(estate, removed) == 1
    assert [one.sha256 for one in estate.media.filter(group=MediaGroup.COVER)] == [second.sha256]
