"""What people fill in about the certificate."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.certificates.assistant import HTTP, HTTPS, AddressKind, AssistantAnswers, Who
from siegelpost.certificates.partner_link import DAYS
from siegelpost.certificates.watched.services import SERVICES, Service
from siegelpost.tls.acme.dns_providers import ACME_DNS, RFC2136, DnsOption, dns_options, dns_providers
from siegelpost.tls.acme.plan import DnsProvider
from siegelpost.tls.csr import RequestKey
from siegelpost.tls.naming import is_ip_address
from siegelpost.toolbox.internet import HostError, read_host
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.line_fields import LineField

MOST_FILES = 20
MOST_BYTES = 2 * 1024 * 1024
KEYS = (
    (RequestKey.P256.value, gettext_lazy("ECDSA P-256 (empfohlen)")),
    (RequestKey.RSA_2048.value, gettext_lazy("RSA 2048, wenn der Anbieter nichts anderes nimmt")),
    (RequestKey.RSA_3072.value, gettext_lazy("RSA 3072")),
)


class OrderForm(forms.Form):
    """For whom a certificate is ordered, and with which key."""

    names = forms.CharField(
        label=gettext_lazy("Namen im Zertifikat"),
        help_text=gettext_lazy("Einer je Zeile, der wichtigste zuerst."),
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "off", "spellcheck": "false"}),
        max_length=2000,
    )
    key_type = forms.ChoiceField(label=gettext_lazy("Schlüssel"), choices=KEYS, initial=RequestKey.P256.value)
    organisation = LineField(
        label=gettext_lazy("Firma laut Handelsregister"),
        help_text=gettext_lazy("Nur für Zertifikate, in denen die Firma steht (OV, EV). Sonst leer lassen."),
        required=False,
        max_length=64,
    )
    city = LineField(label=gettext_lazy("Sitz"), required=False, max_length=100)

    def clean_names(self) -> list[str]:
        """The names, each once."""
        names = re.split(r"[\s,;]+", self.cleaned_data["names"].strip())
        if len(names) > 100:
            raise ValidationError(_("Mehr als 100 Namen nimmt keine Stelle an."))
        return list(dict.fromkeys(names))


class WatchForm(forms.Form):
    """A further server of the office, and what it does."""

    service = forms.ChoiceField(
        label=gettext_lazy("Was ist es?"),
        choices=lambda: [(each.value, row.words[active_language()]) for each, row in SERVICES.items()],
    )
    host = LineField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Zum Beispiel www.lindenhof.de oder mail.lindenhof.de; bei MTA-STS nur die Domain."),
        max_length=253,
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        help_text=gettext_lazy("Leer: der übliche. Ein anderer nur in Netzen der Einstellung private_networks."),
        required=False,
        min_value=1,
        max_value=65535,
    )

    def clean_host(self) -> str:
        """The host in its ASCII form."""
        try:
            return str(read_host(self.cleaned_data["host"].strip().strip("[]")))
        except HostError as error:
            raise ValidationError(_("Das ist kein Name eines Servers. Bitte ohne https:// und ohne Pfad.")) from error

    def clean(self) -> dict[str, Any]:
        """A policy belongs to a domain."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("service") == Service.MTA_STS and is_ip_address(found.get("host", "")):
            self.add_error("host", _("Eine Mail-Regel gehört zu einer Domain, nicht zu einer Adresse."))
        return found


