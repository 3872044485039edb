"""Whether anything of a stranger's OpenImmo package is lost without a word. Needs a database; leaves it as it was.

The document is read here once more, by another parser and without the tables of the product: every text and attribute
of it has to stand in what is stored, or to make a difference to it or to what is said. A long text has to stand there
whole, or be told. What says nothing ("", 0, false) may go; so may what :mod:`siegelpost.estates.openimmo.elements`
lists as of programs only, or as said elsewhere, with its reason. Each file beside it is stored, or named.
"""

import base64
import binascii
import codecs
import hashlib
import html
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from lxml import etree

from bench.judging import Judged
from siegelpost.estates import facts
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.imports.results import ImportResult
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.openimmo import OpenImmoError, Transfer, elements, left
from siegelpost.estates.openimmo.reader import read

SILENT = {elements.Why.OF_PROGRAMS, elements.Why.SAID_ELSEWHERE}
# What is taken for granted where a file says it, and the language of what is in German.
GRANTED = {
    ("objektkategorie/nutzungsart@wohnen", "true"),
    *(("geo/land@iso_land", germany) for germany in ("deu", "de", "d")),
    ("preise/waehrung@iso_waehrung", "eur"),
    ("objektkategorie/nutzungsart@wohnen", "1"),
    ("objektkategorie/objektart/zimmer@zimmertyp", "zimmer"),
    ("preise/preis_zeiteinheit@zeiteinheit", "monat"),
    ("uebertragung@umfang", "teil"),
    *(("uebertragung@modus", mode) for mode in ("new", "change")),
    *(("verwaltung_techn/aktion@aktionart", action) for action in ("new", "change")),
    *(("zustand_angaben/energiepass/jahrgang", year) for year in ("2008", "2014", "ohne", "nicht_noetig")),
    *((f"{place}@location", how) for place in ("anhaenge/anhang", "anhang") for how in ("extern", "intern", "remote")),
    *((f"{place}@gruppe", "bild") for place in ("anhaenge/anhang", "anhang")),
}
LONG = 60  # letters, from which a text has to be there whole
_NOTHING = re.compile(r"[\s0.,€:-]*|false|nein|no|n|keine.?angabe|none|null", re.IGNORECASE)
# Where a property has several values of one field, by the name under which those that are not kept are told.
_SECOND = tuple((paths, left.SECOND[name].de) for name, paths in elements.several() if name in left.SECOND)
# Told with the text, whose language it is.
_LANGUAGE = "freitexte/objekt_text@lang"
_WORD = re.compile(r"[^\W_]+")
_ROOT = re.compile(r"<(?:\w+:)?openimmo[\s/>]", re.IGNORECASE)
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*\?>""")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.-]+)["']""")


@dataclass(frozen=True, slots=True)
class Value:
    """One text or attribute of the document, by its path within the property, the transfer or the provider."""

    path: str
    text: str
    node: etree._Element
    attribute: str = ""


def judged(path: Path) -> Judged:
    """Bring the package in, look for everything that is in it, and take it back."""
    found = Judged(path.name)
    try:
        with transaction.atomic():
            result = import_file(path, actor=None)
            found.said = _said(result)
            kept = list(_stored())
            hashes = set(Media.objects.values_list("sha256", flat=True))
            rejected = {line.label for line in result.lines if line.reason}
            transaction.set_rollback(True)
    except OpenImmoError as error:
        found.refused = error.text("de")
        return found
    there = " ".join(map(plain, [*kept, *found.said]))
    name, text, files = _unpacked(path)
    tree = etree.fromstring(_DECLARED.sub("", text.lstrip("\ufeff")), etree.XMLParser(recover=True, huge_tree=True))
    apart = {(one.text or "").strip() for one in tree.iter(etree.Element) if _is_passed_over(one, rejected)}
    found.lost += _lost_files(files, hashes, [*found.said, *apart])
    with tempfile.TemporaryDirectory() as folder:
        trial = _Trial(Path(folder) / name, tree)
        for value in _values(tree, rejected):
            found.values += 1
            if not _is_kept(value, there, hashes, trial):
                found.lost.append(f"{value.path}: {value.text.strip()[:80]}")
    return found


