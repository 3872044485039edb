"""Every finding has its words in both languages, and no remedy names what the product does not have."""

import re
from string import Formatter

import pytest

from siegelpost.cli import COMMANDS
from siegelpost.doctor.live.connection_failures import BY_ALERT, BY_OUTCOME
from siegelpost.doctor.live.findings import SEVERITIES, FindingId, Severity
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.sentences import FINDINGS, SAFARI
from siegelpost.settings import Settings
from siegelpost.toolbox.words import LANGUAGES, Words


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def texts_of(finding: FindingId) -> list[Words]:
    return [FINDINGS[finding].sentence, *(step.text for step in FINDINGS[finding].steps)]


@pytest.mark.parametrize("finding", FindingId)
def test_says_the_same_in_both_languages(finding: FindingId) -> None:
    for text in texts_of(finding):
        german, english = (text[language] for language in LANGUAGES)
        assert german != english
        assert placeholders(german) == placeholders(english)


@pytest.mark.parametrize("finding", [each for each in FindingId if SEVERITIES[each] is not Severity.OK])
def test_what_is_not_well_has_a_remedy(finding: FindingId) -> None:
    assert FINDINGS[finding].steps


def test_remedies_name_only_commands_and_settings_that_exist() -> None:
    for finding in FindingId:
        for step in FINDINGS[finding].steps:
            named = re.findall(r"siegelpost (\w+)", step.text.de)
            assert named == list(step.command[:1])
            assert set(named) <= set(COMMANDS)
            setting = re.findall(r"Einstellung (\w+)", step.text.de)
            assert set(setting) <= set(Settings.model_fields)


def test_every_stop_has_safaris_sentence_in_german() -> None:
    assert {stop.safari for stop in (*BY_ALERT.values(), *BY_OUTCOME.values())} <= set(SAFARI)


def test_no_outcome_is_both_answered_and_stopped() -> None:
    assert Outcome.ANSWERED not in BY_OUTCOME
