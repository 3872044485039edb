"""Every PDF that the product makes, by the template it is set from, judged by tools that are not its own."""

import hashlib
import io
import uuid
from collections import defaultdict
from pathlib import Path

import pytest
from django.utils import timezone, translation
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, token_of, withdrawn
from tests.support.pdf_judge import copied, faults, languages, pages_of
from tests.support.proofs import files_of

import siegelpost
from siegelpost import storage
from siegelpost.cases.subject_access import subject_access_pdf
from siegelpost.checklist.check import CheckState, Result
from siegelpost.checklist.paper import as_pdf
from siegelpost.checklist.table import CHECKS, Checklist, ChecklistLine
from siegelpost.dispatch import links
from siegelpost.dispatch.contract import mabv_records
from siegelpost.dispatch.evidence import proof, shown_to
from siegelpost.dispatch.frozen.contract_pdf import contract_pdf
from siegelpost.dispatch.frozen.withdrawal_pdf import withdrawal_pdf
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.registered import decision, receipts
from siegelpost.dispatch.send import registered
from siegelpost.ledger import key
from siegelpost.office.current import the_office
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log", "an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
# What all have in common, and what is laid over the pages of a stranger's document.
NO_PAPERS = {"paper.typ", "mark.typ"}
TEMPLATES = {path.name for path in Path(siegelpost.__file__).parent.rglob("*.typ")} - NO_PAPERS
# What strangers are called and write: a word without an end, right to left, and letters of two forms.
WORD = "Zoë" + "x" * 90
LEFT = "שלום"
PICTURE = "\U0001f3e0"
NAME, TITLE = f"{WORD} {LEFT} {PICTURE}", f"Haus {LEFT} am Wall, {'Donaudampfschifffahrt' * 3}"


def an_order(language: Language) -> Dispatch:
    """An exposé that was ordered and opened."""
    mara = a_contact(last_name=NAME, language=language, email=f"mara.{language}@donaudampfschifffahrt.example")
    estate = an_estate(title=TITLE, description=f"Fragen: {mara.email}\n\n" + "Ein langer Satz über das Haus. " * 60)
    dispatch = a_dispatch(an_agent(phone="+49 711 1"), contact=mara, estates=[estate], language=language)
    stamp = links.stamp(str(dispatch.public_id), dispatch.page)
    return declare(token_of(dispatch), Form(stamp, NAME, frozenset(DeclarationKind)), CLIENT)


def accepted(language: Language) -> Dispatch:
    """A registered mail that was accepted."""
    letter = RegisteredLetter([a_contact(last_name=NAME)], "Kündigung", f"hiermit {WORD}.", language, False, 7, 3)
    dispatch = registered.send(an_agent(), letter, batch=uuid.uuid4())[0].dispatch
    stamp = links.stamp(str(dispatch.public_id), dispatch.page)
    decision.accept(token_of(dispatch), decision.DecisionInput(stamp, True, ""), CLIENT)
    dispatch.refresh_from_db()
    return dispatch


def proven(dispatch: Dispatch) -> dict[str, bytes]:
    """The files of its proof."""
    out = io.BytesIO()
    proof.write_proof(dispatch, out)
    return files_of(out.getvalue())


def a_checklist() -> bytes:
    result = Result(CheckState.BAD, f"Falsch: {WORD}", ("Ein Umstand",), ("Etwas tun",))
    return as_pdf(Checklist(timezone.now(), "https://x.test", tuple(ChecklistLine(one, result) for one in CHECKS)), "X")


@pytest.mark.parametrize("language", Language)
def test_every_pdf_is_read_aloud_kept_and_copied(language: Language) -> None:
    """Finding: tables without heads, receipts without headings and always in German, no title shown, hashes that
    carried a character without width after each digit, addresses with hyphens.
    """
    office = the_office()
    office.language = language
    office.save()
    order, letter = an_order(language), accepted(language)
    withdrawal = withdrawn(
        name=NAME, email="m@berger.test", contract=WORD, token=token_of(order), client=CLIENT, language=language
    )
    order_proof, letter_proof = proven(order), proven(letter)
    receipt = {Language.GERMAN: "Nachweis.pdf", Language.ENGLISH: "receipt.pdf"}[language]
    made: dict[str, list[bytes]] = defaultdict(list)
    with translation.override(language):
        made["expose.typ"] = [storage.read(order.pdf_sha256)]
        made["enclosed_texts.typ"] = [storage.read(order.page["texts_pdf"]["sha256"])]
        made["contract.typ"] = [contract_pdf(order, list(order.declarations.all())), withdrawal_pdf(withdrawal)]
        made["receipt.typ"] = [order_proof[receipt], letter_proof[receipt]]
        made["statement.typ"] = [receipts.pdf(letter, kind, language) for kind in receipts.available(letter)]
        made["checklist.typ"] = [a_checklist()]
        made["subject_access.typ"] = [subject_access_pdf(order.contact)]
        made["sheet.typ"] = [shown_to.to_owner(order.estates.get())]
    assert set(made) == TEMPLATES, "a template that no PDF here is set from"
    wrong = {
        (name, number): found
        for name, pdfs in made.items()
        for number, pdf in enumerate(pdfs)
        if (found := faults(pdf, language))
    }
    assert wrong == {}
    # What the office wrote is in its own language; the law's texts say theirs.
    in_german = {"contract.typ"} if language == Language.ENGLISH else set()
    assert {name for name, pdfs in made.items() if any(languages(pdf) for pdf in pdfs)} == in_german
    assert faults(mabv_records.sheet(order), "de") == []
    for pdf in (*made["contract.typ"], *made["receipt.typ"], *made["sheet.typ"]):
        assert WORD in copied(pdf)
        assert LEFT in copied(pdf)
    for pdf in (*made["contract.typ"], *made["receipt.typ"], *made["subject_access.typ"]):
        assert "\\u1f3e0" in copied(pdf)
    assert order.contact.email in copied(made["expose.typ"][0])
    for pdf in (*made["receipt.typ"], *made["statement.typ"]):
        told = copied(pdf)
        assert key.read().verifier.vkey in told
        assert "".join(order_proof["ledger/checkpoint.txt"].decode().split())[:40] in told
    told = copied(order_proof[receipt])
    for name, content in order_proof.items():
        if name.startswith("documents/"):
            assert hashlib.sha256(content).hexdigest() in told, name


def test_the_first_page_tells_the_story() -> None:
    """Finding: the first page showed content_sha256, row, answer null; who did what, when and from where did not."""
    first, *others = pages_of(proven(an_order(Language.GERMAN))["Nachweis.pdf"])
    for said in ("Immobilien Lindenhof", "Mara", "203.0.113.7", "Erklärung abgegeben", "Widerrufsbelehrung", "UTC"):
        assert said in first, said
    assert "MEZ" in first or "MESZ" in first
    for raw in ("null", "content_sha256", "row"):
        assert raw not in first.split()
    rest = "\n".join(others)
    assert rest.index("Was angezeigt wurde") < rest.index("Die Texte im Wortlaut") < rest.index("Anhang für Fachleute")
    assert "kein Foto des Bildschirms" in rest
    assert "Zahlungspflichtig bestellen" in rest
