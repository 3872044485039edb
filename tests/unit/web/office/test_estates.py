"""Properties on the office's pages: pictures, the archive, and what was left open about the commission."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from PIL import Image
from tests.support.office import a_contact, an_agent, an_estate, an_office
from tests.unit.estates.transfers import A_PDF

from siegelpost.estates import commission
from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.models import Estate, Media
from siegelpost.web.templatetags.office import estate_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    return client


def _photo(shade: int, name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (shade, 90, 90)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def _page(estate: Estate) -> str:
    return f"/estates/{estate.public_id}/media/"


def test_several_photos_at_once_and_one_that_is_none(client: Client) -> None:
    estate = an_estate()
    bad = SimpleUploadedFile("brief.jpg", b"Sehr geehrte Damen und Herren", "image/jpeg")
    response = client.post(_page(estate), {"files": [_photo(10), bad, _photo(200)]}, secure=True, follow=True)
    assert estate.media.count() == 2
    text = response.content.decode()
    assert "„brief.jpg“ ist kein Bild" in text
    assert "2 Bilder übernommen" in text


def _named(estate: Estate) -> dict[str, Media]:
    return {one.original_name: one for one in estate.media.all()}


def _order(estate: Estate) -> list[str]:
    return [one.original_name for one in estate.media.all()]


def _filled(client: Client) -> Estate:
    estate = an_estate()
    files = [_photo(10 + 60 * n, f"{name}.jpg") for n, name in enumerate("abcd")]
    client.post(_page(estate), {"files": [*files, SimpleUploadedFile("plan.pdf", A_PDF)]}, secure=True)
    return estate


def test_one_picture_is_moved_made_cover_and_removed_on_its_own_page(client: Client) -> None:
    """Title and group of every picture stood open on one page of fifteen screens; now each has a page of its own."""
    estate = _filled(client)

    def act(name: str, act: str, **values: str) -> str:
        address = f"{_page(estate)}{_named(estate)[name].public_id}/"
        assert client.get(address, secure=True).status_code == 200
        return client.post(address, {"act": act, **values}, secure=True).headers.get("Location", "")

    act("c.jpg", "up")
    assert _order(estate)[:3] == ["a.jpg", "c.jpg", "b.jpg"]
    act("d.jpg", "front")
    act("a.jpg", "down")
    assert _order(estate) == ["d.jpg", "c.jpg", "a.jpg", "b.jpg", "plan.pdf"]
    act("b.jpg", "cover")
    assert _named(estate)["b.jpg"].group == MediaGroup.COVER
    to = act("c.jpg", "save", title="Küche", group="INNENANSICHTEN", alt="Küche mit Fenster nach Süden")
    kept = _named(estate)["c.jpg"]
    assert (kept.title, kept.group, kept.alt) == ("Küche", "INNENANSICHTEN", "Küche mit Fenster nach Süden")
    assert to == f"{_page(estate)}#p-{kept.public_id}"
    assert act("c.jpg", "save", title="x" * 201, group="BILD") == ""  # the form comes back with what is wrong
    act("a.jpg", "show")
    act("b.jpg", "show")
    assert [bool(_named(estate)[name].teaser) for name in ("a.jpg", "b.jpg")] == [False, True]
    act("plan.pdf", "show")
    act("b.jpg", "hide")
    assert not estate.media.exclude(teaser="").exists()
    act("a.jpg", "delete")
    assert _order(estate) == ["d.jpg", "c.jpg", "b.jpg", "plan.pdf"]
    act("plan.pdf", "save", title="Grundbuchauszug", group="DOKUMENTE", step="release")
    assert str(_named(estate)["plan.pdf"]) == "Grundbuchauszug"


def test_what_was_ticked_comes_forward_is_regrouped_and_removed_together(client: Client) -> None:
    estate = _filled(client)
    ids = {name: str(one.public_id) for name, one in _named(estate).items()}

    def several(act: str, *names: str, **values: str) -> str:
        fields = {"act": act, "id": [ids.get(name, name) for name in names], **values}
        answer = client.post(f"{_page(estate)}several/", fields, secure=True, follow=True)
        return answer.content.decode()

    several("front", "d.jpg", "b.jpg")
    assert _order(estate) == ["b.jpg", "d.jpg", "a.jpg", "c.jpg", "plan.pdf"]
    # A document does not become a picture by being among those that are regrouped.
    several("group", "a.jpg", "plan.pdf", group="AUSSENANSICHTEN")
    groups = {name: one.group for name, one in _named(estate).items()}
    assert (groups["a.jpg"], groups["plan.pdf"], groups["b.jpg"]) == ("AUSSENANSICHTEN", "DOKUMENTE", "BILD")
    assert "nur ein Bild" in several("group", "a.jpg", "b.jpg", group="TITELBILD")
    several("group", "c.jpg", group="TITELBILD")
    assert _named(estate)["c.jpg"].group == MediaGroup.COVER
    assert "zuerst" in several("delete")
    assert "inzwischen geändert" in several("delete", "a.jpg", "6d0c0c9e-0000-4000-8000-000000000000")
    # What names nothing at all was answered with Python's own words.
    for nothing in ("abc", "", "a" * 5000):
        page = several("delete", "a.jpg", nothing)
        assert "inzwischen geändert" in page
        assert "hexadecimal" not in page
        assert client.post(f"{_page(estate)}order/", {"id": [nothing]}, secure=True).status_code == 409
    assert len(_order(estate)) == 5
    several("delete", "a.jpg", "plan.pdf")
    assert _order(estate) == ["b.jpg", "d.jpg", "c.jpg"]


def test_a_removal_is_undone_with_everything_the_pictures_had(client: Client) -> None:
    estate = _filled(client)
    before = list(estate.media.values("public_id", "title", "alt", "group", "position", "renditions", "notes"))
    estate.media.filter(original_name="a.jpg").update(title="Küche")
    before[0]["title"] = "Küche"
    ids = [str(one.public_id) for one in estate.media.all()][:2]
    client.post(f"{_page(estate)}several/", {"act": "delete", "id": ids}, secure=True)
    page = client.get(_page(estate), secure=True).content.decode()
    assert "2 entfernt" in page
    assert "Rückgängig" in page
    # One of them was uploaded again meanwhile: it stays as it is, the other comes back.
    client.post(_page(estate), {"files": [_photo(70, "b.jpg")]}, secure=True)
    client.post(f"{_page(estate)}restore/", secure=True)
    after = list(estate.media.values("public_id", "title", "alt", "group", "position", "renditions", "notes"))
    assert before[0] in after
    assert len(after) == 5
    # Once is enough: asked again, nothing comes twice.
    client.post(f"{_page(estate)}restore/", secure=True)
    assert estate.media.count() == 5


def test_photos_that_come_one_by_one_are_answered_one_by_one(client: Client) -> None:
    estate = an_estate()
    one = {"X-One-By-One": "1"}
    assert client.post(_page(estate), {"files": [_photo(10)]}, secure=True, headers=one).status_code == 204
    refused = client.post(
        _page(estate), {"files": [SimpleUploadedFile("brief.jpg", b"nein")]}, secure=True, headers=one
    )
    assert refused.status_code == 422
    assert "„brief.jpg“ ist kein Bild" in refused.content.decode()
    assert estate.media.count() == 1


def test_browsers_that_read_avif_get_the_smaller_file(client: Client) -> None:
    estate = an_estate()
    client.post(_page(estate), {"files": [_photo(10)]}, secure=True)
    address = f"{_page(estate)}{estate.media.get().public_id}/480.webp"
    avif = client.get(address, secure=True, headers={"Accept": "image/avif,image/webp,*/*"})
    webp = client.get(address, secure=True, headers={"Accept": "image/webp,*/*"})
    assert (avif.headers["Content-Type"], webp.headers["Content-Type"]) == ("image/avif", "image/webp")
    assert "Accept" in avif.headers["Vary"]
    for answer in (avif, webp):
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (480, 360)
            assert not image.getexif()


def test_the_order_of_dragging_is_kept_and_a_foreign_picture_refused(client: Client) -> None:
    estate, other = an_estate(), an_estate(external_no="2")
    client.post(_page(estate), {"files": [_photo(10), _photo(200)]}, secure=True)
    client.post(_page(other), {"files": [_photo(50)]}, secure=True)
    first, second = estate.media.all()
    order = {"id": [str(second.public_id), str(first.public_id)]}
    assert client.post(f"{_page(estate)}order/", order, secure=True).status_code == 204
    assert list(estate.media.all()) == [second, first]
    foreign = {"id": [str(other.media.get().public_id)]}
    assert client.post(f"{_page(estate)}order/", foreign, secure=True).status_code == 409


def test_a_picture_is_shown_only_with_its_own_property(client: Client) -> None:
    estate, other = an_estate(), an_estate(external_no="2")
    client.post(_page(estate), {"files": [_photo(10)]}, secure=True)
    picture = estate.media.get()
    shown = client.get(f"{_page(estate)}{picture.public_id}/480.webp", secure=True)
    assert shown.headers["Content-Type"] == "image/webp"
    assert client.get(f"{_page(other)}{picture.public_id}/480.webp", secure=True).status_code == 404


def test_a_sold_property_leaves_and_comes_back(client: Client) -> None:
    estate = an_estate()
    client.post(f"/estates/{estate.public_id}/archive/", secure=True)
    assert str(estate.public_id) not in client.get("/estates/", secure=True).content.decode()
    client.post(f"/estates/{estate.public_id}/archive/", secure=True)
    assert str(estate.public_id) in client.get("/estates/", secure=True).content.decode()


def test_another_kind_brings_its_fields_with_what_was_typed_and_saves_nothing(client: Client) -> None:
    estate = an_estate()
    before = Estate.objects.values().get()
    address = f"/estates/{estate.public_id}/edit/"
    typed = {"title": "", "kind": "land", "marketing": "purchase", "living_area": "81", "country": "DEU"}
    part = client.post(address, typed, secure=True, headers={"HX-Request": "true"}).content.decode()
    assert 'name="plot_area"' in part
    assert 'name="energy_valid_until"' not in part
    assert part.index('id="others"') < part.index('name="living_area"')
    assert "<html" not in part
    assert "Bitte geben Sie" not in part  # nothing is found wrong before it is saved
    # The same without scripts, by a button.
    page = client.post(address, {**typed, "arrange": "1"}, secure=True)
    assert page.status_code == 200
    assert 'name="plot_area"' in page.content.decode()
    assert Estate.objects.values().get() == before


def test_a_warning_on_the_property_and_in_the_preview_leads_to_its_field(client: Client) -> None:
    estate = an_estate(commission_open="contradiction", energy_certificate="")
    page = client.get(estate.get_absolute_url(), secure=True).content.decode()
    assert f'href="{estate.field_address("energy_certificate")}"' in page
    assert f'href="{estate.field_address("buyer_commission_due")}"' in page
    preview = render_to_string("dispatches/preview_errors.html", {"reasons": commission.unclear(estate)})
    assert f'href="{estate.field_address("buyer_commission_due")}"' in preview


@pytest.mark.parametrize(
    ("fields", "answer", "shown"),
    [
        ({"commission_open": "contradiction"}, "due", (True, "", "")),
        ({"commission_open": "contradiction"}, "free", (False, "", "")),
        ({"buyer_commission": "3 %"}, "plus", (True, "", "plus")),
        ({"buyer_commission": "3,57 %"}, "included", (True, "", "included")),
    ],
)
def test_the_decision_stands_beside_the_reason(
    client: Client, fields: dict[str, str], answer: str, shown: tuple[bool, str, str]
) -> None:
    address = an_estate(**fields).get_absolute_url()
    page = client.get(address, secure=True).content.decode()
    assert "Vor dem Senden zu entscheiden" in page
    assert f'value="{answer}"' in page
    after = client.post(f"{address}commission/", {"answer": answer}, secure=True, follow=True).content.decode()
    estate = Estate.objects.get()
    assert (estate.buyer_commission_due, estate.commission_open, estate.buyer_commission_vat) == shown
    assert "Vor dem Senden zu entscheiden" not in after


@pytest.mark.parametrize("answer", ["", "maybe", "due", "plus"])
def test_nothing_is_decided_where_nothing_is_open(client: Client, answer: str) -> None:
    estate = an_estate()
    before = Estate.objects.values().get()
    client.post(f"{estate.get_absolute_url()}commission/", {"answer": answer}, secure=True)
    assert Estate.objects.values().get() == before


def test_who_reserves_is_reminded_to_identify(client: Client) -> None:
    """§§ 10 (6), 11 (2) GwG: with the reservation the parties are known, and nobody was reminded of it."""
    words = "zu identifizieren"
    assert words not in client.get(f"/estates/{an_estate().public_id}/", secure=True).content.decode()
    reserved = an_estate(status=Status.RESERVED)
    assert words in client.get(f"/estates/{reserved.public_id}/", secure=True).content.decode()


def test_a_registered_mail_is_not_taken_for_the_bailiff(client: Client) -> None:
    """§§ 130, 132 BGB: what has a time limit should also go another way, which the page did not say."""
    page = client.get(f"/registered/new/?contact={a_contact().public_id}", secure=True).content.decode()
    assert "Gerichtsvollzieher (§ 132 BGB)" in page


@pytest.mark.parametrize(("language", "written"), [("de", "565.000\u00a0€"), ("en", "€565,000")])
def test_a_list_writes_its_prices_as_the_property_does(language: str, written: str) -> None:
    """In English, lists said "565,000 €" and pages "€565,000"."""
    with translation.override(language):
        assert estate_price(an_estate(price=Decimal(565_000))) == written
