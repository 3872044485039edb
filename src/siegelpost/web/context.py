"""What every template of the office knows."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.handbook.topics import topic_for
from siegelpost.ledger import halt
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent
from siegelpost.web.office.access import CERTIFICATES, HAND_OVER, LEADERS, SALES, SIGNED_IN, AccessRule, hand_over_of


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A place in the navigation."""

    name: str
    label: Promise
    icon: str
    rule: AccessRule
    below: tuple[str, ...]  # beginnings of the addresses that count as being there
    on_phone: bool = True  # the others stand under "Mehr"


NAVIGATION = (
    MenuEntry("today", _("Heute"), "today", SALES, ()),
    MenuEntry("contacts", _("Kontakte"), "contacts", SALES, ("/contacts/",)),
    MenuEntry("estates", _("Objekte"), "estates", SALES, ("/estates/",)),
    MenuEntry("dispatches", _("Sendungen"), "dispatches", SALES, ("/dispatches/", "/send/")),
    MenuEntry("certificate", _("Zertifikat"), "certificate", CERTIFICATES, ("/certificate/",), on_phone=False),
    MenuEntry("checklist", _("Sicherheit"), "check", CERTIFICATES, ("/checklist/",), on_phone=False),
    MenuEntry("settings", _("Einstellungen"), "settings", LEADERS, ("/settings/",), on_phone=False),
    MenuEntry("account", _("Mein Zugang"), "account", SIGNED_IN, ("/account/",), on_phone=False),
)


@dataclass(frozen=True, slots=True)
class MenuPlace:
    """An entry as this person sees it on this page."""

    label: Promise
    icon: str
    url: str
    here: bool
    on_phone: bool


def office(request: HttpRequest) -> dict[str, object]:
    """The office, for its name, colour and test operation; where this person can go, and what helps on this page."""
    agent = getattr(request, "user", None)
    came_by = HAND_OVER in getattr(request, "session", {}) and not isinstance(agent, Agent)
    return {
        "office": the_office(),
        "halted": halt.reason() is not None,
        "hand_over": hand_over_of(request) if came_by else None,
        "help_url": _help(request),
        "navigation": _places(request, agent) if isinstance(agent, Agent) and agent.outside_access else [],
    }


def _help(request: HttpRequest) -> str:
    topic = topic_for(request.resolver_match.url_name if request.resolver_match else None)
    return reverse("help_page", args=[topic.slug]) if topic else reverse("help")


def _places(request: HttpRequest, agent: Agent) -> list[MenuPlace]:
    return [
        MenuPlace(
            entry.label,
            entry.icon,
            reverse(entry.name),
            request.path == "/" if not entry.below else request.path.startswith(entry.below),
            entry.on_phone,
        )
        for entry in NAVIGATION
        if agent.role in entry.rule.roles
    ]
