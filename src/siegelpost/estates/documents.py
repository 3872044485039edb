"""Strangers' PDFs: opened, and written anew without what runs, what is attached, and what they say about themselves.

A PDF may start programs, send forms, carry files along, and name its author, his programs and a photograph's place.
What is handed out is written anew from its pages. One that is signed, or guarded against changes, would lose that: it
stays as it is, or is not taken if it holds what runs. Stores nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from siegelpost.estates.media_faults import MediaError, MediaFault, MediaNote

MAGIC = b"%PDF-"
# Readers look for the beginning within so many bytes (PDF 1.7, annex H.3.4.1).
BEFORE = 1024
# What an action may do (PDF 1.7, table 198): go somewhere in the document, or to an address.
_HARMLESS = frozenset({"/GoTo", "/URI", "/Named", "/Hide", "/SetOCGState", "/Trans", "/Thread", "/GoTo3DView"})
_PLAIN_LINK = re.compile(rb"(?:https?://|mailto:|tel:|www\.|#)", re.IGNORECASE)
_ACTIONS = ("/A", "/OpenAction", "/PA")
_RUNNING = ("/AA", "/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/Movie", "/Sound", "/3DD")
_FILES = ("/EF", "/EmbeddedFiles", "/AF")
_ABOUT = ("/Metadata", "/PieceInfo", "/LastModified")
# What a PDF says it conforms to, which readers for the blind and archives go by.
_CONFORMS = re.compile(
    rb"(pdfaid:part|pdfaid:conformance|pdfuaid:part)(?:=[\"']|(?:\s[^<>]{0,200}+)?+>)([0-9A-Za-z]{1,3})"
)
# What qpdf says of a file that it had to put together, and of one that lacks pages or what stands on them.
_DAMAGED = "file is damaged"
_PAGES_LOST = ("Pages tree includes", "unexpected EOF", "EOF while reading", "unable to find trailer")
_NAMESPACES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF as it may be handed out: ``clean`` is it written anew, empty where it goes out as it came."""

    pages: int
    clean: bytes
    notes: tuple[MediaNote, ...]


@dataclass(slots=True)
class _Found:
    sealed: bool = False
    active: bool = False
    files: bool = False
    about: bool = False


def begins_like_one(data: bytes) -> bool:
    """Whether readers would take it for a PDF by its beginning."""
    return MAGIC in data[: BEFORE + len(MAGIC)]


def clean(data: bytes, name: str) -> Document:
    """Open it, and write it anew without what is not to go out.

    Raises:
        MediaError: it is none, is encrypted, has no pages, or is sealed with what runs in it.
    """
    try:
        with Pdf.open(io.BytesIO(data)) as pdf:
            return _cleaned(pdf, name)
    except pikepdf.PasswordError as error:
        raise MediaError(MediaFault.PASSWORD, name) from error
    except (MediaError, MemoryError):
        raise
    except Exception as error:  # whatever a hostile file makes the library raise
        raise MediaError(MediaFault.NO_PDF, name) from error


def _cleaned(pdf: Pdf, name: str) -> Document:
    pages = len(pdf.pages)
    root = pdf.Root
    if "/Collection" in root or root.get("/NeedsRendering", False):
        raise MediaError(MediaFault.NO_PAGES, name)
    warnings = " ".join(map(str, pdf.get_warnings()))
    if not pages or any(words in warnings for words in _PAGES_LOST):
        raise MediaError(MediaFault.NO_PDF, name)
    fields = _fields(root)
    conforms = _conformance(root)
    info = pdf.trailer.get("/Info")
    found = _Found(
        sealed=pdf.is_encrypted or "/Perms" in root, about=isinstance(info, Dictionary) and bool(info.keys())
    )
    for each in _dictionaries(pdf):
        _strip(each, found)
    notes = [note for note, holds in ((MediaNote.REPAIRED, _DAMAGED in warnings), (MediaNote.FORM, fields)) if holds]
    if found.sealed:
        if found.active or found.files:
            raise MediaError(MediaFault.SEALED_AND_ACTIVE, name)
        return Document(pages, b"", (*notes, MediaNote.SEALED))
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    if conforms:
        root.Metadata = pdf.make_stream(_minimal_xmp(conforms), {"/Type": Name.Metadata, "/Subtype": Name.XML})
    said = {MediaNote.NO_DATA: found.about, MediaNote.NO_ACTIVE: found.active, MediaNote.NO_FILES: found.files}
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return Document(pages, out.getvalue(), (*notes, *(note for note, holds in said.items() if holds)))


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary of the document, those of its streams included, each once."""
    waiting: list[Object] = []
    for top in pdf.objects:
        waiting.append(top)
        while waiting:
            each = waiting.pop()
            if isinstance(each, Dictionary | Stream):
                yield each
                inner = [value for _, value in each.items()]
            elif isinstance(each, Array):
                inner = list(each)
            else:
                continue
            waiting.extend(value for value in inner if isinstance(value, Dictionary | Array) and not value.is_indirect)


def _strip(each: Object, found: _Found) -> None:
    keys = set(each.keys())
    found.sealed |= "/ByteRange" in keys
    for key in _ACTIONS:
        # What a part of the structure says of itself has the same name, and no kind of action.
        if key in keys and isinstance(each[key], Dictionary) and "/S" in each[key] and not _is_harmless(each[key]):
            del each[key]
            found.active = True
    if "/Next" in keys and "/S" in keys:  # what an action does afterwards
        del each["/Next"]
        found.active = True
    for names, kind in ((_RUNNING, "active"), (_FILES, "files"), (_ABOUT, "about")):
        for key in keys.intersection(names):
            # A film's or a field's own word of the same name is a text or a number.
            if isinstance(each[key], Dictionary | Stream | Array) or key == "/JS":
                setattr(found, kind, True)
            del each[key]
    if isinstance(each, Stream):
        if "/F" in keys:  # what stands in a file elsewhere
            del each["/F"]
            found.active = True
        if str(each.get("/Filter", "")) == "/DCTDecode":
            found.about |= _strip_photograph(each)


def _is_harmless(action: Object) -> bool:
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        return bool(_PLAIN_LINK.match(bytes(action.URI).strip())) if isinstance(action.get("/URI"), String) else False
    return kind in _HARMLESS


def _strip_photograph(stream: Object) -> bool:
    """Take place, time and camera out of a photograph; gives whether there was something."""
    raw = stream.read_raw_bytes()
    bare = without_camera_data(raw)
    if bare == raw:
        return False
    parameters = stream.get("/DecodeParms")
    stream.write(
        bare, filter=Name.DCTDecode, decode_parms=parameters if isinstance(parameters, Dictionary | Array) else None
    )
    return True


def without_camera_data(jpeg: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC and comments; colour profiles and what decoding needs stay."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big") + 2
        if marker == 0xDA or length < 4:
            break
        if marker not in {0xE1, 0xED, 0xFE}:  # APP1, APP13, COM
            kept.append(jpeg[at : at + length])
        at += length
    return b"".join((*kept, jpeg[at:]))


def _fields(root: Object) -> bool:
    form = root.get("/AcroForm")
    return isinstance(form, Dictionary) and bool(form.get("/Fields"))


def _conformance(root: Object) -> dict[str, str]:
    xmp = root.get("/Metadata")
    if not isinstance(xmp, Stream):
        return {}
    return {key.decode(): value.decode() for key, value in _CONFORMS.findall(xmp.read_bytes()[:100_000])}


def _minimal_xmp(conforms: dict[str, str]) -> bytes:
    says = "".join(f"<{name}>{value}</{name}>" for name, value in sorted(conforms.items()))
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{says}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
