"""A judge over PDFs that is not the program that sets them: structure as readers find it, text as it is copied."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pikepdf

# What is seen nowhere and copied along all the same. The hyphen at the end of a line says itself that it is none.
NO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
# How pdftotext says that a line runs from right to left.
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text_of(pdf: bytes, *options: str) -> str:
    """What a person copies out of it (poppler), lines and columns as they stand."""
    run = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return DIRECTION.sub("", run.stdout.decode())


def copied(pdf: bytes) -> str:
    """The same without blanks and ends of lines, so that a text can be looked for wherever its lines break."""
    return re.sub(r"\s", "", text_of(pdf, "-raw").replace("\u00ad\n", ""))


def pages_of(pdf: bytes) -> list[str]:
    """The text page by page."""
    return text_of(pdf, "-layout").split("\f")[:-1]


def faults(pdf: bytes, language: str) -> list[str]:
    """What is wrong with it for a blind reader, an archive or a strict program, in words; nothing, if all is right."""
    found: list[str] = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root: Any = document.Root
        found += [f"qpdf: {problem}" for problem in document.check_pdf_syntax()]
        if str(root.get("/Lang", "")) != language:
            found.append(f"Lang is {root.get('/Lang')}, not {language}")
        if not root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle"):
            found.append("the title is not displayed")
        if not root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked"):
            found.append("not tagged")
        with document.open_metadata() as meta:
            found += [f"no {key}" for key in ("pdfaid:part", "pdfuaid:part", "dc:title") if not meta.get(key)]
        found += _structure(root.StructTreeRoot)
        found += _fonts(document)
    if NO_WIDTH.search(text_of(pdf)):
        found.append("characters without width are copied along")
    return found


def _structure(tree: Any) -> list[str]:
    found, level = [], 0
    for element in elements(tree):
        kind = str(element.get("/S", ""))
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            found.append("a figure without words")
        if re.fullmatch(r"/H[1-6]", kind):
            if (now := int(kind[2])) > level + 1:
                found.append(f"heading {now} below heading {level}")
            level = now
        if kind == "/Table":
            found += _table(element)
    if level == 0:
        found.append("no heading")
    return found


def _table(table: Any) -> list[str]:
    heads = [one for one in elements(table) if str(one.get("/S", "")) == "/TH"]
    if not heads:
        return ["a table without heads"]
    scopes = [any("/Scope" in attribute for attribute in _attributes(head)) for head in heads]
    return [] if all(scopes) else ["a head of a table that does not say of what"]


def _attributes(element: Any) -> list[Any]:
    found = element.get("/A", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def _fonts(document: pikepdf.Pdf) -> list[str]:
    found = []
    for one in document.objects:
        is_font = isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        if is_font and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()):
            found.append(f"font {one.get('/FontName')} lies outside")
    return found


def elements(root: Any) -> Iterator[Any]:
    """All elements below one, in the order they are read."""
    waiting = [root.get("/K")]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += reversed(list(one))
        elif isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            waiting.append(one.get("/K"))


def languages(pdf: bytes) -> set[str]:
    """The languages that parts of it say they are in."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {str(one.Lang) for one in elements(document.Root.StructTreeRoot) if "/Lang" in one}


def figures_of(pdf: bytes) -> list[str]:
    """What is read aloud in the place of each picture."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [one for one in elements(document.Root.StructTreeRoot) if str(one.S) == "/Figure"]
        return [str(one.get("/Alt", "")) for one in found]


def links(pdf: bytes) -> set[str]:
    """Where its links lead."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            str(note.A.URI)
            for page in document.pages
            for note in page.get("/Annots", [])
            if note.get("/Subtype") == "/Link" and "/A" in note and "/URI" in note.A
        }