def _said(result: ImportResult) -> list[str]:
    notes = [*result.notes, *(note for line in result.lines for note in (*line.notes, line.reason) if note)]
    return [note.text("de") for note in notes]


def _stored() -> Iterator[str]:
    """All that is stored, as text, and as it is shown."""
    for row in (*Estate.objects.all(), *Media.objects.all()):
        for each in row._meta.concrete_fields:
            value = getattr(row, each.attname)
            yield f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        if isinstance(row, Estate):
            yield facts.headline(row)


def _unpacked(path: Path) -> tuple[str, str, dict[str, bytes]]:
    """Name and text of the document, and all else that is beside it in the package."""
    if not zipfile.is_zipfile(path):
        return path.name, _decoded(path.read_bytes()), {}
    with zipfile.ZipFile(path) as archive:
        files = {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}
    name = next(one for one, data in files.items() if one.lower().endswith(".xml") and _ROOT.search(_decoded(data)))
    return Path(name).name, _decoded(files.pop(name)), files


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _ENCODING.search(data[:200])
        called = declared[1].decode() if declared else "cp1252"
        return data.decode("cp1252" if "8859" in called or "utf" in called.lower() else called, "replace")


def _lost_files(files: dict[str, bytes], hashes: set[str], said: list[str]) -> Iterator[str]:
    for name, data in files.items():
        base = re.split(r"[/\\]", name)[-1]
        hidden = name.startswith("__MACOSX") or base.startswith(".") or base.lower().endswith((".xml", ".xsd", ".dtd"))
        if not hidden and hashlib.sha256(data).hexdigest() not in hashes and not any(base in one for one in said):
            yield f"file {name}"


def _values(tree: etree._Element, rejected: set[str]) -> Iterator[Value]:
    """What the document says, but of properties that were refused as a whole, or are deleted."""
    for node in tree.iter(etree.Element):
        path = _path(node)
        if not path or _is_passed_over(node, rejected):
            continue
        text = "".join(map(str, node.itertext())) if path.startswith("freitexte/") else node.text or ""
        if text.strip():
            yield from _saying(Value(path, text, node))
        for name, value in node.attrib.items():
            if "}" not in str(name) and not str(name).startswith(("xmlns", "xsi")):
                yield from _saying(Value(f"{path}@{str(name).lower()}", str(value), node, str(name)))


def _saying(value: Value) -> Iterator[Value]:
    if not _NOTHING.fullmatch(value.text.strip()) and (value.path, value.text.strip().lower()) not in GRANTED:
        yield value


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _path(node: etree._Element) -> str:
    """Below <immobilie>, or below <openimmo>; "" of these themselves."""
    steps: list[str] = []
    one: etree._Element | None = node
    while one is not None and _local(one) not in {"immobilie", "openimmo"}:
        steps.append(_local(one))
        one = one.getparent()
    return "/".join(reversed(steps))


def _is_passed_over(node: etree._Element, rejected: set[str]) -> bool:
    of = next((one for one in (node, *node.iterancestors()) if _local(one) == "immobilie"), None)
    if of is None:
        return False
    numbers = {(one.text or "").strip() for one in of.iter(etree.Element) if _local(one).startswith("objektnr_")}
    ids = {(one.text or "").strip() for one in of.iter(etree.Element) if _local(one) == "openimmo_obid"}
    place = f"Nr. {1 + sum(_local(one) == 'immobilie' for one in of.itersiblings(preceding=True))}"
    actions = [str(one.get("aktionart", "")) for one in of.iter(etree.Element) if _local(one) == "aktion"]
    return bool(rejected & {*numbers, *ids, place}) or "DELETE" in map(str.upper, actions)


