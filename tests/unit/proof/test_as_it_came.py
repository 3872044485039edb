"""A whole proof as somebody made it who wanted to deceive, checked as anybody checks it."""

from pathlib import Path

from siegelpost.proof.report import ProofVerdict
from siegelpost.proof.report_words import text
from siegelpost.proof.verify import verify

FILE = Path(__file__).parent / "files" / "withdrawal-left-out.zip"


def test_whose_withdrawal_was_left_out_is_not_called_anchored_and_says_on_what_it_rests() -> None:
    """Declared, acknowledged and mailed, then taken out and signed anew: it was confirmed without a word."""
    report = verify(FILE)
    assert report.verdict is ProofVerdict.INTACT
    told = text(report, "de")
    assert told.startswith("UNVERSEHRT, aber von außen nicht verankert")
    assert "dass kein Ereignis und kein Dokument fehlt" in told
    assert "documents/mails/1-notice.eml: Kein Ereignis nennt diese Datei" in told
