"""A property typed in by hand, and its pictures."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from tests.unit.estates.transfers import picture

from siegelpost import storage
from siegelpost.estates import editor
from siegelpost.estates.editor import RefusedError
from siegelpost.estates.forms import FIELDSETS, EstateForm, MediaForm
from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.media import MediaError
from siegelpost.estates.models import Estate, Media

pytestmark = pytest.mark.django_db


def typed(**values: Any) -> dict[str, Any]:
    return {
        "title": "Reihenhaus", "kind": "house_single", "marketing": "purchase", "usage": "residential",
        "status": "active", "country": "deu", "currency": "EUR", **values,
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
        ({"country": "D1"}, "country", "drei Buchstaben"),
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


def test_number_is_taken_once_per_provider() -> None:
    Estate.objects.create(title="x", external_no="7")
    Estate.objects.create(title="x", external_no="8", provider="ANID")
    assert "schon vergeben" in errors(external_no="7")["external_no"][0]
    assert errors(external_no="8") == {}


def test_every_field_has_one_place_in_the_form() -> None:
    placed = [name for fieldset in FIELDSETS for name in fieldset.fields]
    assert len(placed) == len(set(placed))
    form = EstateForm()
    assert [field.name for _, fields in form.groups() for field in fields] == placed
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
    document = editor.add_media(estate, b"%PDF-1.7", name="a.pdf")
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
    document = editor.add_media(estate, b"%PDF-1.7", name="a.pdf")
    with pytest.raises(RefusedError, match="kein Titelbild"):
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
