"""A simulated office over eight years: nothing that must be kept is gone, nothing promised gone is there."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from tests.support import traces
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_withdrawal,
    an_activity,
    an_agent,
    an_estate,
    token_of,
)

from siegelpost import storage
from siegelpost.cases import clearance
from siegelpost.contacts import consents
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links
from siegelpost.dispatch.contract import main_contract
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import Dispatch, Leftover, Overdue, Way
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.withdrawal_desk import Received
from siegelpost.dispatch.send import registered
from siegelpost.ledger import fsck
from siegelpost.ledger.sequencer import seal
from siegelpost.office import retention_periods
from siegelpost.office.current import the_office
from siegelpost.office.models import Language, Office
from siegelpost.server.periodic import JOBS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log", "an_office_at_work")]
NOTICE = timedelta(days=15)


def person(name: str) -> Contact:
    return a_contact(first_name="", last_name=name, email=f"{name.casefold()}@post.example", note=f"Notiz zu {name}")


def declared(name: str, *, free: bool = False) -> Dispatch:
    contact = person(name)
    dispatch = a_dispatch(contact=contact, estates=[an_estate(buyer_commission_due=not free)])
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), name, frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, Client("203.0.113.77", f"Mozilla/5.0 {name}"))


def _ordered(name: str) -> None:
    declared(name)


def _withdrew_by_letter(name: str) -> None:
    received = Received(Way.LETTER, timezone.localdate(), note=name, file_name=f"{name}.txt", file=name.encode() * 20)
    withdrawal_desk.receive(declared(name), received, by=an_agent())


def _bought(name: str) -> None:
    main_contract.note(declared(name), timezone.localdate(), by=an_agent())


def _opened_free(name: str) -> None:
    declared(name, free=True)


def _never_acted(name: str) -> None:
    a_dispatch(contact=person(name))


def _got_registered_mail(name: str) -> None:
    letter = RegisteredLetter(
        contacts=[person(name)], subject=f"Kündigung {name}", message="hiermit kündigen wir.",
        language=Language.GERMAN, hidden=False, days=7, remind_every=0, code_by=None, code_address="", attachments=[],
    )  # fmt: skip
    registered.send(an_agent(), letter, batch=uuid.uuid4())


def _withdrew_from_nothing(name: str) -> None:
    withdrawal_desk.set_aside(a_withdrawal(name=name, email=f"{name}@post.example"), by=an_agent())


def _wants_offers(name: str) -> None:
    contact = person(name)
    with transaction.atomic():
        _consent, token = consents.ask(contact, "Ja, gern.", Language.GERMAN, asked_in="", client={})
    consents.give(token, {})


def _is_an_address(name: str) -> None:
    an_activity(contact=person(name), text=f"{name} ist Notar")


def year_end(years: int) -> Callable[[datetime, datetime], bool]:
    """Over at the end of the n-th year after the one it began in."""
    return lambda begun, now: timezone.localtime(now).year > timezone.localtime(begun).year + years


def days(most: int) -> Callable[[datetime, datetime], bool]:
    return lambda begun, now: now - begun >= timedelta(days=most)


def never(_begun: datetime, _now: datetime) -> bool:
    return False


# Written from the law and the promise, not from the program's table: who did what, and when all of it must be gone.
PEOPLE: Mapping[str, tuple[Callable[[str], None], Callable[[datetime, datetime], bool]]] = {
    "Auftraggeberin": (_ordered, year_end(6)),
    "Widerruferin": (_withdrew_by_letter, year_end(6)),
    "Hauptkäuferin": (_bought, year_end(6)),
    "Freischauerin": (_opened_free, year_end(3)),
    "Schweigerin": (_never_acted, days(183)),
    "Einschreiberin": (_got_registered_mail, year_end(6)),
    "Fremderklärerin": (_withdrew_from_nothing, days(183)),
    "Angebotswünscherin": (_wants_offers, never),
    "Notarin": (_is_an_address, year_end(3)),
}


def left(name: str) -> list[str]:
    return traces.in_tables([name]) + traces.in_files([name]) + traces.in_database_file([name, name.casefold()])


def eight_years(step: timedelta) -> None:
    for name, (act, _) in PEOPLE.items():
        act(name)
    seal()
    begun = timezone.now()
    files = {name: {one.pdf_sha256 for one in Dispatch.objects.filter(contact__last_name=name)} for name in PEOPLE}
    gone: set[str] = set()
    age = timedelta()
    while age < timedelta(days=8 * 366 + 200):
        traces.age(step - NOTICE)
        clearance.round_()
        listed_at = age + step - NOTICE
        traces.age(NOTICE)
        clearance.round_()
        # A prospect follows the last dispatch: listed by the round that erased it, erased after its own notice.
        traces.age(NOTICE)
        clearance.round_()
        traces.age_files()
        while Leftover.objects.exists():
            retention.sweep()
        age += step + NOTICE
        now = timezone.now()
        for name, (_, over) in PEOPLE.items():
            if over(now - listed_at, now):
                assert left(name) == [], (name, age.days)
                gone.add(name)
            elif not over(now - age, now):
                assert traces.in_tables([name]), f"{name} is gone after {age.days} days"
        assert begun < now
    assert gone == PEOPLE.keys() - {"Angebotswünscherin"}
    stored = set().union(*(files[name] for name in gone)) - {""}
    assert stored
    assert not any(storage.path(sha256).exists() for sha256 in stored)
    seal()
    found = [finding for check in fsck.checks() for finding in check.run(lambda _done, _total: None)]
    # Time went by in the rows alone: what is left of them is older than its events.
    assert {finding.check for finding in found if not finding.remark} <= {"consents"}


def test_an_office_over_eight_years_keeps_what_it_must_and_nothing_else() -> None:
    """Orders went after three years, which must be kept six; inquiries stayed for ever, which were promised gone."""
    eight_years(timedelta(days=330))


@pytest.mark.soak
def test_an_office_over_eight_years_in_small_steps() -> None:
    eight_years(timedelta(days=31))


def test_a_later_main_contract_keeps_the_order_longer() -> None:
    """The limitation of the commission begins with the purchase, years after the order (§ 199 BGB)."""
    dispatch = declared("Spätkäuferin")
    traces.age(timedelta(days=4 * 366))
    dispatch = main_contract.note(Dispatch.objects.get(pk=dispatch.pk), timezone.localdate(), by=an_agent())
    traces.age(timedelta(days=4 * 366))
    for _ in range(3):
        clearance.round_()
        traces.age(NOTICE)
    assert Dispatch.objects.filter(pk=dispatch.pk).exists()


def test_nothing_goes_before_it_stood_on_the_list_and_the_office_can_stop_it() -> None:
    a_dispatch(contact=person("Schweigerin"))
    traces.age(timedelta(days=200))
    browser = Browser()
    browser.force_login(an_agent(role="administrator"))
    assert clearance.round_() == 0
    assert "Eine Anfrage ist über der Frist" in browser.get("/today/now/", secure=True).content.decode()
    page = browser.get("/settings/retention/", secure=True).content.decode()
    assert "Schweigerin" in page
    office = the_office()
    office.erases_by_itself = False
    office.save()
    traces.age(NOTICE)
    assert clearance.round_() == 0
    assert Dispatch.objects.exists()
    browser.force_login(an_agent(role="administrator"))
    answer = browser.post("/settings/retention/erase/", secure=True)
    assert answer.headers["Location"] == "/settings/retention/"
    assert not Dispatch.objects.exists()


def test_a_listed_contact_can_be_kept() -> None:
    an_activity(contact=(contact := person("Notarin")))
    traces.age(timedelta(days=4 * 366))
    clearance.round_()
    browser = Browser()
    browser.force_login(an_agent(role="administrator"))
    assert browser.post(f"/settings/retention/{contact.public_id}/keep/", secure=True).status_code == 302
    traces.age(NOTICE)
    assert clearance.round_() == 0
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_what_is_wanted_again_leaves_the_list() -> None:
    contact = a_dispatch(contact=person("Schweigerin")).contact
    traces.age(timedelta(days=200))
    clearance.round_()
    assert Overdue.objects.count() == 1
    dispatch = Dispatch.objects.get()
    Dispatch.objects.filter(pk=dispatch.pk).update(expires_at=timezone.now() + timedelta(days=30))
    clearance.round_()
    assert not Overdue.objects.exists()
    assert contact


def test_while_a_withdrawal_waits_nothing_of_that_person_is_erased() -> None:
    a_dispatch(contact=person("Schweigerin"))
    traces.age(timedelta(days=200))
    a_withdrawal(name="Schweigerin", email="schweigerin@post.example")
    clearance.round_()
    assert not Overdue.objects.exists()


@pytest.mark.parametrize("language", list(Language))
def test_what_the_privacy_notice_promises_comes_from_the_table(language: Language) -> None:
    """It promised an erasure after six months that nobody did, and three years for what must be kept six."""
    office = the_office()
    office.keep_order_years = 7
    said = retention_periods.paragraphs(office, language)
    assert ("7 Jahre danach" if language == Language.GERMAN else "7 years after that") in said
    for sort in retention_periods.Sort:
        rule = retention_periods.TABLE[sort]
        assert (rule.what[language] in said) == (sort in {*retention_periods._PROMISED, retention_periods.Sort.OPENING})
    assert "MaBV" in said


@pytest.mark.parametrize("language", list(Language))
def test_no_time_is_promised_for_what_a_person_has_to_press(language: Language) -> None:
    """The notice promised an erasure within weeks also where the office had switched it off."""
    words = "wenige" if language == Language.GERMAN else "within a few weeks"
    office = the_office()
    assert words in retention_periods.paragraphs(office, language)
    office.erases_by_itself = False
    assert words not in retention_periods.paragraphs(office, language)


def test_the_table_is_complete_and_each_row_keeps_as_it_says() -> None:
    office = the_office()
    assert set(retention_periods.TABLE) == set(retention_periods.Sort)
    begun = datetime(2026, 11, 30, 12, tzinfo=timezone.get_default_timezone())
    assert retention_periods.TABLE[retention_periods.Sort.ORDER].ends(begun, office).astimezone(
        begun.tzinfo
    ).date() == date(2033, 1, 1)
    office.keep_free_years = 0
    assert retention_periods.TABLE[retention_periods.Sort.FREE].ends(begun, office) == begun + timedelta(days=183)


def test_it_goes_by_itself() -> None:
    assert clearance.round_ in {one.function for one in JOBS}


def test_the_docs_show_the_table() -> None:
    told = (Path(__file__).parents[3] / "docs" / "retention.md").read_text()
    lines = ["| what | why | from | how long | then |", "|---|---|---|---|---|"]
    for rule in retention_periods.TABLE.values():
        period = retention_periods.period_words(rule, Office(), Language.ENGLISH) or "–"
        lines.append("| " + " | ".join((rule.what.en, rule.basis.en, rule.begins.en, period, rule.act.en)) + " |")
    assert "\n".join(lines) in told
