"""Commission, prices and identifiers of files that say them badly: decided, or left to a person with a word."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.estates import transfers as t

from siegelpost.cli import main
from siegelpost.estates import commission, editing
from siegelpost.estates.importing import import_file
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo import OpenImmoError
from siegelpost.estates.openimmo.messages import Key
from siegelpost.estates.results import ImportResult

pytestmark = pytest.mark.django_db

RATE = '<aussen_courtage mit_mwst="1">3,57 % inkl. MwSt.</aussen_courtage>'
YES, NO = (f"<provisionspflichtig>{word}</provisionspflichtig>" for word in ("true", "false"))
HINT = "<courtage_hinweis>Die Käuferprovision beträgt 3,57 % inkl. MwSt.</courtage_hinweis>"
HOUSE = '<objektkategorie><vermarktungsart {}/><objektart><haus haustyp="{}"/></objektart></objektkategorie>'


def bring(folder: Path, prices: str = "", *, category: str = t.FLAT, **fields: str) -> tuple[Estate, list[str]]:
    inner = f"<preise>{prices}</preise>" + fields.pop("more", "")
    result = import_file(t.write_xml(folder, t.estate(inner=inner, category=category, **fields)), actor=None)
    (line,) = result.lines
    return Estate.objects.get(), line.told("de")["notes"]


@pytest.mark.parametrize(
    ("prices", "due", "open_", "told"),
    [
        (RATE, True, "unconfirmed", "provisionspflichtig fehlt"),
        (NO + RATE, True, "contradiction", "widerspricht sich"),
        (HINT, True, "unconfirmed", "aus courtage_hinweis gelesen"),
        (RATE + "<courtage_hinweis>Für Käufer provisionsfrei</courtage_hinweis>", True, "contradiction", "„3,57"),
        (YES + RATE, True, "", ""),
        (YES + RATE + "<courtage_hinweis>Käufer zahlt 4,76 %</courtage_hinweis>", True, "amounts", "verschieden hohe"),
        (YES + "<aussen_courtage>3,57 %</aussen_courtage>", True, "", "die MwSt. enthalten"),
        (YES + '<aussen_courtage mit_mwst="1">3 % zzgl. MwSt.</aussen_courtage>', True, "", "auf zweierlei Weise"),
        ("<provisionbrutto>7140</provisionbrutto>", True, "unconfirmed", "aus provisionbrutto gelesen"),
        (YES + "<provisionnetto>6.000</provisionnetto>", True, "", "aus provisionnetto gelesen"),
        ("<provisionspflichtig>vielleicht</provisionspflichtig>" + RATE, True, "unconfirmed", "nicht lesbar"),
        (NO, False, "", ""),
        ("<aussen_courtage>provisionsfrei</aussen_courtage>", False, "", ""),
        ("<aussen_courtage>keine Angabe</aussen_courtage>", True, "unconfirmed", "keine Angabe"),
        ("", False, "unsaid", "sagt nichts zur Provision"),
    ],
)
def test_a_commission_in_the_file(tmp_path: Path, prices: str, due: bool, open_: str, told: str) -> None:
    """Finding: onOffice writes <aussen_courtage> and no <provisionspflichtig>; it went out as "provisionsfrei"."""
    estate, notes = bring(tmp_path, "<kaufpreis>300000</kaufpreis>" + prices)
    assert (estate.buyer_commission_due, estate.commission_open) == (due, open_)
    assert told in " ".join(notes)
    assert bool(commission.unclear(estate)) == bool(open_ or "MwSt. enthalten" in told or "zweierlei" in told)


def test_a_commission_in_the_texts_beside_a_no(tmp_path: Path) -> None:
    more = "<freitexte><sonstige_angaben>Maklercourtage: 3,57 % vom Kaufpreis.</sonstige_angaben></freitexte>"
    estate, _ = bring(tmp_path, NO, more=more)
    assert estate.commission_open == "contradiction"


def test_what_the_agent_decided_stays_until_the_file_says_something_else(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, RATE)
    editing.decide_commission(estate, editing.CommissionAnswer.DUE)
    again, notes = bring(tmp_path, RATE)
    assert (again.buyer_commission_due, again.commission_open, notes) == (True, "", [])
    changed, notes = bring(tmp_path, NO + RATE)
    assert changed.commission_open == "contradiction"
    assert notes


def test_a_decision_is_made_once(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, NO + RATE)
    editing.decide_commission(estate, editing.CommissionAnswer.FREE)
    estate.refresh_from_db()
    assert (estate.buyer_commission_due, commission.unclear(estate)) == (False, [])
    with pytest.raises(editing.RefusedError):
        editing.decide_commission(estate, editing.CommissionAnswer.DUE)


def test_vat_is_decided_once(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, YES + "<aussen_courtage>3 %</aussen_courtage>")
    assert commission.is_vat_open(estate)
    editing.decide_commission(estate, editing.CommissionAnswer.VAT_PLUS)
    again, _ = bring(tmp_path, YES + "<aussen_courtage>3 %</aussen_courtage>")
    assert (commission.buyer_rate(again), commission.unclear(again)) == (Decimal("3.57"), [])


@pytest.mark.parametrize(
    ("haustyp", "more", "kind"),
    [
        ("ZWEIFAMILIENHAUS", "", "house_two"),
        ("EINFAMILIENHAUS", "<flaechen><einliegerwohnung>true</einliegerwohnung></flaechen>", "house_two"),
        ("EINFAMILIENHAUS", "<flaechen><anzahl_wohneinheiten>2</anzahl_wohneinheiten></flaechen>", "house_two"),
        ("EINFAMILIENHAUS", "", "house_single"),
        ("MEHRFAMILIENHAUS", "", "house_multi"),
    ],
)
def test_houses_of_two_flats(tmp_path: Path, haustyp: str, more: str, kind: str) -> None:
    estate, _ = bring(tmp_path, category=HOUSE.format('KAUF="1"', haustyp), more=more)
    assert estate.kind == kind


@pytest.mark.parametrize(
    ("prices", "field", "expected"),
    [
        ("<kaufpreis>349.000</kaufpreis>", "price", "349000"),
        ("<kaufpreis>349.000 €</kaufpreis>", "price", "349000"),
        ("<kaufpreis>349,000</kaufpreis>", "price", "349000"),
        ("<kaufpreis>EUR 349.000,-</kaufpreis>", "price", "349000"),
        ("<hausgeld>1.250</hausgeld>", "service_charge", "1250"),
        ('<kaufpreisnetto kaufpreisust="19000">100000</kaufpreisnetto>', "price", "100000"),
        ("<kaufpreis>0</kaufpreis><kaufpreisbrutto>119000</kaufpreisbrutto>", "price", "119000"),
        ("<kaltmiete><preis>700</preis></kaltmiete>", "rent_cold", "700"),
        ("<hauptmietzinsnetto>900</hauptmietzinsnetto>", "rent_cold", "900"),
        ("<betriebskostennetto>200</betriebskostennetto>", "ancillary_costs", "200"),
        ("<gesamtmietebrutto>1210</gesamtmietebrutto>", "rent_warm", "1210"),
    ],
)
def test_prices_of_real_files(tmp_path: Path, prices: str, field: str, expected: str) -> None:
    """Finding: 349.000 was stored as 349 €, and net or Austrian prices were lost without a word."""
    estate, _ = bring(tmp_path, prices)
    assert getattr(estate, field) == Decimal(expected)
    assert estate.plus_vat == ("netto" in prices and "betriebs" not in prices)


def test_a_price_without_a_field_is_named(tmp_path: Path) -> None:
    _, notes = bring(tmp_path, NO + '<stp_garage anzahl="2" stellplatzkaufpreis="15000"/><abstand>0</abstand>')
    (note,) = notes
    assert "stp_garage 15000" in note


def test_for_sale_and_for_rent_at_once(tmp_path: Path) -> None:
    category = HOUSE.format('KAUF="true" MIETE_PACHT="true"', "VILLA")
    estate, notes = bring(tmp_path, NO + "<kaltmiete>700</kaltmiete>", category=category)
    assert estate.marketing == "rent"
    assert "zugleich zum Kauf und zur Miete" in notes[0]


def test_a_property_of_another_provider_is_not_touched(tmp_path: Path) -> None:
    """Finding: two providers whose programs write the number as obid overwrote each other's properties."""
    one, two = (t.write_xml(tmp_path, t.estate("1001", obid="1001"), anid=a, name=f"{a}.xml") for a in ("A-1", "A-2"))
    import_file(one, actor=None)
    (line,) = import_file(two, actor=None).rejected
    assert line.reason
    assert "eines anderen Anbieters" in line.reason.text("de")
    assert Estate.objects.get().provider == "A-1"
    editing.set_status(Estate.objects.get(), Status.ARCHIVED)
    assert import_file(two, actor=None).created
    assert sorted(Estate.objects.values_list("provider", flat=True)) == ["A-1", "A-2"]


