"""The recipient's acts as requests: where forms may come from, and who can keep whom from withdrawing."""

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support import parts
from tests.support.office import a_dispatch, token_of

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Declaration, Dispatch, Interest, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.send import send
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.toolbox import limits
from siegelpost.web import throttle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


@pytest.mark.parametrize("origin", ["null", "https://evil.test", "http://[", "https://localhost@evil.test", "x"])
def test_a_form_from_elsewhere_or_from_nowhere_sensible_is_refused(origin: str) -> None:
    token = token_of(a_dispatch())
    answer = Browser(headers={"host": "localhost"}).post(f"/s/{token}/", headers={"origin": origin}, secure=True)
    assert answer.status_code == 403
    assert not Declaration.objects.exists()


def test_strangers_cannot_keep_a_recipient_from_withdrawing() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset())
    declare(token, form, Client("203.0.113.7", "Mozilla/5.0"))
    for _ in range(limits.WITHDRAW_TO_ADDRESS.most):
        throttle.spend(limits.WITHDRAW_TO_ADDRESS, "mara@berger.test")
    for _ in range(limits.WITHDRAW_BY_CLIENT.most):
        throttle.spend(limits.WITHDRAW_BY_CLIENT, "127.0.0.1")
    answer = Browser(headers={"host": "localhost"}).post(
        f"/s/{token}/widerruf/",
        {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject},
        secure=True,
        follow=True,
    )
    assert answer.status_code == 200
    assert Withdrawal.objects.get().dispatch == dispatch


def opened() -> tuple[Dispatch, str, dict[str, str]]:
    """A dispatch whose gate is open, its token, and the stamp that its forms carry."""
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), Client("203.0.113.7", "Mozilla/5.0"))
    return dispatch, token, {"stamp": stamp}


@pytest.mark.parametrize("act", ["antwort", "angebote", "sprache", "annehmen", "ablehnen", "code"])
@pytest.mark.parametrize("token", ["x" * 32, "a\r\nSet-Cookie: b=c", "ä?#", ".."])
def test_whoever_comes_back_to_the_address_of_a_form_is_led_to_the_page(act: str, token: str) -> None:
    """The back button, a phone that opens its tabs anew: they ask for the address that a form was sent to."""
    answer = Browser(headers={"host": "localhost"}).get(f"/s/{quote(token, safe='')}/{act}/", secure=True)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/s/{quote(token)}/")
    assert not answer.cookies


def test_what_was_not_taken_says_why_and_leads_back() -> None:
    dispatch, token, form = opened()
    browser = Browser(headers={"host": "localhost"})

    def refused(act: str, **fields: str) -> str:
        answer = browser.post(f"/s/{token}/{act}/", fields, secure=True, follow=True)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert 'href="../"' in text
        # What the foot offers leads to the dispatch, from one address below its page.
        assert 'href="../widerruf/"' in text or "widerrufen" in dispatch.state
        return text

    assert "drei Schaltflächen" in refused("antwort", **form)
    assert "nicht mehr aktuell" in refused("antwort", stamp="x", interest="call")
    assert "fehlt das Häkchen" in refused("angebote", **form)
    assert "nicht mehr aktuell" in refused("angebote", stamp="x", offers="on")
    # Withdrawn in another tab meanwhile.
    Dispatch.objects.filter(pk=dispatch.pk).update(state="withdrawn")
    answer = browser.post(f"/s/{token}/antwort/", {**form, "interest": "call"}, secure=True, follow=True)
    assert (answer.status_code, "gerade nicht offen" in answer.content.decode()) == (422, True)
    assert not Interest.objects.exists()


def test_after_a_word_to_the_agent_the_withdrawal_of_this_very_contract_is_at_hand() -> None:
    _, token, form = opened()
    answer = Browser(headers={"host": "localhost"}).post(
        f"/s/{token}/antwort/", {**form, "interest": "call"}, secure=True, follow=True
    )
    assert 'class="button second withdraw" href="../widerruf/"' in answer.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "\0", "\u200b\u202e", "…", "12"])
def test_without_a_name_that_can_be_read_nothing_is_declared_and_lost_ticks_are_told(name: str) -> None:
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    ticks = {"begin_early": "on", "knows_loss": "on"}
    answer = Browser(headers={"host": "localhost"}).post(
        f"/s/{token}/", {"stamp": stamp, "name": name, **ticks}, secure=True, follow=True
    )
    assert answer.status_code == 422
    assert "auch Ihre Kreuze noch einmal" in answer.content.decode()
    assert "checked" not in answer.content.decode()
    assert not Declaration.objects.exists()


