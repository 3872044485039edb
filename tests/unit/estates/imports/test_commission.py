"""Commission, prices and identifiers of files that say them badly: decided, or left to a person with a word."""

from __future__ import annotations

import importlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from tests.unit.estates import transfers as t

from siegelpost.cli import main
from siegelpost.estates import commission, editor
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.imports.results import ImportResult
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo import OpenImmoError
from siegelpost.estates.openimmo.messages import Key

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


@pytest.mark.parametrize(
    "more",
    [
        "<freitexte><sonstige_angaben>Maklercourtage: 3,57 % vom Kaufpreis.</sonstige_angaben></freitexte>",
        "<freitexte><lage>Ruhig. Die Käuferprovision beträgt 3,57 % inkl. MwSt.</lage></freitexte>",
        "<freitexte><objekt_text lang='de'>Provision: 3,57 %</objekt_text></freitexte>",
        "<verwaltung_objekt><user_defined_simplefield feldname='aussenprovision'>3,57 %</user_defined_simplefield>"
        "</verwaltung_objekt>",
        "<user_defined_anyfield><kaeuferprovision>3,57</kaeuferprovision></user_defined_anyfield>",
        "<kontaktperson><freitextfeld>Provision 7.140 €</freitextfeld></kontaktperson>",
        "<freitexte><lage>Der Käufer zahlt drei Prozent Provision zuzüglich Mehrwertsteuer.</lage></freitexte>",
        "<freitexte><lage>Maklerlohn 3,57 % inkl. MwSt., zahlbar vom Käufer.</lage></freitexte>",
        "<freitexte><lage>Nachweis- und Vermittlungshonorar 3,57% vom Kaufpreis</lage></freitexte>",
        "<freitexte><lage>Buyer's commission: 3.57 % incl. VAT</lage></freitexte>",
        "<freitexte><lage>Agency fee 3.57 per cent</lage></freitexte>",
        "<user_defined_anyfield><feld name='Kaeuferprovision'>3,57</feld></user_defined_anyfield>",
        "<user_defined_simplefield feldname='prov_kaeufer'>3,57 %</user_defined_simplefield>",
        "<user_defined_extend><feld><name>Käuferprovision</name><wert>3,57 %</wert></feld></user_defined_extend>",
    ],
)
@pytest.mark.parametrize(("said", "open_"), [(NO, "contradiction"), ("", "unconfirmed")])
def test_a_commission_anywhere_in_the_file(tmp_path: Path, more: str, said: str, open_: str) -> None:
    """Finding: a commission counts wherever the file names it, not only in the one field."""
    estate, notes = bring(tmp_path, said, more=more)
    assert (estate.buyer_commission_due, estate.commission_open) == (True, open_)
    assert "Entscheiden Sie" in " ".join(notes) or "bestätigen Sie" in " ".join(notes)


def test_another_amount_in_the_texts_is_asked(tmp_path: Path) -> None:
    more = "<freitexte><lage>Die Käuferprovision beträgt {} % inkl. MwSt.</lage></freitexte>"
    assert bring(tmp_path, YES + RATE, more=more.format("4,76"))[0].commission_open == "amounts"
    assert not bring(tmp_path, YES + RATE, more=more.format("3,57"))[0].commission_open


def test_the_sellers_commission_is_not_the_buyers(tmp_path: Path) -> None:
    own = "<user_defined_simplefield feldname='innen_provision'>3 %</user_defined_simplefield>"
    more = f"{own}<freitexte><lage>Die Verkäuferprovision beträgt 3,57 %.</lage></freitexte>"
    estate, notes = bring(tmp_path, NO, more=more)
    assert (estate.buyer_commission_due, estate.commission_open, notes) == (False, "", [])


