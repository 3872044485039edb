"""Files that somebody attaches to a dispatch, with bad names, wrong contents and forged tickets."""

import pytest
from django.core import signing
from django.utils.http import content_disposition_header

from siegelpost.dispatch.attachments import (
    LARGEST_TOGETHER,
    LONGEST_NAME,
    MOST,
    Attached,
    AttachmentRefusedError,
    all_together,
    clean_name,
    take_in,
)
from siegelpost.dispatch.frozen.row import PageRow
from siegelpost.web import downloads

PDF = b"%PDF-1.7\n"


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\system32\\plan.pdf", "plan.pdf"),
        ("a\r\nContent-Type: text/html\r\n\r\n.pdf", "html.pdf"),
        ("Rechnung\u202efdp.exe.pdf", "Rechnungfdp.exe.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("  ..  ", "Anlage"),
        ("", "Anlage"),
        ('Plan "final"<v2>.pdf', "Plan -final--v2-.pdf"),
        ("Übersicht Größe.pdf", "Übersicht Größe.pdf"),
    ],
)
def test_a_name_is_only_a_name(given: str, clean: str) -> None:
    made = clean_name(given)
    assert made == clean
    # No character in it starts a header, a folder or another direction of writing.
    assert not set(made) & set('/\\\r\n\u202e"<>')
    content_disposition_header(True, made).encode("latin-1")


def test_a_long_name_keeps_its_ending() -> None:
    assert len(clean_name("x" * 500 + ".pdf")) == LONGEST_NAME
    assert clean_name("x" * 500 + ".pdf").endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>1</script>"),
        ("picture.svg", b"<svg onload='1'/>"),
        ("run.exe", b"MZ"),
        ("macro.js", b"1"),
        ("plan.pdf", b"MZ\x90"),
        ("plan.pdf", b"<html>%PDF-"),
        ("bild.png", b"GIF89a"),
        ("brief.docx", b"%PDF-1.7"),
        ("pdf", PDF),
        ("leer.pdf", b""),
        ("gross.pdf", PDF + b"x" * LARGEST_TOGETHER),
    ],
)
def test_refused_and_said_why(name: str, content: bytes) -> None:
    with pytest.raises(AttachmentRefusedError, match=r"„"):
        take_in(name, content)


def test_too_many_or_too_large_together() -> None:
    def file(number: int, size: int) -> Attached:
        return Attached(f"{number}.pdf", "application/pdf", size, f"{number:064x}")

    with pytest.raises(AttachmentRefusedError):
        all_together(file(number, 1) for number in range(MOST + 1))
    with pytest.raises(AttachmentRefusedError):
        all_together(file(number, LARGEST_TOGETHER // 2 + 1) for number in range(2))


def test_two_of_one_name_are_told_apart_and_one_twice_is_one() -> None:
    first, second = take_in("plan.pdf", PDF + b"1"), take_in("Plan.pdf", PDF + b"2")
    assert [file.name for file in all_together([first, second, first])] == ["plan.pdf", "Plan (2).pdf"]


def test_a_ticket_is_made_here_or_is_none() -> None:
    real = take_in("plan.pdf", PDF)
    assert Attached.from_ticket(real.ticket) == real
    forged = signing.Signer(key="another", salt="siegelpost.attachment").sign_object({"name": "x"})
    for ticket in ("", "x", real.ticket[:-1] + "!", real.ticket.swapcase(), forged):
        with pytest.raises(AttachmentRefusedError):
            Attached.from_ticket(ticket)


@pytest.mark.parametrize(
    "rest", ["anlage/0", "anlage/2", "anlage/-1", "anlage/1/../2", "anlage/", "anlage/١", "anlage/99999999"]
)
def test_a_guessed_number_finds_no_file(rest: str) -> None:
    content = '{"attachments": [{"name": "a.pdf", "content_type": "application/pdf", "size": 1, "sha256": "x"}]}'
    found = PageRow("0" * 32, "registered_mail", "open", "{}", content, None, None, "2026-12-01", "", "[]", None)
    assert downloads.wanted(rest, found) is None
    assert downloads.wanted("expose.pdf", found) is None
    assert downloads.wanted("einschreiben.eml", found) is None
    assert downloads.wanted("anlage/1", found) is not None
