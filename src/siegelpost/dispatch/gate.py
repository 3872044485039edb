"""The gate: what must be declared before the content opens, as a table of rules.

A row is found by three facts: is the recipient a consumer, is a commission of the recipient's at stake, and what kind
of property it is. The row says which texts travel in the mail before the exposé, which declarations are asked, what
the button means, and how long the content is held back when the recipient does not ask for an early start. The texts
the office has stored are the fourth fact: without those the row asks for nothing goes out. The wordings are part of
the version: what was shown is frozen into each dispatch and named in its events.

The rules are no legal advice. ``siegelpost gate-rules`` prints them with their sources for a lawyer to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from siegelpost.office.kinds import Language, TextKind
from siegelpost.office.labels import ORDER_LABELS, order_label

VERSION = "2026-11-25"
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the row of one property."""

    consumer: bool
    commission: bool
    kind: PropertyKind


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the gate."""

    key: str
    button: ButtonKind
    texts: tuple[TextKind, ...]  # must exist; they travel in the mail before the exposé
    also: tuple[TextKind, ...]  # are shown beside them where the office has them
    declarations: tuple[DeclarationKind, ...]  # asked as unticked boxes
    needs_name: bool  # the recipient types the name (text form, § 126b BGB)
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

    row: Row
    texts: tuple[TextKind, ...]  # that are shown, and travel
    missing: tuple[TextKind, ...]  # as long as there is one, nothing goes out
    policy_is_old: bool  # it goes out, and the agent is warned


_CONTRACT = (TextKind.CONTRACT, TextKind.PRIVACY)
_CONSUMER_CONTRACT = (TextKind.WITHDRAWAL_POLICY, TextKind.WITHDRAWAL_FORM, *_CONTRACT)
_EARLY_START = (DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS)
_TERMS = (TextKind.STEPS, TextKind.TERMS)

# § 312j (5) BGB: who orders by a mail written in person needs no button. It says nothing of an early start.
_ORDER = (DeclarationKind.ORDER,)

FREE = Row("free", ButtonKind.VIEW, (TextKind.PRIVACY,), (), (), needs_name=False, by_reply=(), period=None)
BUSINESS = Row(
    "business-commission", ButtonKind.ORDER, _CONTRACT, _TERMS, (), needs_name=False, by_reply=_ORDER, period=None
)
BUSINESS_TEXT_FORM = Row(
    "business-commission-text-form",
    ButtonKind.ORDER,
    _CONTRACT,
    _TERMS,
    (),
    needs_name=True,
    by_reply=_ORDER,
    period=None,
)
# A consumer types the name in both: what is declared before the period is over shall bear the name of who asked.
CONSUMER = Row(
    "consumer-commission",
    ButtonKind.ORDER,
    _CONSUMER_CONTRACT,
    _TERMS,
    _EARLY_START,
    needs_name=True,
    by_reply=_ORDER,
    period=WITHDRAWAL_PERIOD,
)
CONSUMER_TEXT_FORM = Row(
    "consumer-commission-text-form",
    ButtonKind.ORDER,
    _CONSUMER_CONTRACT,
    _TERMS,
    _EARLY_START,
    needs_name=True,
    by_reply=_ORDER,
    period=WITHDRAWAL_PERIOD,
)
# From the mildest to the strictest: each asks for all that those before it ask for of the same recipient.
ROWS = (FREE, BUSINESS, BUSINESS_TEXT_FORM, CONSUMER, CONSUMER_TEXT_FORM)

P = PropertyKind
TABLE = MappingProxyType(
    {
        Facts(consumer=True, commission=True, kind=P.HOME_PURCHASE): CONSUMER_TEXT_FORM,
        Facts(consumer=True, commission=True, kind=P.OTHER_PURCHASE): CONSUMER,
        Facts(consumer=True, commission=True, kind=P.HOME_RENT): CONSUMER_TEXT_FORM,
        Facts(consumer=True, commission=True, kind=P.OTHER_RENT): CONSUMER,
        Facts(consumer=False, commission=True, kind=P.HOME_PURCHASE): BUSINESS_TEXT_FORM,
        Facts(consumer=False, commission=True, kind=P.OTHER_PURCHASE): BUSINESS,
        Facts(consumer=False, commission=True, kind=P.HOME_RENT): BUSINESS_TEXT_FORM,
        Facts(consumer=False, commission=True, kind=P.OTHER_RENT): BUSINESS,
        Facts(consumer=True, commission=False, kind=P.HOME_PURCHASE): FREE,
        Facts(consumer=True, commission=False, kind=P.OTHER_PURCHASE): FREE,
        Facts(consumer=True, commission=False, kind=P.HOME_RENT): FREE,
        Facts(consumer=True, commission=False, kind=P.OTHER_RENT): FREE,
        Facts(consumer=False, commission=False, kind=P.HOME_PURCHASE): FREE,
        Facts(consumer=False, commission=False, kind=P.OTHER_PURCHASE): FREE,
        Facts(consumer=False, commission=False, kind=P.HOME_RENT): FREE,
        Facts(consumer=False, commission=False, kind=P.OTHER_RENT): FREE,
    }
)

VIEW_LABELS = MappingProxyType({Language.GERMAN: "Exposé ansehen", Language.ENGLISH: "View the exposé"})

DECLARATION_TEXTS = MappingProxyType(
    {
        (DeclarationKind.BEGIN_EARLY, Language.GERMAN): (
            "Ich verlange ausdrücklich, dass Sie vor Ende der Widerrufsfrist mit Ihrer Leistung beginnen und mir das "
            "Exposé sofort zeigen."
        ),
        (DeclarationKind.BEGIN_EARLY, Language.ENGLISH): (
            "I expressly ask you to begin your service before the withdrawal period ends and to show me the exposé "
            "at once."
        ),
        (DeclarationKind.KNOWS_LOSS, Language.GERMAN): (
            "Mir ist bekannt, dass mein Widerrufsrecht erlischt, wenn Sie den Vertrag vollständig erfüllt haben."
        ),
        (DeclarationKind.KNOWS_LOSS, Language.ENGLISH): (
            "I am aware that I lose my right of withdrawal once you have fully performed the contract."
        ),
    }
)


def row_for(facts: Facts) -> Row:
    """The rule for these facts; the table is complete."""
    return TABLE[facts]


def strictest(rows: Iterable[Row]) -> Row:
    """The rule for several properties in one dispatch: the strictest of theirs; of none, the strictest there is."""
    return max(rows, key=ROWS.index, default=ROWS[-1])


def decide(row: Row, stored: StoredTexts) -> Decision:
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


def labels_for(row: Row, language: Language, chosen: str = "") -> tuple[str, ...]:
    """The labels the button may carry, the usual one first.

    Args:
        chosen: the label that the office has chosen for its orders; it then comes first.
    """
    if row.button is ButtonKind.VIEW:
        return (VIEW_LABELS[language],)
    return tuple(dict.fromkeys([*filter(None, [chosen]), *ORDER_LABELS[language]]))


def check_label(row: Row, label: str, language: Language) -> str:
    """The label as the row's button may carry it.

    Raises:
        siegelpost.office.labels.LabelRefusedError: an order button with a label that is not on the list.
    """
    return VIEW_LABELS[language] if row.button is ButtonKind.VIEW else order_label(label, language)
