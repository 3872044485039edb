"""The forms of the office: its data, mail server, texts and people."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.office import logo, photo, pictures
from siegelpost.office.button_labels import ORDER_LABELS, described, is_statutory, validated
from siegelpost.office.current import the_office
from siegelpost.office.kinds import Language
from siegelpost.office.models import Agent, LegalText, Office
from siegelpost.office.placeholders import lacking
from siegelpost.office.texts import LackingError, Origin

# For what a person copies letter by letter.
AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class KeptPassword(forms.CharField):
    """A password for another server. It is never shown again; left empty, the one that is kept stays."""

    IS_KEPT = gettext_lazy("Ein Passwort ist gespeichert. Leer lassen heißt: Es bleibt dabei.")
    widget = forms.PasswordInput({"autocomplete": "off"})

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Passwort"), required=False, strip=False)

    @staticmethod
    def refuse_for_another_server(form: forms.BaseForm, host: str) -> None:
        """Have the password typed anew when the field ``host`` changes: nobody may send a kept one elsewhere unseen."""
        if host in form.changed_data and not form.cleaned_data.get("password"):
            form.add_error("password", _("Der Server ist ein anderer. Bitte geben Sie das Passwort noch einmal ein."))


class OfficeForm(forms.ModelForm[Office]):
    """Who the office is: this stands in every mail and on every page of a recipient."""

    # No ImageField: that would open the picture here.
    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG oder WebP, am besten mit durchsichtigem Grund. Steht neben dem Namen."),
        widget=forms.FileInput({"accept": pictures.TYPES}),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Logo entfernen"), required=False)
    new_logo: logo.Logo | None = None  # what :func:`siegelpost.office.editor.save` takes

    class Meta:
        model = Office
        fields: ClassVar[list[str]] = [
            "name",
            "owner",
            "street",
            "postal_code",
            "city",
            "phone",
            "email",
            "website",
            "register",
            "vat_id",
            "authority",
            "land",
            "data_protection_officer",
            "mail_details",
            "shows_accessibility",
            "colour",
            "small_business",
        ]
        labels: ClassVar[dict[str, Any]] = {
            "vat_id": gettext_lazy("Umsatzsteuer- oder Wirtschafts-Identifikationsnummer")
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("Mit Rechtsform, so wie es im Register steht."),
            "register": gettext_lazy("Zum Beispiel „Amtsgericht Stuttgart, HRB 12345“. Ohne Eintrag: leer lassen."),
            "vat_id": gettext_lazy("Eine von beiden, sobald Sie sie haben (§ 5 DDG). Steht im Impressum."),
            "authority": gettext_lazy("Wer Ihnen die Erlaubnis erteilt hat: Amt und Anschrift. Steht im Impressum."),
            "land": gettext_lazy("Danach nennen die Datenschutzhinweise die zuständige Aufsichtsbehörde."),
            "data_protection_officer": gettext_lazy("Nur wenn jemand bestellt ist: Name und Erreichbarkeit."),
            "mail_details": gettext_lazy(
                "Für eingetragene Firmen: Rechtsform, Sitz, Registergericht und Nummer, alle Geschäftsführer (§ 35a "
                "GmbHG, § 37a HGB). Steht am Ende jeder Mail."
            ),
            "shows_accessibility": gettext_lazy(
                "Pflicht ab zehn Beschäftigten oder mehr als 2 Mio. € Umsatz (BFSG). Der Text steht unter Texte."
            ),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput({"autocomplete": "organization"}),
            "register": forms.TextInput({"autocomplete": "off"}),
            "vat_id": forms.TextInput({"autocomplete": "off"}),
            "authority": forms.TextInput({"autocomplete": "off"}),
            "data_protection_officer": forms.TextInput({"autocomplete": "off"}),
            "mail_details": forms.Textarea({"rows": 3}),
            "owner": forms.TextInput({"autocomplete": "off"}),
            "street": forms.TextInput({"autocomplete": "street-address"}),
            "postal_code": forms.TextInput({"autocomplete": "postal-code", "inputmode": "numeric"}),
            "city": forms.TextInput({"autocomplete": "address-level2"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
            "colour": forms.TextInput({"type": "color"}),
            # Their names are German in every language.
            "land": forms.Select({"lang": "de"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The texts that go to recipients name these: without them no contract is complete (Art. 246a § 1 EGBGB).
        for name in ("street", "postal_code", "city", "phone", "email"):
            self.fields[name].required = True
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean(self) -> dict[str, Any]:
        """Draw the logo; one that is chosen now wins over the wish to remove the old one."""
        cleaned = super().clean() or self.cleaned_data
        if upload := cleaned.get("logo_file"):
            try:
                self.new_logo = pictures.drawn(logo.draw, upload)
            except pictures.PictureError as error:
                self.add_error("logo_file", str(error))
        elif cleaned.get("remove_logo"):
            self.new_logo = logo.NONE
        return cleaned


class RetentionForm(forms.ModelForm[Office]):
    """How long the office keeps what it may choose about."""

    class Meta:
        model = Office
        fields: ClassVar[list[str]] = ["keep_order_years", "keep_free_years", "erases_by_itself"]
        help_texts: ClassVar[dict[str, Any]] = {
            "keep_order_years": gettext_lazy("Mindestens 5 (§ 14 MaBV); Geschäftsbriefe 6 (§ 257 HGB, § 147 AO)."),
            "keep_free_years": gettext_lazy("Auf ihnen beruht die Provision des Verkäufers. 0: 183 Tage."),
            "erases_by_itself": gettext_lazy("Jedes steht vorher 14 Tage in der Liste."),
        }


class SendingForm(forms.ModelForm[Office]):
    """How the office sends."""

    class Meta:
        model = Office
        fields: ClassVar[list[str]] = [
            "order_label_de",
            "order_label_en",
            "link_days",
            "expose_reminder_days",
            "acceptance_days",
            "reminder_days",
            "hide_until_accepted",
            "when_unknown",
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "order_label_de": forms.TextInput({"autocomplete": "off", "list": "labels-de", "lang": "de"}),
            "order_label_en": forms.TextInput({"autocomplete": "off", "list": "labels-en", "lang": "en"}),
            **{
                name: forms.NumberInput({"inputmode": "numeric"})
                for name in ("link_days", "expose_reminder_days", "acceptance_days", "reminder_days")
            },
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "order_label_de": gettext_lazy(
                "Nur Wortlaute, die nach § 312j BGB unmissverständlich sind; leer heißt: „Zahlungspflichtig bestellen“."
            ),
            "expose_reminder_days": gettext_lazy("Höchstens zweimal je Sendung. 0: keine Erinnerung."),
            "acceptance_days": gettext_lazy("Danach verfällt sie von selbst; auch das wird belegt."),
            "reminder_days": gettext_lazy("Bis zur Annahme oder Ablehnung. 0: keine Erinnerung."),
            "hide_until_accepted": gettext_lazy("Bei jeder Sendung änderbar. Von wem sie kommt, steht immer dabei."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in Language:
            chosen = self.instance.order_label(language)
            if chosen and not is_statutory(chosen, language):
                field = self.fields[f"order_label_{language.value}"]
                field.help_text = format_lazy(
                    "{} {}",
                    field.help_text,
                    _("„%(label)s“ ist nicht der gesetzliche Wortlaut. Ein Urteil dazu ist nicht bekannt.")
                    % {"label": chosen},
                )

    @property
    def allowed_labels(self) -> dict[str, list[tuple[str, str]]]:
        """What may be chosen, by language, and what speaks against it."""
        return {
            language.value: [
                (label, "" if is_statutory(label, language) else described(label, language)) for label in allowed
            ]
            for language, allowed in ORDER_LABELS.items()
        }

    def clean_order_label_de(self) -> str:
        """Refuse what makes no contract, and say why."""
        return validated(self.cleaned_data["order_label_de"], Language.GERMAN)

    def clean_order_label_en(self) -> str:
        """Refuse what makes no contract, and say why."""
        return validated(self.cleaned_data["order_label_en"], Language.ENGLISH)


class MailServerForm(forms.ModelForm[Office]):
    """The mail server the office sends through; its password is never shown again."""

    password = KeptPassword()

    class Meta:
        model = Office
        fields: ClassVar[list[str]] = [
            "smtp_host",
            "smtp_port",
            "smtp_security",
            "smtp_user",
            "mail_from",
            "mail_reply_to",
            "mail_per_minute",
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "mail_per_minute": forms.NumberInput({"inputmode": "numeric"}),
            "smtp_host": forms.TextInput(AS_TYPED),
            "smtp_port": forms.NumberInput({"inputmode": "numeric"}),
            "smtp_user": forms.TextInput(AS_TYPED),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "smtp_host": gettext_lazy(
                "Zum Beispiel smtp.ihr-anbieter.de; er steht in den Hilfeseiten Ihres Anbieters."
            ),
            "mail_from": gettext_lazy("Von dieser Adresse gehen die Mails hinaus."),
            "mail_reply_to": gettext_lazy(
                "Leer: Antworten gehen an die Maklerin oder den Makler der Sendung. Liest dieser Server ein Postfach, "
                "kommen Antworten auf Exposés, die per E-Mail beauftragt werden können, in jedem Fall an die "
                "Absenderadresse: Dort ordnet er sie der Sendung zu und gibt sie weiter."
            ),
            "mail_per_minute": gettext_lazy(
                "0: so schnell, wie der Mailserver sie annimmt. Bremst er, geht es von selbst langsamer weiter."
            ),
        }

    field_order = (
        *("smtp_host", "smtp_security", "smtp_port", "smtp_user", "password"),
        *("mail_from", "mail_reply_to", "mail_per_minute"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["smtp_host"].required = True
        self.fields["mail_from"].required = True
        self.fields["mail_per_minute"].required = False
        if self.instance.smtp_password_sealed:
            self.fields["password"].help_text = KeptPassword.IS_KEPT

    def clean(self) -> None:
        """See to it that a kept password goes only to the server it was meant for."""
        super().clean()
        if self.instance.smtp_password_sealed and self.cleaned_data.get("smtp_user"):
            KeptPassword.refuse_for_another_server(self, "smtp_host")

    def clean_mail_per_minute(self) -> int:
        """Left empty means no limit."""
        return self.cleaned_data["mail_per_minute"] or 0

    @property
    def new_password(self) -> str | None:
        """What was typed; None keeps the stored one, unless the user name was taken away."""
        if not self.cleaned_data["smtp_user"]:
            return ""
        return self.cleaned_data["password"] or None


class TextForm(forms.ModelForm[LegalText]):
    """A new version of a legal text, what it goes by, and from when on it holds."""

    class Meta:
        model = LegalText
        fields: ClassVar[list[str]] = ["text", "source", "checked_on", "valid_from"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "text": forms.Textarea({"rows": 18}),
            "source": forms.TextInput({"autocomplete": "off"}),
            "checked_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "valid_from": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "source": gettext_lazy("Gesetz, Muster oder Kanzlei, nach denen der Text geschrieben ist."),
            "valid_from": gettext_lazy("Leer: sofort."),
        }

    def clean_text(self) -> str:
        """Refuse a text with a place that the office cannot fill yet."""
        text: str = self.cleaned_data["text"]
        if places := lacking(text, the_office()):
            raise ValidationError(str(LackingError(places)))
        return text

    @property
    def origin(self) -> Origin:
        """What was said beside the text."""
        given = self.cleaned_data
        return Origin(given["source"], given["checked_on"], given["valid_from"])


class AgentForm(forms.ModelForm[Agent]):
    """A person of the office, as an administrator sees them."""

    class Meta:
        model = Agent
        fields: ClassVar[list[str]] = ["name", "email", "phone", "role", "language", "outside_access", "is_active"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "off"}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "outside_access": gettext_lazy("Ohne dieses Recht ist keine Anmeldung über das Internet möglich."),
            "is_active": gettext_lazy(
                "Wer nicht mehr im Büro arbeitet, behält seine Sendungen, kann sich aber nicht anmelden."
            ),
        }

    def clean_email(self) -> str:
        """One person, one address, however it is capitalised."""
        email: str = self.cleaned_data["email"].strip().lower()
        if Agent.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Diese Adresse gehört schon zu jemandem im Büro."))
        return email


class MyselfForm(forms.ModelForm[Agent]):
    """What everybody may change about themselves."""

    photo_file = forms.FileField(
        label=gettext_lazy("Foto"),
        required=False,
        help_text=gettext_lazy(
            "Ihr Gesicht, am besten im Hochformat oder quadratisch. Es steht neben Ihrem Namen in Mails, auf den "
            "Seiten der Empfänger und im Exposé."
        ),
        widget=forms.FileInput({"accept": pictures.TYPES}),
    )
    remove_photo = forms.BooleanField(
        label=gettext_lazy("Foto entfernen"),
        required=False,
        help_text=gettext_lazy("Was schon gesendet ist, bleibt, wie es war."),
    )
    new_photo: bytes | None = None  # what :func:`siegelpost.office.agents.save_myself` takes

    class Meta:
        model = Agent
        fields: ClassVar[list[str]] = ["name", "phone", "language"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.photo:
            del self.fields["remove_photo"]

    def clean(self) -> dict[str, Any]:
        """Draw the photo; one that is chosen now wins over the wish to remove the old one."""
        cleaned = super().clean() or self.cleaned_data
        if upload := cleaned.get("photo_file"):
            try:
                self.new_photo = pictures.drawn(photo.draw, upload)
            except pictures.PictureError as error:
                self.add_error("photo_file", str(error))
        elif cleaned.get("remove_photo"):
            self.new_photo = b""
        return cleaned


class FirstAccessForm(AgentForm):
    """What somebody who came by a sign-in link says: who they are, and a password."""

    password = forms.CharField(
        label=gettext_lazy("Passwort"),
        strip=False,
        help_text=gettext_lazy("Mindestens 12 Zeichen. Drei, vier Wörter hintereinander sind gut zu merken."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    class Meta(AgentForm.Meta):
        fields: ClassVar[list[str]] = ["name", "email"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "email": forms.EmailInput({"autocomplete": "username"}),
        }

    def clean_password(self) -> str:
        """Refuse what is easily guessed."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.instance)
        return password
