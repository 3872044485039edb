"""Documents in other encodings than they say, and with what is no XML: read as meant, and said."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.estates import transfers as t

from siegelpost.estates.openimmo import Message, OpenImmoError, Property, characters
from siegelpost.estates.openimmo.characters import Document
from siegelpost.estates.openimmo.messages import Key
from siegelpost.estates.openimmo.reader import read

WORDS = "Größe „schön“ – ½ m² in Lüneburg"


def document(title: str = WORDS, declared: str = "UTF-8") -> str:
    return t.document(t.provider(t.estate(title="TITLE"))).decode().replace("TITLE", title).replace("UTF-8", declared)


def told(tmp_path: Path, data: bytes) -> tuple[Property, list[Key], str]:
    path = tmp_path / "t.xml"
    path.write_bytes(data)
    with read(path) as transfer:
        (found,) = transfer.deliveries[0].properties
        said = "\n".join(one.text("de") for one in transfer.notices)
        return found, [one.key for one in transfer.notices if isinstance(one, Message)], said


LATIN = "Größe in Lüneburg"
ENCODINGS: dict[str, tuple[str, bytes, list[Key]]] = {
    "as it says": (WORDS, document().encode(), []),
    "mark and other declaration": (
        WORDS, b"\xef\xbb\xbf" + document(declared="ISO-8859-1").encode(), [Key.OTHER_ENCODING]),
    "utf8 without hyphen": (WORDS, document(declared="utf8").encode(), []),
    "utf_8": (WORDS, document(declared="UTF_8").encode(), []),
    "calls itself UTF-16": (WORDS, document(declared="utf-16").encode(), [Key.OTHER_ENCODING]),
    "UTF-16 with mark, says UTF-8": (WORDS, document().encode("utf-16"), []),
    "UTF-16 without mark": (WORDS, document(declared="utf-16").encode("utf-16-le"), []),
    "calls itself Latin, is UTF-8": (WORDS, document(declared="ISO-8859-1").encode(), [Key.OTHER_ENCODING]),
    "Latin": (LATIN, document(LATIN, "ISO-8859-1").encode("iso8859-1"), []),
    "Windows under the name of Latin": (WORDS, document(declared="ISO-8859-1").encode("cp1252"), []),
    "ANSI": (WORDS, document(declared="ANSI").encode("cp1252"), []),
    "macintosh": (LATIN, document(LATIN, "macintosh").encode("mac-roman"), []),
    "says UTF-8, is Windows": (WORDS, document().encode("cp1252"), [Key.STRAY_BYTES]),
    "blank lines first": (WORDS, b"\r\n\n  " + document().encode(), []),
    "mark after blank lines": (WORDS, b"\n\xef\xbb\xbf" + document().encode(), []),
    "no declaration": (WORDS, document().partition("?>")[2].encode(), []),
}  # fmt: skip


@pytest.mark.parametrize("case", ENCODINGS)
def test_encodings(tmp_path: Path, case: str) -> None:
    """Findings: "LÃ¼neburg" without a word; files refused that were UTF-8, with the advice to make them UTF-8."""
    title, data, keys = ENCODINGS[case]
    found, said, _ = told(tmp_path, data)
    assert (found.title, said) == (title, keys)


@pytest.mark.parametrize(
    ("written", "meant", "key"),
    [
        ("Müller & Sohn", "Müller & Sohn", Key.LOOSE_MARKUP),
        ("A&B &amp; C", "A&B & C", Key.LOOSE_MARKUP),
        ("Haus&nbsp;mit&euro;", "Haus mit€", Key.LOOSE_MARKUP),
        ("unter < 100 m²", "unter < 100 m²", Key.LOOSE_MARKUP),
        ("R&D; gut", "R&D; gut", Key.LOOSE_MARKUP),
        ("a&#11;b", "a b", Key.LOOSE_MARKUP),
        ("a\x0bb", "a b", Key.CONTROL_CHARACTER),
        ("am Ende\x00", "am Ende", Key.CONTROL_CHARACTER),
        ("<![CDATA[a & b < c &nbsp;d]]>", "a & b < c d", None),
        ("&#8222;gut&#x201c; &lt; &quot;", '„gut“ < "', None),
    ],
)
def test_what_is_no_xml_is_read_as_it_is_meant(tmp_path: Path, written: str, meant: str, key: Key | None) -> None:
    """Findings: a whole file refused for one & or one character of a word processor, and with the wrong advice."""
    found, keys, said = told(tmp_path, document(written).encode())
    assert found.title == meant
    assert keys == ([key] if key else [])
    assert "Zeile 1" in said or not key


def test_the_line_is_named_and_the_places_are_counted(tmp_path: Path) -> None:
    data = document("\n" * 4 + "a & b & c\x0b").encode().replace(b"?>", b"?>\n\n", 1)
    _, _, said = told(tmp_path, data)
    assert "Zeile 7" in said
    assert "Stellen: 2" in said
    assert "U+000B" in said


def test_a_fault_is_named_with_its_line_and_its_cause(tmp_path: Path) -> None:
    """Finding: „… not well-formed“ in a German sentence, and a transfer said to be cut off that was whole."""
    path = tmp_path / "t.xml"
    path.write_bytes(b'\n<?xml version="1.0"?>\n<openimmo>\n<a></b></openimmo>')
    with pytest.raises(OpenImmoError, match="Zeile 4 wird ein Element geschlossen") as refused, read(path):
        pass
    assert "abgebrochen" not in refused.value.text("de")
    assert "cut off" not in refused.value.text("en")


@given(text=st.text(st.sampled_from("a<&;!-[]CDT>? \nö#x1"), max_size=60), sizes=st.integers(1, 7))
def test_where_pieces_end_makes_no_difference(text: str, sizes: int) -> None:
    """An entity, a section or a letter cut in two by the end of a piece is read as if it were not."""
    whole = Document(lambda: pytest.fail("is not opened"))
    parts = Document(lambda: pytest.fail("is not opened"))
    ends = [*range(0, len(text), sizes), len(text)]
    assert "".join(parts._marked_up(text[a:b] for a, b in pairwise(ends))) == "".join(whole._marked_up(iter([text])))
    assert parts._repairs == whole._repairs


def test_small_chunks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "CHUNK", 400)
    found, keys, _ = told(tmp_path, document(WORDS + " & mehr " * 50).encode())
    assert found.title.startswith(WORDS)
    assert keys == [Key.LOOSE_MARKUP]
