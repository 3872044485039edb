"""One line of words: what cannot be seen is left out, what real names need is kept."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siegelpost.toolbox.lines import is_seen, line

# Signs that look like nothing, or turn what stands beside them round: one from each kind.
HIDDEN = (
    "\0\x07\x85\x9b\xad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u202a\u202e\u2060\u2066\u2069"
    "\u2800\u3164\ufe0f\ufeff\uffa0\U0001d159\U000e0041\U000e0100\ue000"
)


@pytest.mark.parametrize(
    "name",
    [
        "Mara Berger",
        "Đặng Thị Ánh",
        "O’Neill-Großkopf, Dr.",
        "Ngũgĩ wa Thiong'o",
        "Zoë Åström",
        "山田 太郎",
        "가나다",
        "Παπαδόπουλος",
        "نرگس رضایی",
        "علی\u200cرضا",  # Persian, without a join
        "क्\u200dष",  # Hindi, half a letter
        "ශ්\u200dරී",  # Sinhala
        "Müller & Söhne GmbH",
        "Mu\u0308ller",
        "№ 7",
        "3M",
    ],
)
def test_real_names_stay_as_they_are(name: str) -> None:
    assert line(name) == name


def test_what_a_stranger_hid_in_a_name_is_gone() -> None:
    """A name from a mail kept an override of direction, zero-width signs and a control; at the gate fillers stayed."""
    assert line("Vera\u202e gnp.exe\u200b\u200b Opfer\u009b31m") == "Vera gnp.exe Opfer31m"
    assert line("Mara\u200dBerger") == "MaraBerger", "no script of those that join"


@pytest.mark.parametrize("sign", HIDDEN)
def test_of_signs_that_cannot_be_seen_no_name_is_made(sign: str) -> None:
    assert line(sign) == line(f" {sign} {sign}") == ""
    assert line(f"Ma{sign}ra") == line(f"{sign}Mara{sign}") == "Mara" or sign.isspace()
    assert line(f"\u0301{sign}") == "", "a mark with nothing below it"


def test_every_sign_that_unicode_calls_ignorable_or_a_control_is_left_out() -> None:
    """By the category of each sign that there is, and not by a list that somebody thought of."""
    every = [(sign, unicodedata.name(sign, "")) for sign in map(chr, range(sys.maxunicode + 1))]
    hidden = {sign for sign, _ in every if unicodedata.category(sign)[0] == "C"}
    hidden |= {sign for sign, name in every if name.endswith(" FILLER") and unicodedata.category(sign) != "Po"}
    hidden |= {sign for sign, name in every if "VARIATION SELECTOR" in name}
    assert not [hex(ord(sign)) for sign in hidden if is_seen(sign)]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from(HIDDEN + " \u3000ab ä علیक्"), st.characters()), max_size=40))
def test_a_line_is_a_line_and_seen_or_empty(text: str) -> None:
    made = line(text)
    assert line(made) == made
    assert made == " ".join(made.split())
    assert all(is_seen(sign) or sign in " \u200c\u200d" for sign in made)
    assert not made or any(unicodedata.category(sign)[0] in "LNPS" for sign in made)
