"""What leaves the house, word for word: pages of recipients, mails, leaves of the ledger, ``--json`` outputs.

The files lie in ``tests/golden``. What is another in each run (identifiers, moments, tokens) is written as what it is,
numbered in the order in which it turns up, so that the same one is the same everywhere in a file. Where a text is
meant to change, ``pytest tests/test_golden.py --write-golden`` writes the files anew; the difference is what to review.
"""

import difflib
import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client as Browser
from django.utils import timezone
from tests.support import pki
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_agent,
    an_estate,
    an_office,
    the_guard_says,
    token_of,
    withdrawn,
)

from siegelpost.cli import main
from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.frozen.pages import Shown
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import CodeBy, Declaration, Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.registered import decision
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.states import DispatchState as S
from siegelpost.doctor.policy.knowledge import Knowledge
from siegelpost.ledger import installation
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.current import set_test_operation
from siegelpost.office.models import Language
from siegelpost.web.recipient.pages import dispatch_page

GOLDEN = Path(__file__).parent / "golden"
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
MONTHS = (
    "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|"
    "January|February|March|May|June|July|October|December"
)
# What is another in each run, and what follows another file, by its name in the files; the first that fits counts.
VOLATILE = {
    "moment": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\+\d\d:\d\d|Z)?",
    "mail date": r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
    "id": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    "hash": r"\b[0-9a-f]{64}\b",
    "hex": r"\b[0-9a-f]{24,40}\b",
    "version": r"(?<=\?v=)[0-9a-f]{12}\b",
    "boundary": r"={10,}\d+==",
    "token": r"(?<=/s/)[\w-]{20,}|(?<=/einwilligung/)[\w-]{20,}|(?<=/widerruf/)[\w:-]{20,}",
    "key": r"\+[0-9a-f]{8}\+[\w+/=]{40,}",
    "signature": r"(?<= )[A-Za-z0-9+/]{86,}={0,2}",
    "root": r"(?<=\\n)[A-Za-z0-9+/]{43}=",
    "address": r"[0-9a-f]{8}(?=@lindenhof\.test)",
    "day": rf"\b\d{{1,2}}\.?\s(?:{MONTHS})\s\d{{4}}|\b\d{{1,2}}\.\d{{1,2}}\.\d{{4}}|\b\d{{4}}-\d\d-\d\d\b",
    "weekday": r"\b(?:(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
    "time": r"\b\d{1,2}:\d\d(?::\d\d)?\b",
    "zone": r"\bMES?Z\b|\bCES?T\b",
}
# Two of the same kind may be the same in one run and not in the next: they have no number.
MOMENTS = {"moment", "mail_date", "day", "weekday", "time", "zone"}
ANY = re.compile("|".join(f"(?P<{name.replace(' ', '_')}>{pattern})" for name, pattern in VOLATILE.items()))


