"""The form for the registration at Microsoft or Google."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.mail.models import MailSignIn
from siegelpost.mail.sign_in.authority import TOKENS
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS
from siegelpost.office.forms import AS_TYPED, KeptPassword
from siegelpost.toolbox.addresses import AddressError, checked
from siegelpost.toolbox.outgoing import DestinationRefusedError, parse

# A directory is named by a GUID or by one of its domains.
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{2,99}")
_CLIENT = re.compile(r"[!-~]{8,200}")
# Directories that are nobody's own: the app is registered in the office's.
_SHARED = frozenset({"common", "organizations", "consumers"})
_ITSELF = frozenset({"tenant", "client_id", "authorize_url", "token_url"})
# In the order of the page; the secret, which is no field of the model, stands among the choices.
_TYPED = ("tenant", "authorize_url", "token_url", "scope", "hosts", "client_id", "mailbox")
_CHOSEN = ("secret_ends_on", "sends", "reads")
_OWN_SERVICE = ("authorize_url", "token_url", "scope", "hosts")
_COMMON = ("client_id", "mailbox", "credential", "secret", *_CHOSEN)
FIELDS_OF: dict[ProviderName, tuple[str, ...]] = {
    ProviderName.MICROSOFT: ("tenant", *_COMMON),
    ProviderName.GOOGLE: tuple(each for each in _COMMON if each not in ("credential", "secret_ends_on")),
    ProviderName.OTHER: (*_OWN_SERVICE, *(each for each in _COMMON if each not in ("sends", "reads"))),
}


class SignInForm(forms.ModelForm[MailSignIn]):
    """What stands at the provider; the secret is never shown again. ``provider`` was chosen before."""

    secret = KeptPassword()

    class Meta:
        model = MailSignIn
        fields: ClassVar[list[str]] = [*_TYPED, "credential", *_CHOSEN]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            **{name: forms.TextInput(AS_TYPED) for name in _TYPED},
            "secret_ends_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "tenant": gettext_lazy(
                "Steht auf der Seite „Übersicht“ der App; auch eine Domain Ihrer Organisation geht."
            ),
            "client_id": gettext_lazy("Steht auf derselben Seite. Die Objekt-ID ist nicht gemeint."),
            "mailbox": gettext_lazy("Mit diesem Konto melden Sie sich gleich an; seine Adresse ist der Absender."),
            "credential": gettext_lazy("Mit Zertifikat wird nichts Geheimes von Hand kopiert."),
            "secret_ends_on": gettext_lazy(
                "Der Anbieter zeigt es neben dem Schlüssel. Sie werden rechtzeitig erinnert."
            ),
            "hosts": gettext_lazy("Namen von SMTP- und IMAP-Server, durch Leerzeichen getrennt."),
        }

    field_order = (*_TYPED, "credential", "secret", *_CHOSEN)

    def __init__(self, *args: Any, provider: ProviderName, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        self._another = self.instance.provider != provider
        self.instance.provider = provider
        for name in set(self.fields) - set(FIELDS_OF[provider]):
            del self.fields[name]
        self.fields["secret"].label = _("Geheimer Clientschlüssel")
        for name in ("tenant", *_OWN_SERVICE):
            if name in self.fields:
                self.fields[name].required = True
        if "credential" not in self.fields:
            [self.instance.credential] = PROVIDERS[provider].credentials
        if provider is ProviderName.GOOGLE:
            self.fields["client_id"].label = _("Client-ID")
            self.fields["client_id"].help_text = _("Endet auf .apps.googleusercontent.com.")
        if provider is ProviderName.OTHER:
            # The words of the field itself tell where Microsoft shows it.
            self.fields["client_id"].label = _("Client-ID")
            self.fields["client_id"].help_text = _(
                "Diese Kennung nennt Ihr Anmeldedienst, wenn der Client angelegt ist."
            )
        if self.instance.secret_sealed:
            self.fields["secret"].help_text = KeptPassword.IS_KEPT

    def clean_tenant(self) -> str:
        """A directory's own name."""
        tenant: str = self.cleaned_data["tenant"].strip()
        if not _TENANT.fullmatch(tenant) or tenant.lower() in _SHARED:
            raise forms.ValidationError(_("Bitte die Verzeichnis-ID (Mandant) Ihrer eigenen Organisation eintragen."))
        return tenant

    def clean_client_id(self) -> str:
        """Nothing that was copied by mistake."""
        found: str = self.cleaned_data["client_id"].strip()
        if not _CLIENT.fullmatch(found):
            raise forms.ValidationError(_("Bitte die ID so eintragen, wie sie beim Anbieter steht."))
        return found

    def clean_mailbox(self) -> str:
        """An address."""
        try:
            return checked(self.cleaned_data["mailbox"].strip()).addr_spec
        except AddressError as error:
            raise forms.ValidationError(_("Bitte eine vollständige E-Mail-Adresse eintragen.")) from error

    def clean(self) -> None:
        """See to it that there is a secret where one is needed, and that it goes only where it was meant to."""
        super().clean()
        for name in ("authorize_url", "token_url"):
            if self.cleaned_data.get(name):
                try:
                    parse(self.cleaned_data[name], TOKENS)
                except DestinationRefusedError:
                    self.add_error(name, _("Bitte eine Adresse eintragen, die mit https:// beginnt."))
        by_secret = self.cleaned_data.get("credential", self.instance.credential) == Credential.SECRET
        # A kept secret goes only to the registration it was meant for.
        kept = self.instance.secret_sealed and not self._another and not _ITSELF.intersection(self.changed_data)
        if by_secret and not (self.cleaned_data.get("secret") or kept):
            self.add_error("secret", _("Bitte den Clientschlüssel eintragen (die Spalte „Wert“)."))

    @property
    def new_secret(self) -> str | None:
        """What was typed; None keeps the stored one."""
        return self.cleaned_data.get("secret") or None
