"""What an advertisement must say about energy, as dated data, and what of it is missing at a property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.kinds import BuildingUse, EnergyCertificate, Kind, Usage
from siegelpost.estates.models import Estate
from siegelpost.toolbox.remark import Remark

WITH_CERTIFICATE = frozenset({EnergyCertificate.DEMAND, EnergyCertificate.CONSUMPTION})
NO_BUILDING = frozenset({Kind.LAND, Kind.PARKING})
# Certificates issued before 1 May 2014 name no class.
CLASSES_SINCE = date(2014, 5, 1)


def is_dwelling(estate: Estate) -> bool:
    """Whether the rules for dwellings apply: as the certificate says, else as the property is used."""
    if estate.energy_building_use:
        return estate.energy_building_use == BuildingUse.DWELLING
    return estate.usage != Usage.COMMERCIAL and estate.kind != Kind.COMMERCIAL


def _has_value(estate: Estate) -> bool:
    return estate.energy_value is not None


def _has_heat_and_electricity(estate: Estate) -> bool:
    return None not in (estate.energy_value_heat, estate.energy_value_electricity)


def _class_expected(estate: Estate) -> bool:
    return is_dwelling(estate) and not (estate.energy_issued_on and estate.energy_issued_on < CLASSES_SINCE)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One mandatory statement: its field, when it is due, when it is there, and what is said when it is not."""

    field: str
    name: Promise
    applies: Callable[[Estate], bool]
    given: Callable[[Estate], bool]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A version of the law: the statements mandatory from ``valid_from`` on, with the act that wants them."""

    act: str
    valid_from: date
    requirements: tuple[Requirement, ...]

    @property
    def source(self) -> str:
        """Where the statements are listed."""
        return f"§ 87 (1) {self.act}"


_STATEMENTS = (
    Requirement(
        "energy_value",
        _("Endenergiebedarf oder Endenergieverbrauch"),
        is_dwelling,
        _has_value,
    ),
    Requirement(
        "energy_value_heat",
        _("Endenergie für Wärme und für Strom, getrennt"),
        lambda estate: not is_dwelling(estate),
        _has_heat_and_electricity,
    ),
    Requirement(
        "energy_carrier",
        _("wesentlicher Energieträger für die Heizung"),
        lambda estate: True,
        lambda estate: bool(estate.energy_carrier),
    ),
    Requirement(
        "energy_construction_year",
        _("Baujahr laut Energieausweis"),
        is_dwelling,
        lambda estate: bool(estate.energy_construction_year or estate.construction_year),
    ),
    Requirement(
        "energy_class",
        _("Energieeffizienzklasse"),
        _class_expected,
        lambda estate: bool(estate.energy_class),
    ),
)
# A further version of the law is a further entry here; nothing else changes. The GModG renamed the GEG and left §§ 80
# and 87 (1) as they were. Its first day is taken from its § 43 (1), "after 29 July 2026".
RULES: tuple[RuleSet, ...] = (
    RuleSet("GEG", date(2020, 11, 1), _STATEMENTS),
    RuleSet("GModG", date(2026, 7, 30), _STATEMENTS),
)


def rules_on(day: date) -> RuleSet:
    """The version of the law that holds on ``day``; the first one for days before it."""
    return max(
        (rules for rules in RULES if rules.valid_from <= day),
        key=lambda rules: rules.valid_from,
        default=RULES[0],
    )


def missing(estate: Estate, on: date | None = None) -> list[Remark]:
    """What an exposé of this property would have to say about energy and does not, in the active language.

    Each entry is a whole sentence for the agent that leads to its field; nothing here forbids sending. ``on`` is the
    day the law is asked for, today if not given.
    """
    day = on or timezone.localdate()
    if estate.kind in NO_BUILDING or estate.energy_certificate == EnergyCertificate.NOT_REQUIRED:
        return []
    rules = rules_on(day)
    values = {"estate": estate.title, "source": rules.source, "act": rules.act}

    def remark(field: str, words: str, **more: object) -> Remark:
        return Remark(words % {**values, **more}, estate.field_address(field))

    if not estate.energy_certificate:
        return [
            remark(
                "energy_certificate",
                gettext(
                    "Bei „%(estate)s“ fehlt die Angabe zum Energieausweis (%(source)s). Tragen Sie ihn ein, oder "
                    "warum keiner nötig ist."
                ),
            )
        ]
    if estate.energy_certificate not in WITH_CERTIFICATE:
        return [
            remark(
                "energy_certificate",
                gettext(
                    "Bei „%(estate)s“ liegen die Werte des Energieausweises nicht vor. Spätestens bei der "
                    "Besichtigung muss er vorgelegt werden (§ 80 %(act)s)."
                ),
            )
        ]
    found = [
        remark(each.field, gettext("Bei „%(estate)s“ fehlt: %(name)s (%(source)s)."), name=each.name)
        for each in rules.requirements
        if each.applies(estate) and not each.given(estate)
    ]
    if estate.energy_valid_until and estate.energy_valid_until < day:
        expired = gettext("Der Energieausweis zu „%(estate)s“ ist abgelaufen. Bitte lassen Sie einen neuen ausstellen.")
        found.append(remark("energy_valid_until", expired))
    return found