@pytest.mark.parametrize("text", ["7.140", "7,140", "10.000"])
def test_a_bare_number_that_is_a_rate_or_a_sum_is_asked(tmp_path: Path, text: str) -> None:
    """Finding of the same kind as 349.000: "7.140" is 7,14 % or 7140 €."""
    estate, _ = bring(tmp_path, f"{YES}<aussen_courtage>{text}</aussen_courtage>")
    assert commission.unclear(estate)
    assert estate.buyer_commission_rate is None


def test_what_the_agent_decided_stays_until_the_file_says_something_else(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, RATE)
    editor.decide_commission(estate, editor.CommissionAnswer.DUE)
    again, notes = bring(tmp_path, RATE)
    assert (again.buyer_commission_due, again.commission_open, notes) == (True, "", [])
    changed, notes = bring(tmp_path, NO + RATE)
    assert changed.commission_open == "contradiction"
    assert notes


def test_a_decision_is_made_once(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, NO + RATE)
    editor.decide_commission(estate, editor.CommissionAnswer.FREE)
    estate.refresh_from_db()
    assert (estate.buyer_commission_due, commission.unclear(estate)) == (False, [])
    with pytest.raises(editor.RefusedError):
        editor.decide_commission(estate, editor.CommissionAnswer.DUE)


def test_what_the_agent_says_of_the_vat_holds_against_the_words(tmp_path: Path) -> None:
    said = YES + '<aussen_courtage mit_mwst="0">3,57 % inkl. MwSt.</aussen_courtage><kaufpreis>100000</kaufpreis>'
    estate, _ = bring(tmp_path, said)
    editor.decide_commission(estate, editor.CommissionAnswer.VAT_PLUS)
    estate.refresh_from_db()
    assert (commission.with_vat(estate) or "").startswith("4,248 % inkl. MwSt.")


def test_vat_is_decided_once(tmp_path: Path) -> None:
    estate, _ = bring(tmp_path, YES + "<aussen_courtage>3 %</aussen_courtage>")
    assert commission.is_vat_open(estate)
    editor.decide_commission(estate, editor.CommissionAnswer.VAT_PLUS)
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


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ("<x_fache>18,5</x_fache>", "x_fache 18,5"),
        ("<mieteinnahmen_ist periode='JAHR'>12000</mieteinnahmen_ist>", "mieteinnahmen_ist 12000"),
        ("<user_defined_simplefield feldname='ruecklage'>9.000</user_defined_simplefield>", "ruecklage 9.000"),
        ("<kaufpreis><betrag>300000</betrag></kaufpreis>", "kaufpreis 300000"),
        ("<gesamtmietenetto>1100</gesamtmietenetto>", "gesamtmietenetto 1100"),
        ("".join(f"<p{i}>1</p{i}>" for i in range(25)), "5 weitere Angaben"),
    ],
)
def test_nothing_under_prices_is_lost_in_silence(tmp_path: Path, prices: str, words: str) -> None:
    _, notes = bring(tmp_path, NO + prices)
    assert words in " ".join(notes)


@pytest.mark.parametrize(
    ("measure", "expected", "words"),
    [
        ("<preis_zeiteinheit zeiteinheit='WOCHE'/>", (None, "EUR"), "in „WOCHE“ angegeben"),
        ("<preis_zeiteinheit zeiteinheit='MONAT'/>", (Decimal(700), "EUR"), ""),
        ("<waehrung iso_waehrung='Franken'/>", (None, "EUR"), "in „Franken“ angegeben"),
        ("<waehrung iso_waehrung='€'/>", (Decimal(700), "EUR"), ""),
        ("<waehrung iso_waehrung='CHF'/>", (Decimal(700), "CHF"), ""),
    ],
)
def test_an_amount_counted_in_something_unknown_is_not_believed(
    tmp_path: Path, measure: str, expected: tuple[Decimal | None, str], words: str
) -> None:
    """The same kind as 349.000: a week's rent is no month's, and francs are no euros."""
    estate, notes = bring(tmp_path, f"<kaltmiete>700</kaltmiete>{measure}")
    assert (estate.rent_cold, estate.currency) == expected
    assert words in " ".join(notes)


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
    editor.set_status(Estate.objects.get(), Status.ARCHIVED)
    assert import_file(two, actor=None).created
    assert sorted(Estate.objects.values_list("provider", flat=True)) == ["A-1", "A-2"]


