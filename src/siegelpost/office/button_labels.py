"""What the button may be called by which a recipient takes on a duty to pay (§ 312j (3) BGB)."""

from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from siegelpost.office.kinds import Language

# § 312j (3) BGB wants words that say nothing but a duty to pay; "Senden" or "Weiter" make no contract. The first of
# each language stands in the law itself, the next two in its official reasons (Bundestag paper 17/7745); the others
# name the commission instead of the payment: no decision is known that approves or refuses them.
ORDER_LABELS = MappingProxyType(
    {
        Language.GERMAN: (
            "Zahlungspflichtig bestellen",
            "Kostenpflichtig bestellen",
            "Zahlungspflichtigen Vertrag schließen",
            "Provisionspflichtig bestellen",
            "Provisionspflichtig beauftragen",
        ),
        Language.ENGLISH: (
            "Order with obligation to pay",
            "Order with obligation to pay commission",
            "Conclude contract with obligation to pay",
        ),
    }
)


def is_statutory(label: str, language: Language) -> bool:
    """Whether the label is the law's own wording: the first of the list."""
    return label == ORDER_LABELS[language][0]


def described(label: str, language: Language) -> str:
    """The label as it is offered for choice, with what speaks against it."""
    if is_statutory(label, language):
        return label
    return _("%(label)s (nicht der gesetzliche Wortlaut)") % {"label": label}


class LabelRefusedError(ValueError):
    """The label does not say unmistakably that the recipient takes on a duty to pay; says why, for people."""

    def __init__(self, label: str, language: Language) -> None:
        super().__init__(
            _(
                "„%(label)s“ sagt nicht unmissverständlich, dass eine Zahlungspflicht entsteht; damit käme kein "
                "Vertrag zustande (§ 312j Abs. 3 und 4 BGB, BGH vom 9. Oktober 2025, I ZR 159/24). Zulässig sind: "
                "%(allowed)s."
            )
            % {"label": label, "allowed": " · ".join(ORDER_LABELS[language])}
        )


def order_label(label: str, language: Language) -> str:
    """``label`` as it stands on the list, however it is capitalised and spaced.

    Raises:
        LabelRefusedError: it is not on the list.
    """
    wanted = " ".join(label.split()).casefold()
    found = next((known for known in ORDER_LABELS[language] if known.casefold() == wanted), None)
    if found is None:
        raise LabelRefusedError(label, language)
    return found


def validated(label: str, language: Language) -> str:
    """The label an office chose, for its form; empty means the usual one.

    Raises:
        django.core.exceptions.ValidationError: it is not on the list.
    """
    try:
        return order_label(label, language) if label.strip() else ""
    except LabelRefusedError as error:
        raise ValidationError(str(error)) from error