def reasons(result: ImportResult) -> list[str]:
    return [line.reason.text("de") for line in result.rejected if line.reason]


def test_what_is_equal_is_named(tmp_path: Path) -> None:
    obid = import_file(t.write_xml(tmp_path, t.estate("a", obid="X"), t.estate("b", obid="X")), actor=None)
    assert "openimmo_obid" in reasons(obid)[0]
    number = import_file(t.write_xml(tmp_path, t.estate("c", obid="Y"), t.estate("c", obid="Z")), actor=None)
    assert "objektnr_extern" in reasons(number)[0]


def test_numbers_that_would_be_equal_after_cutting_are_refused(tmp_path: Path) -> None:
    """Finding: two numbers with the same first 60 signs were cut and then one property."""
    result = import_file(t.write_xml(tmp_path, t.estate("x" * 60 + "1"), t.estate("x" * 60 + "2")), actor=None)
    assert [("mehr als 60 Zeichen" in reason) for reason in reasons(result)] == [True, True]


@pytest.mark.parametrize("mark", ["", "<sprache>{}</sprache>"])
def test_of_two_languages_the_german_is_taken(tmp_path: Path, mark: str) -> None:
    english = t.estate("1", obid="en", title="Bright flat", tech=mark.format("en-GB"))
    german = t.estate("1", obid="de", title="Helle Wohnung", tech=mark.format("de-DE"))
    for order in ((english, german), (german, english)):
        result = import_file(t.write_xml(tmp_path, *order), actor=None)
        assert Estate.objects.get().title == "Helle Wohnung"
        assert len(result.rejected) == 1


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """Ten properties of one provider; gives a folder for more files."""
    import_file(t.write_xml(tmp_path, *(t.estate(f"n{i}") for i in range(10)), scope="VOLL"), actor=None)
    return tmp_path


