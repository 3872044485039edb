"""The gate: what must be declared before the content opens, as a table of rules.

A row is found by four facts: is the recipient a consumer, whose client the agent is, what kind of property it is, and
whether both sides are known to pay what §§ 656c, 656d BGB want. The row says which texts travel in the mail before the
exposé, which declarations are asked, what the button means, and how long the content is held back when the recipient
does not ask for an early start. Where the law knows no valid order, the table holds a refusal instead of a row. The
texts the office has stored are the fifth fact: without those the row asks for nothing goes out. The wordings are part
of the version: what was shown is frozen into each dispatch and named in its events.

The rules are no legal advice. ``siegelpost gate-rules`` prints them with their sources for a lawyer to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product
from types import MappingProxyType

from siegelpost.office.button_labels import ORDER_LABELS, order_label
from siegelpost.office.kinds import Language, TextKind
from siegelpost.toolbox.words import Words

VERSION = "2026-11-29"
WITHDRAWAL_PERIOD = timedelta(days=14)


class DeclarationKind(StrEnum):
    """What a recipient can declare."""

    ORDER = "order"
    BEGIN_EARLY = "begin_early"
    KNOWS_LOSS = "knows_loss"


class ButtonKind(StrEnum):
    """What pressing the button means."""

    ORDER = "order"  # a contract with a duty to pay (§ 312j (3) BGB)
    VIEW = "view"  # nothing is owed


class PropertyKind(StrEnum):
    """What the law tells apart."""

    HOME_PURCHASE = "home-purchase"  # a flat or a single-family house (§§ 656a–d BGB)
    OTHER_PURCHASE = "other-purchase"
    HOME_RENT = "home-rent"  # rooms to live in (WoVermRG)
    OTHER_RENT = "other-rent"


class Claim(StrEnum):
    """Whose client the agent is, and so from what the recipient would owe a commission."""

    NONE = "none"  # the recipient owes nothing
    ORDER = "order"  # by an order of their own, while the owner is a client too or may be one
    SOLE_ORDER = "sole-order"  # by a search order: nobody but the recipient is the agent's client
    DEED = "deed"  # only the owner is the client; the recipient takes a share over in the purchase contract
    ORDERED = "ordered"  # they have ordered this property before


class Refusal(StrEnum):
    """Why no order can be asked for at all; the value names it in the page for lawyers."""

    RENTED_HOME = "rented-home"  # § 2 (1a) WoVermRG: asking alone is an offence (§ 8)
    UNEQUAL = "unequal"  # §§ 656c, 656d BGB: the contract would be void, not reduced


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the row of one property."""

    consumer: bool
    claim: Claim
    kind: PropertyKind
    halved: bool  # what both sides pay is known to be shared as the law wants it (§§ 656c, 656d BGB)


@dataclass(frozen=True, slots=True)
class GateRow:
    """One rule of the gate."""

    key: str
    button: ButtonKind
    texts: tuple[TextKind, ...]  # must exist; they travel in the mail before the exposé
    also: tuple[TextKind, ...]  # are shown beside them where the office has them
    declarations: tuple[DeclarationKind, ...]  # asked as unticked boxes
    needs_name: bool  # the recipient types the name (text form, § 126b BGB)
    names_party: bool  # and for whom they order, and as what
    by_reply: tuple[DeclarationKind, ...]  # what an unmistakable yes by mail becomes
    period: timedelta | None  # right of withdrawal; content is held until its end without an early start


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """What the office has in the language of the dispatch."""

    kinds: frozenset[TextKind]
    policy_names_function: bool  # the cancellation policy names the withdrawal function (§ 356a BGB)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate makes of the facts and the office's texts."""

    row: GateRow
    texts: tuple[TextKind, ...]  # that are shown, and travel
    missing: tuple[TextKind, ...]  # as long as there is one, nothing goes out
    policy_is_old: bool  # it goes out, and the agent is warned


_CONTRACT = (TextKind.CONTRACT, TextKind.PRIVACY)
_CONSUMER_CONTRACT = (TextKind.WITHDRAWAL_POLICY, TextKind.WITHDRAWAL_FORM, *_CONTRACT)
_EARLY_START = (DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS)
_TERMS = (TextKind.STEPS, TextKind.TERMS)

# An answer by mail says nothing of an early start. Whether § 312j (5) BGB spares it the button is arguable: therefore
# consumers order by it only in a sentence that names the duty to pay.
_ORDER = (DeclarationKind.ORDER,)


def _viewed(key: str) -> GateRow:
    return GateRow(
        key,
        ButtonKind.VIEW,
        (TextKind.PRIVACY,),
        (),
        (),
        needs_name=False,
        names_party=False,
        by_reply=(),
        period=None,
    )


def _ordered(key: str, *, consumer: bool) -> GateRow:
    """Who orders types the name: a contract needs a party, and what is declared bears its name."""
    return GateRow(
        key,
        ButtonKind.ORDER,
        _CONSUMER_CONTRACT if consumer else _CONTRACT,
        _TERMS,
        _EARLY_START if consumer else (),
        needs_name=True,
        names_party=not consumer,
        by_reply=_ORDER,
        period=WITHDRAWAL_PERIOD if consumer else None,
    )