class ManyFiles(forms.ClearableFileInput):
    """A field that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files; within their limits."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_FILES:
            raise ValidationError(_("Bitte höchstens %(most)d Dateien auf einmal.") % {"most": MOST_FILES})
        if any(file.size > MOST_BYTES for file in files):
            raise ValidationError(_("Eine der Dateien ist zu groß für ein Zertifikat (mehr als 2 MB)."))
        return list(files)


class ImportForm(forms.Form):
    """What a shop sent."""

    sent = FilesField(label=gettext_lazy("Dateien"), required=False)
    pasted = forms.CharField(
        label=gettext_lazy("Oder den Text aus der Mail einfügen"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        required=False,
        max_length=400_000,
    )
    password = forms.CharField(
        label=gettext_lazy("Passwort der Datei"),
        help_text=gettext_lazy("Nur wenn Sie eines bekommen haben, meist für .pfx und .p12."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        strip=False,
        max_length=500,
    )

    def clean(self) -> dict[str, Any]:
        """Something must be there."""
        values = super().clean() or {}
        if not self.errors and not values.get("sent") and not values.get("pasted"):
            raise ValidationError(_("Wählen Sie die Dateien aus oder fügen Sie den Text des Zertifikats ein."))
        return values

    def contents(self) -> list[bytes]:
        """Everything that was given, as bytes."""
        pasted = self.cleaned_data["pasted"]
        return [file.read() for file in self.cleaned_data["sent"]] + ([pasted.encode()] if pasted else [])


class HandOverForm(forms.Form):
    """For whom a link is, and how long it lasts."""

    partner = LineField(
        label=gettext_lazy("Für wen ist der Link?"),
        help_text=gettext_lazy("So steht es später im Verlauf, etwa „IT-Service Brandt“."),
        max_length=200,
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Wie lange gilt er?"), coerce=int, initial=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["days"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - it is declared so in this class
        field.choices = [(days, _("1 Tag") if days == 1 else _("%(n)d Tage") % {"n": days}) for days in DAYS]


class AnswersForm(forms.Form):
    """What the office has; most is ticked already."""

    address = forms.ChoiceField(
        label=gettext_lazy("Wie erreichen Empfänger Ihren Server?"),
        choices=[
            (AddressKind.NAME.value, gettext_lazy("unter einem Namen (Domain)")),
            (AddressKind.FIXED.value, gettext_lazy("nur unter einer festen IP-Adresse")),
            (AddressKind.CHANGING.value, gettext_lazy("nur unter einer IP-Adresse, die wechselt")),
        ],
        widget=forms.RadioSelect,
    )
    ports = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Ports leitet der Router hierher?"),
        choices=[
            (HTTPS, gettext_lazy("443 (HTTPS), genügt allein")),
            (HTTP, gettext_lazy("80 (HTTP)")),
        ],
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        required=False,
        help_text=gettext_lazy("Keinen ankreuzen, wenn der Server von außen gar nicht zu erreichen ist."),
    )
    proxy = forms.TypedChoiceField(
        label=gettext_lazy("Steht ein Proxy davor?"),
        choices=[("no", gettext_lazy("nein")), ("yes", gettext_lazy("ja (nginx, Caddy, Traefik, FRITZ!Box, NAS)"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    dns = forms.BooleanField(
        label=gettext_lazy("Ich habe einen API-Zugang zum DNS meiner Domain"),
        required=False,
        help_text=gettext_lazy("Nur nötig, wenn kein Port offen ist."),
    )
    record = forms.BooleanField(
        label=gettext_lazy("Ich kann im DNS meiner Domain von Hand einen Eintrag anlegen"),
        required=False,
        help_text=gettext_lazy("Genügt ohne Port und ohne API-Zugang, wo die Zertifizierungsstelle es anbietet."),
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Wer kümmert sich darum?"),
        choices=[
            (Who.MYSELF.value, gettext_lazy("ich")),
            (Who.PARTNER.value, gettext_lazy("ein Installationspartner")),
        ],
        widget=forms.RadioSelect,
    )

    @classmethod
    def first(cls, guessed: AssistantAnswers) -> "AnswersForm":
        """With everything ticked that could be known."""
        initial = {
            "address": guessed.address.value,
            "ports": guessed.ports,
            "proxy": "yes" if guessed.proxy else "no",
            "who": guessed.who.value,
        }
        return cls(initial=initial)

    def answers(self, host: str) -> AssistantAnswers:
        """What was answered."""
        given = self.cleaned_data
        return AssistantAnswers(
            host,
            AddressKind(given["address"]),
            tuple(given["ports"]),
            given["proxy"],
            Who(given["who"]),
            given["dns"],
            given["record"],
        )


class DnsForm(forms.Form):
    """Who may write TXT records for us: the provider, and what that one asks for.

    Its fields are those of dns-lexicon, in its words where ours has none. Nothing secret is ever shown again.
    """

    provider = forms.ChoiceField(label=gettext_lazy("DNS-Anbieter"))

    def __init__(self, data: Any = None, *, provider: str = "") -> None:
        super().__init__(data)
        self.chosen = str(data.get("provider", "")) if data is not None else provider
        names = {each: each for each in dns_providers()} | {
            RFC2136: _("Eigener Nameserver (RFC 2136)"),
            ACME_DNS: _("acme-dns (nur für den Nachweis, per CNAME)"),
        }
        choice = self.fields["provider"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is declared so in this class
        choice.choices = [("", _("bitte wählen")), *names.items()]
        choice.initial = self.chosen
        self._options = dns_options(self.chosen) if self.chosen in names else ()
        for option in self._options:
            self.fields[option.name] = _dns_field(option)

    @property
    def asked(self) -> list[forms.BoundField]:
        """What the chosen provider asks for; nothing before one is chosen."""
        return [self[option.name] for option in self._options]

    def clean(self) -> dict[str, Any]:
        """Something must be given; a key of RFC 2136 has a name and a secret."""
        values = super().clean() or {}
        given = [values.get(option.name) for option in self._options if option.name != "alias"]
        if self._options and not self.errors and not any(given):
            raise ValidationError(_("Ohne Zugangsdaten geht es nicht: Bitte füllen Sie aus, was der Anbieter nennt."))
        if self.chosen == RFC2136 and bool(values.get("key_name")) != bool(values.get("key_secret")):
            raise ValidationError(_("Name und Schlüssel gehören zusammen: Bitte beide angeben oder keinen."))
        return values

    def provider_of(self) -> DnsProvider:
        """As the automatic way wants it."""
        values = {option.name: self.cleaned_data[option.name] for option in self._options}
        return DnsProvider(self.chosen, {name: str(value) for name, value in values.items() if value})


# What is asked for most often; everything else is told in the provider's own words.
_LABELS = {
    "auth_token": gettext_lazy("API-Token"),
    "auth_username": gettext_lazy("Benutzername"),
    "auth_password": gettext_lazy("Passwort"),
    "auth_api_key": gettext_lazy("API-Schlüssel"),
    "api_key": gettext_lazy("API-Schlüssel"),
    "auth_api_password": gettext_lazy("API-Passwort"),
    "auth_customer_id": gettext_lazy("Kundennummer"),
    "auth_secret": gettext_lazy("Geheimer Schlüssel"),
    "server": gettext_lazy("Nameserver (Name oder Adresse)"),
    "key_name": gettext_lazy("Name des TSIG-Schlüssels"),
    "key_secret": gettext_lazy("TSIG-Schlüssel (Base64)"),
    "key_algorithm": gettext_lazy("Verfahren"),
    "zone": gettext_lazy("Zone, wenn sie nicht von selbst gefunden wird"),
    "alias": gettext_lazy("Andere Zone für den Nachweis; _acme-challenge führt per CNAME dorthin"),
    "username": gettext_lazy("Benutzername"),
    "password": gettext_lazy("Passwort"),
    "url": gettext_lazy("Adresse des acme-dns-Servers (https://…)"),
    "fulldomain": gettext_lazy("Name, den acme-dns vergeben hat (fulldomain)"),
}


def _dns_field(option: DnsOption) -> forms.Field:
    known = _LABELS.get(option.name)
    words: dict[str, Any] = {
        "label": known or option.label,
        "help_text": option.label if known else "",
        "required": option.needed,
    }
    if option.flag:
        return forms.BooleanField(**words)
    if option.choices:
        return forms.ChoiceField(**words, choices=[(each, each) for each in option.choices])
    attributes = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    widget = forms.PasswordInput(attrs=attributes) if option.secret else forms.TextInput(attrs=attributes)
    return forms.CharField(**words, max_length=4000, widget=widget)
