"""Every code has its words, in both languages, and every placeholder is filled by somebody."""

from string import Formatter

import pytest

from siegelpost.cli.cert_words import REASONS
from siegelpost.tls.acme.actors import Actor
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.acme.progress import Reason, Step
from siegelpost.tls.acme.sentences import PROBLEMS, STEPS
from siegelpost.tls.acme.words import actor_text, problem_text, remedy_texts, step_text


def test_nothing_is_without_words() -> None:
    assert set(PROBLEMS) == set(Code)
    assert set(STEPS) == set(Step)
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("code", list(Code))
def test_both_languages_say_the_same_and_what_to_do(code: Code) -> None:
    text = PROBLEMS[code].sentence
    german, english = ({name for _, name, _, _ in Formatter().parse(each) if name} for each in (text.de, text.en))
    assert german == english
    assert text.de != text.en
    assert PROBLEMS[code].remedies
    for language in ("de", "en"):
        assert all(remedy_texts(Problem(code), language))
        assert problem_text(Problem(code, dict.fromkeys(german, "x")), language).count("?") == 0


def test_who_is_told_that_it_goes_on_by_itself_need_do_nothing() -> None:
    """„Nichts. Siegelpost versucht es von selbst wieder“ stood where no further try could come to anything."""
    by_itself = {code for code, text in PROBLEMS.items() if text.actor is Actor.NOBODY}
    assert by_itself == {
        *(Code.UNREACHABLE, Code.AUTHORITY_FAILED, Code.TOO_SLOW, Code.RATE_LIMITED, Code.PACED, Code.BUSY),
        Code.INTERRUPTED,
    }
    for code in set(Code) - by_itself:
        assert not any(each.startswith(("Nichts.", "Nothing.")) for each in remedy_texts(Problem(code))), code
        assert "von selbst weiter" not in actor_text(Problem(code), "de")


def test_the_doctors_cause_is_told_in_the_readers_language() -> None:
    problem = Problem(Code.DOCTOR, {"cause": "expired", "cause_de": "Abgelaufen.", "cause_en": "Expired."})
    assert "Abgelaufen." in problem_text(problem, "de")
    assert "Expired." in problem_text(problem, "en")


def test_steps_have_words() -> None:
    assert step_text(Step.VALIDATE, "de") != step_text(Step.VALIDATE, "en")
