"""The forms of an exposé's letter: to one contact, or to several at once."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.dispatch import wording
from siegelpost.dispatch.contact_reason import ContactReason
from siegelpost.dispatch.gate import facts, rules
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.letter import Letter
from siegelpost.office.button_labels import described
from siegelpost.office.current import the_office
from siegelpost.office.models import Language


class OccasionForm(forms.Form):
    """Why one contact is written to, and since when they have been looking."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Anlass"),
        required=False,
        choices=ContactReason.choices,
        help_text=gettext_lazy("Steht im Nachweis. Erinnert wird nur bei Anfrage, Suchauftrag und Einwilligung."),
    )
    reason_on = forms.DateField(
        label=gettext_lazy("Anlass vom"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    search_order_on = forms.DateField(
        label=gettext_lazy("Suchauftrag vom"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Der Tag, an dem dieser Kontakt Sie in Textform mit der Suche beauftragt hat. Er muss vor dem Auftrag des "
            "Vermieters liegen (§ 2 Abs. 1a WoVermRG)."
        ),
    )

    def clean_search_order_on(self) -> date | None:
        """The day, which has been."""
        day: date | None = self.cleaned_data["search_order_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("Dieser Tag liegt in der Zukunft."))
        return day


class WordsForm(forms.Form):
    """What the agent writes, and what cannot be known of the client but from the agent."""

    subject = forms.CharField(
        label=gettext_lazy("Betreff"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    message = forms.CharField(
        label=gettext_lazy("Nachricht"), required=False, max_length=5000, widget=forms.Textarea({"rows": 5})
    )
    language = forms.ChoiceField(label=gettext_lazy("Sprache der Sendung"), choices=Language.choices)
    sole_client = forms.BooleanField(
        label=gettext_lazy("Nur der Käufer ist mein Auftraggeber"),
        required=False,
        help_text=gettext_lazy(
            "Mit dem Verkäufer haben Sie keinen Maklervertrag, und er zahlt Ihnen nichts. Das steht dann über der "
            "Schaltfläche und im Nachweis."
        ),
    )


class LetterForm(WordsForm, OccasionForm):
    """What the agent decides about one dispatch."""

    button_label = forms.ChoiceField(label=gettext_lazy("Beschriftung der Schaltfläche"))
    public_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("subject", "message", "button_label"):
            self.fields[name].widget.attrs["lang"] = letter.language
        self.fields["button_label"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (label, described(label, letter.language)) for label in labels_of(letter)
        ]
        asked = {
            "button_label": facts.row_of(letter).button is ButtonKind.ORDER,
            "sole_client": facts.asks_for_sole_client(letter),
            "search_order_on": facts.asks_for_search_order(letter),
        }
        for name in (name for name, wanted in asked.items() if not wanted):
            del self.fields[name]


class SeveralForm(WordsForm):
    """What the agent decides for all of several recipients at once."""

    batch = forms.UUIDField(widget=forms.HiddenInput)


class RecipientForm(OccasionForm):
    """What is asked of each of several recipients; its fields bear the contact's id before their name."""

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not facts.asks_for_search_order(letter):
            del self.fields["search_order_on"]


UNSEEN = gettext_lazy("Sie haben Worte geändert, die die Vorschau noch nicht gezeigt hat. Sehen Sie sie jetzt an.")


def is_unseen(query: QueryDict, subject: str, message: str) -> bool:
    """Whether these words are not those that the preview beside the form has shown; what is sent has been seen."""
    return query.get("seen") != wording.digest(subject, message)


def labels_of(letter: Letter) -> tuple[str, ...]:
    """What its button may be called, the usual label first."""
    return rules.labels_for(facts.row_of(letter), letter.language, the_office().order_label(letter.language))
