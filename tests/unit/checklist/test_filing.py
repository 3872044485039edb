"""A list that was kept: what stands in the ledger, in the file and on the page."""

import json
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from tests.support import parts
from tests.support.office import an_agent, an_office

from siegelpost import storage
from siegelpost.checklist import filing, table
from siegelpost.checklist.check import CheckState, Result
from siegelpost.checklist.paper import as_pdf, summary
from siegelpost.checklist.table import CHECKS, Checklist, ChecklistLine
from siegelpost.ledger.events import WORDS, EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db


def a_list(state: CheckState = CheckState.BAD) -> Checklist:
    """A filled-in list whose first line stands like this, and whose others are fine."""
    wrong = Result(state, "Es ist #raw[etwas] <b>falsch</b>.", ("Name: Jürgen \U0001f3e0 $x$",), ("Das `hier` tun.",))
    fine = Result(CheckState.OK, "In Ordnung.")
    lines = tuple(ChecklistLine(check, fine if number else wrong) for number, check in enumerate(CHECKS))
    return Checklist(timezone.now(), "https://expose.lindenhof.test", lines)


def read(pdf: bytes, tmp_path: Path) -> str:
    parts.need("pdftotext")
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def test_the_paper_says_what_was_found_as_text_and_is_always_the_same(tmp_path: Path) -> None:
    with translation.override("de"):
        found = a_list()
        pdf = as_pdf(found, "Immobilien Lindenhof")
        assert pdf == as_pdf(found, "Immobilien Lindenhof")
    text = read(pdf, tmp_path)
    assert "Sicherheitsprüfliste" in text
    assert "Immobilien Lindenhof" in text
    assert f"1 Mangel, {len(CHECKS) - 1} Punkte in Ordnung" in text
    for words in ("Es ist #raw[etwas] <b>falsch</b>.", "Jürgen \\u1f3e0 $x$", "Das `hier` tun."):
        assert words in text
    assert all(str(check.label) in text for check in CHECKS)
    assert "ohne Zutun eines Menschen" in text


def test_the_paper_in_english(tmp_path: Path) -> None:
    with translation.override("en"):
        text = read(as_pdf(a_list(CheckState.UNKNOWN), "Office"), tmp_path)
    assert "Security checklist" in text
    assert f"1 item unclear, {len(CHECKS) - 1} items in order" in text


def test_what_is_kept_stands_in_the_ledger_without_names_and_is_found_again() -> None:
    found = a_list()
    kept = filing.sign(found, by="somebody")
    (event,) = Event.objects.filter(kind=EventKind.CHECKLIST_SIGNED.value)
    leaf = json.loads(bytes(event.leaf))
    assert leaf["data"]["pdf_sha256"] == kept.sha256
    assert leaf["data"]["lines"] == {check.key: "ok" if number else "bad" for number, check in enumerate(CHECKS)}
    assert "Jürgen" not in bytes(event.leaf).decode()
    assert filing.signed() == [kept]
    assert (kept.state, kept.counts) == (CheckState.BAD, {CheckState.BAD: 1, CheckState.OK: len(CHECKS) - 1})
    assert filing.pdf_of(kept.sha256) == (kept, storage.read(kept.sha256))


def test_a_file_that_is_no_list_is_not_handed_out() -> None:
    with pytest.raises(filing.NotSignedError):
        filing.pdf_of(storage.put(b"a picture"))


def test_the_ledgers_words_claim_no_more_than_a_machine_can() -> None:
    for language in ("de", "en"):
        words = WORDS[EventKind.CHECKLIST_SIGNED].meaning[language]
        assert "Server" in words or "server" in words
        for claim in ("vollständig", "abgezeichnet", "completely", "signed off"):
            assert claim not in words


@pytest.fixture
def partner() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.PARTNER))
    return client


def test_the_page_keeps_a_list_and_gives_it_back(partner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "whole", a_list)
    page = partner.get(reverse("checklist")).content.decode()
    assert "Noch keine." in page
    assert "wird geprüft" in page
    assert partner.post(reverse("checklist_sign"), follow=True).status_code == 200
    (kept,) = filing.signed()
    answer = partner.get(reverse("checklist_pdf", args=[kept.sha256]))
    assert (answer["Content-Type"], answer.content) == ("application/pdf", storage.read(kept.sha256))
    assert kept.sha256[:16] in partner.get(reverse("checklist")).content.decode()
    assert partner.get(reverse("checklist_pdf", args=["0" * 64])).status_code == 404


def test_the_lines_open_where_something_is_wrong(partner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "whole", a_list)
    part = partner.get(reverse("checklist_lines"), headers={"HX-Request": "true"}).content.decode()
    assert part.count("<details open>") == 1
    assert "&lt;b&gt;falsch&lt;/b&gt;" in part
    with translation.override("de"):
        assert summary(a_list()) in part
    assert "<html" not in part
    assert "<html" in partner.get(reverse("checklist_lines")).content.decode()
