"""Legal texts: published as numbered, hashed versions, never changed afterwards.

The drafts in ``default_texts`` are the statutory models, where there is one (:mod:`siegelpost.office.statutory`), and
plain drafts to start from. They are no legal advice: the settings page says so, and an office has its own lawyer read
them. A published text keeps its places (:mod:`siegelpost.office.placeholders`).
"""

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.law_calendar import LOOKED_UP
from siegelpost.office.models import Language, LegalText, Office, TextKind
from siegelpost.office.placeholders import PLACES, lacking
from siegelpost.office.statutory import draft, equals_model
from siegelpost.settings import load

# Since 19 June 2026 the model policy names the electronic withdrawal function (Art. 246a § 1 EGBGB, § 356a BGB).
# How a policy speaks of the function: by its name, by its label in quotes, or as the model of 2026 does, that the right
# can be used online. That somebody "withdraws from the contract" stands in every policy, also in those of before.
_WITHDRAWAL_FUNCTION = {
    Language.GERMAN: re.compile(
        r"widerrufs-?(?:funktion|schaltfläche|button|knopf)|[„“\"»«‚‘']\s*vertrag widerrufen"
        r"|widerruf[^.]{0,120}\bonline\b(?!-)|\bonline\b(?!-)[^.]{0,120}widerruf",
        re.IGNORECASE,
    ),
    Language.ENGLISH: re.compile(
        r"withdrawal (?:function|button)|[„“”\"»«‘']\s*withdraw from contract"
        r"|withdraw[^.]{0,120}\bonline\b(?!-)|\bonline\b(?!-)[^.]{0,120}withdraw",
        re.IGNORECASE,
    ),
}
# Where this server answers; an address in a text that ends so and names another server leads elsewhere or nowhere.
_OUR_PATHS = ("/widerruf", "/impressum", "/datenschutz", "/barrierefreiheit")
_ADDRESS = re.compile(r"https?://[^\s\"'<>()\[\]„“]+", re.IGNORECASE)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
# What each draft goes by.
SOURCES = MappingProxyType(
    {
        TextKind.WITHDRAWAL_POLICY: "Anlage 1 zu Art. 246a § 1 Abs. 2 EGBGB; Anhang I A RL 2011/83/EU",
        TextKind.WITHDRAWAL_FORM: "Anlage 2 zu Art. 246a § 1 Abs. 2 EGBGB; Anhang I B RL 2011/83/EU",
        TextKind.CONTRACT: "§§ 652 bis 656d BGB; Art. 246a § 1 EGBGB; § 11 MaBV",
        TextKind.STEPS: "§ 312i Abs. 1 BGB, Art. 246c EGBGB",
        TextKind.PRIVACY: "Art. 13, 14, 21 DSGVO",
        TextKind.IMPRINT: "§ 5 DDG, § 36 VSBG",
        TextKind.ACCESSIBILITY: "§ 14 BFSG",
    }
)


class LackingError(ValueError):
    """A text cannot be published: the office has not said yet what is to stand in its places."""

    def __init__(self, places: list[str]) -> None:
        self.places = tuple(places)
        super().__init__(
            _("Dafür fehlen unter Einstellungen → Büro noch Angaben: %(names)s.")
            % {"names": ", ".join(str(PLACES[place[1:-1]].label) for place in places)}
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """What a text goes by, when that was looked up, and from which day on the text holds."""

    source: str = ""
    checked_on: date | None = None
    valid_from: date | None = None


@transaction.atomic
def publish(kind: TextKind, language: Language, text: str, origin: Origin | None = None) -> LegalText:
    """Make ``text`` the current version, or the one that holds from a later day on.

    Publishing the same text again makes no new version; what it goes by is kept.

    Raises:
        LackingError: the office cannot fill a place of it.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    if places := lacking(text, Office.objects.first() or Office()):
        raise LackingError(places)
    origin = origin or Origin()
    newest = LegalText.objects.filter(kind=kind, language=language).order_by("-version").first()
    sha256 = LegalText.hash_of(text)
    if newest and newest.sha256 == sha256:
        newest.source, newest.checked_on = origin.source or newest.source, origin.checked_on or newest.checked_on
        newest.save(update_fields=["source", "checked_on"])
        return newest
    published = LegalText.objects.create(
        kind=kind,
        language=language,
        text=text,
        sha256=sha256,
        version=newest.version + 1 if newest else 1,
        source=origin.source,
        checked_on=origin.checked_on,
        valid_from=origin.valid_from,
    )
    append(
        EventKind.LEGAL_TEXT_PUBLISHED,
        subject="office",
        data={"kind": kind.value, "language": language.value, "version": published.version, "sha256": sha256},
    )
    return published


def current(kind: TextKind, language: Language) -> LegalText | None:
    """The newest version of a text that holds today, or ``None`` when the office has none."""
    return LegalText.objects.filter(_holds(), kind=kind, language=language).order_by("-version").first()


def in_force(language: Language) -> dict[TextKind, LegalText]:
    """:func:`current` of every kind of which there is one."""
    found = {text.kind: text for text in LegalText.objects.filter(_holds(), language=language).order_by("version")}
    return {kind: found[kind] for kind in TextKind if kind in found}


def _holds() -> Q:
    return Q(valid_from=None) | Q(valid_from__lte=timezone.localdate())


def lacks_withdrawal_function(policy: str, language: Language) -> bool:
    """Whether a cancellation policy says nothing of the electronic withdrawal function (§ 356a BGB)."""
    return _WITHDRAWAL_FUNCTION[language].search(policy) is None


def foreign_addresses(text: str) -> list[str]:
    """Addresses in a text that mean pages of this server and name another one, such as before it had its name."""
    ours = urlsplit(load().public_address)
    found = [address.rstrip(".,;:") for address in _ADDRESS.findall(text)]
    return [address for address in dict.fromkeys(found) if _is_foreign(address, ours.netloc, ours.hostname or "")]


def _is_foreign(address: str, our_netloc: str, our_host: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.netloc.lower() == our_netloc.lower():
        return False
    return host in _LOCAL - {our_host} or parts.path.rstrip("/").endswith(_OUR_PATHS)


def unpublished(language: Language) -> list[TextKind]:
    """The kinds of which there is a draft and no published text yet."""
    published = in_force(language)
    return [kind for kind in TextKind if kind not in published and draft(kind, language)]


def publish_defaults(office: Office) -> list[LegalText]:
    """Publish the drafts for every text the office does not have yet.

    Drafts with a place that the office cannot fill yet are left unpublished: it will be asked for.
    """
    return [
        publish(kind, language, draft(kind, language), Origin(SOURCES[kind], LOOKED_UP))
        for language in Language
        for kind in unpublished(language)
        if not lacking(draft(kind, language), office)
    ]


def is_statutory(text: LegalText) -> bool:
    """Whether it is the model of the law, but for what is filled in: only then is it called one."""
    return equals_model(text.text, TextKind(text.kind), Language(text.language))


def title(text: LegalText) -> str:
    """What it is called where recipients read it, in the active language: "Muster" only while it is one."""
    if text.kind == TextKind.WITHDRAWAL_FORM and not is_statutory(text):
        return _("Widerrufsformular")
    return str(text.get_kind_display())
