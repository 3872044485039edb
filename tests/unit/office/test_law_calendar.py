"""The law calendar: each rule has a source and a date, and nobody has to remember what is pending."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from siegelpost.checklist import legal
from siegelpost.checklist.check import CheckState, Look
from siegelpost.office import law_calendar
from siegelpost.office.law_calendar import KEEPS, LOOKED_UP, STATUTES_AS_OF, LegalRule, Standing
from siegelpost.office.models import Office
from siegelpost.settings import load
from siegelpost.toolbox.words import Words

WORDS = Words("etwas", "something")


def test_every_rule_says_where_it_is_written_and_when_that_was_looked_up() -> None:
    assert len({rule.key for rule in law_calendar.RULES}) == len(law_calendar.RULES)
    for rule in law_calendar.RULES:
        assert rule.source
        assert rule.what.de != rule.what.en
        assert STATUTES_AS_OF <= rule.checked_on <= LOOKED_UP


def test_what_nobody_read_in_its_own_words_is_said_to_be_unread() -> None:
    """Everything was "looked up on 29 November", also what was known only from the trade press."""
    unread = {rule.key: rule.unread for rule in law_calendar.RULES if rule.unread}
    for key, words in {"withdrawal-model": "Muster", "registered": "eIDAS", "withdrawal-function": "2023/2673"}.items():
        assert words in unread[key]
    # What the gate refuses and files rest on was read.
    assert unread.keys().isdisjoint({"text-form", "halving", "rented-home", "mabv"})


@pytest.mark.parametrize("words", ["2024/1275", "I ZR 111/25", "10. Juli 2027", "Energieausweise"])
def test_what_is_known_to_be_pending_stands_there(words: str) -> None:
    assert any(words in rule.pending.de for rule in law_calendar.RULES if rule.pending)


@pytest.mark.parametrize(
    ("rule", "standing"),
    [
        (LegalRule("a", WORDS, "§ 1"), Standing.FRESH),
        (LegalRule("a", WORDS, "§ 1", checked_on=LOOKED_UP - KEEPS), Standing.FRESH),
        (LegalRule("a", WORDS, "§ 1", checked_on=LOOKED_UP - KEEPS - timedelta(days=1)), Standing.OLD),
        (LegalRule("a", WORDS, "§ 1", valid_from=LOOKED_UP + timedelta(days=1)), Standing.PENDING),
        (LegalRule("a", WORDS, "§ 1", checked_on=date(2020, 1, 1), pending=WORDS), Standing.PENDING),
    ],
)
def test_how_a_rule_stands(rule: LegalRule, standing: Standing) -> None:
    assert rule.standing(LOOKED_UP) is standing


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_checklist_shows_it(language: str) -> None:
    """What is pending is not known; what nobody has looked up for a year is a warning."""
    now = timezone.now().replace(year=2026, month=12, day=1)
    with translation.override(language):
        found = legal.calendar(Look(load(), Office(), now))
        late = legal.calendar(Look(load(), Office(), now + timedelta(days=400)))
    assert (found.state, late.state) == (CheckState.UNKNOWN, CheckState.WARN)
    assert len(found.facts) == len(law_calendar.to_look_up(now.date()))
    assert len(late.facts) == len(law_calendar.RULES)
    assert any(("Building Modernisation" if language == "en" else "Gebäudemodernisierung") in it for it in found.facts)


def test_the_building_modernisation_act_is_no_draft_any_more() -> None:
    """It stood there as a cabinet draft that nobody had seen promulgated, and had been in force since July."""
    energy = next(rule for rule in law_calendar.RULES if rule.key == "energy")
    assert "GModG" in energy.source
    assert energy.valid_from == date(2026, 7, 30)
    assert energy.pending
    assert "Entwurf" not in energy.pending.de
