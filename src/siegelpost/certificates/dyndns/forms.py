"""Setting dynamic DNS up: the service, its login, the name, and where each address comes from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.certificates.dyndns.addresses import AddressSource
from siegelpost.certificates.dyndns.api import DNS_API
from siegelpost.certificates.dyndns.dyndns2 import PLACES
from siegelpost.certificates.dyndns.record import RecordType
from siegelpost.certificates.dyndns.services import DYNDNS2, SERVICES, ServiceField
from siegelpost.certificates.dyndns.setup import DynamicSetup
from siegelpost.tls.acme.plan import normal_name
from siegelpost.tls.acme.problems import AcmeError
from siegelpost.tls.naming import is_ip_address
from siegelpost.toolbox.line_fields import LineField
from siegelpost.toolbox.outgoing import DestinationRefusedError, parse

_OFF = (AddressSource.OFF.value, gettext_lazy("nicht nachführen"))
_INTERFACE = (AddressSource.INTERFACE.value, gettext_lazy("von diesem Server selbst"))
_ROUTER = (AddressSource.ROUTER.value, gettext_lazy("vom Router (UPnP)"))
_OUTSIDE = (AddressSource.OUTSIDE.value, gettext_lazy("vom eigenen Dienst außen (outside_service)"))


class DynamicDnsForm(forms.Form):
    """One set-up. The login is asked for each time: a kept one never goes to another service or address."""

    service = forms.ChoiceField(label=gettext_lazy("Wo wird der Eintrag geändert?"))
    name = LineField(label=gettext_lazy("Name, der dem Anschluss folgen soll"), max_length=253)
    a_from = forms.ChoiceField(
        label=gettext_lazy("IPv4-Adresse (A)"), choices=[_ROUTER, _INTERFACE, _OUTSIDE, _OFF], required=False
    )
    aaaa_from = forms.ChoiceField(
        label=gettext_lazy("IPv6-Adresse (AAAA)"), choices=[_OFF, _INTERFACE, _OUTSIDE], required=False
    )

    def __init__(
        self, data: Any = None, *, chosen: str = "", name: str = "", known: DynamicSetup | None = None
    ) -> None:
        initial = {"name": known.name if known else name, "a_from": AddressSource.ROUTER}
        if known:
            initial |= {"a_from": known.sources[RecordType.A], "aaaa_from": known.sources[RecordType.AAAA]}
        super().__init__(data, initial=initial)
        self.chosen = str(data.get("service", "")) if data is not None else chosen
        choice = self.fields["service"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is declared so in this class
        choice.choices = [("", _("bitte wählen")), *((key, row.name) for key, row in SERVICES.items())]
        choice.initial = self.chosen
        self._asked = SERVICES[self.chosen].fields if self.chosen in SERVICES else ()
        for one in self._asked:
            self.fields[f"option_{one.name}"] = _field(one)

    @property
    def asked(self) -> list[forms.BoundField]:
        """What is filled in once a service is chosen."""
        names = ["name", "a_from", "aaaa_from", *(f"option_{one.name}" for one in self._asked)]
        return [self[each] for each in names] if self._asked else []

    def clean_name(self) -> str:
        """As the DNS writes it; no address."""
        try:
            name = normal_name(self.cleaned_data["name"])
        except AcmeError as error:
            raise ValidationError(_("Das ist kein Name, den es im DNS geben kann.")) from error
        if is_ip_address(name) or name.startswith("*"):
            raise ValidationError(_("Hier gehört ein einzelner Name hin, etwa expose.ihr-buero.de."))
        return name

    def clean(self) -> dict[str, Any]:
        """At least one record is kept, and a DynDNS2 address has a place for each."""
        values = super().clean() or {}
        if not self.errors and not (values["a_from"] or values["aaaa_from"]):
            raise ValidationError(_("Wählen Sie für IPv4 oder IPv6, woher die Adresse kommt."))
        if not self.errors and self.chosen == DYNDNS2:
            self._check_url(values)
        return values

    def _check_url(self, values: dict[str, Any]) -> None:
        url = values["option_url"]
        try:
            parse(url.replace("<", "").replace(">", ""), DNS_API)
        except DestinationRefusedError:
            self.add_error("option_url", _("Die Update-Adresse beginnt mit https:// und enthält keine Leerzeichen."))
            return
        for kind, source in ((RecordType.A, values["a_from"]), (RecordType.AAAA, values["aaaa_from"])):
            if source and PLACES[kind] not in url:
                words = _("Für %(kind)s fehlt in der Update-Adresse %(place)s.")
                self.add_error("option_url", words % {"kind": kind, "place": PLACES[kind]})

    @property
    def options(self) -> dict[str, str]:
        """The login."""
        values = {one.name: str(self.cleaned_data[f"option_{one.name}"]) for one in self._asked}
        return {name: value for name, value in values.items() if value}

    @property
    def sources(self) -> dict[RecordType, AddressSource]:
        """Where each address comes from."""
        return {kind: AddressSource(self.cleaned_data[f"{kind.lower()}_from"]) for kind in RecordType}


def _field(one: ServiceField) -> forms.Field:
    attributes = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    widget = forms.PasswordInput(attrs=attributes) if one.secret else forms.TextInput(attrs=attributes)
    return forms.CharField(
        label=str(one.label), help_text=str(one.help), required=one.needed, max_length=1000, widget=widget
    )
