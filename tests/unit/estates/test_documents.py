"""PDFs are really looked at: what runs, what is attached and what they tell of themselves stays behind."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import ExifTags, Image

from siegelpost import storage
from siegelpost.estates import documents, media
from siegelpost.estates.media_faults import MediaError, MediaFault, MediaNote

SECRET = b"SECRET"


def blank(change: Callable[[Pdf], object] = lambda _: None, pages: int = 2, **options: Any) -> bytes:
    """A PDF of some pages, changed by somebody before it is written."""
    pdf, out = Pdf.new(), io.BytesIO()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 72 720 Td (Seite {number + 1}) Tj ET".encode())
    change(pdf)
    pdf.save(out, **options)
    return out.getvalue()


def about_itself(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = "SECRET Vera Opfer"
    pdf.docinfo["/Producer"] = "SECRET Scanner im Keller"
    with pdf.open_metadata() as meta:
        meta["dc:creator"] = ["SECRET"]


def photographed(pdf: Pdf) -> None:
    image = Image.new("RGB", (64, 64), "teal")
    exif = image.getexif()
    exif[ExifTags.Base.Make] = "SECRETCAM"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=SECRET)
    stream = Stream(pdf, out.getvalue())
    stream.Type, stream.Subtype, stream.Width, stream.Height = Name.XObject, Name.Image, 64, 64
    stream.ColorSpace, stream.BitsPerComponent, stream.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=stream))


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + kind), **more)


def script() -> Dictionary:
    return action("JavaScript", JS=String("SECRET"))


def opens(found: Dictionary) -> Callable[[Pdf], None]:
    return lambda pdf: pdf.Root.__setattr__("OpenAction", found)


def link(found: Dictionary) -> Callable[[Pdf], None]:
    def add(pdf: Pdf) -> None:
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=found)
        pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])

    return add


def attached(pdf: Pdf) -> None:
    pdf.attachments["SECRET.exe"] = pikepdf.AttachedFileSpec(pdf, SECRET, filename="SECRET.exe")


def field(pdf: Pdf, **more: Any) -> None:
    box = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("Name"), V=String("Opfer"), **more))
    pdf.Root.AcroForm = Dictionary(Fields=Array([box]))


def signed(pdf: Pdf) -> None:
    signature = pdf.make_indirect(
        Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"), Name=String("Notar"))
    )
    field(pdf, Kids=Array([]))
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("S"), V=signature)))


def names(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(script())])))


CLEANED: dict[str, tuple[Callable[[Pdf], object], MediaNote]] = {
    "author and program": (about_itself, MediaNote.NO_DATA),
    "camera of a photograph": (photographed, MediaNote.NO_DATA),
    "script on opening": (opens(script()), MediaNote.NO_ACTIVE),
    "script after going somewhere": (opens(action("GoTo", D=String("x"), Next=script())), MediaNote.NO_ACTIVE),
    "program on opening": (opens(action("Launch", F=String("SECRET.exe"))), MediaNote.NO_ACTIVE),
    "scripts by name": (names, MediaNote.NO_ACTIVE),
    "script on turning a page": (
        lambda pdf: pdf.pages[0].__setattr__("AA", Dictionary(O=script())),
        MediaNote.NO_ACTIVE,
    ),
    "script behind a click": (link(script()), MediaNote.NO_ACTIVE),
    "program behind a click": (link(action("Launch", F=String("SECRET"))), MediaNote.NO_ACTIVE),
    "form that is sent": (link(action("SubmitForm", F=String("https://SECRET.test"))), MediaNote.NO_ACTIVE),
    "file of a share": (link(action("GoToR", F=String("\\\\SECRET\\share"))), MediaNote.NO_ACTIVE),
    "address of a file": (link(action("URI", URI=String("file:///SECRET"))), MediaNote.NO_ACTIVE),
    "script as an address": (link(action("URI", URI=String("javascript:SECRET"))), MediaNote.NO_ACTIVE),
    "script of a field": (lambda pdf: field(pdf, AA=Dictionary(K=script())), MediaNote.NO_ACTIVE),
    "attached program": (attached, MediaNote.NO_FILES),
}


@pytest.mark.parametrize("case", CLEANED)
def test_what_is_not_to_go_out_is_taken_out_and_told(case: str) -> None:
    """PDFs went out unseen, and the page said "ohne Ort und Zeit der Aufnahme" of them."""
    change, note = CLEANED[case]
    data = blank(change, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    found = documents.clean(data, "plan.pdf")
    assert note in found.notes
    assert SECRET not in flat(found.clean)
    assert found.pages == pages_of(found.clean) == 2
    assert documents.clean(found.clean, "plan.pdf").notes in ((), (MediaNote.FORM,))


def flat(data: bytes) -> bytes:
    """A PDF with nothing packed."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(data)) as pdf:
        plain = b"".join(bytes(value) for value in pdf.docinfo.values() if isinstance(value, String))
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue() + plain


def pages_of(data: bytes) -> int:
    with Pdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


