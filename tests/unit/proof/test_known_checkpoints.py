"""Checkpoints are found in notes and mails, however a mail client has wrapped them."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.note import Signer
from siegelpost.proof.known_checkpoints import checkpoints_in

SIGNER = Signer.generate("office.test/siegelpost")
NOTE = TreeHead("office.test/siegelpost", 42, bytes(range(32))).sign(SIGNER)
OTHER = TreeHead("office.test/siegelpost", 43, bytes(32)).sign(SIGNER)


def mail(text: str, charset: str = "utf-8", cte: str = "quoted-printable") -> bytes:
    message = EmailMessage()
    message["Subject"] = "Ihre Bestätigung"
    message.set_content(text, charset=charset, cte=cte)
    message.add_alternative("<p>Hallo</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="x.pdf")
    return message.as_bytes()


def test_a_note_is_a_checkpoint() -> None:
    assert checkpoints_in(NOTE.encode()) == [NOTE]
    assert checkpoints_in(NOTE.replace("\n", "\r\n").encode()) == [NOTE]


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
def test_in_a_mail(cte: str) -> None:
    assert checkpoints_in(mail(f"Guten Tag,\n\nSiegel:\n\n{NOTE}\nViele Grüße\n", cte=cte)) == [NOTE]


@pytest.mark.parametrize("prefix", ["> ", "    ", ">> ", "\t"])
def test_quoted_or_indented(prefix: str) -> None:
    text = "".join(f"{prefix}{line}\n" for line in NOTE.split("\n")[:-1])
    assert checkpoints_in(mail(f"Am Montag schrieb das Büro:\n{text}\nGruß")) == [NOTE]


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("—", "--").encode(),
        lambda note: note.replace("— ", "—\u00a0").encode(),
        lambda note: note.encode("utf-16"),
        lambda note: note.encode("cp1252"),
        lambda note: note.replace("\n", "\n\n").encode(),
        lambda note: (note[:-40] + "\n" + note[-40:]).encode(),
        lambda note: "".join(f"> {line}\n" for line in (note[:-40] + "\n" + note[-40:]).splitlines()).encode(),
    ],
    ids=[
        "two hyphens",
        "a space that does not break",
        "UTF-16",
        "cp1252",
        "empty lines between",
        "a broken line",
        "quoted",
    ],
)
def test_as_mail_programs_and_editors_leave_it(change: Callable[[str], bytes]) -> None:
    """In the shapes that forwarding and saving as text give it, it was not found, and the proof was blamed."""
    assert checkpoints_in(change(NOTE)) == [NOTE]


def test_in_a_mail_that_was_attached_as_a_file() -> None:
    outer = EmailMessage()
    outer.set_content("siehe Anhang")
    outer.add_attachment(mail(NOTE), maintype="application", subtype="octet-stream", filename="Bestätigung.eml")
    assert checkpoints_in(outer.as_bytes()) == [NOTE]


def test_several_each_once() -> None:
    assert checkpoints_in(mail(f"{NOTE}\n--\n{OTHER}\n{NOTE}")) == [NOTE, OTHER]


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff" * 100, mail("kein Siegel"), NOTE.encode()[:-10]])
def test_nothing_where_nothing_is(raw: bytes) -> None:
    found = checkpoints_in(raw)
    assert NOTE not in found


def test_long_junk_is_quick() -> None:
    assert checkpoints_in((b"> " * 50 + b"x\n") * 20_000) == []
    assert checkpoints_in(b"office.test/x\n17\n" * 50_000) == []
