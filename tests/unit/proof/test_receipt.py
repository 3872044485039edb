"""The receipt shows every text as text, whatever is in it."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from siegelpost.ledger import leaf
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import Opening
from siegelpost.ledger.note import Signer
from siegelpost.proof import receipt as module
from siegelpost.proof import story
from siegelpost.proof.receipt import Receipt, ReceiptEntry, receipt_pdf, shown

SIGNER = Signer.generate("office.test/siegelpost")
AT = datetime(2026, 7, 1, 22, 30, 0, 123456, tzinfo=UTC)


def receipt(value: str, *, test: bool = False, title: str = "Altbau") -> Receipt:
    raw, openings = leaf.make(
        EventKind.DECLARATION_MADE.uri, subject="s", at=AT, data={"text": value}, personal={"name": value, "ip": "::1"}
    )
    openings = {"name": openings["name"], "ip": Opening(openings["ip"].salt, "::1")}
    unknown, _ = leaf.make("urn:siegelpost:event:Future", subject="s", at=AT, data={}, personal={"erased": "x"})
    entries = [ReceiptEntry(0, raw, leaf.read(raw), openings), ReceiptEntry(1, unknown, leaf.read(unknown), {})]
    documents = {"expose.pdf": b"x" * 5000}
    note = SIGNER.sign("office.test/siegelpost\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")
    return Receipt("s", title, AT.replace(microsecond=0), test, entries, documents, note, SIGNER.verifier)


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "receipt.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return run.stdout.decode()


def test_it_says_what_happened_when_and_how_to_check(tmp_path: Path) -> None:
    text = text_of(receipt_pdf(receipt("Anna Groß")), tmp_path)
    for expected in ("Nachweis", "Erklärung abgegeben", "Anna Groß", "Exposé als PDF"):
        assert expected in text
    # Summer time in Berlin is already the next day.
    assert "02.07.2026, 00:30:00 MESZ" in text
    assert "2026-07-01 22:30:00.123 UTC" in text
    assert "urn:siegelpost:event:Future" in text
    assert "Gelöscht" in text
    assert "TEST" not in text


def test_test_operation_is_marked_on_every_page(tmp_path: Path) -> None:
    pdf = receipt_pdf(receipt("A" * 6000, test=True))
    text = text_of(pdf, tmp_path)
    assert text.count("TEST OPERATION") == text.count("\f") >= 2


@pytest.mark.parametrize(
    "hostile",
    [
        '#panic("x")',
        '#read("/etc/passwd")',
        "$ x^2 $ *bold* _it_ `raw` <label> @ref = Heading",
        '"]) #let x = 1',
        "\\ \\u{41} // comment /* */",
        "A" * 3000,
        "\u202eright to left\u202c \u0000 \u0007 \u2028",
        "😀🏠 漢字 ﷽ Ａ",
        "e\u0301 \u0300\u0301\u0302",
        "line\nline",
        "",
        " " * 500,
    ],
)
def test_hostile_text_is_only_shown(hostile: str, tmp_path: Path) -> None:
    pdf = receipt_pdf(receipt(hostile, title=hostile))
    text = text_of(pdf, tmp_path)
    assert "Nachweis" in text
    assert "root:" not in text
    if hostile.startswith("#"):
        assert hostile in text


def test_everything_that_is_called_showable_can_be_set() -> None:
    """PDF/A refuses a character without a glyph: a wrong entry in the table would fail here."""
    characters = [chr(code) for low, high in module._SHOWN for code in range(low, high + 1)]
    text = shown("".join(characters))
    receipt_pdf(receipt("".join(c for c in text)[:12000]))


def test_what_cannot_be_shown_is_written_as_a_number() -> None:
    assert shown("a😀b") == "a\\u1f600b"
    assert shown("Zoë e\u0301") == "Zoë é"
    assert shown("a\u202eb") == "a\\u202eb"


def test_the_same_receipt_gives_the_same_bytes() -> None:
    same = receipt("Anna")
    assert receipt_pdf(same) == receipt_pdf(same)


@pytest.mark.parametrize(
    ("said", "shown_as"), [("ä" * 400, "ä" * 400), ("ä" * 401, "ä" * 399 + "…"), ("a " * 300, "…")]
)
def test_words_that_are_cut_on_the_first_page_show_it(said: str, shown_as: str) -> None:
    """They ended in the middle, and the closing quote said that this was all."""
    raw, openings = leaf.make(EventKind.DECLARATION_MADE.uri, subject="s", at=AT, data={"text": said}, personal={})
    (line,) = story.lines([(leaf.read(raw), openings)])
    assert line.words.endswith(shown_as)
    assert len(line.words) <= story.LONGEST_WORDS
    assert " …" not in line.words
