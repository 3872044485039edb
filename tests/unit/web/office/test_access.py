"""Every page of the office, tried as each role and as nobody: the table of addresses is what holds them."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_withdrawal,
    an_activity,
    an_agent,
    an_appointment,
    an_estate,
    an_import,
)
from tools import pages_doc

from siegelpost.contacts.models import AddressBook
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Role
from siegelpost.web.office.access import Page
from siegelpost.web.office.urls import PAGES
from siegelpost.web.recipient import urls as recipient_urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]

SIGN_IN = "/account/login/"
PASSWORD = "vier Wörter sind genug"
GUARDED = [page for page in PAGES if page.rule.roles]
# Those who may use these would ask the network or seal the log, which a test's transaction forbids; the journeys do.
NOT_FETCHED = {
    "certificate_report",
    "certificate_verdict",
    "certificate_surroundings_found",
    "checklist_lines",
    "today_certificate",
    "settings_mail_probe",
    "settings_mail_dns",
    "dispatch_proof",
    "estate_shown_to",
}
KINDS_OF_THINGS = ("contacts", "estates", "dispatches", "registered", "settings", "activities", "appointments")
# 404: the page wants something more than this office has. 405: it only takes what is sent.
SEEN, REFUSED = {200, 302, 404, 405}, {403}


@pytest.fixture
def addresses() -> dict[str, str]:
    """Each guarded page's address by its name, with things that are there where the page shows one."""
    contact, estate = a_contact(), an_estate()
    there = {
        "contacts": contact.public_id,
        "estates": estate.public_id,
        "dispatches": a_dispatch(contact=contact, estates=[estate]).public_id,
        "settings": an_agent().public_id,
        "withdrawals": a_withdrawal().public_id,
        "registered": uuid.uuid4(),
        "activities": an_activity(contact=contact).public_id,
        "appointments": an_appointment(contact=contact).public_id,
        "imports": an_import().public_id,
        "books": AddressBook.objects.create(name="k.vcf", state="ready").public_id,
    }
    return {page.name: _address(page, there) for page in GUARDED}


def _address(page: Page, there: dict[str, uuid.UUID]) -> str:
    given = {
        "public_id": there.get(page.route.partition("/")[0], uuid.uuid4()),
        "media_id": uuid.uuid4(),
        "import_id": there.get("imports", uuid.uuid4()),
        "book_id": there.get("books", uuid.uuid4()),
        "consent_id": uuid.uuid4(),
        "other_id": uuid.uuid4(),
        "width": 480,
        "kind": "imprint",
        "step": "certificate",
        "matter": "interest",
        "language": "de",
        "sha256": "0" * 64,
        "pk": 4711,
        "name": "somebody@elsewhere.test",
        "number": 1,
        "what": f"{there.get('estates', uuid.uuid4())}~~de",
        "token": "guessed",
        "id": "guessed",
    }
    return reverse(page.name, kwargs={name: value for name, value in given.items() if f":{name}>" in page.route})


def _somebody(role: Role = Role.AGENT, **fields: Any) -> Agent:
    agent = an_agent(role=role, **fields)
    agent.password = make_password(PASSWORD)
    agent.save()
    return agent


