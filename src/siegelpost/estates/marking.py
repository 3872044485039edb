"""Copies of PDF documents for one person: name and time are drawn across every page; the stored file stays as it is.

What is drawn is made of our own words (:func:`drawing`); the document is a stranger's file, and opened in the room for
those (:func:`mark`).
"""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from pikepdf import Name, Object, Page, Pdf, Rectangle

from siegelpost.toolbox.paper import forget_pages, whole

TEMPLATE = Path(__file__).parent / "typst" / "mark.typ"
# Of a form (PDF 1.7, table 219): there are signatures.
_SIGNED = 1


class NotMarkableError(ValueError):
    """It is signed, guarded against changes, or has a page that cannot be drawn on."""


def drawing(who: str, when: str) -> bytes:
    """A PDF of one page with what lies over each page of the copy.

    Args:
        who: the recipient's name, in any script that the machine has letters for.
        when: when the copy was fetched, as a line of text.
    """
    # Here, because it is large, and most processes never set a page.
    import typst

    words = {"who": whole(who), "when": whole(when)}
    try:
        made = typst.compile(TEMPLATE.read_bytes(), sys_inputs=words)
    finally:
        forget_pages()
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


def mark(data: bytes, over: bytes) -> bytes:
    """A stranger's PDF with ``over`` upon each of its pages.

    What it said it conforms to (PDF/A, PDF/UA) is taken out, for nobody has checked that of the copy.

    Raises:
        NotMarkableError: see there.
    """
    try:
        with Pdf.open(io.BytesIO(data)) as pdf, Pdf.open(io.BytesIO(over)) as ours:
            if pdf.is_encrypted or "/Perms" in pdf.Root or _is_signed(pdf):
                raise NotMarkableError
            form = pdf.copy_foreign(ours.pages[0].as_form_xobject())
            name = Name.random()
            for page in pdf.pages:
                _draw(page, form, name)
            if "/Metadata" in pdf.Root:
                del pdf.Root.Metadata
            out = io.BytesIO()
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
            return out.getvalue()
    except (NotMarkableError, MemoryError):
        raise
    except Exception as error:  # whatever a hostile file makes the library raise
        raise NotMarkableError from error


def _is_signed(pdf: Pdf) -> bool:
    form = pdf.Root.get("/AcroForm")
    return form is not None and bool(int(form.get("/SigFlags", 0)) & _SIGNED)


def _draw(page: Page, form: Object, name: Name) -> None:
    page.add_resource(form, Name.XObject, name)
    placed = page.calc_form_xobject_placement(form, name, Rectangle(page.trimbox))
    # What stood there before leaves nothing behind; to readers for the blind the mark is no part of the text.
    left = b"Q\n" * _left_open(page)
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\n" + left + b"/Artifact BMC\n" + placed + b"\nEMC\n")


def _left_open(page: Page) -> int:
    """How many states of graphics are open at the end of a page that was begun with one more."""
    depth = 1
    for step in pikepdf.parse_content_stream(page, "q Q"):
        depth = depth + 1 if str(step.operator) == "q" else max(depth - 1, 0)
    return depth
