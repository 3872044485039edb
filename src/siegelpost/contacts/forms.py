"""The form of a contact."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.models import Contact
from siegelpost.toolbox.addresses import AddressInput

# The browser's own memory is about the agent, not about the contact.
OFF = {"autocomplete": "off"}


class ContactForm(forms.ModelForm[Contact]):
    """Everything the office knows about a contact."""

    GROUPS: ClassVar[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
        (gettext_lazy("Person"), ("salutation", "first_name", "last_name", "company", "is_business")),
        (gettext_lazy("Erreichbar"), ("email", "mobile", "phone", "language")),
        (gettext_lazy("Anschrift"), ("street", "postal_code", "city")),
        (gettext_lazy("Notiz"), ("note",)),
    )

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "salutation",
            "first_name",
            "last_name",
            "company",
            "is_business",
            "email",
            "mobile",
            "phone",
            "language",
            "street",
            "postal_code",
            "city",
            "note",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "is_business": gettext_lazy(
                "Im Zweifel nicht ankreuzen: Verbraucher haben mehr Rechte, und die Freigabe richtet sich danach. Auch "
                "wer privat vermietet oder als Geschäftsführer/in für sich selbst kauft, ist Verbraucher/in."
            )
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "first_name": forms.TextInput(OFF),
            "last_name": forms.TextInput(OFF),
            "company": forms.TextInput(OFF),
            "email": AddressInput(OFF),
            "mobile": forms.TextInput({**OFF, "type": "tel"}),
            "phone": forms.TextInput({**OFF, "type": "tel"}),
            "street": forms.TextInput(OFF),
            "postal_code": forms.TextInput({**OFF, "inputmode": "numeric"}),
            "city": forms.TextInput(OFF),
            "note": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A company without a named person is a contact too.
        self.fields["last_name"].required = False

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields as they stand together on the page."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        """Ask for a name or a company."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("last_name") and not cleaned.get("company"):
            self.add_error("last_name", ValidationError(_("Bitte geben Sie einen Nachnamen oder eine Firma an.")))
        return cleaned
