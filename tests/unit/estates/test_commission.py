"""Commission: one line everywhere, what is open about it, and that both sides pay the same."""

from decimal import Decimal

import pytest
from django.utils import translation

from siegelpost.estates import commission
from siegelpost.estates.commission import Share
from siegelpost.estates.kinds import Kind, Marketing
from siegelpost.estates.models import Estate
from siegelpost.office.current import the_office

pytestmark = pytest.mark.django_db


def sale(buyer: str | None, seller: str | None, *, kind: Kind = Kind.HOUSE_SINGLE, **values: object) -> Estate:
    return Estate(
        title="Haus",
        kind=kind,
        buyer_commission_due=True,
        buyer_commission_rate=Decimal(buyer) if buyer else None,
        seller_commission_rate=Decimal(seller) if seller else None,
        **values,
    )


SAME, MORE, LESS, UNKNOWN = Share.SAME, Share.MORE, Share.LESS, Share.UNKNOWN


@pytest.mark.parametrize(
    ("buyer", "seller", "share"),
    [
        ("3,57 % inkl. MwSt.", "3 % zzgl. MwSt.", SAME),
        ("2,38 % inkl. MwSt.", "3,57 % inkl. MwSt.", MORE),
        ("3,57 % inkl. MwSt.", "2,38 % inkl. MwSt.", LESS),
        ("3,57 % inkl. MwSt.", "3,57 %", UNKNOWN),
        ("3,57 % inkl. MwSt.", "keine", LESS),
        ("3,57 % inkl. MwSt.", "wie beim Käufer", UNKNOWN),
        ("3,57 % inkl. MwSt.", "9.000 € inkl. MwSt.", UNKNOWN),
        ("9.000 € inkl. MwSt.", "9.520 € inkl. MwSt.", MORE),
        ("9.000 € inkl. MwSt.", "8.000 € zzgl. MwSt.", MORE),
        ("9.520 € inkl. MwSt.", "8.000 € zzgl. MwSt.", SAME),
        ("9.000 € inkl. MwSt.", "8.000 € inkl. MwSt.", LESS),
        ("nach Vereinbarung", "Nach  Vereinbarung", SAME),
        ("nach Vereinbarung", "", UNKNOWN),
        ("", "", UNKNOWN),
    ],
)
def test_what_the_seller_pays_is_held_against_what_the_buyer_pays(buyer: str, seller: str, share: Share) -> None:
    """Amounts in euros were never compared, whatever they were. Two clients pay the same, no more on either side
    (§ 656c BGB); where the buyer takes over by the deed, the seller may pay more (§ 656d BGB).
    """
    estate = Estate(title="Haus", buyer_commission=buyer, seller_commission=seller)
    assert commission.seller_share(estate) is share
    assert commission.is_shared_lawfully(estate) == (share is SAME)
    estate.commission_by_deed = True
    assert commission.is_shared_lawfully(estate) == (share in {SAME, MORE})


@pytest.mark.parametrize(
    ("buyer", "seller", "told"),
    [
        ("3,57 % inkl. MwSt.", "", "fehlt, was der Verkäufer zahlt"),
        ("3,57 % inkl. MwSt.", "keine", "zahlt der Käufer 3,57 %, der Verkäufer 0 %."),
        ("3,57 % inkl. MwSt.", "3,57 %", "steht beim Käufer „3,57 % inkl. MwSt.“ und beim Verkäufer „3,57 %“"),
        ("9.000 € inkl. MwSt.", "9.520 € inkl. MwSt.", "Käufer 9.000 € inkl. MwSt., der Verkäufer 9.520 € inkl. MwSt."),
    ],
)
def test_why_it_is_not_as_the_law_wants_it_is_said_with_what_stands_there(buyer: str, seller: str, told: str) -> None:
    """Of a seller who pays 8.000 euros it was said that nobody knows what he pays."""
    assert told in commission.compared(Estate(title="Haus", buyer_commission=buyer, seller_commission=seller))