class _Trial:
    """Says what the document would say without one of its values."""

    def __init__(self, path: Path, tree: etree._Element) -> None:
        self._path, self._tree = path, tree
        self._whole = self._reading()

    def changes(self, value: Value, *, notices_only: bool = False, with_equals: bool = False) -> bool:
        """Whether something else is kept or said without it; ``with_equals``: and without what says the same there."""
        gone = self._equals(value) if with_equals else [value]
        kept = [(one.node, one.node.text, dict(one.node.attrib), list(one.node)) for one in gone]
        for one in gone:
            _take_out(one)
        try:
            without = self._reading()
        finally:
            for node, text, attributes, children in kept:
                node.text = text
                node.attrib.update(attributes)
                node[:] = children
        return _notices(without) != _notices(self._whole) if notices_only else without != self._whole

    def _equals(self, value: Value) -> list[Value]:
        """The same value in the same part of the same property."""
        of = next((one for one in value.node.iterancestors() if _local(one) in {"immobilie", "openimmo"}), self._tree)
        part = value.path.partition("/")[0]
        return [one for one in _values(of, set()) if one.path.partition("/")[0] == part and _alike(one, value)]

    def _reading(self) -> Transfer | str:
        self._path.write_bytes(etree.tostring(self._tree, encoding="utf-8", xml_declaration=True))
        try:
            with read(self._path) as transfer:
                return transfer
        except OpenImmoError as error:
            return error.text("de")


def _take_out(value: Value) -> None:
    if value.attribute:
        value.node.attrib.pop(value.attribute, "")
    else:
        value.node.text = ""
        value.node[:] = []


def _alike(one: Value, other: Value) -> bool:
    return plain(one.text) == plain(other.text)


def _notices(reading: Transfer | str) -> object:
    if isinstance(reading, str):
        return reading
    return reading.notices, [one.notices for each in reading.deliveries for one in each.properties]


def _is_kept(value: Value, there: str, hashes: set[str], trial: "_Trial") -> bool:
    if value.path.endswith(("anhanginhalt", "base64")):
        return _hash(value.text) in hashes or trial.changes(value, notices_only=True)
    shown = plain(value.text)
    if (len(shown.strip()) >= 4 and shown in there) or _is_named(value, there):
        return True
    # A long name is told by its beginning.
    if value.path.endswith("/pfad") and plain(value.text[:70]).rstrip() in there:
        return True
    if len(shown) > LONG:
        return trial.changes(value, notices_only=True)
    return trial.changes(value) or trial.changes(value, with_equals=True)


def _is_named(value: Value, there: str) -> bool:
    """Whether its kind is told, in the office's words or in those of the file, or may go without a word."""
    name = value.node.get("feldname", "") or re.split("[/@]", value.path)[-1]
    try:
        unused = elements.unused(value.path)
    except KeyError:
        return plain(name) in there
    if unused is None:
        return value.path == _LANGUAGE or any(
            value.path in paths and plain(called) in there for paths, called in _SECOND
        )
    return unused.why in SILENT or plain(unused.called.de) in there


def _hash(encoded: str) -> str:
    try:
        return hashlib.sha256(base64.b64decode("".join(encoded.split()))).hexdigest()
    except binascii.Error:
        return ""


def plain(text: str) -> str:
    """The letters and figures of a text without its markup, between blanks."""
    bare = html.unescape(html.unescape(re.sub(r"<[^<>]{0,200}>", " ", html.unescape(html.unescape(text)))))
    figure = re.fullmatch(r"\s*(\d+)\.(\d*?)0*\s*", bare)
    if figure:
        bare = f"{figure[1]}.{figure[2]}".rstrip(".")
    bare = re.sub(r"<[^<>]{0,200}>", " ", unicodedata.normalize("NFC", bare))
    return f" {' '.join(_WORD.findall(bare.casefold()))} "