def _as(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_no_address_is_listed_twice() -> None:
    assert len({page.name for page in PAGES}) == len(PAGES)
    assert len({page.route for page in PAGES}) == len(PAGES)


def test_nobody_gets_to_the_sign_in(addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for response in (Client().get(address, secure=True), Client().post(address, secure=True)):
            assert response.status_code == 302, name
            assert urlsplit(response.headers["Location"]).path == SIGN_IN, name


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_what_the_table_says(role: Role, addresses: dict[str, str]) -> None:
    client = _as(_somebody(role))
    wrong = {}
    for page in GUARDED:
        if role in page.rule.roles and page.name in NOT_FETCHED:
            continue
        status = client.get(addresses[page.name], secure=True).status_code
        if status not in (SEEN if role in page.rule.roles else REFUSED):
            wrong[page.name] = status
    assert wrong == {}


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_a_role_that_may_not_look_may_not_change_either(role: Role, addresses: dict[str, str]) -> None:
    client = _as(_somebody(role))
    forbidden = [page for page in GUARDED if role not in page.rule.roles]
    assert {client.post(addresses[page.name], secure=True).status_code for page in forbidden} == REFUSED


def test_without_access_from_outside_every_page_says_what_is_missing(addresses: dict[str, str]) -> None:
    boss = an_agent(name="Ruth Amtmann", role=Role.ADMINISTRATOR)
    client = _as(_somebody(Role.MANAGER, outside_access=False))
    for name, address in addresses.items():
        response = client.get(address, secure=True)
        assert response.status_code == 403, name
        assert boss.name in response.content.decode(), name


@pytest.mark.parametrize(
    ("lacks", "told", "not_told"),
    [
        ({"outside_access": False}, "Zugriff von unterwegs", "eine Kontaktkarte"),
        ({"card": False}, "eine Kontaktkarte", "die Erlaubnis"),
        ({"card": False, "outside_access": False}, "eine Kontaktkarte", "Passwort"),
    ],
)
def test_who_lacks_something_reads_exactly_what_and_whom_to_ask(
    lacks: dict[str, Any], told: str, not_told: str
) -> None:
    boss = an_agent(name="Ruth Amtmann", role=Role.ADMINISTRATOR)
    agent = _somebody(**lacks)
    given = {"login": agent.email, "password": PASSWORD}
    answers = (_as(agent).get("/contacts/", secure=True), Client().post(SIGN_IN, given, secure=True))
    for response in answers:
        text = response.content.decode()
        assert response.status_code == 403
        assert told in text
        assert boss.email in text
        assert f"<strong>{not_told}</strong>" not in text


def test_an_administrator_gives_the_card_and_the_agent_gets_in() -> None:
    agent, boss = _somebody(card=False), _somebody(Role.ADMINISTRATOR)
    own = a_contact(first_name="Jana", last_name="Roth", email=agent.email.upper())
    person = f"/settings/people/{agent.public_id}/"
    page = _as(boss).get(person, secure=True).content.decode()
    assert "Ohne Kontaktkarte" in page
    assert str(own.public_id) in page
    assert _as(agent).get("/contacts/", secure=True).status_code == 403
    _as(boss).post(f"{person}card/", {"contact": str(own.public_id)}, secure=True)
    assert _as(agent).get("/contacts/", secure=True).status_code == 200
    _as(boss).post(f"{person}card/", {"contact": "none"}, secure=True)
    assert _as(agent).get("/contacts/", secure=True).status_code == 403


def test_signing_in_without_access_from_outside_says_whom_to_ask() -> None:
    boss = an_agent(name="Ruth Amtmann", role=Role.ADMINISTRATOR)
    agent = _somebody(outside_access=False)
    client = Client()
    response = client.post(SIGN_IN, {"login": agent.email, "password": PASSWORD}, secure=True)
    assert response.status_code == 403
    assert boss.email in response.content.decode()
    assert client.get("/contacts/", secure=True).status_code == 302


def test_access_that_is_taken_away_ends_at_once() -> None:
    agent = _somebody()
    client = _as(agent)
    assert client.get("/contacts/", secure=True).status_code == 200
    Agent.objects.filter(pk=agent.pk).update(outside_access=False)
    assert client.get("/contacts/", secure=True).status_code == 403
    Agent.objects.filter(pk=agent.pk).update(outside_access=True, is_active=False)
    assert client.get("/contacts/", secure=True).status_code == 302


GUESSED = [
    page for page in PAGES if "public_id>" in page.route or (page.route.startswith("account/") and ":pk>" in page.route)
]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_guessed_identifier_finds_nothing(method: str) -> None:
    client = _as(_somebody(Role.ADMINISTRATOR))
    found = {}
    for page in GUESSED:
        address = _address(page, dict.fromkeys(KINDS_OF_THINGS, uuid.uuid4()))
        answer = getattr(client, method)(address, secure=True)
        # Whoever changes their ways in is asked to confirm first, whatever the address says.
        confirm = answer.status_code == 302 and answer.headers["Location"].startswith("/account/confirm")
        if answer.status_code not in (404, 405) and not confirm:
            found[page.name] = answer.status_code
    assert found == {}


@pytest.mark.parametrize(
    "address",
    [
        *("/send/?contact=abc", "/send/?estate=abc", "/activities/new/?contact=abc", "/appointments/new/?estate=abc"),
        *("/outbox/key/?id=abc", "/registered/new/?contact=abc", "/send/several/?recipient=abc"),
    ],
)
def test_an_identifier_that_is_none_finds_nothing(address: str) -> None:
    assert _as(_somebody()).get(address, secure=True).status_code == 404


@pytest.mark.parametrize("address", ["/send/now/", "/send/preview/", "/registered/now/", "/send/several/now/"])
def test_nor_does_one_that_is_sent(address: str) -> None:
    given = {"contact": "abc", "recipient": "abc", "estate": "abc"}
    assert _as(_somebody()).post(address, given, secure=True).status_code == 404


@pytest.mark.parametrize("before", ["2026-01-01T00:00", "0001-01-01T00:00%2B14:00", "2026-02-30T00:00Z", "x"])
def test_what_is_no_moment_is_no_place_in_a_stream(before: str) -> None:
    """Neither is one without a zone, nor one for which there is no moment in our own."""
    address = f"{a_contact().get_absolute_url()}?before={before}"
    assert _as(_somebody()).get(address, secure=True).status_code == 200


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_of_which_no_clock_tells_is_mistyped(year: str) -> None:
    """It ended in a page that said the server had failed."""
    at = f"{year}-{'01-01' if year == '0001' else '12-31'}T23:59"
    given = {"title": "Besichtigung", "starts_at": at, "length": 45, "reminder": ""}
    answer = _as(_somebody()).post("/appointments/new/", given, secure=True)
    assert answer.status_code == 422
    assert f"Das Jahr {int(year)} ist wohl vertippt." in answer.content.decode()


def test_what_is_anothers_is_not_there() -> None:
    colleague, me = _somebody(), _somebody()
    theirs = _as(colleague)
    theirs.get("/account/", secure=True)
    session = UserSession.objects.get(user=colleague)
    assert _as(me).post(f"/account/devices/{session.pk}/end/", secure=True).status_code == 404
    assert theirs.get("/account/", secure=True).status_code == 200


def test_the_table_is_written_down() -> None:
    assert Path("docs/pages.md").read_text() == pages_doc.page(), "run: make docs"


def test_no_address_is_outside_the_table() -> None:
    known = {page.route for page in PAGES} | {str(each.pattern) for each in recipient_urls.urlpatterns}
    served = set(_routes(get_resolver().url_patterns))
    assert served - known == {"colour.css", "logo.png"}


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, before + str(each.pattern))
        else:
            yield before + str(each.pattern)


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page() -> None:
    asks = {"HX-Request": "true", "HX-Current-URL": "https://testserver/contacts/?q=berger"}
    response = Client().get("/contacts/", secure=True, headers=asks)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == f"{SIGN_IN}?next=/contacts/%3Fq%3Dberger"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("https://testserver/activities/new/?kind=call", "/activities/new/%3Fkind%3Dcall"),
        ("https://testserver/send/now/", "/"),
        ("https://elsewhere.test/activities/new/", "/"),
        ("http://testserver/activities/new/", "/"),
        ("https://testserver//elsewhere.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_whoever_was_signed_out_over_a_form_hears_so_and_comes_back_to_it(came_from: str, back: str) -> None:
    client = Client()
    response = client.post("/activities/new/", {"text": "x"}, secure=True, headers={"Referer": came_from})
    assert response.headers["Location"] == f"{SIGN_IN}?next={back}"
    assert "gespeichert ist noch nichts" in client.get(response.headers["Location"], secure=True).content.decode()
    given = {"login": _somebody().email, "password": PASSWORD, "next": unquote(back)}
    assert client.post(SIGN_IN, given, secure=True).headers["Location"] == unquote(back)


def test_after_signing_in_one_gets_only_to_pages_of_this_server() -> None:
    given = {"login": _somebody().email, "password": PASSWORD, "next": "https://elsewhere.test/"}
    response = Client().post(SIGN_IN, given, secure=True)
    assert response.status_code == 302
    assert response.headers["Location"] == "/"


def test_a_form_of_another_site_is_refused_with_a_page_that_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(_somebody(Role.ADMINISTRATOR))
    response = client.post("/settings/test-operation/", {"on": "1"}, secure=True)
    assert response.status_code == 403
    assert "nichts geändert" in response.content.decode()
    assert not the_office().test_operation


def test_the_demonstrations_mailbox_does_not_exist_elsewhere() -> None:
    assert Client().get("/mailbox/", secure=True).status_code == 404


def test_pages_are_kept_by_nobody() -> None:
    response = _as(_somebody()).get("/contacts/", secure=True)
    assert "no-store" in response.headers["Cache-Control"]
