"""Answers in German and English, as mail programs write them: none that is no clear yes becomes one."""

import pytest
from tests.support.answers import FILES, SHAPES, measured, sample, texts

from siegelpost.dispatch.recipient.reply_meaning import Meaning, asks, speaks_of_withdrawal

# Of all mails, and in the shape in which fewest are understood.
ENOUGH = {Meaning.ORDER: (0.95, 0.85), Meaning.YES: (0.95, 0.85), Meaning.NO: (0.90, 0.85), Meaning.UNCLEAR: (1.0, 1.0)}


def test_the_corpus_is_large_enough() -> None:
    assert sum(len(set(texts(name))) for name in FILES) >= 600
    assert len(SHAPES) >= 50


@pytest.mark.parametrize("notice", ["notice", "notice-with-pictures"])
@pytest.mark.parametrize("every", [83, pytest.param(1, marks=pytest.mark.soak)])
def test_what_is_no_clear_yes_never_becomes_one_and_what_is_clear_is_understood(every: int, notice: str) -> None:
    """41 of 95 texts such as "Ja, PS: keine Provision" became a contract, and a plain "Nein" was not understood."""
    for figures in measured(sample(notice), every=every):
        share, least = ENOUGH[figures.meant]
        assert not figures.wrong
        assert figures.share >= share, figures.missed
        assert figures.least >= least, figures.missed


@pytest.mark.parametrize(
    "words",
    [
        "Ich widerrufe.",
        "Bitte wiederrufen Sie das",
        "Hiermit widerrufe(n) ich/wir (*) den von mir/uns (*) abgeschlossenen Vertrag",
        "Ich trete vom Vertrag zurück",
        "ich nehme meine Bestellung zurück",
        "Bitte stornieren",
        "Kündigung des Maklervertrags",
        "Hiermit ist der Maklervertrag gekündigt.",
        "Ich kuendige und trete zurueck",
        "I withdraw from my order",
        "Please cancel.",
        "I hereby revoke my order",
    ],
)
def test_who_takes_back_is_heard(words: str) -> None:
    assert speaks_of_withdrawal(words)


@pytest.mark.parametrize(
    "words",
    ["Nein danke", "Ich komme gern zurück", "Mein Mietvertrag ist gekündigt", ""],
)
def test_who_does_not_take_back_is_not_urgent(words: str) -> None:
    assert not speaks_of_withdrawal(words)


@pytest.mark.parametrize(
    "message",
    [
        "Passt Ihnen Samstag um 10 Uhr?",
        "Passt Ihnen Samstag um 10 Uhr",
        "schön. Haben Sie noch Interesse",
        "Bitte sagen Sie mir, ob Samstag passt.",
        "Samstag 10 Uhr ❓",
        "Geht Samstag？",
        "Please let me know whether you like it.",
        "Would Saturday suit you",
    ],
)
def test_a_message_that_asks_leaves_a_bare_yes_open(message: str) -> None:
    """A letter that asked "Passt Ihnen Samstag?" and the answer "Ja, gerne" made a contract."""
    assert asks(message)


@pytest.mark.parametrize(
    "message",
    [
        "vielen Dank für Ihr Interesse. Das Exposé habe ich für Sie zusammengestellt. Bei Fragen melden Sie sich gern.",
        "danke für Ihre Anfrage. Ich freue mich auf Ihre Fragen.",
        "thank you for your inquiry. I look forward to your questions.",
    ],
)
def test_an_ordinary_message_asks_nothing(message: str) -> None:
    assert not asks(message)
