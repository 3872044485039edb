"""Texts with the markup of web pages: what a person would read, and nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.estates.openimmo import convert, markup


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fläche < 100 m² und > 50", "Fläche < 100 m² und > 50"),
        ("<p>Eins</p><p>Zwei</p>", "Eins\n\nZwei"),
        ("Eins<br>Zwei<BR />Drei<br></br>Vier", "Eins\nZwei\nDrei\nVier"),
        ("<ul>\n  <li>Bad</li>\n  <li><p>Balkon</p></li>\n</ul>", "• Bad\n• Balkon"),
        ('<span style="color:red">Neu</span>&nbsp;<a href="https://x.test/">hier</a>', "Neu hier"),
        ("<style>p {color: red}</style>Text<script>x()</script>", "Text"),
        ("<style>Alles andere bleibt", "Alles andere bleibt"),
        ("Helle &amp; ruhige &#8211; Wohnung&euro;", "Helle & ruhige – Wohnung€"),
        ("doppelt&amp;nbsp;maskiert", "doppelt maskiert"),
        ("R&D, A&B;", "R&D, A&B;"),
        ("<haus> bleibt <stehen>", "<haus> bleibt <stehen>"),
        ("<!-- Word -->Text", "Text"),
        ("a\u2028b", "a\nb"),
    ],
)
def test_markup(written: str, read: str) -> None:
    """Finding: <p>, <li>, &nbsp; and &amp; were stored and shown as they stand here."""
    assert convert.prose(written) == read


@given(text=st.text(st.sampled_from("aäö.,;<> &\n-/x=\"'"), max_size=200))
def test_no_letter_is_lost_where_there_is_no_tag_of_web_pages(text: str) -> None:
    letters = re.sub(r"<[^<>]*>", "", text)
    assert [one for one in letters if one in "äö.,"] == [one for one in markup.plain(letters) if one in "äö.,"]


@given(text=st.text(st.sampled_from("aäö\n"), max_size=40), tag=st.sampled_from(sorted(markup.TAGS - {"li"})))
def test_words_within_any_tag_stay(text: str, tag: str) -> None:
    assert markup.plain(f"<{tag}>{text}</{tag}>").split() == text.split()
