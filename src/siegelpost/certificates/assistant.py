"""„Ohne Warnung in fünf Minuten“: from what an office has to the one way to a trusted certificate, and on that way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates.actions import SUBJECT
from siegelpost.certificates.installed import open_store
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.settings import Settings, load
from siegelpost.tls.acme.plan import (
    LETS_ENCRYPT,
    Authority,
    Challenge,
    DnsProvider,
    Plan,
    forget_plan,
    load_plan,
    plan_changed_at,
    save_plan,
)
from siegelpost.tls.acme.progress import Progress
from siegelpost.tls.acme.renewal import request_renewal, requested
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.acme.waiting import bought_for
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store, Stored
from siegelpost.toolbox.internet import is_public

HTTPS, HTTP = "443", "80"
_CHALLENGES = {HTTPS: Challenge.TLS_ALPN_01, HTTP: Challenge.HTTP_01}
_NO_PUBLIC_ENDINGS = (".local", ".localhost", ".lan", ".home", ".internal", ".intranet", ".box", ".corp")


class AddressKind(StrEnum):
    """How recipients reach the server."""

    NAME = "name"
    FIXED = "fixed"
    CHANGING = "changing"


class Who(StrEnum):
    """Who sees to it."""

    MYSELF = "myself"
    PARTNER = "partner"


class CertificateWay(StrEnum):
    """The ways to a certificate that browsers trust."""

    PARTNER = "partner"
    PROXY = "proxy"
    BY_PORT = "by_port"
    BY_DNS = "by_dns"
    BY_RECORD = "by_record"
    ADDRESS = "address"
    BOUGHT = "bought"
    NAME_FIRST = "name_first"


@dataclass(frozen=True, slots=True)
class AssistantAnswers:
    """What the office has; ``ports`` are those that reach this server from the internet."""

    host: str
    address: AddressKind
    ports: tuple[str, ...] = ()
    proxy: bool = False
    who: Who = Who.MYSELF
    dns: bool = False
    record: bool = False

    @property
    def public_name(self) -> bool:
        """Whether the public address is a name that a public authority could certify."""
        return "." in self.host and not is_ip_address(self.host) and not self.host.endswith(_NO_PUBLIC_ENDINGS)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One line of the recommendation: the first whose ``holds`` is true gives the way, and says why."""

    way: CertificateWay
    holds: Callable[[AssistantAnswers], bool]
    why: Promise


