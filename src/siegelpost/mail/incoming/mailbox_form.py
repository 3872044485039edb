"""The form for the mailbox that is read."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from siegelpost.mail.models import MailboxSettings
from siegelpost.office.forms import AS_TYPED, KeptPassword


class MailboxForm(forms.ModelForm[MailboxSettings]):
    """The mailbox for bounces and answers; its password is never shown again."""

    password = KeptPassword()

    class Meta:
        model = MailboxSettings
        fields: ClassVar[list[str]] = ["host", "port", "user", "folder", "trusted_servers"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "host": forms.TextInput(AS_TYPED),
            "port": forms.NumberInput({"inputmode": "numeric"}),
            "user": forms.TextInput(AS_TYPED),
            "folder": forms.TextInput(AS_TYPED),
            "trusted_servers": forms.TextInput(AS_TYPED),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "host": gettext_lazy(
                "Zum Beispiel imap.ihr-anbieter.de. Leer lassen heißt: Es wird kein Postfach gelesen."
            ),
            "user": gettext_lazy("Das Postfach der Absenderadresse, denn dorthin kommen Rückläufer und Antworten."),
            "folder": gettext_lazy("Meistens INBOX."),
            "trusted_servers": gettext_lazy(
                "So beginnt die Zeile „Authentication-Results“ in Mails, die Sie bekommen. Nur was dieser Server über "
                "einen Absender sagt, zählt bei Aufträgen per Antwort. Leer lassen heißt: beim Ausprobieren lernen."
            ),
        }

    field_order = ("host", "port", "user", "password", "folder", "trusted_servers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.password_sealed:
            self.fields["password"].help_text = KeptPassword.IS_KEPT

    def clean(self) -> None:
        """See to it that a kept password goes only to the server it was meant for."""
        super().clean()
        if self.instance.password_sealed and self.cleaned_data.get("host"):
            KeptPassword.refuse_for_another_server(self, "host")

    @property
    def new_password(self) -> str | None:
        """What was typed; None keeps the stored one, unless there is no mailbox any more."""
        return (self.cleaned_data["password"] or None) if self.cleaned_data["host"] else ""