def test_sentences_exist_in_english() -> None:
    with translation.override("en"):
        told = commission.compared(Estate(title="House", buyer_commission="2,38 % inkl. MwSt.", seller_commission="0"))
    assert "the buyer pays 2.38 %" in told


HOME_TO_LET = {"marketing": Marketing.RENT, "rent_cold": Decimal(700), "price": None}
THREE = "3 % vom Kaufpreis; bei 400.000\u00a0€ sind das 12.000\u00a0€"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {"buyer_commission": "3,57 % inkl. MwSt.", "buyer_commission_rate": Decimal("3.57")},
            "3,57 % inkl. MwSt. vom Kaufpreis; bei 400.000\u00a0€ sind das 14.280\u00a0€",
        ),
        (
            {"buyer_commission": "3 % zzgl. MwSt.", "buyer_commission_rate": Decimal("3.57")},
            "3,57 % inkl. MwSt. vom Kaufpreis; bei 400.000\u00a0€ sind das 14.280\u00a0€",
        ),
        (
            {"buyer_commission": "3 % zzgl. MwSt. = 3,57 % inkl. MwSt."},
            "3,57 % inkl. MwSt. vom Kaufpreis; bei 400.000\u00a0€ sind das 14.280\u00a0€",
        ),
        ({"buyer_commission": "5.000 € inkl. MwSt."}, "5.000 € inkl. MwSt."),
        ({"buyer_commission": "5.000 €"}, None),
        (
            {"buyer_commission": "3,57 %", "buyer_commission_vat": "included", "price": None},
            "3,57 % inkl. MwSt. vom Kaufpreis",
        ),
        ({"buyer_commission": "3,57 %"}, None),
        ({"buyer_commission": "3 %", "buyer_commission_vat": "none"}, THREE + ", keine Umsatzsteuer"),
        (
            {"buyer_commission": "2 Nettokaltmieten zzgl. MwSt.", **HOME_TO_LET},
            "2,38 Monatskaltmieten inkl. MwSt.; bei 700\u00a0€ sind das 1.666\u00a0€",
        ),
        (
            {
                "buyer_commission": "2 Nettokaltmieten zzgl. MwSt. (4.641 € inkl. MwSt.)",
                "marketing": Marketing.RENT,
            },
            "2 Nettokaltmieten zzgl. MwSt. (4.641 € inkl. MwSt.)",
        ),
    ],
)
def test_the_commission_above_the_button_has_its_vat_in_it(fields: dict[str, object], shown: str | None) -> None:
    given: dict[str, object] = {"title": "x", "kind": Kind.FLAT, "price": Decimal(400000), **fields}
    with translation.override("de"):
        assert commission.with_vat(Estate(**given)) == shown


def test_an_english_reader_is_told_the_rate_in_english() -> None:
    given = {"buyer_commission": "3,57 % inkl. MwSt.", "buyer_commission_rate": Decimal("3.57")}
    with translation.override("en"):
        shown = commission.with_vat(Estate(title="x", kind=Kind.FLAT, price=Decimal(400000), **given))
    assert shown == "3.57 % incl. VAT of the purchase price; for €400,000 that is €14,280"


def of_a_small_business() -> None:
    office = the_office()
    office.small_business = True
    office.save()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"buyer_commission": "3 %"}, THREE + ", keine Umsatzsteuer (§ 19 UStG)"),
        ({"buyer_commission": "3 % zzgl. MwSt."}, THREE + ", keine Umsatzsteuer (§ 19 UStG)"),
        ({"buyer_commission": "5.000 €"}, "5.000\u00a0€, keine Umsatzsteuer (§ 19 UStG)"),
        ({"buyer_commission": "3 % bis 300.000 €, darüber 2 %, inkl. MwSt."}, None),
    ],
)
def test_a_small_business_states_no_vat(fields: dict[str, object], shown: str | None) -> None:
    """Finding: an office under § 19 UStG stated VAT that it may not state, and 19 % too much."""
    of_a_small_business()
    given: dict[str, object] = {"title": "x", "kind": Kind.FLAT, "price": Decimal(400000), **fields}
    with translation.override("de"):
        assert commission.with_vat(Estate(**given)) == shown


