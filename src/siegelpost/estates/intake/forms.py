"""What an administrator says about an account."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.intake_models import IntakeAccount


class AccountForm(forms.ModelForm[IntakeAccount]):
    """The rules of an account; its name and password are made by the server."""

    class Meta:
        model = IntakeAccount
        fields: ClassVar[list[str]] = ["name", "handling", "most_archived", "provider", "most_mib", "plain_ftp"]
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("Zum Beispiel onOffice, FLOWFACT, Propstack oder ImmoTool."),
            "handling": _("Eine vollständige Übertragung ohne Objekte fragt immer."),
            "most_archived": _("Gilt für vollständige Übertragungen, die Objekte nicht mehr nennen."),
            "provider": _("Die openimmo_anid Ihrer Firma; nennt eine Datei eine andere, wird gefragt. Leer: jede."),
            "most_mib": _("So viel darf liegen, bis es importiert ist."),
            "plain_ftp": _(
                "Nur wenn Ihr Programm nichts anderes kann: Passwort und Dateien gehen dann lesbar durch das Netz, und "
                "wer sie mitliest, kann in Ihrem Namen Objekte übertragen."
            ),
        }

    def __init__(self, *args: Any, with_ftp: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_ftp:
            del self.fields["plain_ftp"]


class ReportsForm(forms.Form):
    """Whether reports of what went wrong go to an address."""

    report_to = forms.EmailField(
        label=_("Berichte an"),
        help_text=_("Leer: an niemanden. Auf der Seite „Objekte aus Ihrem Programm“ steht immer alles."),
        required=False,
        max_length=254,
    )