NASTY = 'Mara\0 \u202eBerger\r\nBcc: all@evil.test <b>#eval("1+1") $x$ *y*</b>'
SEEN = 'Mara Berger Bcc: all@evil.test <b>#eval("1+1") $x$ *y*</b>'


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_stays_one_line_of_plain_words_in_pages_mails_and_pdf() -> None:
    """A name with a header, mark-up, and the language of the PDFs in it; a note with a line end and a NUL."""
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    browser = Browser(headers={"host": "localhost"})
    ticks = {"begin_early": "on", "knows_loss": "on"}
    assert browser.post(f"/s/{token}/", {"stamp": stamp, "name": NASTY, **ticks}, secure=True).status_code == 303
    assert set(Declaration.objects.values_list("name", flat=True)) == {SEEN}
    schedule.quick()
    confirmation = message_of(OutgoingMail.objects.get(purpose=Purpose.CONFIRMATION))
    assert SEEN in text_of(confirmation, "plain")
    assert "<b>#eval" not in text_of(confirmation, "html")
    contract = next(part for part in confirmation.iter_attachments() if "Auftrag" in (part.get_filename() or ""))
    program = parts.need("pdftotext")
    run = subprocess.run([program, "-", "-"], input=contract.get_content(), capture_output=True, check=True)
    set_by_typst = " ".join(run.stdout.decode().split())
    assert '#eval("1+1") $x$ *y*' in set_by_typst
    said = {"stamp": stamp, "interest": "call", "note": "<script>alert(1)</script>\0\r\n\u202eheute"}
    assert browser.post(f"/s/{token}/antwort/", said, secure=True).status_code == 303
    assert Interest.objects.get().note == "<script>alert(1)</script>\nheute"
    fields = {"name": NASTY.replace("\0", ""), "email": "mara@berger.test", "contract": f"{dispatch.subject}\r\nX: y"}
    assert browser.post("/widerruf/", fields, secure=True).status_code == 303
    assert Withdrawal.objects.get().name == SEEN
    for mail in OutgoingMail.objects.all():
        message = message_of(mail)
        assert message["Bcc"] is message["X"] is None
        assert "<script>" not in text_of(message, "html")


def message_of(mail: OutgoingMail) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content())


@pytest.mark.parametrize("where", ["/widerruf/", "token"])
def test_the_withdrawal_page_does_not_lead_to_itself(where: str) -> None:
    _, token, _ = opened()
    address = f"/s/{token}/widerruf/" if where == "token" else where
    text = Browser(headers={"host": "localhost"}).get(address, secure=True).content.decode()
    assert "Widerruf bestätigen" in text
    assert "/widerruf/" not in text


def test_after_the_period_the_page_says_so_and_still_takes_a_withdrawal() -> None:
    dispatch, token, _ = opened()
    over = timezone.now() - timedelta(days=2)
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=over)
    dispatch.refresh_from_db()
    page = page_html(Shown.of(dispatch)).decode()
    assert "Die Frist endete nach unserer Rechnung" in page
    assert "Das geht bis einschließlich" not in page
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject}
    answer = Browser(headers={"host": "localhost"}).post(f"/s/{token}/widerruf/", fields, secure=True, follow=True)
    assert answer.status_code == 200
    assert Withdrawal.objects.get().dispatch == dispatch


def test_whoever_waits_and_meets_an_ended_link_can_still_withdraw_from_every_address() -> None:
    """The office has taken the dispatch back after the order: the contract, and the right to withdraw, remain."""
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    declare(token, Form(stamp, "Mara Berger", frozenset()), Client("203.0.113.7", "Mozilla/5.0"))
    send.revoke(dispatch, by=dispatch.agent)
    browser = Browser(headers={"host": "localhost"})
    for act in ("", "antwort/"):
        answer = browser.post(f"/s/{token}/{act}", {"stamp": stamp, "interest": "call"}, secure=True)
        assert answer.status_code == 410
        assert f'href="/s/{token}/widerruf/"' in answer.content.decode()
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject}
    assert browser.post(f"/s/{token}/widerruf/", fields, secure=True).status_code == 303
    assert Withdrawal.objects.get().dispatch == dispatch