RULES = (
    Recommendation(
        CertificateWay.PARTNER,
        lambda given: given.who is Who.PARTNER,
        _("Ihr Installationspartner kümmert sich darum. Sie geben ihm einen Link, der nur für das Zertifikat gilt."),
    ),
    Recommendation(
        CertificateWay.PROXY,
        lambda given: given.proxy,
        _("Empfänger sprechen zuerst mit dem Proxy. Darum gehört das Zertifikat dorthin, nicht hierher."),
    ),
    Recommendation(
        CertificateWay.NAME_FIRST,
        lambda given: given.address is AddressKind.NAME and not given.public_name,
        _("Unter dieser Adresse findet im Internet niemand Ihren Server. Zuerst braucht er einen öffentlichen Namen."),
    ),
    Recommendation(
        CertificateWay.BY_PORT,
        lambda given: given.address is AddressKind.NAME and bool(given.ports),
        _(
            "Sie haben einen Namen und einen offenen Port. Damit ist das Zertifikat kostenlos, in einer Minute da und "
            "erneuert sich von selbst."
        ),
    ),
    Recommendation(
        CertificateWay.BY_DNS,
        lambda given: given.address is AddressKind.NAME and given.dns,
        _(
            "Es ist kein Port offen, aber Ihr DNS-Anbieter lässt sich von hier bedienen. Damit ist das Zertifikat "
            "kostenlos und erneuert sich von selbst."
        ),
    ),
    Recommendation(
        CertificateWay.BY_RECORD,
        lambda given: given.address is AddressKind.NAME and given.record,
        _(
            "Es ist kein Port offen, aber Sie können im DNS Ihrer Domain einen Eintrag anlegen. Einer genügt: Er "
            "bleibt stehen, und das Zertifikat ist kostenlos und erneuert sich von selbst."
        ),
    ),
    Recommendation(
        CertificateWay.BOUGHT,
        lambda given: given.address is AddressKind.NAME,
        _(
            "Ohne offenen Port und ohne Zugang zum DNS geht es nicht von selbst. Ein gekauftes Zertifikat weisen Sie "
            "per E-Mail oder mit einem einzelnen DNS-Eintrag nach."
        ),
    ),
    Recommendation(
        CertificateWay.ADDRESS,
        lambda given: given.address is AddressKind.FIXED and is_public_address(given.host) and bool(given.ports),
        _(
            "Für eine feste IP-Adresse gibt es kostenlose Zertifikate, die sechs Tage gelten. Siegelpost erneuert sie "
            "alle paar Tage von selbst."
        ),
    ),
    Recommendation(
        CertificateWay.NAME_FIRST,
        lambda given: True,
        _(
            "Für eine Adresse, die wechselt oder von außen nicht zu erreichen ist, stellt niemand ein Zertifikat aus. "
            "Mit einem Namen geht es; er kostet etwa einen Euro im Monat, mit DynDNS auch bei wechselnder Adresse."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Now:
    """How the order stands that was started here; ``waiting`` while the jobs process has not begun with it."""

    status: AcmeStatus
    waiting: bool

    @property
    def progress(self) -> Progress | None:
        """The order, once it has begun."""
        return None if self.waiting else self.status.progress

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen just now."""
        return self.progress is not None and self.progress.state != "running"


def is_public_address(host: str) -> bool:
    """Whether this is an address of the open internet; while a house authority issues, any will do."""
    return is_ip_address(host) and (is_public(ip_address(host)) or load().acme_directory is not None)


def guess(settings: Settings) -> AssistantAnswers:
    """What can be known without asking: the answers that are already ticked."""
    host = settings.public_host
    ports = (HTTPS, *([HTTP] if settings.http_port else []))
    address = AddressKind.FIXED if is_ip_address(host) else AddressKind.NAME
    return AssistantAnswers(host, address, ports, proxy=bool(settings.trusted_proxies or settings.proxy_listen))


def recommend(given: AssistantAnswers) -> Recommendation:
    """The one way for this office, and why."""
    return next(rule for rule in RULES if rule.holds(given))


def plan_for(given: AssistantAnswers, settings: Settings, dns: DnsProvider | None = None) -> Plan:
    """What is to be kept trusted from now on, by this way."""
    if dns is not None:
        challenges: tuple[Challenge, ...] = (Challenge.DNS_01,)
    elif recommend(given).way is CertificateWay.BY_RECORD:
        challenges = (Challenge.DNS_PERSIST_01,)
    else:
        challenges = tuple(_CHALLENGES[port] for port in given.ports)
    if settings.acme_directory:
        ca = settings.acme_ca.read_text() if settings.acme_ca else ""
        authority = Authority(settings.acme_directory, ca_bundle=ca)
    else:
        authority = LETS_ENCRYPT
    return Plan((given.host,), (authority,), challenges, dns)


def start(given: AssistantAnswers, dns: DnsProvider | None = None, *, by: str) -> None:
    """Keep this office trusted from now on; the jobs process begins within a second.

    Raises:
        siegelpost.tls.acme.problems.AcmeError: it cannot work this way; nothing was changed.
    """
    settings = load()
    _begin(open_store(settings), plan_for(given, settings, dns), by)


def go_on(*, by: str) -> None:
    """Let the automatic certificate take the place of the bought one that it waits for; without a plan, nothing."""
    store = open_store(load())
    if plan := load_plan(store):
        _begin(store, plan, by)


def replaced() -> list[Stored]:
    """The bought certificates, still valid, whose place an automatic one for the public address would take."""
    at, settings = datetime.now(UTC), load()
    return [each for each in bought_for(open_store(settings), [settings.public_host]) if each.valid_at(at)]


def _begin(store: Store, plan: Plan, by: str) -> None:
    with transaction.atomic():
        saved = save_plan(store, plan)
        data = {
            "names": list(saved.names),
            "authority": saved.authorities[0].directory,
            "challenges": [each.value for each in saved.challenges],
            "by": by,
        }
        append(EventKind.CERTIFICATE_ORDERED, subject=SUBJECT, data=data)
    request_renewal(store)


def try_again() -> None:
    """Ask for a look at once, and do not wait for the end of a pause after failures."""
    request_renewal(open_store(load()))


def stop(*, by: str) -> None:
    """No longer renew by itself; what is served stays."""
    with transaction.atomic():
        append(EventKind.CERTIFICATE_ORDER_ENDED, subject=SUBJECT, data={"automatic": True, "by": by})
        forget_plan(open_store(load()))


def now() -> Now:
    """How it stands, from files that every process can read."""
    store = open_store(load())
    status = acme_status(store)
    saved_at = datetime.fromtimestamp(plan_changed_at(store) / 1e9, UTC)
    begun = status.progress is not None and status.progress.started_at >= saved_at
    running = status.progress is not None and status.progress.state == "running"
    return Now(status, waiting=not begun or (requested(store) and not running))
