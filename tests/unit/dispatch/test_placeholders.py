"""No mail and no page leaves with a place of a draft that nobody has filled in."""

import json
import re
import uuid
from email import policy
from email.parser import BytesParser
from io import BytesIO

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_dispatch, a_letter, an_agent, an_office, the_guard_says, token_of, withdrawn
from tests.support.pdf_judge import copied

from siegelpost import storage
from siegelpost.checklist import legal
from siegelpost.checklist.check import CheckState, Look
from siegelpost.contacts import consents
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.checks import dispatches as checked
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.frozen import snapshot
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.gate import legal_texts
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Leftover
from siegelpost.dispatch.recipient import interest
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.send import letter_draft, reminders, replacement, send
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import OutgoingMail
from siegelpost.office import placeholders, texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Language, LegalText, Office, Role, TextKind
from siegelpost.office.texts import LackingError
from siegelpost.settings import load

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
# Places of drafts, and what templates leave behind when a word is missing.
UNFILLED = re.compile(r"\[[A-ZÄÖÜ][A-ZÄÖÜ -]+\]|\{\{|\{%|%\(\w+\)|\bNone\b|\bUndefined\b|, ,|\( ?,|: ?\.")


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(True, monkeypatch)


FULL = {
    "owner": "Jana Roth",
    "website": "https://lindenhof.test",
    "register": "Amtsgericht Stuttgart, HRB 12345",
    "vat_id": "DE123456789",
    "authority": "Stadt Esslingen, Ordnungsamt",
    "land": "BW",
    "data_protection_officer": "Ute Kern, datenschutz@lindenhof.test",
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "fields", [{}, FULL, {"phone": ""}, {"street": "", "postal_code": "", "city": ""}, {"email": ""}]
)
def test_every_text_reads_right_with_what_the_office_has(language: Language, fields: dict[str, str]) -> None:
    """What an office has not said is left out with the words around it; where the law wants it, a text waits."""
    office = an_office(**fields)
    published = list(LegalText.objects.filter(language=language))
    for text in published:
        words = legal_texts.filled(text, office)
        assert not UNFILLED.search(words), words
        assert "{" not in words
        assert "\n\n\n" not in words
    kinds = {text.kind for text in published}
    assert (TextKind.WITHDRAWAL_POLICY in kinds) == (not fields or fields is FULL)
    assert (TextKind.IMPRINT in kinds) == ("email" not in fields and "street" not in fields)
    if fields is FULL:
        imprint = next(legal_texts.filled(one, office) for one in published if one.kind == TextKind.IMPRINT)
        assert all(value in imprint for key, value in FULL.items() if key not in {"land", "data_protection_officer"})


@pytest.mark.parametrize("language", Language)
def test_all_mails_and_pages_of_an_office(language: Language) -> None:
    an_office(expose_reminder_days=3)
    agent = an_agent(phone="")
    estates = a_letter().estates
    fields = {"subject": letter_draft.subject(estates, language), "message": letter_draft.message(estates, language)}
    dispatch = a_dispatch(agent, estates=estates, language=language, **fields)
    OutgoingMail.objects.update(state="accepted")
    Dispatch.objects.update(state="notified", next_reminder_at=dispatch.created_at)
    reminders.send_due()
    token, stamp = token_of(dispatch), links.stamp(str(dispatch.public_id), dispatch.page)
    declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    schedule.quick()
    interest.say(token, stamp, InterestKind.CALL, "", CLIENT)
    interest.ask_for_offers(token, stamp, CLIENT)
    estates[0].living_area = 90
    estates[0].save()
    replacement.replace(dispatch, by=agent)
    withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=None, client=CLIENT, language=language)
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
        send.preview(an_agent(), a_letter(**fields))
    assert "Platzhalter [" in str(refused.value)
    send.preview(an_agent(), a_letter(subject="[WICHTIG] Ihre Anfrage"))


