"""Copies for one person: name and time on every page, whatever its shape; the stored document stays as it is."""

import io
import subprocess
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image
from tests.unit.estates.transfers import A_PDF

from siegelpost import storage
from siegelpost.estates import marking, media
from siegelpost.estates.marking import NotMarkableError
from siegelpost.estates.media_form import MediaForm
from siegelpost.estates.models import PDF, Media

WHO, WHEN = "Agnieszka Šimková-Yıldız", "Abgerufen am 30. November 2026, 04:31:22 MEZ"
# Width and height in points, and how the page is turned; the last leaves its graphics scaled and open.
PAGES = (((595, 842), 0, b""), ((842, 595), 0, b""), ((595, 842), 90, b""), ((300, 900), 270, b"q 3 0 0 3 900 0 cm q"))


def a_document(
    change: Callable[[Pdf], object] = lambda pdf: None, encryption: pikepdf.Encryption | bool = False
) -> bytes:
    out = io.BytesIO()
    with Pdf.new() as pdf:
        for size, turned, content in PAGES:
            page = pdf.add_blank_page(page_size=size)
            page.Rotate = turned
            page.contents_add(content)
        change(pdf)
        pdf.save(out, encryption=encryption)
    return out.getvalue()


def words_of(pdf: bytes) -> list[str]:
    """The text of each page without its blanks: words that climb are read in pieces."""
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return ["".join(page.split()) for page in told.decode().split("\f")[:-1]]


def middle_of(pdf: bytes, number: int) -> tuple[int, int]:
    """The darkest and the lightest grey in the middle of a page, where nothing but the mark is."""
    command = ["pdftoppm", "-r", "40", "-gray", "-png", "-f", str(number), "-l", str(number), "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    image = Image.open(io.BytesIO(drawn)).convert("L")
    width, height = image.size
    side = min(width, height) // 4
    box = (width // 2 - side, height // 2 - side, width // 2 + side, height // 2 + side)
    greys = image.crop(box).tobytes()
    return min(greys), max(greys)


def test_every_page_says_whose_copy_it_is_in_its_middle() -> None:
    copy = marking.mark(a_document(), marking.drawing(WHO, WHEN))
    assert words_of(copy) == ["".join(f"{WHO}{WHEN}".split())] * len(PAGES)
    for number in range(1, len(PAGES) + 1):
        darkest, lightest = middle_of(copy, number)
        assert lightest == 255
        assert 100 < darkest < 220, number


def test_pages_that_share_what_they_need_keep_it() -> None:
    def share(pdf: Pdf) -> None:
        shared = pdf.make_indirect(Dictionary(ProcSet=Array([Name.PDF])))
        for page in pdf.pages:
            del page.Resources
        pdf.Root.Pages.Resources = shared

    with Pdf.open(io.BytesIO(marking.mark(a_document(share), marking.drawing(WHO, WHEN)))) as copy:
        assert all("/ProcSet" in page.resources and len(page.resources.XObject) == 1 for page in copy.pages)


def test_a_copy_claims_no_standard() -> None:
    def conforms(pdf: Pdf) -> None:
        with pdf.open_metadata() as meta:
            meta["pdfaid:part"] = "2"

    with Pdf.open(io.BytesIO(marking.mark(a_document(conforms), marking.drawing(WHO, WHEN)))) as copy:
        assert "/Metadata" not in copy.Root


def signed(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), SigFlags=3)


@pytest.mark.parametrize(
    "data",
    [
        a_document(signed),
        a_document(encryption=pikepdf.Encryption(user="", owner="b")),
        b"%PDF-1.7 nothing",
    ],
)
def test_what_is_signed_guarded_or_broken_is_no_copy(data: bytes) -> None:
    with pytest.raises(NotMarkableError):
        marking.mark(data, marking.drawing(WHO, WHEN))


@pytest.mark.django_db
def test_who_wants_it_marked_learns_at_once_whether_that_is_possible() -> None:
    for data, possible in ((A_PDF, True), (a_document(signed), False)):
        item = Media(sha256=storage.put(data), media_type=PDF, size=len(data), group="DOKUMENTE")
        assert media.markable(item) is possible
        form = MediaForm({"title": "Protokoll", "group": "DOKUMENTE", "step": "release", "marked": "on"}, instance=item)
        form.is_valid()
        assert ("marked" not in form.errors) is possible
