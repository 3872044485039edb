"""Properties on the office's pages: pictures, the archive, and what was left open about the commission."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.support.office import a_contact, an_agent, an_estate, an_office

from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.models import Estate

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
    assert "2 übernommen" in text


def test_pictures_are_moved_made_cover_and_removed(client: Client) -> None:
    estate = an_estate()
    client.post(_page(estate), {"files": [_photo(10), _photo(100), _photo(200)]}, secure=True)
    first, second, third = estate.media.all()
    client.post(f"{_page(estate)}{third.public_id}/", {"act": "up"}, secure=True)
    assert list(estate.media.all()) == [first, third, second]
    client.post(f"{_page(estate)}{second.public_id}/", {"act": "cover"}, secure=True)
    second.refresh_from_db()
    assert second.group == MediaGroup.COVER
    client.post(f"{_page(estate)}{first.public_id}/", {"act": "delete"}, secure=True)
    assert list(estate.media.all()) == [third, second]


def test_a_removal_is_undone_with_everything_the_picture_had(client: Client) -> None:
    estate = an_estate()
    client.post(_page(estate), {"files": [_photo(10), _photo(200)]}, secure=True)
    first, second = estate.media.all()
    estate.media.filter(pk=first.pk).update(title="Küche")
    client.post(f"{_page(estate)}{first.public_id}/", {"act": "delete"}, secure=True)
    assert "Rückgängig" in client.get(_page(estate), secure=True).content.decode()
    client.post(f"{_page(estate)}restore/", secure=True)
    back, still = estate.media.all()
    assert (back.public_id, back.title, back.renditions) == (first.public_id, "Küche", first.renditions)
    assert still == second
    # Once is enough: asked again, nothing comes twice.
    client.post(f"{_page(estate)}restore/", secure=True)
    assert estate.media.count() == 2


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