REFUSED: dict[str, tuple[Callable[[], bytes], MediaFault]] = {
    "encrypted": (lambda: blank(encryption=pikepdf.Encryption(user="a", owner="b")), MediaFault.PASSWORD),
    "a text that calls itself a PDF": (lambda: b"%PDF-1.4 this is no pdf", MediaFault.NO_PDF),
    "no object of a PDF": (lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", MediaFault.NO_PDF),
    "no page": (lambda: blank(pages=0), MediaFault.NO_PDF),
    "half of one": (lambda: blank(pages=40)[:3000], MediaFault.NO_PDF),
    "one without its end, and what stands on some pages": (lambda: blank(pages=40)[:-3000], MediaFault.NO_PDF),
    "a folder of files": (
        lambda: blank(lambda pdf: pdf.Root.__setattr__("Collection", Dictionary())),
        MediaFault.NO_PAGES,
    ),
    "signed, with a script": (
        lambda: blank(lambda pdf: [change(pdf) for change in (signed, opens(script()))]),
        MediaFault.SEALED_AND_ACTIVE,
    ),
    "guarded, with a program": (
        lambda: blank(opens(action("Launch", F=String("x"))), encryption=pikepdf.Encryption(user="", owner="b")),
        MediaFault.SEALED_AND_ACTIVE,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nobody_could_read_is_refused_with_the_reason(case: str) -> None:
    make, reason = REFUSED[case]
    with pytest.raises(MediaError) as caught:
        documents.clean(make(), "plan.pdf")
    assert caught.value.reason is reason
    assert caught.value.text("de") != caught.value.text("en")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("encrypted.pdf", MediaFault.PASSWORD), ("pdf-junk-before.pdf", MediaFault.NO_PDF)],
)
def test_whole_files_as_they_came(name: str, reason: MediaFault) -> None:
    """A PDF behind a password was taken unseen; one that begins after a line break and has no page "kein PDF"."""
    with pytest.raises(MediaError) as caught:
        documents.clean((Path(__file__).parent / "files" / name).read_bytes(), name)
    assert caught.value.reason is reason


@pytest.mark.parametrize("data", [blank(signed), blank(encryption=pikepdf.Encryption(user="", owner="b"))])
def test_what_is_signed_or_guarded_goes_out_as_it_came_and_that_is_told(data: bytes) -> None:
    found = documents.clean(data, "urkunde.pdf")
    assert found.clean == b""
    assert MediaNote.SEALED in found.notes


def test_links_places_and_what_an_archive_goes_by_stay() -> None:
    def change(pdf: Pdf) -> None:
        link(action("URI", URI=String("https://www.example.test/x")))(pdf)
        pdf.Root.OpenAction = Array([pdf.pages[1].obj, Name.Fit])
        pdf.Root.Lang = String("de-DE")
        # A part of the structure says of itself where it stands: no action, though it has the same name.
        layout = Dictionary(O=Name.Layout, Placement=Name.Block)
        pdf.Root.StructTreeRoot = Dictionary(K=pdf.make_indirect(Dictionary(S=Name.Figure, A=layout)))
        with pdf.open_metadata() as meta:
            meta["pdfaid:part"], meta["pdfaid:conformance"] = "2", "B"

    found = documents.clean(blank(change), "x.pdf")
    with Pdf.open(io.BytesIO(found.clean)) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"
        assert str(pdf.Root.Lang) == "de-DE"
        assert Name.Layout == pdf.Root.StructTreeRoot.K.A.O
        assert len(pdf.Root.OpenAction) == 2
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://www.example.test/x"
    assert MediaNote.NO_ACTIVE not in found.notes


def test_bytes_before_the_beginning_and_a_lost_table_are_mended() -> None:
    """A line break before %PDF made it "kein Bild und kein PDF"; readers allow for 1,024 bytes."""
    data = blank()
    assert documents.clean(b"\r\n" * 300 + data, "x.pdf").clean.startswith(b"%PDF-")
    found = documents.clean(data[: data.rindex(b"startxref")], "x.pdf")
    assert MediaNote.REPAIRED in found.notes
    assert pages_of(found.clean) == 2


def test_what_is_kept_and_what_goes_out() -> None:
    """Kept for the office as it came; what stands in exposés is written anew, the same for the same file."""
    data = blank(about_itself)
    prepared = media.prepare(data, "plan.pdf")
    assert (prepared.media_type, prepared.width, prepared.notes) == ("application/pdf", None, ["no_data"])
    assert storage.read(prepared.sha256) == data
    clean = storage.read(prepared.renditions["pdf"]["sha256"])
    assert SECRET not in flat(clean)
    assert media.prepare(data, "plan.pdf") == prepared
    assert prepared.remarks("plan.pdf") == []


@pytest.mark.parametrize("bad", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x00rest", b"\xff\xd8\xff\xe1\xff\xffshort"])
def test_no_photograph_in_it_holds_anything_up(bad: bytes) -> None:
    assert documents.without_camera_data(bad)[:2] == bad[:2]
