"""The gate: what must be declared before the content opens, as a table of rules.

A row is found by three facts: is the recipient a consumer, is a commission of the recipient's at stake, and is the
property one of §§ 656a–d BGB (a flat or a single-family house, for sale). The row says which texts travel in the
mail before the exposé, which declarations are asked, which labels the button may carry, and how long the content is
held back when the recipient does not ask for an early start. The wordings are part of the version: what was shown is
frozen into each dispatch and named in its events.

The rules are no legal advice. Sources: §§ 312c, 312d, 312g, 312j (3) and (4), 355, 356 (4), 356a, 656a–d BGB,
Art. 246a EGBGB; BGH, 9 October 2025, I ZR 159/24.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from siegelpost.office.models import Language, TextKind

VERSION = "2026-06-19"
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the row."""

    consumer: bool
    commission: bool
    text_form: bool  # purchase of a flat or a single-family house: § 656a BGB


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the gate."""

    key: str
    button: ButtonKind
    texts: tuple[TextKind, ...]  # must exist; they travel in the mail before the exposé
    declarations: tuple[DeclarationKind, ...]  # asked as unticked boxes
    needs_name: bool  # the recipient types the name (text form, § 126b BGB)
    period: timedelta | None  # right of withdrawal; content is held until its end without an early start


_CONTRACT = (TextKind.CONTRACT, TextKind.PRIVACY)
_CONSUMER_CONTRACT = (TextKind.WITHDRAWAL_POLICY, TextKind.WITHDRAWAL_FORM, *_CONTRACT)
_EARLY_START = (DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS)
_FREE = Row("free", ButtonKind.VIEW, (TextKind.PRIVACY,), (), needs_name=False, period=None)

TABLE = MappingProxyType(
    {
        Facts(consumer=True, commission=True, text_form=True): Row(
            "consumer-commission-text-form",
            ButtonKind.ORDER,
            _CONSUMER_CONTRACT,
            _EARLY_START,
            needs_name=True,
            period=WITHDRAWAL_PERIOD,
        ),
        Facts(consumer=True, commission=True, text_form=False): Row(
            "consumer-commission",
            ButtonKind.ORDER,
            _CONSUMER_CONTRACT,
            _EARLY_START,
            needs_name=True,
            period=WITHDRAWAL_PERIOD,
        ),
        Facts(consumer=False, commission=True, text_form=True): Row(
            "business-commission-text-form", ButtonKind.ORDER, _CONTRACT, (), needs_name=True, period=None
        ),
        Facts(consumer=False, commission=True, text_form=False): Row(
            "business-commission", ButtonKind.ORDER, _CONTRACT, (), needs_name=False, period=None
        ),
        Facts(consumer=True, commission=False, text_form=True): _FREE,
        Facts(consumer=True, commission=False, text_form=False): _FREE,
        Facts(consumer=False, commission=False, text_form=True): _FREE,
        Facts(consumer=False, commission=False, text_form=False): _FREE,
    }
)

# § 312j (3) BGB wants words that say nothing but a duty to pay; "Senden" or "Weiter" make no contract.
ORDER_LABELS = MappingProxyType(
    {
        Language.GERMAN: (
            "Zahlungspflichtig bestellen",
            "Provisionspflichtig bestellen",
            "Provisionspflichtig beauftragen",
        ),
        Language.ENGLISH: ("Order with obligation to pay", "Order with obligation to pay commission"),
    }
)
VIEW_LABELS = MappingProxyType({Language.GERMAN: ("Exposé ansehen",), Language.ENGLISH: ("View the exposé",)})

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


class LabelRefusedError(ValueError):
    """The button's label does not unmistakably say that the recipient takes on a duty to pay."""

    def __init__(self, label: str, language: Language) -> None:
        allowed = " · ".join(ORDER_LABELS[language])
        super().__init__(
            {
                Language.GERMAN: f"„{label}“ sagt nicht unmissverständlich, dass eine Zahlungspflicht entsteht; "
                f"damit käme kein Vertrag zustande (§ 312j Abs. 3 und 4 BGB, BGH I ZR 159/24). "
                f"Zulässig sind: {allowed}.",
                Language.ENGLISH: f"“{label}” does not unmistakably say that a duty to pay arises; "
                f"no contract would come about (§ 312j (3), (4) BGB, BGH I ZR 159/24). Allowed are: {allowed}.",
            }[language]
        )


def row_for(facts: Facts) -> Row:
    """The rule for these facts; the table is complete."""
    return TABLE[facts]


def labels_for(row: Row, language: Language) -> tuple[str, ...]:
    """The labels the button may carry, the usual one first."""
    return (ORDER_LABELS if row.button is ButtonKind.ORDER else VIEW_LABELS)[language]


def check_label(row: Row, label: str, language: Language) -> str:
    """``label`` if the row's button may carry it.

    Raises:
        LabelRefusedError: an order button with a label that is not on the list (§ 312j (3), (4) BGB).
    """
    if label not in labels_for(row, language):
        raise LabelRefusedError(label, language)
    return label
