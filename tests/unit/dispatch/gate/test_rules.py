"""The gate's table over all combinations of its facts and of the office's texts."""

from itertools import chain, combinations, product

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.utils.translation import override

from siegelpost.cli import main
from siegelpost.dispatch.gate.rules import (
    DECLARATION_TEXTS,
    ROWS,
    TABLE,
    VIEW_LABEL,
    ButtonKind,
    Claim,
    DeclarationKind,
    Facts,
    GateRow,
    PropertyKind,
    Refusal,
    StoredTexts,
    check_label,
    decide,
    labels_for,
    outcome_for,
    strictest,
)
from siegelpost.dispatch.gate.rules_page import page
from siegelpost.dispatch.gate.sources import SOURCES
from siegelpost.office.button_labels import ORDER_LABELS, LabelRefusedError, described, validated
from siegelpost.office.models import Language, TextKind

ALL = [Facts(*facts) for facts in product([True, False], Claim, PropertyKind, [True, False])]
ORDERABLE = [facts for facts in ALL if isinstance(outcome_for(facts), GateRow)]
SUBSETS = [
    frozenset(kinds) for kinds in chain.from_iterable(combinations(TextKind, n) for n in range(len(TextKind) + 1))
]
ORDERS = {Claim.ORDER, Claim.SOLE_ORDER}


def row_for(facts: Facts) -> GateRow:
    row = outcome_for(facts)
    assert isinstance(row, GateRow)
    return row


ORDER = row_for(Facts(consumer=True, claim=Claim.ORDER, kind=PropertyKind.HOME_PURCHASE, halved=True))


def test_there_is_a_row_for_every_combination_and_no_other() -> None:
    assert set(TABLE) == set(ALL)
    assert set(TABLE.values()) == {*ROWS, *Refusal}


@pytest.mark.parametrize("facts", ORDERABLE, ids=str)
def test_a_duty_to_pay_needs_the_order_button_and_nothing_else_does(facts: Facts) -> None:
    row = row_for(facts)
    assert (row.button is ButtonKind.ORDER) == (facts.claim in ORDERS)
    assert (TextKind.CONTRACT in row.texts) == (facts.claim in ORDERS)
    assert row.by_reply == ((DeclarationKind.ORDER,) if (facts.claim in ORDERS) else ())


@pytest.mark.parametrize("facts", ORDERABLE, ids=str)
def test_only_a_consumer_who_may_owe_money_is_told_of_a_right_of_withdrawal(facts: Facts) -> None:
    row = row_for(facts)
    withdraws = facts.consumer and (facts.claim in ORDERS)
    assert (row.period is not None) == withdraws
    assert (TextKind.WITHDRAWAL_POLICY in row.texts) == withdraws
    assert (TextKind.WITHDRAWAL_FORM in row.texts) == withdraws
    assert (row.declarations == (DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS)) == withdraws
    assert bool(row.declarations) == withdraws


@pytest.mark.parametrize("facts", ORDERABLE, ids=str)
def test_a_contract_about_a_home_is_made_in_text_form(facts: Facts) -> None:
    """And a contract that a business makes names the business; every contract bears a name."""
    row = row_for(facts)
    assert row.needs_name == (facts.claim in ORDERS)
    assert row.names_party == (facts.claim in ORDERS and not facts.consumer)
    if row.needs_name:
        assert ("text-form" in row.key) == (facts.kind in {PropertyKind.HOME_PURCHASE, PropertyKind.HOME_RENT})


@pytest.mark.parametrize("facts", ORDERABLE, ids=str)
def test_without_the_texts_a_row_asks_for_nothing_goes_out(facts: Facts) -> None:
    """Over every set of texts that an office can have."""
    row = row_for(facts)
    for stored, names_function in product(SUBSETS, [True, False]):
        decision = decide(row, StoredTexts(stored, names_function))
        assert decision.row is row
        assert set(decision.missing) == set(row.texts) - stored
        assert set(decision.texts) == stored & {*row.texts, *row.also}
        old = facts.consumer and (facts.claim in ORDERS) and TextKind.WITHDRAWAL_POLICY in stored and not names_function
        assert decision.policy_is_old == old


