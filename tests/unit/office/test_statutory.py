"""The drafts are the statutory models, byte for byte; an office's own text is compared with them."""

import re
import tomllib

import pytest

from siegelpost.office import statutory
from siegelpost.office.kinds import Language, TextKind
from siegelpost.office.statutory import Piece, Side, differences, draft, equals_model

COPIES = statutory.DEFAULTS.parent / "statutory"
# What the house writes into the places that the models leave to the trader.
OURS = {
    "de": {
        "<Name>": "[BÜRO]",
        "<Anschrift>": "[ANSCHRIFT]",
        "<Telefonnummer>": "Telefon: [TELEFON]",
        "<E-Mail-Adresse>": "E-Mail: [E-MAIL]",
        "<Internetadresse>": "[WIDERRUFSSEITE]",
    },
    "en": {
        "<name>": "[BÜRO]",
        "<geographical address>": "[ANSCHRIFT]",
        "<telephone number>": "telephone: [TELEFON]",
        "<email address>": "email: [E-MAIL]",
        "<internet address>": "[WIDERRUFSSEITE]",
    },
}
# The form's own note asks for name, address and e-mail address only.
FORM = {"de": "<Name>, <Anschrift>, <E-Mail-Adresse>", "en": "<name>, <geographical address>, <email address>"}
FILLED = {
    "[BÜRO]": "Immobilien Lindenhof, Roth & Kern",
    "[ANSCHRIFT]": "Marktplatz 3, 73728 Esslingen",
    "[TELEFON]": "+49 711 555 01 20",
    "[E-MAIL]": "post@lindenhof.test",
    "[WIDERRUFSSEITE]": "https://office.test/widerruf/",
}
MODELS = sorted(statutory.NAMES)


def filled(text: str, words: dict[str, str] = FILLED) -> str:
    for place, word in words.items():
        text = text.replace(place, word)
    return text


@pytest.mark.parametrize(("kind", "language"), MODELS)
def test_each_draft_is_the_model_as_the_law_has_it(kind: TextKind, language: Language) -> None:
    """The policy had a sentence of its own on the function, and lacked one on costs of delivery: no model any more."""
    copy = (COPIES / f"{kind.value}.{language.value}.txt").read_text()
    notes = tomllib.loads((COPIES / "instructions.toml").read_text())[language.value]
    if kind is TextKind.WITHDRAWAL_FORM:
        notes["2"] = FORM[language.value]
    model = re.sub(r"\[(\d)\]", lambda place: notes[place[1]], copy)
    for blank, ours in OURS[language.value].items():
        model = model.replace(blank, ours)
    assert draft(kind, language).encode() == model.encode()
    assert "<" not in model


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        (TextKind.WITHDRAWAL_POLICY, Language.GERMAN, "Sie können Ihr Widerrufsrecht auch online unter "),
        (TextKind.WITHDRAWAL_POLICY, Language.GERMAN, "mit Informationen zum Inhalt der Widerrufserklärung sowie dem "),
        (TextKind.WITHDRAWAL_POLICY, Language.GERMAN, "einschließlich der Lieferkosten (mit Ausnahme der zusätzlichen"),
        (TextKind.WITHDRAWAL_POLICY, Language.ENGLISH, "You can also exercise your right of withdrawal online at "),
        (TextKind.WITHDRAWAL_POLICY, Language.ENGLISH, "including the costs of delivery (with the exception of the "),
        (TextKind.WITHDRAWAL_FORM, Language.GERMAN, "den Kauf der folgenden Waren (*)/die Erbringung der folgenden"),
        (TextKind.WITHDRAWAL_FORM, Language.ENGLISH, "contract of sale of the following goods (*)/for the provision"),
    ],
)
def test_what_was_cut_or_reworded_is_back(kind: TextKind, language: Language, words: str) -> None:
    assert words in draft(kind, language)


@pytest.mark.parametrize(("kind", "language"), MODELS)
def test_a_text_is_the_model_only_while_it_equals_it_but_for_what_is_filled_in(
    kind: TextKind, language: Language
) -> None:
    """Any deviation is the agent's risk (BGH I ZR 28/22): one letter, one word more, a blank left empty."""
    model = draft(kind, language)
    assert equals_model(model, kind, language)
    assert equals_model(filled(model), kind, language)
    for number in range(0, len(model), 41):
        if model[number] not in "[]" and not re.search(r"\[[^\]]*\Z", model[:number]):
            changed = model[:number] + ("y" if model[number] == "x" else "x") + model[number + 1 :]
            assert not equals_model(changed, kind, language), number
    assert not equals_model(model + "Und noch etwas.\n", kind, language)
    assert not equals_model("Hinweis\n\n" + model, kind, language)
    assert not equals_model(filled(model, {**FILLED, "[E-MAIL]": ""}), kind, language)
    assert not equals_model(filled(model, {**FILLED, "[BÜRO]": "A\nB"}), kind, language)


def test_other_texts_have_no_model() -> None:
    assert not equals_model(draft(TextKind.CONTRACT, Language.GERMAN), TextKind.CONTRACT, Language.GERMAN)


def test_the_difference_is_told_word_by_word() -> None:
    kind, language = TextKind.WITHDRAWAL_POLICY, Language.GERMAN
    model = draft(kind, language)
    changed = model.replace("binnen vierzehn Tagen ohne Angabe", "binnen 14 Tagen ohne jede Angabe", 1)
    found = [piece for piece in differences(changed, kind, language) if piece.side is not Side.BOTH]
    assert found == [Piece(Side.MODEL, "vierzehn"), Piece(Side.OFFICE, "14"), Piece(Side.OFFICE, "jede")]
    assert differences(model, kind, language) == [Piece(Side.BOTH, " ".join(model.split()))]


def test_long_texts_are_judged_in_linear_time() -> None:
    kind, language = TextKind.WITHDRAWAL_POLICY, Language.GERMAN
    assert not equals_model(draft(kind, language).partition("[BÜRO]")[0] + "a, " * 200_000, kind, language)
