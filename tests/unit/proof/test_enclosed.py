"""The PDF of the texts in a mail is the one that the page names, or the proof says that it is not."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from pytest_django import DjangoDbBlocker
from tests.support import proofs, second_verifier

from siegelpost.proof import enclosed
from siegelpost.proof.report import Report
from siegelpost.proof.verify import verify_files
from siegelpost.toolbox.words import said

NOTICE = "mails/000000003-notice.eml"
PDF = b"%PDF-1.7 texts"
NAMED = {proofs.sha256(PDF)}


@pytest.fixture(scope="module")
def other(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[dict[str, bytes], list[str]]]:
    """A proof whose first mail, which is sealed, had other texts than the page: a program that checks makes none."""
    with django_db_blocker.unblock():
        proofs.forget()
        with patch.object(enclosed, "has_other", lambda *_: False):
            raw, mailed = proofs.make_rich(sent=b"%PDF-1.7 other words")
        yield proofs.files_of(raw), mailed
        proofs.forget()


@pytest.mark.django_db  # else there is no database to make the proof in
def test_a_mail_in_which_other_texts_travelled_is_told(other: tuple[dict[str, bytes], list[str]]) -> None:
    """What the recipient opened was compared with nothing: only the texts that the page shows were."""
    files, mailed = other
    report = verify_files(files, Report(), checkpoints=mailed)
    [failure] = report.failures
    assert str(failure.file).endswith("-notice.eml")
    assert "but the PDF in it is named by none of the pages" in said(failure.reason, "en")
    assert not second_verifier.is_good(files, mailed[0])


@pytest.mark.parametrize(
    ("path", "mail", "is_other"),
    [
        (NOTICE, proofs.with_texts(PDF), False),
        (NOTICE, proofs.with_texts(PDF + b" "), True),
        ("mails/2-reminder.eml", proofs.with_texts(b""), True),
        ("mails/000000004-confirmation.eml", proofs.with_texts(b"contract"), False),
        (NOTICE, b"To: zoe\r\n\r\nLink", False),
        (NOTICE, b"", False),
        (NOTICE, b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 5_000, False),
        (NOTICE, b"".join(b"Content-Type: multipart/x; boundary=%d\n\n--%d\n" % (n, n) for n in range(3_000)), True),
        (NOTICE, b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n\xff=", True),
    ],
)
def test_which_pdf_is_in_a_mail(path: str, mail: bytes, is_other: bool) -> None:
    assert enclosed.has_other(path, mail, NAMED) is is_other
    assert not enclosed.has_other(path, mail, set())


def test_only_what_is_a_sum_is_named() -> None:
    pages = [{"texts_pdf": {"sha256": "x"}}, {"texts_pdf": []}, {}, {"texts_pdf": {"sha256": proofs.sha256(PDF)}}]
    assert enclosed.named_by(iter(pages)) == NAMED  # type: ignore[arg-type]  # of JSON