def private_answers() -> Iterator[tuple[str, Any]]:
    """What Django answers on the recipient's side, each with what it is."""
    dispatch, token, form = opened()
    browser = Browser(headers={"host": "localhost"})
    yield "no name", browser.post(f"/s/{token_of(a_dispatch())}/", {"stamp": "x"}, secure=True)
    yield "back to the page", browser.get(f"/s/{token}/antwort/", secure=True)
    yield "said", browser.post(f"/s/{token}/antwort/", {**form, "interest": "call"}, secure=True)
    yield "told", browser.post(f"/s/{token}/antwort/", {**form, "interest": "call"}, secure=True, follow=True)
    yield "not taken", browser.post(f"/s/{token}/angebote/", form, secure=True, follow=True)
    yield "offers", browser.post(f"/s/{token}/angebote/", {**form, "offers": "on"}, secure=True, follow=True)
    consent = OutgoingMail.objects.filter(purpose=Purpose.CONSENT).latest("pk")
    found = re.search(r"/einwilligung/[\w-]+/", text_of(message_of(consent), "plain"))
    assert found
    for act in ("", "give", "withdraw"):
        asked = browser.post(found[0], {"act": act}, secure=True) if act else browser.get(found[0], secure=True)
        yield f"consent {act}", asked
    yield "withdraw", browser.get(f"/s/{token}/widerruf/", secure=True)
    yield "public withdraw", browser.get("/widerruf/", secure=True)
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject}
    yield "withdrawn", browser.post(f"/s/{token}/widerruf/", fields, secure=True, follow=True)
    yield "unknown", browser.get(f"/s/{'x' * 32}/widerruf/", secure=True)
    yield "elsewhere", browser.post(f"/s/{token}/", headers={"origin": "https://evil.test"}, secure=True)


def test_no_answer_is_kept_tells_others_where_one_was_or_sets_a_cookie_and_each_page_leads_to_the_withdrawal() -> None:
    for what, answer in private_answers():
        assert "no-store" in answer.headers["cache-control"], what
        assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer"}, what
        assert not answer.cookies, what
        text = answer.content.decode()
        assert answer.status_code == 303 or 'content="noindex, nofollow"' in text, what
        leads = re.search(r'href="[^"]*widerruf/"', text) or "Widerruf bestätigen" in text
        assert answer.status_code == 303 or leads, what


@pytest.mark.parametrize("state", [state for state in DispatchState if state is not DispatchState.REFUSED])
def test_in_each_state_the_page_leads_to_the_withdrawal(state: DispatchState) -> None:
    dispatch, _, _ = opened()
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state)
    dispatch.refresh_from_db()
    page = page_html(Shown.of(dispatch)).decode()
    own = 'class="button second withdraw" href="widerruf/"' in page
    assert own == (state is not DispatchState.WITHDRAWN)
    assert own == ("widerruf/" in page), "a contract that has been withdrawn cannot be once more"


@pytest.mark.parametrize("field", ["name", "email", "contract"])
def test_a_withdrawal_that_is_far_too_long_is_refused_with_the_reason_and_nothing_is_stored(field: str) -> None:
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": "Maklervertrag"}
    fields[field] = "a" * 200_000
    answer = Browser(headers={"host": "localhost"}).post("/widerruf/", fields, secure=True, follow=True)
    assert answer.status_code == 422
    assert "noch nichts abgeschickt" in answer.content.decode()
    assert not Withdrawal.objects.exists()


def test_a_name_that_is_far_too_long_is_kept_as_far_as_a_name_goes() -> None:
    dispatch = a_dispatch()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    fields = {"stamp": stamp, "name": "a" * 200_000, "begin_early": "on", "knows_loss": "on"}
    assert Browser(headers={"host": "localhost"}).post(f"/s/{token}/", fields, secure=True).status_code == 303
    assert set(Declaration.objects.values_list("name", flat=True)) == {"a" * links.NAME_LIMIT}


@pytest.mark.parametrize("test", [True, False])
def test_the_withdrawal_of_a_dispatch_in_test_operation_says_so(test: bool) -> None:
    """The form and its answer were the only pages of such a dispatch that looked real."""
    dispatch, token, _ = opened()
    Dispatch.objects.filter(pk=dispatch.pk).update(test=test)
    address, browser = f"/s/{token}/widerruf/", Browser(headers={"host": "localhost"})
    fields = {"name": "Mara Berger", "email": "mara@berger.test", "contract": "x"}
    for answer in (browser.get(address, secure=True), browser.post(address, fields, secure=True, follow=True)):
        assert ("test-banner" in answer.content.decode()) is test


def test_the_other_language_is_mailed_only_so_often() -> None:
    """Each change of the language sent a mail, with no end but the limit of the address that asked for it."""
    dispatch = a_dispatch()
    token = token_of(dispatch)
    browser = Browser(headers={"host": "localhost"})
    asked = [
        browser.post(f"/s/{token}/sprache/", {"language": "en", "stamp": "stale"}, secure=True).status_code
        for _ in range(limits.LANGUAGE_MAIL.most + 1)
    ]
    assert asked == [303] * limits.LANGUAGE_MAIL.most + [429]
    other = token_of(a_dispatch())
    assert browser.post(f"/s/{other}/sprache/", {"language": "en"}, secure=True).status_code == 303
    throttle.spend(limits.LANGUAGE_MAILS, "all", uses=limits.LANGUAGE_MAILS.most - limits.LANGUAGE_MAIL.most - 1)
    assert browser.post(f"/s/{other}/sprache/", {"language": "en"}, secure=True).status_code == 429
