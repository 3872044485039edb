"""What people write about a commission, read."""

from decimal import Decimal

import pytest

from siegelpost.estates.commission_words import Fee, Sources, Unit, decide, fee, is_free

PERCENT, MONTHS, MONEY = Unit.PERCENT, Unit.MONTHS, Unit.MONEY


@pytest.mark.parametrize(
    ("text", "with_vat", "expected"),
    [
        ("3,57 % inkl. MwSt.", None, (PERCENT, "3.57", "included")),
        ("3,57 % inkl. MwSt.", True, (PERCENT, "3.57", "included")),
        ("3,57% inkl. 19% MwSt.", None, (PERCENT, "3.57", "included")),
        ("2.975 % inkl. gesetzlicher MwSt", None, (PERCENT, "2.975", "included")),
        ("3,57 Prozent einschließlich Mehrwertsteuer", None, (PERCENT, "3.57", "included")),
        ("3 % zzgl. MwSt.", None, (PERCENT, "3", "plus")),
        ("3 % + 19 % MwSt.", None, (PERCENT, "3", "plus")),
        ("3 % netto", None, (PERCENT, "3", "plus")),
        ("3 % zzgl. 19 % MwSt.", None, (PERCENT, "3", "plus")),
        ("3,00% zzgl. der jeweils gültigen gesetzlichen Mehrwertsteuer", None, (PERCENT, "3.00", "plus")),
        ("3,57 % zzgl. Notar, inkl. MwSt.", None, (PERCENT, "3.57", "included")),
        ("3 % zuzüglich gesetzlicher Umsatzsteuer", None, (PERCENT, "3", "plus")),
        ("3 % zzgl. MwSt. = 3,57 % inkl. MwSt.", None, (PERCENT, "3.57", "included")),
        ("3.57 % including VAT", None, (PERCENT, "3.57", "included")),
        ("3,57 %, MwSt. ist enthalten", None, (PERCENT, "3.57", "included")),
        ("3,57 %, MwSt. nicht enthalten", None, (PERCENT, "3.57", "plus")),
        ("3 %, keine MwSt. (§ 19 UStG)", None, (PERCENT, "3", "none")),
        ("3,57 %", True, (PERCENT, "3.57", "included")),
        ("3 %", False, (PERCENT, "3", "plus")),
        ("2 Nettokaltmieten zzgl. MwSt.", None, (MONTHS, "2", "plus")),
        ("2,38 Monatskaltmieten inkl. MwSt.", None, (MONTHS, "2.38", "included")),
        ("eine halbe Monatsmiete zzgl. MwSt.", None, (MONTHS, "0.5", "plus")),
        ("5.000 € inkl. MwSt.", None, (MONEY, "5000", "included")),
        ("EUR 5.950,00 inkl. MwSt.", None, (MONEY, "5950.00", "included")),
        # Whether VAT is in it is not said, or said in two ways: nobody guesses.
        ("3,57 %", None, (PERCENT, "3.57", "")),
        ("3.57", None, (PERCENT, "3.57", "")),
        ("3,57 %", False, (PERCENT, "3.57", "")),
        ("3 % ohne MwSt.", None, (PERCENT, "3", "")),
        ("3 % zzgl. MwSt.", True, (PERCENT, "3", "")),
        ("3,57 % inkl. MwSt.", False, (PERCENT, "3.57", "")),
        ("provisionsfrei", None, (PERCENT, "0", "none")),
        ("keine", None, (PERCENT, "0", "none")),
        ("0,00 %", None, (PERCENT, "0", "none")),
        # Several amounts, or none, are not one.
        ("2 Nettokaltmieten zzgl. MwSt. (4.641 € inkl. MwSt.)", None, None),
        ("3 % bis 500.000 €, darüber 2 %", None, None),
        ("3,57 % inkl. MwSt., mindestens 5.000 €", None, None),
        ("nach Vereinbarung", None, None),
        ("keine Angabe", None, None),
        ("0,0357", None, None),
        ("", None, None),
        ("357 %", None, None),
    ],
)
def test_amounts_as_people_write_them(text: str, with_vat: bool | None, expected: tuple[Unit, str, str] | None) -> None:
    found = Fee(Decimal(expected[1]), expected[0], expected[2]) if expected else None
    assert fee(text, with_vat=with_vat) == found


def test_a_bare_number_for_something_to_let_is_left_open() -> None:
    """2,38 may be months as well as per cent."""
    assert fee("2,38", bare=None) is None


