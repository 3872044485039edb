"""The agent's records of an order (§ 10 MaBV) and what was told of it (§ 11 MaBV), in German, from the frozen data.

A sheet for each order as PDF, and all orders of a year as CSV for the auditor (§ 16 MaBV). What this program does not
know, such as the seller's address, is said to be missing here, never left out. The field list is that of § 10 (2)
Nr. 1, 2 a, b, f and (3) Nr. 1, 2 MaBV.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone, translation

from siegelpost.dispatch.contract import seller_payment, sheets
from siegelpost.dispatch.contract.sheets import Sheet
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.current import the_office
from siegelpost.office.models import Language
from siegelpost.settings import load
from siegelpost.templating import environment

NOT_HERE = "hier nicht erfasst; siehe Akte des Objekts"
_ADDRESS_NOT_HERE = "hier nicht erfasst"
_TERM_NOT_HERE = "siehe Maklervertrag"
# Only money sent through an agent's hands needs more (§§ 2, 4 MaBV).
NO_PAYMENTS = "nein; über dieses Programm werden keine Zahlungen entgegengenommen"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class NoOrderError(Exception):
    """Nothing was ordered by this dispatch: there is nothing to record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One order about one property; the names of the fields are the columns of the CSV."""

    Nummer: str
    Angenommen_am: str
    Auftraggeber: str
    Anschrift: str
    Verbraucher: str
    Objekt: str
    Objektnummer: str
    Lage: str
    Verkäufer_oder_Vermieter: str
    Entgelt: str
    Es_zahlt: str
    Vertragsdauer: str
    Ermächtigt_zu_Zahlungen: str
    Angaben_vor_Vertrag_per_Mail_am: str
    Auftrag_bestätigt_per_Mail_am: str
    Hauptvertrag_am: str
    Verkäufer_zahlte_am: str
    Dem_Käufer_belegt_am: str
    Widerruf_am: str
    Test: str


def is_order(dispatch: Dispatch) -> bool:
    """Whether it made a contract with a fee, which § 10 MaBV wants recorded."""
    exposé = dispatch.kind == Kind.SECURE_EXPOSE and dispatch.declared_at is not None
    return exposé and dispatch.page["gate"]["button"]["kind"] == ButtonKind.ORDER


def records(dispatch: Dispatch) -> list[Record]:
    """The records of one order, one for each property with a fee.

    Raises:
        NoOrderError: nothing was ordered by it.
    """
    if not is_order(dispatch) or dispatch.declared_at is None:
        raise NoOrderError
    contact, mails = dispatch.contact, _accepted(dispatch)
    withdrawn = dispatch.withdrawals.order_by("made_at").first()
    about = {
        "Nummer": str(dispatch.public_id),
        "Angenommen_am": _instant(dispatch.declared_at),
        "Auftraggeber": dispatch.page["recipient"]["name"],
        "Anschrift": ", ".join(filter(None, [contact.street, contact.town])) or _ADDRESS_NOT_HERE,
        "Verbraucher": "ja" if dispatch.page["gate"]["hold_days"] else "nein",
        "Verkäufer_oder_Vermieter": NOT_HERE,
        "Ermächtigt_zu_Zahlungen": NO_PAYMENTS,
        "Angaben_vor_Vertrag_per_Mail_am": mails.get(Purpose.NOTICE, "nicht belegt"),
        "Auftrag_bestätigt_per_Mail_am": mails.get(Purpose.CONFIRMATION, "nicht belegt"),
        "Hauptvertrag_am": f"{dispatch.main_contract_on:%d.%m.%Y}" if dispatch.main_contract_on else "",
        "Verkäufer_zahlte_am": f"{dispatch.seller_paid_on:%d.%m.%Y}" if dispatch.seller_paid_on else "",
        "Dem_Käufer_belegt_am": f"{proven:%d.%m.%Y}" if (proven := seller_payment.proven_on(dispatch)) else "",
        "Widerruf_am": _instant(withdrawn.made_at) if withdrawn else "",
        "Test": "ja" if dispatch.test else "nein",
    }
    properties = {one.get("title", ""): one for one in _properties(dispatch)}
    found = []
    for offer in _offers(dispatch):
        place = properties.get(offer["title"]) or _only(properties)
        found.append(
            Record(
                **about,
                Objekt=offer["title"],
                Objektnummer=str(place.get("external_no", "")),
                Lage=", ".join(filter(None, [place.get("street_line"), place.get("city_line")])),
                Entgelt=offer["commission"],
                Es_zahlt=offer["who"],
                Vertragsdauer=_term(offer),
            )
        )
    return found


def _only(properties: dict[str, Any]) -> dict[str, Any]:
    """Before the gate a property may have another title; of a single one it is certain which is meant."""
    return next(iter(properties.values())) if len(properties) == 1 else {}


def _accepted(dispatch: Dispatch) -> dict[str, str]:
    """When the mail server first took the mails that matter, by their purpose."""
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), accepted_at__isnull=False)
    first: dict[str, str] = {}
    for purpose, at in mails.order_by("accepted_at").values_list("purpose", "accepted_at"):
        if at is not None:
            first.setdefault(purpose, _instant(at))
    return first


def _offers(dispatch: Dispatch) -> Sequence[dict[str, Any]]:
    """What was offered, in German; of a dispatch of before, in its own language."""
    german = dispatch.page.get("in_german")
    found: Sequence[dict[str, Any]] = german["offers"] if german else dispatch.page["offers"]
    return found


def _properties(dispatch: Dispatch) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = dispatch.content.get("in_german") or dispatch.content["estates"]
    return found


def _term(offer: dict[str, Any]) -> str:
    terms = {one["label"]: one["value"] for one in offer.get("terms", [])}
    return str(terms.get("Laufzeit", _TERM_NOT_HERE))


def _instant(at: datetime) -> str:
    return environment(Language.GERMAN).filters["instant"](at)  # type: ignore[no-any-return]  # it gives text


def sheet(dispatch: Dispatch) -> bytes:
    """The sheet of one order as PDF, in German whatever language the dispatch has.

    Raises:
        NoOrderError: nothing was ordered by it.
    """
    with translation.override(Language.GERMAN):
        rows = [_rows(record) for record in records(dispatch)]
        sections = [("Auftrag" if len(rows) == 1 else f"Auftrag, Objekt {n}", one) for n, one in enumerate(rows, 1)]
        for place in _properties(dispatch):
            sections += [(f"{place['title']}: {title}", facts) for title, facts in _facts(place)]
        return sheets.pdf(
            Sheet(
                title="Aufzeichnung nach §§ 10, 11 MaBV",
                foot=f"Sendung {dispatch.public_id}",
                intro=[
                    "Aus dem, was mit der Sendung eingefroren wurde, und aus dem, was der Mailserver angenommen hat. "
                    f"Gedruckt am {_instant(timezone.now())}. Die Anschrift ist die heutige des Kontakts."
                ],
                sections=sections,
                test=dispatch.test,
            ),
            the_office(),
        )


def _rows(record: Record) -> list[tuple[str, str]]:
    found = [(one.name.replace("_", " "), str(getattr(record, one.name))) for one in fields(record)]
    return [(label, value) for label, value in found if value]


def _facts(place: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What § 10 (3) MaBV wants known of the property, as the recipient was shown it."""
    for section in place.get("sections", []):
        yield section["title"], [(row["label"], row["value"]) for row in section["rows"]]
    if features := place.get("features"):
        yield "Ausstattung", [("Merkmale", ", ".join(features))]


def of_year(year: int) -> QuerySet[Dispatch]:
    """Orders that were made in a calendar year here, the oldest first."""
    zone = ZoneInfo(load().time_zone)
    begin, end = (datetime(one, 1, 1, tzinfo=zone).astimezone(UTC) for one in (year, year + 1))
    found = Dispatch.objects.filter(declared_at__gte=begin, declared_at__lt=end, kind=Kind.SECURE_EXPOSE)
    orders = found.filter(page__gate__button__kind=ButtonKind.ORDER.value)
    return orders.select_related("contact").defer("gate_html").order_by("declared_at")


def table(year: int) -> Iterator[str]:
    """All orders of a year as CSV, line by line: semicolons and a byte order mark, as spreadsheets here expect it."""
    yield "\ufeff" + _line([one.name.replace("_", " ") for one in fields(Record)])
    for dispatch in of_year(year).iterator(chunk_size=100):
        for record in records(dispatch):
            yield _line([_harmless(str(getattr(record, one.name))) for one in fields(record)])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """No cell is a formula: names come from strangers, and a spreadsheet would work it out."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