FREE = _viewed("free")
BY_DEED = _viewed("by-deed")
ORDERED = _viewed("already-ordered")
BUSINESS = _ordered("business-commission", consumer=False)
BUSINESS_TEXT_FORM = _ordered("business-commission-text-form", consumer=False)
CONSUMER = _ordered("consumer-commission", consumer=True)
CONSUMER_TEXT_FORM = _ordered("consumer-commission-text-form", consumer=True)
# From the mildest to the strictest: each asks for all that those before it ask for of the same recipient.
ROWS = (FREE, BY_DEED, ORDERED, BUSINESS, BUSINESS_TEXT_FORM, CONSUMER, CONSUMER_TEXT_FORM)


@dataclass(frozen=True, slots=True)
class GateRule:
    """One line of the table: what it holds for, and what follows; ``None`` holds for all."""

    outcome: GateRow | Refusal
    claims: tuple[Claim, ...] | None = None
    kinds: tuple[PropertyKind, ...] | None = None
    consumer: bool | None = None
    halved: bool | None = None

    def holds_for(self, facts: Facts) -> bool:
        """Whether all that it names is so."""
        return (
            (self.claims is None or facts.claim in self.claims)
            and (self.kinds is None or facts.kind in self.kinds)
            and self.consumer in {None, facts.consumer}
            and self.halved in {None, facts.halved}
        )


P = PropertyKind
_BESIDE_THE_OWNER = (Claim.ORDER, Claim.DEED)
# The first that holds decides.
RULES = (
    GateRule(FREE, claims=(Claim.NONE,)),
    GateRule(ORDERED, claims=(Claim.ORDERED,)),
    GateRule(Refusal.RENTED_HOME, claims=_BESIDE_THE_OWNER, kinds=(P.HOME_RENT,)),
    GateRule(Refusal.UNEQUAL, claims=_BESIDE_THE_OWNER, kinds=(P.HOME_PURCHASE,), consumer=True, halved=False),
    GateRule(BY_DEED, claims=(Claim.DEED,)),
    GateRule(CONSUMER_TEXT_FORM, kinds=(P.HOME_PURCHASE, P.HOME_RENT), consumer=True),
    GateRule(CONSUMER, consumer=True),
    GateRule(BUSINESS_TEXT_FORM, kinds=(P.HOME_PURCHASE, P.HOME_RENT)),
    GateRule(BUSINESS),
)
TABLE = MappingProxyType(
    {
        facts: next(rule.outcome for rule in RULES if rule.holds_for(facts))
        for facts in (Facts(*values) for values in product((True, False), Claim, PropertyKind, (True, False)))
    }
)

VIEW_LABEL = Words("Exposé ansehen", "View the exposé")

DECLARATION_TEXTS = MappingProxyType(
    {
        DeclarationKind.BEGIN_EARLY: Words(
            "Ich verlange ausdrücklich, dass Sie vor Ende der Widerrufsfrist mit Ihrer Leistung beginnen und mir das "
            "Exposé sofort zeigen.",
            "I expressly ask you to begin your service before the withdrawal period ends and to show me the exposé "
            "at once.",
        ),
        DeclarationKind.KNOWS_LOSS: Words(
            "Mir ist bekannt, dass mein Widerrufsrecht erlischt, wenn Sie den Vertrag vollständig erfüllt haben.",
            "I am aware that I lose my right of withdrawal once you have fully performed the contract.",
        ),
    }
)


def outcome_for(facts: Facts) -> GateRow | Refusal:
    """The rule for these facts, or why there can be none; the table is complete."""
    return TABLE[facts]


def strictest(rows: Iterable[GateRow]) -> GateRow:
    """The rule for several properties in one dispatch: the strictest of theirs; of none, the strictest there is."""
    return max(rows, key=ROWS.index, default=ROWS[-1])


def decide(row: GateRow, stored: StoredTexts) -> Decision:
    """What the row makes of the texts that the office has."""
    return Decision(
        row,
        texts=tuple(kind for kind in (*row.texts, *row.also) if kind in stored.kinds),
        missing=tuple(kind for kind in row.texts if kind not in stored.kinds),
        policy_is_old=(
            TextKind.WITHDRAWAL_POLICY in row.texts
            and TextKind.WITHDRAWAL_POLICY in stored.kinds
            and not stored.policy_names_function
        ),
    )


def labels_for(row: GateRow, language: Language, chosen: str = "") -> tuple[str, ...]:
    """The labels the button may carry, the usual one first.

    Args:
        chosen: the label that the office has chosen for its orders; it then comes first.
    """
    if row.button is ButtonKind.VIEW:
        return (VIEW_LABEL[language],)
    return tuple(dict.fromkeys([*filter(None, [chosen]), *ORDER_LABELS[language]]))


def check_label(row: GateRow, label: str, language: Language) -> str:
    """The label as the row's button may carry it.

    Raises:
        siegelpost.office.button_labels.LabelRefusedError: an order button with a label that is not on the list.
    """
    return VIEW_LABEL[language] if row.button is ButtonKind.VIEW else order_label(label, language)
