"""Setting a PDF: what becomes of letters that no font has, of tables, and of the same content set twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.pdf_judge import copied, faults, text_of

from siegelpost.toolbox import paper
from siegelpost.toolbox.colours import contrast

AT = datetime(2026, 11, 29, tzinfo=UTC)
TEMPLATE = """#import "paper.typ": *
#let data = json("content.json")
#show: paper.with(title: "Blatt", language: "de", page-word: "Seite")
= Blatt
#data.text
#rows((("Ort", "Lüneburg"), ("Preis", "1")))
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (path := tmp_path / "sheet.typ").write_text(TEMPLATE)
    return path


def test_the_same_content_is_the_same_paper_and_faultless(template: Path) -> None:
    made = paper.pdf(template, {"text": 'Zoë #panic() \\ "'}, at=AT)
    assert made == paper.pdf(template, {"text": 'Zoë #panic() \\ "'}, at=AT)
    assert faults(made, "de") == []
    assert 'Zoë #panic() \\ "' in text_of(made)


@pytest.mark.parametrize(
    "word", ["8a3f" * 16, "x" * 3000, "mara@" + "donau" * 20 + ".example", "https://a.b/" + "c-d" * 50]
)
def test_words_of_any_length_are_copied_as_they_are(word: str, template: Path) -> None:
    assert word in copied(paper.pdf(template, {"text": f"Siehe {word} dazu."}, at=AT))


def test_an_ornament_without_a_glyph_is_a_number_or_goes(template: Path) -> None:
    """Finding: what somebody typed was dropped without a word."""
    assert "a\\u1d11eb" in copied(paper.pdf(template, {"text": "a\U0001d11eb"}, at=AT))
    assert "ab" in copied(paper.pdf(template, {"text": "a\U0001d11eb"}, at=AT, adorned=True))


def test_a_script_that_no_font_knows_is_not_lost(template: Path) -> None:
    assert paper.pdf(template, {"text": "漢字"}, at=AT).startswith(b"%PDF")


def test_what_is_seen_nowhere_goes_and_what_was_declared_stays() -> None:
    assert paper.plain("a\u200bb\u202ec\x07\U0001f3e0") == "abc"
    assert paper.whole("a\u200bb \U0001f3e0") == "ab \\u1f3e0"


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#1f4d3f", "red", ""])
def test_every_offices_colour_can_be_read_on_white(colour: str) -> None:
    assert contrast(paper.accent(colour), "#ffffff") >= 4.5
