"""The office's folders: the records of §§ 10, 11 MaBV from the frozen data, and the list for the owner."""

import csv
import io
import re
import subprocess
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support import parts
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import mabv_records, main_contract
from siegelpost.dispatch.evidence import shown_to
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Way
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.withdrawal_desk import Received
from siegelpost.estates.models import Estate
from siegelpost.ledger.log import newest_checkpoint
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log", "an_office_at_work")]


def ordered(**fields: Any) -> Dispatch:
    dispatch = a_dispatch(**fields)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, Client("203.0.113.7", "Mozilla/5.0"))


def words(pdf: bytes) -> str:
    program = parts.need("pdftotext")
    told = subprocess.run([program or "pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", told.stdout.decode().replace("\u200b", ""))


def csv_of(year: int) -> list[dict[str, str]]:
    text = "".join(mabv_records.table(year))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_sheet_holds_what_the_ordinance_names_from_what_was_frozen() -> None:
    """§ 10 (2) Nr. 1, 2 a, b, f and (3) Nr. 1 MaBV; what is not known here is said to be missing."""
    contact = a_contact(street="Gartenstraße 5", postal_code="73728", city="Esslingen")
    dispatch = ordered(contact=contact)
    Estate.objects.update(title="Ganz anders", buyer_commission="9 % inkl. MwSt.")
    main_contract.note(dispatch, timezone.localdate(), by=an_agent())
    withdrawal_desk.receive(dispatch, Received(Way.LETTER, timezone.localdate()), by=an_agent())
    dispatch.refresh_from_db()
    told = words(mabv_records.sheet(dispatch))
    for said in (
        "Mara Berger", "Gartenstraße 5, 73728 Esslingen", "3,57 %", "Helle Altbauwohnung", "Esslingen", "92",
        str(dispatch.public_id), "hier nicht erfasst", "keine Zahlungen entgegengenommen", "Hauptvertrag am",
        "Widerruf am", "nicht belegt",
    ):  # fmt: skip
        assert said in told, said
    assert "Ganz anders" not in told


def test_it_is_german_whatever_language_the_dispatch_has() -> None:
    """§ 11 MaBV: in German. The facts of an English exposé were frozen in English only."""
    told = words(mabv_records.sheet(ordered(contact=a_contact(language="en"), language=Language.ENGLISH)))
    assert "Wohnfläche" in told
    assert "Sie als Käufer/in" in told
    assert "Living area" not in told
    assert "You as the buyer" not in told


def test_one_of_before_has_its_facts_in_its_own_language() -> None:
    dispatch = ordered(language=Language.ENGLISH)
    dispatch.content.pop("in_german")
    dispatch.page.pop("in_german", None)
    assert "Living area" in words(mabv_records.sheet(dispatch))


def test_the_auditor_gets_all_orders_of_a_year_and_no_formula() -> None:
    first = ordered(contact=a_contact(first_name="=HYPERLINK(1)", last_name="Berger"))
    two = ordered(estates=[an_estate(title="Laden", external_no="L1"), an_estate(title="Hof")])
    a_dispatch()
    ordered(estates=[an_estate(buyer_commission_due=False)])
    rows = csv_of(timezone.localdate().year)
    assert [row["Nummer"] for row in rows] == [str(first.public_id), *[str(two.public_id)] * 2]
    assert rows[0]["Auftraggeber"].startswith("'=HYPERLINK")
    assert {row["Objekt"] for row in rows[1:]} == {"Laden", "Hof"}
    assert csv_of(timezone.localdate().year - 1) == []


def test_without_an_order_there_is_nothing_to_record() -> None:
    with pytest.raises(mabv_records.NoOrderError):
        mabv_records.records(a_dispatch())


def test_the_owner_gets_who_was_shown_what_when_under_the_newest_seal() -> None:
    estate = an_estate()
    opened = ordered(estates=[estate])
    never = a_dispatch(estates=[estate], contact=a_contact(first_name="Uwe", last_name="Still"))
    a_dispatch(contact=a_contact(last_name="Woanders"))
    told = words(shown_to.to_owner(estate))
    for said in ("Mara Berger", "Uwe Still", "freigegeben", str(opened.public_id)[:8], str(never.public_id)[:8]):
        assert said in told, said
    assert "Woanders" not in told
    note = newest_checkpoint()
    assert note
    assert note.splitlines()[2] in told


def test_what_the_list_leaves_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list ended after so many lines and said nothing of it; the buyer who signs is rather among the newest."""
    monkeypatch.setattr(shown_to, "MOST", 2)
    estate = an_estate()
    sent = [a_dispatch(estates=[estate]) for _ in range(3)]
    told = words(shown_to.to_owner(estate))
    assert "1 ältere Sendung steht nicht" in told
    assert [str(one.public_id)[:8] in told for one in sent] == [False, True, True]


def test_they_are_had_where_one_looks_for_them() -> None:
    dispatch, browser = ordered(), Browser()
    estate = dispatch.estates.get()
    browser.force_login(an_agent(role="administrator"))
    for page, link in (
        (f"/dispatches/{dispatch.public_id}/", f"/dispatches/{dispatch.public_id}/mabv.pdf"),
        (f"/estates/{estate.public_id}/", f"/estates/{estate.public_id}/shown-to.pdf"),
        ("/settings/retention/", "/settings/retention/orders.csv"),
    ):
        assert link in browser.get(page, secure=True).content.decode()
        assert browser.get(link, secure=True).status_code == 200
    assert browser.get(f"/dispatches/{a_dispatch().public_id}/mabv.pdf", secure=True).status_code == 404
    assert browser.get("/settings/retention/orders.csv?year=99999999999", secure=True).status_code == 200
