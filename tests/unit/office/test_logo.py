"""The logo: drawn anew from what is chosen, refused with a reason, shown and taken away again."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.support.office import a_dispatch, an_agent, an_office, the_guard_says

from siegelpost import storage
from siegelpost.office.current import the_office
from siegelpost.office.forms import OfficeForm
from siegelpost.office.logo import BOX
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Lindenhof",
    "street": "Am Sande 14",
    "postal_code": "21335",
    "city": "Lüneburg",
    "phone": "+49 4131 555 01 23",
    "email": "post@lindenhof.example",
    "colour": "#1f4d3f",
}


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **options: object) -> bytes:
    out = io.BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, (31, 77, 63) if mode == "RGB" else (31, 77, 63, 128)).save(out, kind, **options)
    return out.getvalue()


def form(raw: bytes, name: str = "logo.png", **fields: str) -> OfficeForm:
    return OfficeForm(FIELDS | fields, {"logo_file": SimpleUploadedFile(name, raw)}, instance=the_office())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_is_drawn_anew(kind: str) -> None:
    an_office()
    chosen = form(picture(kind), f"logo.{kind.lower()}")
    assert chosen.is_valid(), chosen.errors
    assert chosen.new_logo is not None
    with Image.open(io.BytesIO(chosen.new_logo.png)) as logo:
        assert (logo.format, logo.mode, logo.size) == ("PNG", "RGBA", (BOX[1] * 3, BOX[1]))


def test_what_a_picture_says_of_its_maker_stays_behind() -> None:
    an_office()
    told = PngInfo()
    told.add_text("Author", "Jana Roth, at home")
    chosen = form(picture(pnginfo=told, icc_profile=b"of Jana Roth, at home"))
    assert chosen.is_valid()
    assert chosen.new_logo
    with Image.open(io.BytesIO(chosen.new_logo.png)) as logo:
        assert logo.info == {}


def test_a_picture_of_a_phone_is_turned_upright() -> None:
    an_office()
    exif = Image.Exif()
    exif[0x0112] = 6
    chosen = form(picture("JPEG", (400, 200), exif=exif), "logo.jpg")
    assert chosen.is_valid()
    assert chosen.new_logo
    with Image.open(io.BytesIO(chosen.new_logo.png)) as logo:
        assert logo.height > logo.width
        assert logo.size == (chosen.new_logo.width, chosen.new_logo.height)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "logo.svg"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png"),
        (lambda: b"", "logo.png"),
        (lambda: picture()[:200], "logo.png"),
        (lambda: picture("GIF"), "logo.gif"),
        (lambda: picture("PNG", (6_000, 5_000)), "logo.png"),
        (lambda: picture() + b"\0" * 16 * 1024 * 1024, "logo.png"),
    ],
    ids=["script", "svg called png", "empty", "cut", "another kind", "too many pixels", "too large"],
)
def test_what_is_refused_changes_nothing(raw: Callable[[], bytes], name: str) -> None:
    an_office()
    chosen = form(raw(), name)
    assert not chosen.is_valid()
    assert list(chosen.errors) == ["logo_file"]
    assert chosen.new_logo is None


def test_it_is_shown_to_everybody_and_taken_away_again() -> None:
    an_office()
    administrator = an_agent(role=Role.ADMINISTRATOR)
    client = Client()
    assert client.get("/logo.png").status_code == 404
    client.force_login(administrator)
    upload = {"logo_file": SimpleUploadedFile("logo.png", picture())}
    assert client.post("/settings/office/", FIELDS | upload).status_code == 302
    sha256 = the_office().logo
    shown = f"/logo.png?v={sha256[:16]}"
    assert shown in client.get("/settings/").content.decode()
    stranger = Client()
    assert shown in stranger.get("/account/login/").content.decode()
    answer = stranger.get(shown)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    # Saved again without a file: it stays. With the tick: it goes.
    client.post("/settings/office/", FIELDS)
    assert the_office().logo == sha256
    client.post("/settings/office/", FIELDS | {"remove_logo": "on"})
    assert the_office().logo == ""
    assert client.get("/logo.png").status_code == 404


def test_recipients_see_it_beside_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)
    office = an_office()
    office.logo, office.logo_width, office.logo_height = storage.put(picture()), 336, 112
    office.save()
    shown = f'<img class="logo" src="/logo.png?v={office.logo[:16]}" alt="" width="336" height="112">'
    assert shown in " ".join(bytes(a_dispatch().gate_html).decode().split())
