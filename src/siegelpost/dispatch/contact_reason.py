"""Why somebody is written to: asked when an exposé is sent, frozen with it, and decisive for reminders (§ 7 UWG).

A mail that offers properties is advertising unless its reader has asked for it. The reason is no gate: without one the
agent is warned, and nothing is sent a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts import consents
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch

# A contact that was entered so recently most likely has just asked.
RECENT = timedelta(days=30)


class ContactReason(models.TextChoices):
    """Why this contact is sent this exposé."""

    INQUIRY = "inquiry", gettext_lazy("Anfrage")
    SEARCH_ORDER = "search_order", gettext_lazy("Suchauftrag")
    CONSENT = "consent", gettext_lazy("Einwilligung in Angebote")
    CUSTOMER = "customer", gettext_lazy("bestehende Kundin, bestehender Kunde")
    OWNER = "owner", gettext_lazy("Eigentümer oder Auftraggeber")
    NONE = "none", gettext_lazy("nichts davon")


# Only who asked for offers is reminded of one: a reminder is a second mail about the same thing.
REMINDED = frozenset({ContactReason.INQUIRY, ContactReason.SEARCH_ORDER, ContactReason.CONSENT})
# Who has not asked for this very thing is advertised to; each such mail says that one may object (§ 7 (3) Nr. 4 UWG).
ADVERTISED = frozenset({ContactReason.CONSENT, ContactReason.CUSTOMER, ContactReason.NONE})


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason, and the day it is of where there is one."""

    reason: ContactReason
    on: date | None = None

    @property
    def reminds(self) -> bool:
        """Whether a reminder may follow."""
        return self.reason in REMINDED

    def frozen(self) -> dict[str, str | None]:
        """As it stands in the page and in the ledger."""
        return {"kind": self.reason.value, "on": self.on.isoformat() if self.on else None}

    @property
    def words(self) -> str:
        """In the active language, such as ``Anfrage vom 3. November 2026``."""
        if self.on is None:
            return str(self.reason.label)
        return _("%(reason)s vom %(day)s") % {"reason": self.reason.label, "day": date_format(self.on)}


def of(page: Mapping[str, Any]) -> Occasion | None:
    """What a frozen page names; none in one of before it was asked."""
    told = page.get("reason")
    if not told:
        return None
    return Occasion(ContactReason(told["kind"]), date.fromisoformat(told["on"]) if told["on"] else None)


def may_object(page: Mapping[str, Any]) -> bool:
    """Whether mails of this page say that their reader may object to offers."""
    occasion = of(page)
    return occasion is not None and occasion.reason in ADVERTISED


def usual(contact: Contact) -> Occasion:
    """What is most likely true of this contact, to be confirmed by the agent: nothing is claimed without a sign."""
    consent = consents.of(contact).filter(given_at__isnull=False, withdrawn_at=None).first()
    if consent and consent.given_at:
        return Occasion(ContactReason.CONSENT, timezone.localdate(consent.given_at))
    if contact.created_at > timezone.now() - RECENT:
        return Occasion(ContactReason.INQUIRY, timezone.localdate(contact.created_at))
    ordered = Dispatch.objects.filter(contact=contact, declared_at__isnull=False).order_by("-declared_at")
    last = ordered.values_list("declared_at", flat=True).first()
    return Occasion(ContactReason.CUSTOMER, timezone.localdate(last)) if last else Occasion(ContactReason.NONE)


def warnings(occasion: Occasion, contact: Contact) -> list[str]:
    """What the agent should know before sending for this reason, in the active language."""
    if occasion.reason not in ADVERTISED or consents.holds(contact):
        return []
    words = {
        ContactReason.NONE: _(
            "Weder ein Anlass noch eine Einwilligung: Eine Mail mit Angeboten ist dann Werbung, die niemand erlaubt "
            "hat (§ 7 UWG). Fragen Sie vorher am besten nach."
        ),
        ContactReason.CONSENT: _(
            "Von diesem Kontakt liegt hier keine bestätigte Einwilligung vor, die noch gilt (§ 7 UWG)."
        ),
        ContactReason.CUSTOMER: _(
            "Bestehende Kunden dürfen Sie nur zu Ähnlichem anschreiben, und nur, wenn Sie schon auf das Recht zum "
            "Widerspruch hingewiesen haben, als Sie die Adresse bekamen (§ 7 Abs. 3 UWG). Diese Mail weist wieder "
            "darauf hin."
        ),
    }
    return [words[occasion.reason]]
