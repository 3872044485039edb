"""Every code has its text, every text both languages, every remedy steps that exist."""

from string import Formatter

import click
import pytest

from siegelpost.cli import main
from siegelpost.doctor.browsers.firefox_checks import Code
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.precedence import CHROMIUM_STATUS, UNKNOWABLE
from siegelpost.doctor.texts import CAUSES, STEPS, Step, criteria, fill
from siegelpost.doctor.texts.language import date_text
from siegelpost.toolbox.words import Words

# What a finding brings along besides the server's own name and addresses.
KNOWN = {"name", "addresses", "subject", "issuer", "found", "date", "days", "limit", "key", "bits", "algorithm", "oid"}
KNOWN |= {"size", "most"}
KNOWN |= {"wanted", "authority"}


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _format, _conversion in Formatter().parse(text) if name}


def test_every_cause_has_a_sentence_and_steps_and_every_step_is_used() -> None:
    assert set(CAUSES) == set(Cause)
    assert set(STEPS) == set(Step)
    used = {step for cause in CAUSES.values() for step in cause.steps}
    assert used == set(Step)
    assert all(len(cause.steps) >= 2 for cause in CAUSES.values())


def every_text() -> list[tuple[str, Words]]:
    texts = [(cause.value, text.sentence) for cause, text in CAUSES.items()]
    texts += [(step.value, text.text) for step, text in STEPS.items()]
    texts += [(f"{kind} {key}", text) for kind, table in criteria.CRITERIA.items() for key, text in table.items()]
    return texts + [(name, value) for name, value in vars(criteria).items() if isinstance(value, Words)]


@pytest.mark.parametrize(("key", "text"), every_text(), ids=lambda value: value if isinstance(value, str) else "")
def test_both_languages_say_the_same_things(key: str, text: Words) -> None:
    assert text.de.strip()
    assert text.en.strip()
    assert text.de != text.en
    assert placeholders(text.de) == placeholders(text.en)


def test_no_sentence_asks_for_what_no_finding_brings() -> None:
    for cause, text in CAUSES.items():
        assert placeholders(text.sentence.de) <= KNOWN, cause
    for step, step_text in STEPS.items():
        assert placeholders(step_text.text.de) <= KNOWN, step


def test_a_remedy_that_needs_a_value_is_only_given_where_the_cause_has_it() -> None:
    brought = {"name", "addresses", "subject", "issuer"}
    for cause, text in CAUSES.items():
        mine = brought | placeholders(text.sentence.de)
        for step in text.steps:
            assert placeholders(STEPS[step].text.de) <= mine, (cause, step)


def test_no_remedy_names_a_command_that_the_product_does_not_have() -> None:
    for step, step_text in STEPS.items():
        for language in ("de", "en"):
            spoken = step_text.text[language]
            if step_text.command:
                assert f"siegelpost {' '.join(step_text.command)}" in spoken, step
            else:
                assert "siegelpost" not in spoken, step
        command: click.Command | None = main
        for word in step_text.command:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
            assert command is not None, (step, word)


def test_every_code_of_chromium_belongs_to_a_cause_that_is_told() -> None:
    assert set(CHROMIUM_STATUS) <= set(CAUSES)
    assert set(CAUSES) >= UNKNOWABLE
    assert all(code.startswith(("SEC_ERROR_", "MOZILLA_PKIX_ERROR_", "SSL_ERROR_")) for code in Code)


def test_what_is_not_known_is_a_question_mark_and_never_an_error() -> None:
    assert fill(Words("{x} und {y}", "{x} and {y}"), "de", {"x": ("a", "b")}) == "a, b und ?"
    assert fill(Words("{x}", "{x}!"), "en", {"x": ()}) == "(no name)!"


def test_dates_are_written_as_people_write_them() -> None:
    from datetime import UTC, datetime

    moment = datetime(2027, 3, 5, 23, 59, tzinfo=UTC)
    assert (date_text(moment, "de"), date_text(moment, "en")) == ("5.3.2027", "5 March 2027")