@pytest.mark.parametrize(
    ("fee_", "total", "of_a_small_business"),
    [
        (Fee(Decimal(3), PERCENT, "plus"), "3.57", "3"),
        (Fee(Decimal("3.57"), PERCENT, "included"), "3.57", "3.57"),
        (Fee(Decimal(3), PERCENT, "none"), "3", "3"),
        (Fee(Decimal(3), PERCENT, ""), None, "3"),
        (Fee(Decimal(2), MONTHS, "plus"), "2.38", "2"),
        (Fee(Decimal(5000), MONEY, "plus"), "5950", "5000"),
    ],
)
def test_the_total_has_vat_in_it_and_that_of_a_small_business_none(
    fee_: Fee, total: str | None, of_a_small_business: str
) -> None:
    assert fee_.total() == (None if total is None else Decimal(total))
    assert fee_.total(small_business=True) == Decimal(of_a_small_business)


@pytest.mark.parametrize(
    "text",
    [
        "provisionsfrei", "Provisionsfrei!", "Courtagefrei", "provisionsfrei für den Käufer", "Keine Käuferprovision",
        "Für Käufer und Mieter provisionsfrei.", "Das Objekt ist provisionsfrei", "keine", "entfällt", "0", "0 %",
        "Es fällt keine Provision an.", "Die Provision trägt der Verkäufer.", "ohne Courtage", "commission-free",
    ],
)  # fmt: skip
def test_free_in_so_many_words(text: str) -> None:
    assert is_free(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "keine Angabe", "nicht provisionsfrei", "provisionsfrei für den Verkäufer", "keine Ahnung",
        "provisionsfrei, wenn Sie bis März kaufen", "3,57 %", "Provision auf Anfrage", "Käuferprovision", "frei",
        "provisionsfrei, sonst 3,57 %",
    ],
)  # fmt: skip
def test_free_only_where_nothing_else_is_said(text: str) -> None:
    assert not is_free(text)


RATE = "3,57 % inkl. MwSt."
HINT = "Der Käufer zahlt eine Courtage von 3,57 % inkl. MwSt. bei Abschluss des Kaufvertrags."


@pytest.mark.parametrize(
    ("sources", "due", "open_"),
    [
        (Sources(True, (RATE,)), True, ""),
        (Sources(True), True, ""),
        (Sources(True, (RATE,), "provisionsfrei"), True, "contradiction"),
        (Sources(True, ("provisionsfrei",)), True, "contradiction"),
        (Sources(True, (RATE,), prose=("Provisionsfreie Wohnung am Park",)), True, "contradiction"),
        (Sources(True, (RATE,), HINT), True, ""),
        (Sources(True, ("3 % zzgl. MwSt.",), HINT), True, ""),
        (Sources(True, ("4,76 % inkl. MwSt.",), HINT), True, "amounts"),
        (Sources(False), False, ""),
        (Sources(False, ("provisionsfrei",)), False, ""),
        (Sources(False, ("0 %",), "Alle Angaben ohne Gewähr."), False, ""),
        (Sources(False, (RATE,)), True, "contradiction"),
        (Sources(False, note=HINT), True, "contradiction"),
        (Sources(False, prose=("Käuferprovision: 3,57 % inkl. MwSt.",)), True, "contradiction"),
        (Sources(None, (RATE,)), True, "unconfirmed"),
        (Sources(None, note=HINT), True, "unconfirmed"),
        (Sources(None, ("nach Vereinbarung",)), True, "unconfirmed"),
        (Sources(None, prose=("Die Maklercourtage beträgt 2,38 % vom Kaufpreis.",)), True, "unconfirmed"),
        (Sources(None, (RATE,), "Für Käufer provisionsfrei"), True, "contradiction"),
        (Sources(None, ("provisionsfrei",)), False, ""),
        (Sources(None, note="Keine Käuferprovision!"), False, ""),
        (Sources(None), False, "unsaid"),
        (Sources(None, prose=("Provisionsfreie Wohnung am Park",)), False, "unsaid"),
        (Sources(None, prose=("Rendite von 5 %, die Wohnung ist vermietet.",)), False, "unsaid"),
        (Sources(False, prose=("Die Verkäuferprovision beträgt 3,57 %.",)), False, ""),
        (Sources(False, prose=("Seller's commission: 3.57 %.",)), False, ""),
        (Sources(False, note="Keine Maklerkosten!"), False, ""),
    ],
)
def test_what_is_absent_is_no_no_and_a_contradiction_is_told(sources: Sources, due: bool, open_: str) -> None:
    """Finding: a commission of 3,57 % went out as "provisionsfrei", because the element that asks for it was missing,
    or said no beside the rate.
    """
    found = decide(sources)
    assert (found.due, str(found.open)) == (due, open_)