@pytest.mark.parametrize("consumer", [True, False])
def test_for_several_properties_the_strictest_row_asks_for_all_that_each_asks_for(consumer: bool) -> None:
    mine = sorted({row_for(facts) for facts in ORDERABLE if facts.consumer == consumer}, key=ROWS.index)
    for number in range(1, 4):
        for rows in product(mine, repeat=number):
            together = strictest(rows)
            assert together in rows
            for row in rows:
                assert set(row.texts) <= set(together.texts)
                assert set(row.declarations) <= set(together.declarations)
                assert not row.needs_name or together.needs_name
                assert row.button is not ButtonKind.ORDER or together.button is ButtonKind.ORDER
                assert not row.period or together.period


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "label",
    ["Senden", "Weiter", "Exposé ansehen", "Bestätigen", "OK", "", "zahlungspflichtig", "Bestellen", "Jetzt bestellen"],
)
def test_a_label_that_does_not_name_the_duty_to_pay_is_refused(label: str, language: Language) -> None:
    with pytest.raises(LabelRefusedError, match="312j"):
        check_label(ORDER, label, language)
    if label:
        with pytest.raises(ValidationError, match="312j"):
            validated(label, language)


@pytest.mark.parametrize("language", Language)
def test_the_listed_labels_are_taken_and_declarations_exist_in_every_language(language: Language) -> None:
    assert [check_label(ORDER, label, language) for label in labels_for(ORDER, language)] == list(
        ORDER_LABELS[language]
    )
    assert all(DECLARATION_TEXTS[kind][language] for kind in ORDER.declarations)
    chosen = ORDER_LABELS[language][-1]
    assert labels_for(ORDER, language, chosen)[0] == chosen
    assert validated(f"  {chosen.upper()} ", language) == chosen
    free = row_for(Facts(consumer=True, claim=Claim.NONE, kind=PropertyKind.HOME_PURCHASE, halved=False))
    assert check_label(free, chosen, language) == VIEW_LABEL[language]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_command_prints_every_rule_wording_and_label(language: str) -> None:
    printed = CliRunner().invoke(main, ["gate-rules", "--lang", language, "--markdown"]).output
    assert all(f"`{row.key}`" in printed for row in ROWS)
    assert all(text in printed for words in DECLARATION_TEXTS.values() for text in (words.de, words.en))
    assert all(label in printed for labels in ORDER_LABELS.values() for label in labels)
    assert all(f"`{refusal.value}`" in printed for refusal in Refusal)
    drawn = CliRunner().invoke(main, ["gate-rules", "--lang", language])
    assert drawn.exit_code == 0


@pytest.mark.parametrize("language", Language)
def test_each_rule_and_refusal_says_its_sources_and_what_is_settled_and_arguable(language: Language) -> None:
    """The page for lawyers named no source for text form and the duty to confirm, and took an exception for certain."""
    assert set(SOURCES) == {row.key for row in ROWS} | {refusal.value for refusal in Refusal}
    assert all(law.sources and law.settled[language] and law.arguable[language] for law in SOURCES.values())
    printed = page(language)
    wanted = ["312f", "312i", "Art. 246c EGBGB", "§ 11 Nr. 1 MaBV", "656a", "656b–d", "656c, 656d", "§ 2 (1a)", "§ 652"]
    for source in [*wanted, "I ZR 159/24", "I ZR 28/22", "I ZR 32/24", "164 (2)"]:
        assert source in printed, source
    assert ("nicht entschieden" if language is Language.GERMAN else "not decided") in SOURCES[
        "consumer-commission"
    ].arguable[language]
    assert "Belegt ist" not in printed
    assert "kein gesetzliches Widerrufsrecht" not in printed.split("`business-commission`")[0]


@pytest.mark.parametrize("language", Language)
def test_only_the_first_label_is_the_laws_own_wording_and_the_others_say_so(language: Language) -> None:
    first, *rest = ORDER_LABELS[language]
    assert described(first, language) == first
    with override("de"):
        assert all("nicht der gesetzliche Wortlaut" in described(label, language) for label in rest)
    assert first in {"Zahlungspflichtig bestellen", "Order with obligation to pay"}
