"""The gate against a second table, written from the statutes and not from the program, over all that can be typed in.

The table below is data a lawyer can read. It is looked up by an own reading of property, contact and letter, and what
it says is compared with what the product makes of the same.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_estate, an_office, the_guard_says, token_of
from tests.unit.dispatch.recipient.test_declarations import CLIENT, form_for

from siegelpost.dispatch.gate import facts as gate_facts
from siegelpost.dispatch.gate.rules import TABLE, Claim, GateRow, PropertyKind, Refusal
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.recipient.declarations import declare
from siegelpost.office.kinds import Language, TextKind

# property | whose clients, and what the seller pays | a consumer | a business
LAW = """
home to buy  | nobody pays                          | look      | look
home to buy  | ordered before                       | look      | look
home to buy  | both clients, seller pays the same   | withdraw  | order
home to buy  | both clients, seller pays more       | forbidden | order
home to buy  | both clients, seller pays too little | forbidden | order
home to buy  | buyer alone is client                | withdraw  | order
home to buy  | seller alone, seller pays the same   | look      | look
home to buy  | seller alone, seller pays more       | look      | look
home to buy  | seller alone, seller pays too little | forbidden | look
other to buy | nobody pays                          | look      | look
other to buy | ordered before                       | look      | look
other to buy | both clients, seller pays the same   | withdraw  | order
other to buy | both clients, seller pays more       | withdraw  | order
other to buy | both clients, seller pays too little | withdraw  | order
other to buy | buyer alone is client                | withdraw  | order
other to buy | seller alone, seller pays the same   | look      | look
other to buy | seller alone, seller pays more       | look      | look
other to buy | seller alone, seller pays too little | look      | look
home to rent | nobody pays                          | look      | look
home to rent | ordered before                       | look      | look
home to rent | both clients, seller pays the same   | forbidden | forbidden
home to rent | both clients, seller pays more       | forbidden | forbidden
home to rent | both clients, seller pays too little | forbidden | forbidden
home to rent | buyer alone is client                | withdraw  | order
home to rent | seller alone, seller pays the same   | forbidden | forbidden
home to rent | seller alone, seller pays more       | forbidden | forbidden
home to rent | seller alone, seller pays too little | forbidden | forbidden
let other    | nobody pays                          | look      | look
let other    | ordered before                       | look      | look
let other    | both clients, seller pays the same   | withdraw  | order
let other    | both clients, seller pays more       | withdraw  | order
let other    | both clients, seller pays too little | withdraw  | order
let other    | buyer alone is client                | withdraw  | order
let other    | seller alone, seller pays the same   | look      | look
let other    | seller alone, seller pays more       | look      | look
let other    | seller alone, seller pays too little | look      | look
"""
CELLS = {
    (cells[0], cells[1]): (cells[2], cells[3])
    for cells in ([cell.strip() for cell in line.split("|")] for line in LAW.strip().splitlines())
}
# §§ 656a ff. BGB speak of flats and single-family houses, a granny flat included; WoVermRG of rooms to live in.
BOUGHT_HOMES = {"flat", "house_single", "house_two"}
RENTED_HOMES = BOUGHT_HOMES | {"room"}
KINDS = ("flat", "house_single", "house_two", "house_multi", "room", "land", "commercial")
TODAY = date(2026, 11, 29)


@dataclass(frozen=True)
class Case:
    kind: str
    buys: bool
    business: bool
    due: bool
    deed: bool
    rates: tuple[str, str]
    alone: bool
    searched: date | None
    owner: date | None
    again: bool


CASES = [
    Case(*values)
    for values in product(
        KINDS,
        (True, False),
        (True, False),
        (True, False),
        (True, False),
        (("3.57", "3.57"), ("3.57", "5"), ("5", "5"), ("3.57", "1"), ("3.57", "0"), ("3.57", ""), ("", "3.57")),
        (True, False),
        (None, TODAY - timedelta(9), TODAY),
        (None, TODAY),
        (True, False),
    )
]
# Not a divisor of any number of values, so that every pair of values meets.
SOME = CASES[::17]


def expected(case: Case) -> str:
    homes = BOUGHT_HOMES if case.buys else RENTED_HOMES
    home = case.kind in homes
    what = {(True, True): "home to buy", (False, True): "other to buy", (True, False): "home to rent"}.get(
        (home, case.buys), "let other"
    )
    buyer, seller = case.rates
    level = "seller pays too little"
    if buyer and seller and Decimal(seller) >= Decimal(buyer):
        level = "seller pays the same" if Decimal(seller) == Decimal(buyer) else "seller pays more"
    if not case.due:
        whose = "nobody pays"
    elif case.again:
        whose = "ordered before"
    elif case.deed:
        whose = f"seller alone, {level}"
    elif (what == "home to buy" and case.alone) or (
        what == "home to rent" and case.searched and case.owner and case.searched < case.owner
    ):
        whose = "buyer alone is client"
    else:
        whose = f"both clients, {level}"
    return CELLS[what, whose][case.business]


def found(outcome: GateRow | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return "forbidden"
    if outcome.button.value == "view":
        assert (outcome.declarations, outcome.by_reply, outcome.period) == ((), (), None)
        assert TextKind.CONTRACT not in outcome.texts
        return "look"
    assert outcome.needs_name
    assert TextKind.CONTRACT in outcome.texts
    withdraws = outcome.period is not None
    assert withdraws == (TextKind.WITHDRAWAL_POLICY in outcome.texts) == (TextKind.WITHDRAWAL_FORM in outcome.texts)
    assert withdraws == bool(outcome.declarations) == (not outcome.names_party)
    return "withdraw" if withdraws else "order"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(SOME, id="some"),
        pytest.param(CASES, id="all", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
def test_the_product_agrees_with_the_law_on_everything_that_can_be_typed_in(
    cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home to let with the seeker's commission passed, businesses without even a warning; a seller who pays nothing
    led to a contract that is void, and so did one who pays more while both are clients (§ 656c BGB wants the same);
    what the buyer takes over by the deed could not be said; who had ordered was asked to order again.
    """
    an_office()
    the_guard_says(True, monkeypatch)
    estate, before = an_estate(), timezone.now()
    people = {business: a_contact(is_business=business) for business in (True, False)}
    for person in people.values():
        dispatch = a_dispatch(estates=[estate], contact=person)
        declare(token_of(dispatch), form_for(dispatch, party="Firma Berger"), CLIENT)
    wrong, met = [], set()
    for case in cases:
        fields: dict[str, Any] = {
            "kind": case.kind,
            "marketing": "purchase" if case.buys else "rent",
            "buyer_commission_due": case.due,
            "commission_by_deed": case.deed,
            "owner_order_on": case.owner,
            "buyer_commission": case.rates[0] and f"{case.rates[0]} % inkl. MwSt.",
            "seller_commission": case.rates[1] and f"{case.rates[1]} % inkl. MwSt.",
            "buyer_commission_rate": None,
            "seller_commission_rate": None,
        }
        for name, value in fields.items():
            setattr(estate, name, value)
        letter = Letter(
            [estate],
            people[case.business],
            "",
            "",
            Language.GERMAN,
            sole_client=case.alone,
            search_order_on=case.searched,
            as_of=None if case.again else before,
        )
        met.add(gate_facts.facts_of(letter, estate))
        made = found(gate_facts.outcomes(letter)[0])
        if made != expected(case):
            wrong.append((case, made, expected(case)))
    assert not wrong, wrong[:5]
    # Nothing but the purchase or lease of a home asks whether the recipient is the only client.
    others = {PropertyKind.OTHER_PURCHASE, PropertyKind.OTHER_RENT}
    assert met == {facts for facts in TABLE if facts.claim is not Claim.SOLE_ORDER or facts.kind not in others}


def test_the_second_table_is_complete() -> None:
    whats = ("home to buy", "other to buy", "home to rent", "let other")
    whose = {whose for _, whose in CELLS}
    assert set(CELLS) == set(product(whats, whose))
    assert len(whose) == 9