def settled(text: str) -> str:
    """The text without what is another in each run."""
    seen: dict[tuple[str, str], str] = {}

    def named(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind in MOMENTS:
            return f"<{kind}>"
        number = 1 + sum(each == kind for each, _ in seen)
        return seen.setdefault((kind, found[0]), f"<{kind} {number}>")

    return ANY.sub(named, text)


@pytest.fixture
def holds(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file of this name; what differs is shown line by line."""

    def compare(name: str, text: str) -> None:
        file, now = GOLDEN / name, settled(text)
        if request.config.getoption("--write-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(now)
            return
        kept = file.read_text() if file.exists() else ""
        lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), f"golden/{name}", "now", lineterm="", n=1)
        if differing := list(lines):
            pytest.fail("\n".join(line[:400] for line in differing[:80]), pytrace=False)

    return compare


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    installation.settle()


def page(dispatch: Dispatch) -> str:
    """What its recipient sees now."""
    dispatch.refresh_from_db()
    return dispatch_page(Shown.of(dispatch)).body.decode()


def frozen(dispatch: Dispatch) -> str:
    """What was frozen for it, and the documents of its proof by their names."""
    kept = {"page": dispatch.page, "content": dispatch.content, "documents": sorted(proof.documents(dispatch))}
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)


def in_state(dispatch: Dispatch, state: S, **changed: object) -> str:
    """The page as it would be in this state, with this on what was frozen."""
    shown = Dispatch.objects.get(pk=dispatch.pk)
    shown.state, shown.page = state, shown.page | changed
    answer = dispatch_page(Shown.of(shown))
    return f"{answer.status}\n{answer.body.decode()}"


def posted(token: str, below: str, **fields: str) -> str:
    """What a form below the page of a dispatch is answered with."""
    browser = Browser(headers={"host": "localhost"})
    answer = browser.post(f"/s/{token}/{below}", fields, secure=True)
    if (told := answer.headers.get("location", "")).startswith(f"/s/{token}/") and "?stand=" in told:
        answer = browser.get(told.partition("#")[0], secure=True)
    return f"{answer.status_code} {answer.headers.get('location', '').partition('?')[0]}\n{answer.content.decode()}"


def stamp(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def mailed() -> str:
    """Every mail, in order: its headers, its words, and its HTML."""
    return "\n\n".join(
        f"===== {mail.purpose} to {mail.recipient}\n{_spelled(mail.mime())}"
        for mail in OutgoingMail.objects.order_by("pk")
    )


def _spelled(mime: bytes) -> str:
    message = BytesParser(policy=policy.default).parsebytes(mime)
    heads = [f"{name}: {value}" for name, value in message.items()]
    parts = [
        f"--- {part.get_content_type()} {part.get_filename() or ''}\n"
        + (part.get_content() if part.get_content_maintype() == "text" else "")
        for part in message.walk()
        if not part.is_multipart()
    ]
    return "\n".join([*heads, *parts])


def leaves(dispatch: Dispatch) -> str:
    """What the ledger says of it, an event a paragraph."""
    found = Event.objects.filter(subject=str(dispatch.public_id)).order_by("id").values_list("leaf", flat=True)
    return "\n".join(json.dumps(json.loads(bytes(leaf)), ensure_ascii=False, indent=1) for leaf in found)


def ordered(language: Language) -> Dispatch:
    """An exposé with commission, ordered at once, to be withdrawn."""
    return a_dispatch(
        an_agent(email="jana@lindenhof.test"),
        contact=a_contact(),
        estates=[an_estate()],
        language=language,
        subject="Ihre Anfrage: Altbauwohnung",
    )


@pytest.mark.parametrize("language", list(Language))
def test_an_order_from_gate_to_withdrawal(language: Language, holds: Callable[[str, str], None]) -> None:
    dispatch = ordered(language)
    holds(f"order-{language}/gate.html", bytes(dispatch.gate_html).decode())
    holds(f"order-{language}/frozen.json", frozen(dispatch))
    token = token_of(dispatch)
    declare(token, Form(stamp(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    holds(f"order-{language}/open.html", page(dispatch))
    withdrawn(
        name="Mara Berger",
        email="mara@berger.test",
        contract=dispatch.subject,
        token=token,
        client=CLIENT,
        page=b"<html>Widerruf</html>",
        language=language,
    )
    holds(f"order-{language}/withdrawn.html", page(dispatch))
    holds(f"order-{language}/mails.txt", mailed())
    holds(f"order-{language}/leaves.json", leaves(dispatch))


def test_an_order_that_waits(holds: Callable[[str, str], None]) -> None:
    dispatch = ordered(Language.GERMAN)
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara Berger", frozenset()), CLIENT)
    holds("waiting/waiting.html", page(dispatch))


def test_an_exposé_without_commission(holds: Callable[[str, str], None]) -> None:
    dispatch = a_dispatch(an_agent(email="jana@lindenhof.test"), estates=[an_estate(buyer_commission_due=False)])
    holds("free/gate.html", bytes(dispatch.gate_html).decode())
    holds("free/mails.txt", mailed())


@pytest.mark.parametrize("language", list(Language))
def test_a_registered_mail_from_question_to_content(language: Language, holds: Callable[[str, str], None]) -> None:
    letter = RegisteredLetter(
        contacts=[a_contact()],
        subject="Kündigung des Maklervertrags",
        message="hiermit kündigen wir den Vertrag vom 3. März.",
        language=language,
        hidden=False,
        days=7,
        remind_every=3,
    )
    agent = an_agent(email="jana@lindenhof.test")
    dispatch = registered.send(agent, letter, batch=uuid.uuid4())[0].dispatch
    holds(f"registered-{language}/ask.html", bytes(dispatch.gate_html).decode())
    holds(f"registered-{language}/frozen.json", frozen(dispatch))
    decision.accept(token_of(dispatch), decision.DecisionInput(stamp(dispatch), ticked=True), CLIENT)
    holds(f"registered-{language}/content.html", page(dispatch))
    holds(f"registered-{language}/mails.txt", mailed())
    holds(f"registered-{language}/leaves.json", leaves(dispatch))


@pytest.mark.parametrize("language", list(Language))
def test_the_page_in_every_other_state(language: Language, holds: Callable[[str, str], None]) -> None:
    dispatch = ordered(language)
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara Berger", frozenset()), CLIENT)
    for state in (S.WAITING, S.EXPIRED, S.REVOKED, S.REFUSED, S.HELD):
        holds(f"states-{language}/{state}.html", in_state(dispatch, state))
    for state in (S.REVOKED, S.WITHDRAWN):
        holds(f"states-{language}/joint-{state}.html", in_state(dispatch, state, joint={"name": "Jan Berger"}))
    Dispatch.objects.update(period_ends_at=timezone.now() - timedelta(days=1))
    holds(f"states-{language}/open-period-over.html", in_state(dispatch, S.OPEN))
    Dispatch.objects.update(period_ends_at=None)
    holds(f"states-{language}/joint-waiting.html", in_state(dispatch, S.WAITING, joint={"name": "Jan Berger"}))


@pytest.mark.parametrize("language", list(Language))
def test_the_gate_of_what_is_agreed_otherwise(language: Language, holds: Callable[[str, str], None]) -> None:
    agent, estate, mara = an_agent(email="jana@lindenhof.test"), an_estate(), a_contact(language=language)

    def gate(name: str, **fields: Any) -> Dispatch:
        dispatch = a_dispatch(agent, **{"contact": mara, "language": language, **fields})
        holds(f"gates-{language}/{name}.html", bytes(dispatch.gate_html).decode())
        return dispatch

    gate("free", estates=[an_estate(buyer_commission_due=False)])
    gate("by-deed", estates=[an_estate(commission_by_deed=True)])
    gate("business", contact=a_contact(is_business=True, company="Berger GmbH"))
    gate("two", estates=[an_estate(), an_estate(title="Zweite Wohnung")], partner=a_contact(email="jan@berger.test"))
    before = a_dispatch(agent, contact=mara, estates=[estate], language=language)
    declare(token_of(before), Form(stamp(before), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    gate("ordered-before", estates=[estate])
    Declaration.objects.filter(dispatch=before, kind=DeclarationKind.ORDER).update(text="Senden")
    gate("to-renew", estates=[estate])


@pytest.mark.parametrize("language", list(Language))
def test_what_belongs_to_test_operation_says_so(language: Language, holds: Callable[[str, str], None]) -> None:
    set_test_operation(True, by="")
    free = {"estates": [an_estate(buyer_commission_due=False)], "contact": a_contact(), "language": language}
    dispatch = a_dispatch(an_agent(email="jana@lindenhof.test"), **free)
    holds(f"test-{language}/gate.html", bytes(dispatch.gate_html).decode())
    for state in (S.OPEN, S.EXPIRED):
        holds(f"test-{language}/{state}.html", in_state(dispatch, state))


@pytest.mark.parametrize("language", list(Language))
def test_what_forms_are_answered_with(language: Language, holds: Callable[[str, str], None]) -> None:
    dispatch = ordered(language)
    token, right = token_of(dispatch), stamp(dispatch)
    ticks = {"begin_early": "on", "knows_loss": "on"}
    said = {
        "unsigned": posted(token, "", stamp=right, **ticks),
        "stale": posted(token, "", stamp="x", name='Mara "M" <Berger>'),
        "closed": posted(token, "antwort/", stamp=right, interest="call"),
        "declared": posted(token, "", stamp=right, name="Mara Berger", **ticks),
        **{
            kind or "nothing": posted(token, "antwort/", stamp=right, interest=kind)
            for kind in ("viewing", "call", "none", "")
        },
        "unticked": posted(token, "angebote/", stamp=right),
        "stale-offers": posted(token, "angebote/", stamp="x", offers="on"),
        "offers": posted(token, "angebote/", stamp=right, offers="on"),
    }
    Dispatch.objects.update(state=S.REVOKED)
    said["revoked"] = posted(token, "antwort/", stamp=right, interest="call")
    for name, text in said.items():
        holds(f"answers-{language}/{name}.html", text)


@pytest.mark.parametrize("language", list(Language))
def test_the_withdrawal_function_and_links_that_lead_nowhere(
    language: Language, holds: Callable[[str, str], None]
) -> None:
    dispatch = ordered(language)
    token = token_of(dispatch)
    declare(token, Form(stamp(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    browser = Browser(headers={"host": "localhost", "accept-language": language})
    words = {"name": "Mara Berger", "email": "mara@berger.test", "contract": dispatch.subject}
    answers = {
        "withdraw": browser.get(f"/s/{token}/widerruf/", secure=True),
        "withdraw-incomplete": browser.post(f"/s/{token}/widerruf/", words | {"email": "x"}, secure=True, follow=True),
        "withdrawn": browser.post(f"/s/{token}/widerruf/", words, secure=True, follow=True),
        "withdraw-public": browser.get("/widerruf/", secure=True),
        "withdrawn-public": browser.post("/widerruf/", words, secure=True, follow=True),
        "unknown": browser.post("/s/unknown/", secure=True),
        "elsewhere": browser.post(f"/s/{token}/", headers={"origin": "null"}, secure=True),
    }
    for name, answer in answers.items():
        holds(f"answers-{language}/{name}.html", f"{answer.status_code}\n{answer.content.decode()}")


@pytest.mark.parametrize("language", list(Language))
def test_a_registered_mail_in_every_other_state(language: Language, holds: Callable[[str, str], None]) -> None:
    letter = RegisteredLetter(
        [a_contact()], "Kündigung", "hiermit.", language, True, 7, 3, CodeBy.MAIL, "zwei@berger.test"
    )
    dispatch = registered.send(an_agent(email="jana@lindenhof.test"), letter, batch=uuid.uuid4())[0].dispatch
    holds(f"registered-{language}/ask-hidden.html", bytes(dispatch.gate_html).decode())
    for state in (S.REFUSED, S.EXPIRED, S.REVOKED, S.HELD, S.OPEN):
        holds(f"registered-{language}/{state}.html", in_state(dispatch, state))
    token, right = token_of(dispatch), stamp(dispatch)
    said = {
        "stale": posted(token, "annehmen/", stamp="x", sure="on"),
        "unticked": posted(token, "annehmen/", stamp=right),
        "wrong-code": posted(token, "annehmen/", stamp=right, sure="on", code="1"),
        "refused": posted(token, "ablehnen/", stamp=right, sure="on"),
    }
    for name, text in said.items():
        holds(f"answers-{language}/registered-{name}.html", text)


@pytest.mark.django_db(transaction=True)
def test_what_programs_read(holds: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--json`` of ``verify`` and ``doctor``, whose knowledge grows old while the files stay."""
    monkeypatch.setattr(Knowledge, "is_old", lambda _known, _at: False)
    dispatch = ordered(Language.GERMAN)
    declare(token_of(dispatch), Form(stamp(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    file = tmp_path / "proof.zip"
    with file.open("wb") as out:
        proof.write_proof(dispatch, out)
    chain = tmp_path / "chain.pem"
    chain.write_text(pki.Authority.root().intermediate().issue("expose.test").chain_pem)
    for name, arguments in {
        "verify": ("verify", str(file), "--json"),
        "doctor-de": ("doctor", "--chain", str(chain), "--name", "expose.test", "--json"),
        "doctor-en": ("doctor", "--chain", str(chain), "--name", "expose.test", "--json", "--lang", "en"),
    }.items():
        holds(f"json/{name}.json", CliRunner().invoke(main, arguments).stdout.replace(str(tmp_path), "."))


def test_the_same_identifier_is_the_same_everywhere_and_words_stay_words() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    text = f"{one} bis 6. Dezember 2026, {other}, {one}: Provision 3,57 %"
    assert settled(text) == "<id 1> bis <day>, <id 2>, <id 1>: Provision 3,57 %"


def test_attributes_stand_apart() -> None:
    """Once two did not, of a field of the withdrawal function's: browsers forgive it, strict readers do not."""
    glued = re.compile(r"""<\w[^<>]*="[^"<>]*"[\w-]""")
    pages = list(GOLDEN.rglob("*.html"))
    assert pages
    assert [str(file) for file in pages if glued.search(file.read_text())] == []