def test_a_file_without_a_provider_does_not_touch_what_was_typed_in(tmp_path: Path) -> None:
    """The same kind as another provider's: the office's own property has no provider either."""
    Estate.objects.create(title="Selbst erfasst", external_no="A-1", status=Status.ACTIVE)
    path = tmp_path / "t.xml"
    path.write_bytes(t.document(t.provider(t.estate("A-1"), t.estate("B-1"), anid="", firm="")))
    assert "gehört hier schon zu einem anderen Objekt" in reasons(import_file(path, actor=None))[0]
    again = import_file(path, actor=None)
    assert [line.label for line in again.unchanged] == ["B-1"]
    assert Estate.objects.get(external_no="A-1").title == "Selbst erfasst"


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
        for file in ((t.provider(*order),), tuple(t.provider(one) for one in order)):
            (path := tmp_path / "t.xml").write_bytes(t.document(*file))
            result = import_file(path, actor=None)
            assert Estate.objects.get().title == "Helle Wohnung"
            assert ["deutschen Texten" in reason for reason in reasons(result)] == [True]


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


def test_most_of_few_is_most_too(tmp_path: Path) -> None:
    import_file(t.write_xml(tmp_path, *map(t.estate, "ABC"), scope="VOLL"), actor=None)
    with pytest.raises(OpenImmoError, match="2 von 3 Objekten"):
        import_file(t.write_xml(tmp_path, t.estate("A"), scope="VOLL"), actor=None)
    deleting = t.write_xml(tmp_path, *(t.estate(number, action="DELETE") for number in "ABC"), scope="VOLL")
    with pytest.raises(OpenImmoError, match="3 von 3 Objekten"):
        import_file(deleting, actor=None)
    # Where it archives nothing, there is nothing to ask.
    assert not import_file(t.write_xml(tmp_path, t.estate(""), scope="VOLL"), actor=None).archived


def test_the_command_asks_before_most_is_taken_away(offered: Path) -> None:
    path = str(t.write_xml(offered, scope="VOLL"))
    run = CliRunner()
    preview = run.invoke(main, ["import", path, "--dry-run"])
    assert (preview.exit_code, "alle 10 würden archiviert" in preview.output) == (0, True)
    refused = run.invoke(main, ["import", path])
    assert refused.exit_code == 2
    assert "alle 10 würden archiviert" in refused.stderr
    assert run.invoke(main, ["import", path, "--archive-missing"]).exit_code == 0
    assert Estate.objects.filter(status=Status.ARCHIVED).count() == 10


@pytest.mark.parametrize(
    ("before", "due", "open_"),
    [
        ({}, False, "unsaid"),
        ({"buyer_commission": "3,57 % inkl. MwSt."}, True, "unconfirmed"),
        ({"commission_note": "Käufer zahlt 2 Monatsmieten"}, True, "unconfirmed"),
        ({"buyer_commission": "provisionsfrei"}, False, ""),
        ({"buyer_commission": "3 % zzgl. MwSt.", "buyer_commission_due": True}, True, ""),
    ],
)
def test_what_was_taken_for_a_no_before_is_asked(before: dict[str, Any], due: bool, open_: str) -> None:
    """Finding: properties that are here already went out as "provisionsfrei", for a missing word was a no."""
    Estate.objects.create(title="x", buyer_commission_rate=Decimal("3.57"), **before)
    importlib.import_module("siegelpost.estates.migrations.0006_commission_asked").ask(apps, None)
    estate = Estate.objects.get()
    assert (estate.buyer_commission_due, estate.commission_open) == (due, open_)
