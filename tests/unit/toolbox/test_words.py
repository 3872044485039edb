"""Texts in two languages: which one is said, and how their places are filled."""

import subprocess
import sys

from siegelpost.toolbox.words import SpokenError, Words


def test_german_is_said_unless_english_is_asked_for() -> None:
    words = Words("ja", "yes")
    assert [words[language] for language in ("de", "en", "fr")] == ["ja", "yes", "ja"]


def test_places_are_filled_by_words_in_their_language_and_by_all_else_as_it_is() -> None:
    inner = Words("zu {}", "too {}").filled("{x}")
    assert Words("{1}: {0}", "{0}, {1}").filled(inner, 7) == Words("7: zu {x}", "too {x}, 7")


def test_an_error_says_both_where_nobody_chose() -> None:
    error = SpokenError("Halt.", "Stop.")
    assert (str(error), error.text("de"), error.text("en")) == ("Halt. / Stop.", "Halt.", "Stop.")
    error = SpokenError("No space left")
    assert (str(error), error.text("de"), error.text("en")) == ("No space left",) * 3


def test_no_django_comes_with_it() -> None:
    program = "import sys, siegelpost.toolbox.words; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PATH": "/usr/bin"}, cwd="/")
