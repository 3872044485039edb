"""Builds OpenImmo files for the tests: the least that makes a property, with whatever a test puts into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pikepdf import Pdf
from PIL import Image

FLAT = (
    '<objektkategorie><nutzungsart WOHNEN="true"/><vermarktungsart KAUF="true"/>'
    '<objektart><wohnung wohnungtyp="ETAGE"/></objektart></objektkategorie>'
)


def estate(
    number: str = "A-1",
    *,
    obid: str = "",
    title: str = "Helle Wohnung",
    action: str | None = None,
    category: str = FLAT,
    inner: str = "",
    tech: str = "",
) -> str:
    """One <immobilie>; ``inner`` is XML put before its administrative part."""
    act = "" if action is None else f"<aktion aktionart={quoteattr(action)}/>"
    return (
        f"<immobilie>{category}{inner}<freitexte><objekttitel>{escape(title)}</objekttitel></freitexte>"
        f"<verwaltung_techn><objektnr_extern>{escape(number)}</objektnr_extern>{act}"
        f"<openimmo_obid>{escape(obid)}</openimmo_obid>{tech}</verwaltung_techn></immobilie>"
    )


def attachment(path: str, group: str = "BILD", title: str = "", location: str = "EXTERN") -> str:
    """One <anhang> that lies beside the XML."""
    return (
        f"<anhang location={quoteattr(location)} gruppe={quoteattr(group)}>"
        f"<anhangtitel>{escape(title)}</anhangtitel><daten><pfad>{escape(path)}</pfad></daten></anhang>"
    )


def attachments(*items: str) -> str:
    """The <anhaenge> element."""
    return f"<anhaenge>{''.join(items)}</anhaenge>"


def provider(*estates: str, anid: str = "ANID-1", firm: str = "Nordlicht Immobilien") -> str:
    """One <anbieter> with its properties."""
    return (
        f"<anbieter><firma>{escape(firm)}</firma><openimmo_anid>{escape(anid)}</openimmo_anid>"
        f"{''.join(estates)}</anbieter>"
    )


def document(*providers: str, scope: str = "TEIL", mode: str = "NEW", encoding: str = "UTF-8") -> bytes:
    """A whole transfer."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><openimmo>'
        f'<uebertragung art="ONLINE" umfang="{scope}" modus="{mode}" sendersoftware="Prüfstand"/>'
        f"{''.join(providers)}</openimmo>"
    )
    return text.encode(encoding)


def write_xml(folder: Path, *estates: str, scope: str = "TEIL", anid: str = "ANID-1", name: str = "t.xml") -> Path:
    """A transfer of one provider as an XML file."""
    path = folder / name
    path.write_bytes(document(provider(*estates, anid=anid), scope=scope))
    return path


def write_zip(path: Path, xml: bytes, files: Mapping[str, bytes] | None = None) -> Path:
    """A package of the XML and its files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", xml)
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return path


def a_pdf() -> bytes:
    """A PDF of one empty page."""
    out = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


A_PDF = a_pdf()


def picture(
    colour: str | tuple[int, int, int] = "teal",
    size: tuple[int, int] = (64, 48),
    format_: str = "JPEG",
    **options: object,
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format_, **options)
    return out.getvalue()