@pytest.mark.parametrize(("kept", "key"), [(0, Key.FULL_EMPTY), (4, Key.FULL_MOST), (5, None)])
def test_a_complete_transfer_that_takes_away_most_is_refused(offered: Path, kept: int, key: Key | None) -> None:
    """Finding: an empty complete file archived every property from the command line, with exit status 0."""
    path = t.write_xml(offered, *(t.estate(f"n{i}") for i in range(kept)), scope="VOLL")
    if key is None:
        assert len(import_file(path, actor=None).archived) == 5
        return
    with pytest.raises(OpenImmoError) as refused:
        import_file(path, actor=None)
    assert refused.value.message.key is key
    assert not Estate.objects.filter(status=Status.ARCHIVED).exists()
    preview = import_file(path, actor=None, dry_run=True)
    assert "10" in preview.notes[0].text("de")
    assert len(import_file(path, actor=None, archive_missing=True).archived) == 10 - kept


def test_the_command_asks_before_most_is_taken_away(offered: Path) -> None:
    path = str(t.write_xml(offered, scope="VOLL"))
    run = CliRunner()
    refused = run.invoke(main, ["import", path])
    assert refused.exit_code == 2
    assert "alle 10 würden archiviert" in refused.stderr
    assert run.invoke(main, ["import", path, "--archive-missing"]).exit_code == 0
    assert Estate.objects.filter(status=Status.ARCHIVED).count() == 10