def test_a_text_whose_places_the_office_cannot_fill_is_neither_published_nor_sent() -> None:
    """The model wants telephone, e-mail and address since 2022; they went missing without a word."""
    office = an_office()
    browser = Browser()
    browser.force_login(an_agent(role=Role.ADMINISTRATOR))
    Office.objects.update(phone="", street="", postal_code="", city="")
    answer = browser.post("/settings/texts/contract/de/", {"text": "[BÜRO], [ANSCHRIFT], [TELEFON]."}, secure=True)
    assert answer.status_code == 422
    assert "Anschrift, Telefon" in answer.content.decode()
    with pytest.raises(LackingError):
        texts.publish(TextKind.CONTRACT, Language.GERMAN, "Rufen Sie an: [TELEFON]")
    with pytest.raises(NotReadyError, match="TELEFON"):
        send.preview(an_agent(), a_letter())
    office.save()
    assert send.preview(an_agent(), a_letter())


def test_places_are_filled_when_a_dispatch_is_frozen_and_not_when_a_text_was_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Texts published before the server had its name sent consumers to https://localhost:8443/widerruf/ for ever."""
    an_office()
    policy_text = texts.current(TextKind.WITHDRAWAL_POLICY, Language.GERMAN)
    assert policy_text
    assert "[WIDERRUFSSEITE]" in policy_text.text
    Office.objects.update(phone="+49 711 999")
    monkeypatch.setattr(placeholders, "load", lambda: load().model_copy(update={"public_url": "https://neu.test"}))
    shown = {text["kind"]: text for text in a_dispatch().page["texts"]}[TextKind.WITHDRAWAL_POLICY]
    assert "online unter https://neu.test/widerruf/ ausüben" in shown["text"]
    assert "Telefon: +49 711 999" in shown["text"]
    assert shown["sha256"] == LegalText.hash_of(shown["text"])
    assert (shown["published_sha256"], shown["model"]) == (policy_text.sha256, "Anlage 1 zu Art. 246a § 1 EGBGB")


def test_what_was_held_until_the_server_had_its_name_names_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newcomer sends before the server has its name waits for it; then it sent consumers to the old one."""
    an_office()
    the_guard_says(False, monkeypatch)
    dispatch = send.send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)
    before = dispatch.page
    settings = load().model_copy(update={"public_url": "https://neu.test"})
    for room in (placeholders, snapshot):
        monkeypatch.setattr(room, "load", lambda: settings)
    the_guard_says(True, monkeypatch)
    assert send.release_held() == 1
    dispatch.refresh_from_db()
    shown = {text["kind"]: text["text"] for text in dispatch.page["texts"]}[TextKind.WITHDRAWAL_POLICY]
    assert "https://neu.test/widerruf/" in shown
    assert load().public_address not in json.dumps(dispatch.page["texts"])
    assert "https://neu.test/widerruf/" in bytes(dispatch.gate_html).decode()
    drawn = storage.read(dispatch.page["texts_pdf"]["sha256"])
    assert "https://neu.test/widerruf/" in copied(drawn)
    assert Leftover.objects.filter(sha256=before["texts_pdf"]["sha256"]).exists(), "it stayed, and nothing named it"
    of_the_law = {"texts", "texts_pdf"}
    rest = {name: value for name, value in dispatch.page.items() if name not in of_the_law}
    assert rest == {name: value for name, value in before.items() if name not in of_the_law}, "as its sender saw it"
    assert list(checked.run(lambda done, total: None)) == []
    seal()
    proof.write_proof(dispatch, BytesIO())  # which verifies it


@pytest.mark.parametrize(
    ("address", "foreign"),
    [
        ("https://localhost:8443/widerruf/", True),
        ("https://alt.lindenhof.test/widerruf", True),
        ("https://office.test/widerruf/", False),
        ("https://www.lindenhof.test/", False),
    ],
)
def test_a_text_that_names_another_server_is_warned_of(address: str, foreign: bool) -> None:
    """An office that published before it had its name is told in the preview, in its settings and in the checklist."""
    an_office()
    texts.publish(TextKind.CONTRACT, Language.GERMAN, f"Makler sind wir. Widerruf: {address}.")
    preview = send.preview(an_agent(), a_letter())
    assert any(address in warning for warning in preview.frozen.warnings) == foreign
    browser = Browser()
    browser.force_login(an_agent(role=Role.ADMINISTRATOR))
    page = browser.get("/settings/texts/contract/de/", secure=True).content.decode()
    assert ("Das ist nicht dieser Server" in page) == foreign
    found = legal.published(Look(load(), the_office(), timezone.now()))
    assert (CheckState.WARN if foreign else CheckState.OK) is found.state
    assert (address in " ".join(found.facts)) == foreign
