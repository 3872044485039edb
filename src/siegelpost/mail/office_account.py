"""The mail account of the office as one thing: its address, one password, both servers."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from siegelpost.mail.discovery.find import Settings
from siegelpost.mail.incoming import mailbox
from siegelpost.mail.models import MailboxSettings
from siegelpost.mail.outgoing.server_settings import by_token
from siegelpost.office import editor
from siegelpost.office.current import the_office
from siegelpost.office.forms import AS_TYPED
from siegelpost.office.models import SmtpSecurity
from siegelpost.toolbox.addresses import AddressError, checked

_PORT = (MinValueValidator(1), MaxValueValidator(65535))


class AddressForm(forms.Form):
    """The address, which is enough."""

    address = forms.CharField(
        label=_("E-Mail-Adresse des Büros"),
        max_length=320,
        help_text=_("Von ihr gehen die Mails hinaus, und dorthin kommen Rückläufer und Antworten."),
        widget=forms.EmailInput({"autocomplete": "email", **AS_TYPED}),
    )

    def clean_address(self) -> str:
        """The address in the form in which it is used."""
        try:
            return checked(self.cleaned_data["address"]).addr_spec
        except AddressError as error:
            raise forms.ValidationError(_("Das ist keine E-Mail-Adresse.")) from error


class AccountForm(AddressForm):
    """What was found, to be looked at and changed; the password goes to the servers that stand beside it."""

    smtp_host = forms.CharField(label=_("Mailserver"), max_length=255, widget=forms.TextInput(AS_TYPED))
    smtp_security = forms.ChoiceField(label=_("Verschlüsselung"), choices=SmtpSecurity.choices)
    smtp_port = forms.IntegerField(label=_("Port"), validators=_PORT)
    smtp_user = forms.CharField(
        label=_("Benutzername"), max_length=255, required=False, widget=forms.TextInput(AS_TYPED)
    )
    imap_host = forms.CharField(
        label=_("IMAP-Server"),
        max_length=255,
        required=False,
        help_text=_("Leer lassen heißt: Es wird kein Postfach gelesen."),
        widget=forms.TextInput(AS_TYPED),
    )
    imap_port = forms.IntegerField(label=_("Port (IMAP)"), validators=_PORT)
    imap_user = forms.CharField(
        label=_("Benutzername (IMAP)"), max_length=255, required=False, widget=forms.TextInput(AS_TYPED)
    )
    password = forms.CharField(
        label=_("Passwort"),
        strip=False,
        required=False,
        help_text=_("Es geht nur an diese beiden Server, und erst nach dem Speichern."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    def clean(self) -> None:
        """Want a password, unless one is signed in on the provider's page."""
        super().clean()
        given = self.cleaned_data
        if not given.get("password") and not by_token(given.get("smtp_host", ""), given.get("smtp_user", ""), ""):
            self.add_error("password", _("Bitte geben Sie das Passwort ein."))

    field_order = (
        *("address", "password", "smtp_host", "smtp_security", "smtp_port", "smtp_user"),
        *("imap_host", "imap_port", "imap_user"),
    )


def initial(found: Settings) -> dict[str, Any]:
    """The form's values from what was found; what was not found stays to be filled in."""
    smtp, imap = found.smtp, found.imap
    return {
        "address": found.address,
        "smtp_host": smtp.host if smtp else "",
        "smtp_port": smtp.port if smtp else 587,
        "smtp_security": smtp.security if smtp else SmtpSecurity.STARTTLS,
        "smtp_user": smtp.user if smtp else found.address,
        "imap_host": imap.host if imap else "",
        "imap_port": imap.port if imap else 993,
        "imap_user": imap.user if imap else found.address,
    }


@transaction.atomic
def save(given: dict[str, Any]) -> None:
    """Keep both servers and the sender's address, as :class:`AccountForm` has cleaned them."""
    office = the_office()
    office.mail_from = given["address"]
    for name in ("smtp_host", "smtp_port", "smtp_security", "smtp_user"):
        setattr(office, name, given[name])
    editor.save_mail_server(office, password=given["password"])
    box = MailboxSettings.current()
    box.host, box.port, box.user = given["imap_host"], given["imap_port"], given["imap_user"] or given["address"]
    mailbox.save(box, password=given["password"] if box.host else "")
