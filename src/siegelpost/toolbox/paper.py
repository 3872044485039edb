"""Every PDF of the house is set here: a template, filled in, tagged (PDF/UA-1) and for the archive (PDF/A)."""

from __future__ import annotations

import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from siegelpost.toolbox import colours

COMMON: Final = Path(__file__).with_name("paper.typ")
CONTENT: Final = "content.json"
STANDARDS: Final = ("a-2a", "ua-1")
# Characters that are left out for want of a glyph, before the archive is given up.
MOST_ORNAMENTS = 20
# Controls, marks of direction and of no width, private and unassigned planes, and what joins pictures.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufe00-\ufe0f\ufeff"
    "\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff]")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
FALLBACK_COLOUR: Final = "#1f4d3f"
# Runs for which typst keeps what it has decoded and laid out, also where nobody asks for it any more.
_KEPT_FOR = 10
_NO_GLYPH = re.compile(r'the text `"(.{1,1000}?)"` could not be displayed')


def pdf(
    template: Path,
    content: Mapping[str, object],
    *,
    at: datetime,
    files: Mapping[str, bytes] | None = None,
    adorned: bool = False,
) -> bytes:
    """The PDF of a typst template, which reads ``content.json`` and may import ``paper.typ``; the same at each call.

    PDF/A and PDF/UA allow no character without a glyph. Ornaments that have none are written as their number; of a
    script that our fonts do not know (a name in Chinese, say) nothing may be lost: such a text becomes an ordinary PDF
    with the machine's fonts.

    Args:
        at: when the document was made.
        files: pictures that the template names.
        adorned: ornaments without a glyph are left out; they were only to look well.
    """
    with tempfile.TemporaryDirectory(prefix="paper-") as name:
        folder = Path(name)
        for file, data in {COMMON.name: COMMON.read_bytes(), **(files or {})}.items():
            (folder / file).write_bytes(data)
        (main := folder / "main.typ").write_bytes(template.read_bytes())
        try:
            made = _compiled(main, json.dumps(content, ensure_ascii=False), at, adorned)
        finally:
            forget_pages()
    return _readable(made)


def paragraphs(text: str) -> list[list[str]]:
    """Paragraphs of lines; an empty line parts paragraphs."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text))
    return [[plain(line) for line in block.split("\n")] for block in blocks if block.strip()]


def plain(text: str) -> str:
    """A line of text without what is seen nowhere, and without pictures: for what is only to look well."""
    return _EMOJI.sub("", _UNSEEN.sub("", text))


def whole(text: str) -> str:
    r"""A line of text without what is seen nowhere; pictures as their number, ``\\u1f3e0``: for what people declare."""
    return _EMOJI.sub(lambda one: _numbered(one[0]), _UNSEEN.sub("", text))


def _numbered(character: str) -> str:
    return f"\\u{ord(character):04x}"


def accent(text: str) -> str:
    """The office's colour, dark enough to be read on white; a colour of ours where it names none."""
    return colours.on_light(text if _COLOUR.match(text) else FALLBACK_COLOUR).text


def _compiled(main: Path, content: str, at: datetime, adorned: bool) -> bytes:
    # Here, because it is large, and most processes never set a page.
    import typst

    options: dict[str, Any] = {"root": main.parent, "timestamp": int(at.timestamp())}
    for _attempt in range(MOST_ORNAMENTS):
        (main.parent / CONTENT).write_text(content)
        try:
            return _one(typst.compile(main, ignore_system_fonts=True, pdf_standards=[*STANDARDS], **options))
        except typst.TypstError as error:
            lacking = _NO_GLYPH.search(str(error))
            if not lacking or any(unicodedata.category(one).startswith(("L", "M", "N")) for one in lacking[1]):
                break
            # In JSON a backslash is written twice.
            content = content.translate({ord(one): "" if adorned else f"\\{_numbered(one)}" for one in lacking[1]})
    return _one(typst.compile(main, **options))


def _one(made: object) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


def _readable(made: bytes) -> bytes:
    """The same PDF: its title is shown, and tables without a head row are read by their first column."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        preferences = pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary())
        preferences.DisplayDocTitle = True
        pdf.Root.ViewerPreferences = preferences
        for table in _elements(pdf.Root.StructTreeRoot, "/Table"):
            if not any(_elements(table, "/TH")):
                for row in _elements(table, "/TR"):
                    _make_head(next(_elements(row, "/TD")))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _make_head(cell: Any) -> None:
    import pikepdf

    cell.S = pikepdf.Name.TH
    scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
    given = cell.get("/A", [])
    cell.A = pikepdf.Array([*([given] if isinstance(given, pikepdf.Dictionary) else given), scope])


def _elements(root: Any, kind: str) -> Iterator[Any]:
    """All elements of the structure of one kind below an element, in the order they are read."""
    import pikepdf

    waiting = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += reversed(list(one))
        elif isinstance(one, pikepdf.Dictionary):
            if one.get("/S") == kind and one is not root:
                yield one
            if (below := one.get("/K")) is not None:
                waiting.append(below)


def forget_pages() -> None:
    """Have typst let go of the pictures and pages it set last: sixty megabytes, in processes that live for months."""
    import typst

    with tempfile.TemporaryDirectory(prefix="nothing-") as folder:
        (nothing := Path(folder) / "nothing.typ").touch()
        compiler = typst.Compiler(nothing, ignore_system_fonts=True)
        for _run in range(_KEPT_FOR + 1):
            compiler.compile()
