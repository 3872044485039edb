"""No mail and no page leaves with a place of a draft that nobody has filled in."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from django.test import Client as Browser
from tests.support.office import a_dispatch, a_letter, an_agent, an_office, the_guard_says, token_of

from siegelpost.contacts import consents
from siegelpost.dispatch import after, links, reminders, renewing, rounds, sending, withdrawing, wording
from siegelpost.dispatch.after import InterestKind
from siegelpost.dispatch.declaring import Client, Form, declare
from siegelpost.dispatch.freezing import NotReadyError
from siegelpost.dispatch.gate import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.mail.models import OutgoingMail
from siegelpost.office import texts
from siegelpost.office.models import Language, LegalText, Role, TextKind

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
# Places of drafts, and what templates leave behind when a word is missing.
UNFILLED = re.compile(r"\[[A-ZÄÖÜ][A-ZÄÖÜ -]+\]|\{\{|\{%|%\(\w+\)|\bNone\b|\bUndefined\b|, ,|\( ?,|: ?\.")


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "fields", [{}, {"phone": "+49 711 555 01 20"}, {"street": "", "postal_code": "", "city": ""}, {"email": ""}]
)
def test_every_draft_reads_right_with_what_the_office_has(language: Language, fields: dict[str, str]) -> None:
    an_office(**fields)
    for text in LegalText.objects.filter(language=language):
        assert not UNFILLED.search(text.text), text.text
        assert "{" not in text.text
        assert "Telefon:" not in text.text or fields.get("phone")
    policy_text = texts.current(TextKind.WITHDRAWAL_POLICY, language)
    assert policy_text
    assert fields.get("phone", "Immobilien Lindenhof") in policy_text.text


@pytest.mark.parametrize("language", Language)
def test_all_mails_and_pages_of_an_office_without_a_telephone(language: Language) -> None:
    an_office(phone="", expose_reminder_days=3)
    agent = an_agent(phone="")
    estates = a_letter().estates
    fields = {"subject": wording.subject(estates, language), "message": wording.message(estates, language)}
    dispatch = a_dispatch(agent, estates=estates, language=language, **fields)
    OutgoingMail.objects.update(state="accepted")
    Dispatch.objects.update(state="notified", next_reminder_at=dispatch.created_at)
    reminders.send_due()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    rounds.quick()
    after.say(token, stamp, InterestKind.CALL, "", CLIENT)
    after.ask_for_offers(token, stamp, CLIENT)
    estates[0].living_area = 90
    estates[0].save()
    renewing.replace(dispatch, by=agent)
    withdrawing.withdraw(
        name="Mara Berger", email="mara@berger.test", contract="x", token=None, client=CLIENT, language=language
    )
    mails = list(OutgoingMail.objects.all())
    assert len({mail.purpose for mail in mails}) >= 6
    for mail in mails:
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            assert part
            shown = re.sub(r"<style.*?</style>", "", part.get_content(), flags=re.S)
            assert not UNFILLED.search(f"{message['Subject']}\n{shown}"), (mail.purpose, UNFILLED.search(shown))
    pages = [bytes(dispatch.gate_html).decode(), *_pages(token)]
    for page in pages:
        assert not UNFILLED.search(page), UNFILLED.search(page)
    assert consents.waiting(dispatch.contact) == 1


def _pages(token: str) -> list[str]:
    browser = Browser(headers={"host": "localhost"})
    paths = [f"/s/{token}/widerruf/", "/widerruf/"]
    return [browser.get(path, secure=True).content.decode() for path in paths]


@pytest.mark.parametrize("fields", [{"subject": "Ihr Anruf unter [TELEFON]"}, {"message": "Ihr [BÜRO]"}])
def test_what_an_agent_left_unfilled_is_refused_with_the_place(fields: dict[str, str]) -> None:
    an_office()
    with pytest.raises(NotReadyError) as refused:
        sending.preview(an_agent(), a_letter(**fields))
    assert "Platzhalter [" in str(refused.value)
    sending.preview(an_agent(), a_letter(subject="[WICHTIG] Ihre Anfrage"))


def test_a_text_with_an_unfilled_place_is_neither_published_nor_sent() -> None:
    an_office()
    browser = Browser()
    browser.force_login(an_agent(role=Role.ADMINISTRATOR))
    address = "/settings/texts/contract/de/"
    answer = browser.post(address, {"text": "Makler ist [BÜRO], [ANSCHRIFT]."}, secure=True)
    assert answer.status_code == 422
    assert "[BÜRO], [ANSCHRIFT]" in answer.content.decode()
    texts.publish(TextKind.CONTRACT, Language.GERMAN, "Makler ist [BÜRO].")  # as from an earlier version
    with pytest.raises(NotReadyError, match="BÜRO"):
        sending.preview(an_agent(), a_letter())
