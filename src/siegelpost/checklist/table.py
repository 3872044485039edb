"""The checklist itself: every line, in the order in which it is read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.checklist import inside, legal, outside
from siegelpost.checklist.check import ChecklistItem, CheckState, Look, Result, worst
from siegelpost.checklist.network import ask
from siegelpost.mail.domain.dkim import key_of
from siegelpost.mail.outgoing import server_settings
from siegelpost.office.current import the_office
from siegelpost.settings import load

CHECKS = (
    ChecklistItem("certificate", _("Zertifikat"), outside.certificate, outside=True),
    ChecklistItem("names", _("Namen und Adressen"), outside.names, outside=True),
    ChecklistItem("ports", _("HTTPS-Port"), outside.ports, outside=True),
    ChecklistItem("redirect", _("HTTP leitet um"), outside.redirect, outside=True),
    ChecklistItem("encryption", _("Verschlüsselung der Seiten"), outside.encryption, outside=True),
    ChecklistItem("visitors", _("Besucher und Proxy"), inside.visitors),
    ChecklistItem("renewal", _("Nächstes Zertifikat"), outside.renewal, outside=True),
    ChecklistItem("second_factor", _("Zweiter Faktor"), inside.second_factor),
    ChecklistItem("secrets", _("Schlüssel und Rechte"), inside.secrets),
    ChecklistItem("mail_encryption", _("Verbindung zum Mailserver"), inside.mail_encryption),
    ChecklistItem("mail_authentication", _("SPF, DKIM und DMARC"), outside.mail_authentication, outside=True),
    ChecklistItem("ledger", _("Protokoll"), inside.ledger),
    ChecklistItem("backups", _("Sicherungen"), inside.backups),
    ChecklistItem("disk", _("Speicherplatz"), inside.disk),
    ChecklistItem("clock", _("Uhr"), outside.clock, outside=True),
    ChecklistItem("version", _("Fassung von Siegelpost"), inside.version),
    ChecklistItem("runtime", _("Python und OpenSSL"), inside.runtime),
    ChecklistItem("system_updates", _("Updates des Betriebssystems"), inside.system_updates, outside=True),
    ChecklistItem("texts", _("Texte"), legal.published),
    ChecklistItem("law", _("Rechtskalender"), legal.calendar),
    ChecklistItem("test_operation", _("Testbetrieb"), inside.test_operation),
)


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """A check and what it found; ``result`` is None while it is still being found out."""

    check: ChecklistItem
    result: Result | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The filled-in list. ``at`` is aware UTC."""

    at: datetime
    address: str
    lines: tuple[ChecklistLine, ...]

    @property
    def states(self) -> dict[str, CheckState]:
        """The state of each check that was made, by its key."""
        return {line.check.key: line.result.state for line in self.lines if line.result}

    @property
    def state(self) -> CheckState:
        """The gravest of all."""
        return worst(self.states.values())

    @property
    def counts(self) -> dict[CheckState, int]:
        """How many lines there are of each state, the gravest first; states of none are left out."""
        found = list(self.states.values())
        return {state: found.count(state) for state in CheckState if state in found}

    def as_json(self) -> dict[str, Any]:
        """The list in the active language, as ``siegelpost checklist --json`` prints it."""
        return {
            "at": self.at.isoformat(),
            "address": self.address,
            "state": self.state.value,
            "checks": [
                {
                    "key": line.check.key,
                    "label": str(line.check.label),
                    "state": line.result.state.value,
                    "cause": line.result.cause,
                    "facts": list(line.result.facts),
                    "remedy": list(line.result.remedy),
                }
                for line in self.lines
                if line.result
            ],
        }


def at_once() -> Checklist:
    """What can be said without asking the network; the other lines are still without a result."""
    look = _look()
    return _filled(look, (ChecklistLine(check, None if check.outside else check.run(look)) for check in CHECKS))


def whole() -> Checklist:
    """The whole list, in the active language. Asks the network for up to 15 seconds: never inside a transaction."""
    look = _look()
    domain = server_settings.sender_domain()
    own_key = key_of(domain) if domain else None
    look = replace(look, answers=ask(look.settings, domain, own_key))
    return _filled(look, (ChecklistLine(check, check.run(look)) for check in CHECKS))


def _look() -> Look:
    return Look(load(), the_office(), timezone.now())


def _filled(look: Look, lines: Iterable[ChecklistLine]) -> Checklist:
    return Checklist(look.at, look.settings.public_address, tuple(lines))
