"""The gate's table, case by case."""

from itertools import product

import pytest

from siegelpost.dispatch.gate import (
    DECLARATION_TEXTS,
    ORDER_LABELS,
    TABLE,
    ButtonKind,
    DeclarationKind,
    Facts,
    LabelRefusedError,
    check_label,
    labels_for,
    row_for,
)
from siegelpost.office.models import Language, TextKind

ALL = [Facts(*facts) for facts in product([True, False], repeat=3)]


def test_there_is_a_row_for_every_combination_and_no_other() -> None:
    assert set(TABLE) == set(ALL)


@pytest.mark.parametrize("facts", ALL, ids=str)
def test_a_duty_to_pay_needs_the_order_button_and_nothing_else_does(facts: Facts) -> None:
    assert (row_for(facts).button is ButtonKind.ORDER) == facts.commission


@pytest.mark.parametrize("facts", ALL, ids=str)
def test_only_a_consumer_who_may_owe_money_is_told_of_a_right_of_withdrawal(facts: Facts) -> None:
    row = row_for(facts)
    withdraws = facts.consumer and facts.commission
    assert (row.period is not None) == withdraws
    assert (TextKind.WITHDRAWAL_POLICY in row.texts) == withdraws
    assert (TextKind.WITHDRAWAL_FORM in row.texts) == withdraws
    assert (row.declarations == (DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS)) == withdraws


@pytest.mark.parametrize("facts", [facts for facts in ALL if facts.commission and facts.text_form], ids=str)
def test_a_contract_about_a_flat_or_house_is_made_in_text_form(facts: Facts) -> None:
    assert row_for(facts).needs_name


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("label", ["Senden", "Weiter", "Exposé ansehen", "Bestätigen", "OK", "", "zahlungspflichtig"])
def test_a_label_that_does_not_name_the_duty_to_pay_is_refused(label: str, language: Language) -> None:
    row = row_for(Facts(consumer=True, commission=True, text_form=True))
    with pytest.raises(LabelRefusedError, match="312j"):
        check_label(row, label, language)


@pytest.mark.parametrize("language", Language)
def test_the_listed_labels_are_taken_and_declarations_exist_in_every_language(language: Language) -> None:
    row = row_for(Facts(consumer=True, commission=True, text_form=True))
    assert [check_label(row, label, language) for label in labels_for(row, language)] == list(ORDER_LABELS[language])
    assert all(DECLARATION_TEXTS[kind, language] for kind in row.declarations)
