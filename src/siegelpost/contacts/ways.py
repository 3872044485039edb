"""Further ways to reach somebody, beside the main address, number and place: what kind each is, and what for."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# More are kept of nobody: an address book of ten thousand people is one, not a card of ten thousand numbers.
MOST = 40
LONGEST, LONGEST_LABEL = 500, 60


class WayKind(StrEnum):
    """What something is by which somebody is reached or known."""

    EMAIL = "email"
    MOBILE = "mobile"
    PHONE = "phone"
    FAX = "fax"
    ADDRESS = "address"
    OTHER = "other"


KINDS: dict[WayKind, Promise] = {
    WayKind.EMAIL: _("E-Mail"),
    WayKind.MOBILE: _("Mobil"),
    WayKind.PHONE: _("Telefon"),
    WayKind.FAX: _("Fax"),
    WayKind.ADDRESS: _("Anschrift"),
    WayKind.OTHER: _("Weiteres"),
}
NUMBERS = frozenset({WayKind.MOBILE, WayKind.PHONE, WayKind.FAX})
# What address books say of it by a word of their own; other labels stand as somebody typed them.
LABELS: dict[str, Promise] = {
    "work": _("geschäftlich"),
    "home": _("privat"),
    "title": _("Titel"),
    "job": _("Position"),
    "birthday": _("Geburtstag"),
    "anniversary": _("Jahrestag"),
    "nickname": _("Spitzname"),
    "web": _("Internet"),
    "messenger": _("Messenger"),
    "pager": _("Pager"),
    "country": _("Land"),
    "groups": _("Gruppen"),
    "suffix": _("Namenszusatz"),
    "department": _("Abteilung"),
    "gender": _("Anrede"),
    "related": _("Angehörige"),
    "company": _("Firma"),
    "shown_name": _("Anzeigename"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One of them; ``label`` is a key of :data:`LABELS`, or words as somebody typed them."""

    kind: WayKind
    value: str
    label: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """As :meth:`stored` keeps it."""
        return cls(WayKind(stored["kind"]), str(stored["value"]), str(stored.get("label", "")))

    @property
    def is_named(self) -> bool:
        """Whether its label is somebody's own words."""
        return bool(self.label) and self.label not in LABELS

    @property
    def stored(self) -> dict[str, str]:
        """Ready for JSON."""
        return {name: str(value) for name, value in asdict(self).items()}

    @property
    def name(self) -> str:
        """What kind it is and what for, in the active language."""
        kind, label = str(KINDS[self.kind]), str(LABELS.get(self.label, self.label))
        if self.kind is WayKind.OTHER:
            return label or kind
        return f"{kind} ({label})" if label else kind


def all_of(stored: Iterable[Mapping[str, Any]]) -> list[Way]:
    """The ways that a contact's row keeps."""
    return [Way.of(one) for one in stored]


def beyond(ways: Iterable[Way]) -> str:
    """Those that are more than are kept of anybody, a line for each, for a note."""
    return "\n".join(": ".join(filter(None, [way.label, way.value])) for way in together(ways, most=None)[MOST:])


def together(*lists: Iterable[Way], most: int | None = MOST) -> list[Way]:
    """Each way once, in their order, and no more; a label is kept where one of two has it."""
    found: dict[tuple[WayKind, str], Way] = {}
    for way in (one for each in lists for one in each):
        key = (way.kind, way.value.casefold())
        if way.value and (key not in found or (way.label and not found[key].label)):
            found[key] = way
    return list(found.values())[:most]
