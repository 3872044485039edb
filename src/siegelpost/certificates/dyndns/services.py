"""Where a record can be written: one row for each service, with what it asks for and the function that writes."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates.dyndns import desec, dyndns2, hetzner, inwx, ionos, rfc2136
from siegelpost.certificates.dyndns.api import Endpoint
from siegelpost.certificates.dyndns.record import Access, Change, DnsWriteError, Fault, Written
from siegelpost.settings import Settings
from siegelpost.toolbox.outgoing import client_context


@dataclass(frozen=True, slots=True)
class ServiceField:
    """One thing to fill in. What is secret is not seen while it is typed; all of it lies sealed, and is never shown."""

    name: str
    label: str | Promise
    secret: bool = True
    needed: bool = True
    help: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Args:
        base: where its interface is; empty where the office names it.
        by_zone: its interface wants to know the zone.
        reads: its login can be tried without writing.
    """

    name: str | Promise
    base: str
    fields: tuple[ServiceField, ...]
    write: Callable[..., Written]
    by_zone: bool = True
    reads: bool = True


DYNDNS2 = "dyndns2"
_TOKEN = _("API-Token")
SERVICES: dict[str, Service] = {
    "desec": Service("deSEC", desec.BASE, (ServiceField("token", _TOKEN),), desec.write),
    "hetzner": Service(
        "Hetzner",
        hetzner.BASE,
        (
            ServiceField(
                "token",
                _TOKEN,
                help=_("Aus der Hetzner Console (Projekt, „Sicherheit“, „API-Tokens“), lesen/schreiben."),
            ),
        ),
        hetzner.write,
    ),
    "inwx": Service(
        "INWX",
        inwx.BASE,
        (
            ServiceField("user", _("Benutzername"), secret=False),
            ServiceField(
                "pass", _("Passwort"), help=_("Eines Zugangs ohne zweiten Faktor, der nur das DNS ändern darf.")
            ),
        ),
        inwx.write,
    ),
    "ionos": Service(
        "IONOS",
        ionos.BASE,
        (ServiceField("api_key", _("API-Schlüssel"), help=_("Öffentlicher Teil, Punkt, geheimer Teil.")),),
        ionos.write,
    ),
    "rfc2136": Service(
        _("Eigener Nameserver (RFC 2136)"),
        "",
        (
            ServiceField("server", _("Nameserver (Name oder Adresse)"), secret=False),
            ServiceField("key_name", _("Name des TSIG-Schlüssels"), secret=False),
            ServiceField("key_secret", _("TSIG-Schlüssel (Base64)")),
            ServiceField("key_algorithm", _("Verfahren"), secret=False, needed=False, help="hmac-sha256"),
        ),
        rfc2136.write,
    ),
    DYNDNS2: Service(
        _("Anderer Dienst (DynDNS2)"),
        "",
        (
            ServiceField(
                "url",
                _("Update-Adresse"),
                help=_(
                    "Wie beim Dienst für die FRITZ!Box beschrieben, mit <ipaddr>, <ip6addr>, <domain>, <username> und "
                    "<pass> an ihren Stellen."
                ),
                secret=False,
            ),
            ServiceField("username", _("Benutzername"), secret=False, needed=False),
            ServiceField("password", _("Passwort oder Token"), needed=False),
        ),
        dyndns2.write,
        by_zone=False,
        reads=False,
    ),
}


def write(service: str, options: dict[str, str], change: Change, settings: Settings, *, probe: bool = False) -> Written:
    """Have a service write one record, or (``probe``) only find out whether its login is good.

    Raises:
        DnsWriteError: it was not written, or nobody can say so; whatever a service answers, nothing else is raised.
    """
    row, access = SERVICES[service], Access(options)
    if row.by_zone and not change.zone:
        raise DnsWriteError(Fault.NO_ZONE)
    at = Endpoint(row.base, access, client_context(tuple(settings.trust_roots)), settings.private_networks)
    try:
        return row.write(at, change, probe=probe)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise DnsWriteError(Fault.NOT_UNDERSTOOD, access.scrubbed(f"{type(error).__name__}: {error}")) from None


def sets_both(service: str, options: dict[str, str]) -> bool:
    """Whether one request says the addresses of both families."""
    return service == DYNDNS2 and dyndns2.sets_both(options)