def test_rates_have_vat_in_them_or_are_not_known() -> None:
    estate = Estate(title="x", buyer_commission="3 % zzgl. MwSt.", seller_commission="3,57 %")
    assert (commission.buyer_rate(estate), commission.seller_rate(estate)) == (Decimal("3.57"), None)
    estate.seller_commission_vat = "included"
    assert commission.seller_rate(estate) == Decimal("3.57")
    estate.seller_commission = "keine"
    assert commission.seller_rate(estate) == 0
    of_a_small_business()
    assert commission.buyer_rate(estate) == 3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"buyer_commission": "3,57 % inkl. MwSt."}, ""),
        ({"buyer_commission": "3,57 %", "buyer_commission_vat": "included"}, ""),
        ({"buyer_commission": "3,57 %"}, "ob in der Provision („3,57 %“) die MwSt. enthalten ist"),
        ({"buyer_commission": ""}, "ihre Höhe fehlt"),
        ({"buyer_commission": "0 %"}, "ihre Höhe fehlt"),
        ({"buyer_commission": "nach Vereinbarung"}, "was insgesamt zu zahlen ist"),
        ({"buyer_commission": "3,57 % inkl. MwSt.", "commission_open": "unconfirmed"}, "nicht gesagt"),
        ({"buyer_commission": "3,57 % inkl. MwSt.", "commission_open": "contradiction"}, "widersprechen sich"),
        ({"buyer_commission": "3,57 % inkl. MwSt.", "commission_open": "amounts"}, "verschieden hohe"),
        ({"buyer_commission_due": False}, ""),
        ({"buyer_commission_due": False, "commission_open": "unsaid"}, "steht nirgends"),
        ({"buyer_commission_due": False, "commission_open": "unsaid", **HOME_TO_LET}, ""),
        ({"buyer_commission": "2 Monatsmieten zzgl. MwSt.", **HOME_TO_LET}, ""),
        ({"buyer_commission": "2,38 Kaltmieten inkl. MwSt.", **HOME_TO_LET}, ""),
        ({"buyer_commission": "2,5 Kaltmieten zzgl. MwSt.", **HOME_TO_LET}, "§ 3 Abs. 2 WoVermRG"),
        ({"buyer_commission": "2,38 Kaltmieten zzgl. MwSt.", **HOME_TO_LET}, "§ 3 Abs. 2 WoVermRG"),
        ({"buyer_commission": "1.500 € inkl. MwSt.", **HOME_TO_LET}, "§ 3 Abs. 1 WoVermRG"),
        ({"buyer_commission": "1.500 € inkl. MwSt.", **HOME_TO_LET, "kind": Kind.COMMERCIAL}, ""),
    ],
)
def test_what_must_be_decided_before_sending(fields: dict[str, object], told: str) -> None:
    given: dict[str, object] = {"title": "x", "kind": Kind.FLAT, "buyer_commission_due": True, **fields}
    reasons = commission.unclear(Estate(**given))
    assert [told in reason for reason in reasons] == [True] * bool(told)


def test_a_small_business_is_asked_to_take_vat_out_of_its_words() -> None:
    of_a_small_business()
    estate = Estate(title="x", buyer_commission_due=True, buyer_commission="3 % bis 1 Mio. €, dann 2 %, inkl. MwSt.")
    (reason,) = commission.unclear(estate)
    assert "§ 19 UStG" in reason


def test_the_note_does_not_ask_for_what_is_free() -> None:
    estate = Estate(title="x", commission_note="Der Käufer zahlt 3,57 % inkl. MwSt.")
    assert commission.note(estate) == ""
    estate.buyer_commission_due, estate.buyer_commission = True, "3 % zzgl. MwSt."
    assert commission.note(estate) == estate.commission_note
    estate.buyer_commission = "4,76 % inkl. MwSt."
    assert commission.note(estate) == ""
