"""What forms are answered with can be reloaded and come back to; errors are seen, tied to their field, lose nothing."""

import time
import uuid
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest
from django.test import Client as Browser
from django.test import RequestFactory
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, the_guard_says, token_of

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import CodeBy, Dispatch, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.withdrawals import attach
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.states import DispatchState
from siegelpost.office.models import Language
from siegelpost.toolbox import limits
from siegelpost.web import throttle
from siegelpost.web.recipient import outcomes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]

WITHDRAWAL = {"name": "Mara Berger", "email": "mara@berger.test", "contract": "Maklervertrag"}


def browser() -> Browser:
    return Browser(headers={"host": "localhost"})


def stamp(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def led(path: str, **fields: str) -> str:
    """Where a form at this address is answered: the address that the browser is led to."""
    answer = browser().post(path, fields, secure=True)
    assert answer.status_code == 303, answer.content
    return answer.headers["location"]


def seen(address: str) -> str:
    answer = browser().get(address.partition("#")[0], secure=True)
    assert answer.status_code in {200, 422}, answer.status_code
    return answer.content.decode()


class Tied(HTMLParser):
    """Ids of a page, and what each field says describes it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.described: dict[str, set[str]] = {}
        self.invalid: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        if tag in {"input", "textarea", "fieldset"} and "aria-describedby" in given:
            self.described[given.get("name") or tag] = set((given["aria-describedby"] or "").split())
        if given.get("aria-invalid"):
            self.invalid.add(given.get("name") or "")


def test_a_refused_declaration_is_shown_at_an_address_that_can_be_come_back_to() -> None:
    """Pressing Back to the refused form showed the browser's ERR_CACHE_MISS, and nothing was tied to the field."""
    dispatch = a_dispatch()
    path = f"/s/{token_of(dispatch)}/"
    address = led(path, stamp=stamp(dispatch), name="  …  ", begin_early="on")
    assert address.startswith(f"{path}nachtrag/?")
    assert address.endswith("#error"), "the browser goes there by itself"
    page = seen(address)
    assert page == seen(address)
    assert "auch Ihre Kreuze noch einmal" in page
    assert 'action="../"' in page
    found = Tied(page)
    assert {"error", "ask", "name-hint", "boxes-hint"} <= found.ids
    assert found.described["name"] == {"error", "name-hint"}
    assert found.invalid == {"name"}
    assert all(named <= found.ids for named in found.described.values())
    # It is no page that declares: what is sent here only leads back.
    assert led(address.partition("?")[0], stamp=stamp(dispatch), name="Mara Berger") == path


def test_what_was_typed_stands_sealed_in_the_address_and_is_good_for_no_other_page() -> None:
    dispatch, other = a_dispatch(), a_dispatch()
    path = f"/s/{token_of(dispatch)}/"
    address = led(path, stamp="stale", name="Mara Berger", party="Huber GmbH")
    assert "Berger" not in address
    assert "Mara Berger" in seen(address)
    query = address.partition("?")[2].partition("#")[0]
    elsewhere = f"/s/{token_of(other)}/"
    for made_up in (
        f"{elsewhere}nachtrag/?{query}",
        f"{path}nachtrag/?stand=x",
        f"{path}antwort/?{query}",
        f"{path}code/",
    ):
        answer = browser().get(made_up, secure=True)
        assert answer.status_code == 303, made_up
        assert answer.headers["location"] == (elsewhere if elsewhere in made_up else path)


def test_what_was_to_be_mended_leads_to_the_page_once_it_asks_no_longer() -> None:
    dispatch = a_dispatch()
    path = f"/s/{token_of(dispatch)}/"
    address = led(path, stamp="stale", name="Mara Berger")
    form = Form(stamp(dispatch), "Mara Berger", frozenset(DeclarationKind))
    declare(token_of(dispatch), form, Client("203.0.113.7", "Mozilla/5.0"))
    assert browser().get(address, secure=True).headers["location"] == path
    done = led(f"{path}antwort/", stamp=stamp(dispatch), interest="viewing", note="Montag")
    assert "das ist angekommen" in seen(done)
    assert "das ist angekommen" in seen(done)
    # Taken back by the office: the address tells no more than the page does.
    Dispatch.objects.update(state=DispatchState.REVOKED)
    assert browser().get(address, secure=True).headers["location"] == path


@pytest.mark.parametrize("public", [True, False])
def test_a_withdrawal_can_be_reloaded_and_is_one(public: bool) -> None:
    """A reload of the page that says "received" sent a second withdrawal; Back showed ERR_CACHE_MISS."""
    dispatch = a_dispatch()
    token = token_of(dispatch)
    declare(token, Form(stamp(dispatch), "Mara Berger", frozenset()), Client("203.0.113.7", "Mozilla/5.0"))
    path = "/widerruf/" if public else f"/s/{token}/widerruf/"
    wrong = WITHDRAWAL | {"email": "mara"}
    if public:
        answer = browser().post(path, wrong, secure=True)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'action="./#error"' in page, "the browser goes there by itself"
    else:
        page = seen(led(path, **wrong))
    assert "Mara Berger" in page
    found = Tied(page)
    assert found.described == {"email": {"id_email-error"}}
    assert found.described["email"] <= found.ids
    assert not Withdrawal.objects.exists()
    done = led(path, **WITHDRAWAL)
    # No limit keeps anybody from reading that it came in: "not taken" would be untrue.
    throttle.spend(limits.RECIPIENT_ACT, "127.0.0.1", uses=limits.RECIPIENT_ACT.most)
    assert "Ihr Widerruf ist eingegangen" in seen(done)
    assert "Ihr Widerruf ist eingegangen" in seen(done)
    assert Withdrawal.objects.count() == 1


def test_nobody_can_send_a_link_to_a_public_form_that_is_filled_in() -> None:
    """Whoever typed something wrong at /widerruf/ got an address that showed it to everybody who opened it."""
    dispatch = a_dispatch()
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara", frozenset()), Client("203.0.113.7", "Mozilla/5.0"))
    mine = f"/s/{token_of(dispatch)}/widerruf/"
    query = led(mine, **WITHDRAWAL | {"email": "stranger"}).partition("?")[2].partition("#")[0]
    crafted = outcomes.lead_to("/widerruf/", "withdraw", **WITHDRAWAL | {"email": "stranger"}).headers["location"]
    for address in (f"/widerruf/?{query}", crafted):
        page = seen(address)
        assert "stranger" not in page
        assert "Mara" not in page


def asked(address: str) -> HttpRequest:
    return RequestFactory().get(address.partition("#")[0])


def test_what_an_address_tells_ends_and_what_it_cannot_tell_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It told for ever, and what another version had written there was an error of the server."""
    address = outcomes.lead_to("/s/x/widerruf/", "withdraw", name="Mara").headers["location"]
    outcome = outcomes.outcome_of(asked(address))
    assert outcome is not None
    assert outcome.words == {"name": "Mara"}
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: now + outcomes.GOOD_FOR.total_seconds() + 61)
        assert outcomes.outcome_of(asked(address)) is None
    with monkeypatch.context() as other:
        other.setattr(outcomes, "_FORM", 0)
        assert outcomes.outcome_of(asked(address)) is None
    for made_up in ("", "x", "\ud800", "ä" * 10_000, address[-40:]):
        assert outcomes.outcome_of(asked(f"/s/x/widerruf/?{urlencode({'stand': made_up}, errors='replace')}")) is None


@pytest.mark.parametrize("sign", ["x", "ß", "\U0001f3e0", '"', "\x01"])
def test_too_long_stays_too_long_and_the_address_within_what_servers_take(sign: str) -> None:
    """Signs were counted, not bytes: what was typed made addresses of any length."""
    dispatch = a_dispatch()
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara", frozenset()), Client("203.0.113.7", "Mozilla/5.0"))
    path = f"/s/{token_of(dispatch)}/widerruf/"
    address = led(path, **dict.fromkeys(WITHDRAWAL, sign * 2000))
    assert len(address.encode()) < 8000
    page = seen(address)
    assert "noch nichts abgeschickt" in page
    if sign.isprintable() and sign != '"':
        assert "höchstens 300 Zeichen" in page


def test_whoever_withdrew_at_the_public_address_never_reads_there_whether_it_has_a_contract() -> None:
    dispatch = a_dispatch()
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara", frozenset()), Client("203.0.113.7", "Mozilla/5.0"))
    done = led("/widerruf/", **WITHDRAWAL)
    before = seen(done)
    made = Withdrawal.objects.get()
    attach(made, links.locked(dispatch), by="office", personal={})
    assert seen(done) == before


def test_a_wrong_code_is_told_beside_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)
    letter = RegisteredLetter([a_contact()], "Kündigung", "hiermit", Language.GERMAN, False, 7, 0, CodeBy.PHONE, "")
    dispatch = registered.send(an_agent(), letter, batch=uuid.uuid4())[0].dispatch
    path = f"/s/{token_of(dispatch)}/annehmen/"
    address = led(path, stamp=stamp(dispatch), sure="on", code="1")
    page = seen(address)
    assert "Dieser Code stimmt nicht" in page
    assert Tied(page).described["code"] == {"error", "code-hint"}
    assert "widerruf/" not in page, "a registered mail is no contract to withdraw from"


def shown_of(dispatch: Dispatch, state: DispatchState | None = None, **changed: Any) -> str:
    dispatch = Dispatch.objects.get(pk=dispatch.pk)
    dispatch.state, dispatch.page = state or dispatch.state, dispatch.page | changed
    return page_html(Shown.of(dispatch)).decode()


def test_withdrawing_is_offered_only_where_there_is_a_contract() -> None:
    """Free exposés and contracts already withdrawn offered "Vertrag widerrufen" at their foot."""
    agent, mara = an_agent(), a_contact()
    free = a_dispatch(agent, contact=mara, estates=[an_estate(buyer_commission_due=False)])
    assert "widerruf/" not in shown_of(free)
    order = a_dispatch(agent, contact=mara)
    assert 'href="/widerruf/"' in shown_of(order)
    assert "widerruf/" not in shown_of(order, DispatchState.WITHDRAWN)
    # It rests on an order of before, which is to be withdrawn elsewhere.
    rests = {"title": "Altbau", "day": "1. Mai 2026", "commission": "3 %"}
    assert 'href="/widerruf/"' in shown_of(free, ordered=[rests])


@pytest.mark.parametrize(("language", "begins"), [("de", "vielen Dank"), ("en", "Vielen Dank")])
def test_the_agents_words_follow_the_salutation_as_each_language_writes_it(language: str, begins: str) -> None:
    mara = a_contact(language=language)
    dispatch = a_dispatch(contact=mara, language=Language(language), message="vielen Dank für Ihren Anruf.")
    page = shown_of(dispatch)
    assert f"{dispatch.page['recipient']['greeting']}\n\n{begins} für Ihren Anruf." in page


def test_what_the_office_wrote_in_german_is_marked_in_an_english_page() -> None:
    dispatch = a_dispatch(contact=a_contact(language="en"), language=Language.ENGLISH)
    assert '<html lang="en">' in shown_of(dispatch)
    assert '<h2 lang="de">' in shown_of(dispatch)
    assert '<h2 lang="de">' not in shown_of(a_dispatch())


def test_a_name_that_turns_text_round_turns_only_itself() -> None:
    dispatch = a_dispatch(partner=a_contact(email="jan@berger.test", first_name="\u05d9\u05e2\u05dc", last_name="B"))
    assert "<bdi>\u05d9\u05e2\u05dc B</bdi>" in shown_of(dispatch)
    assert Contact.objects.exists()
