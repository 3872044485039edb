"""Signed notes: other people's are read, ours round-trip, and any change is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.note import Note, NoteError, Signer, Verifier, decode_base64

SIGNER = Signer.generate("office.test/siegelpost")
TEXT = "office.test/siegelpost\n17\n" + base64.b64encode(bytes(range(32))).decode() + "\n"
# From the documentation of Go's golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_implementation_verifies() -> None:
    Note.parse(GO_NOTE).verify_sole(Verifier.parse(GO_VKEY))
    assert Signer.parse(GO_SKEY).sign(GO_TEXT) == GO_NOTE
    assert Signer.parse(GO_SKEY).verifier.vkey == GO_VKEY


def test_keys_round_trip() -> None:
    assert Signer.parse(SIGNER.skey).skey == SIGNER.skey
    assert Verifier.parse(SIGNER.verifier.vkey) == SIGNER.verifier
    assert len(SIGNER.verifier.fingerprint.split()) == 16


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32)))), min_size=1))
def test_any_text_signs_and_verifies(text: str) -> None:
    note = SIGNER.sign(f"{text}\n")
    parsed = Note.parse(note)
    parsed.verify_sole(SIGNER.verifier)
    assert parsed.text == f"{text}\n"


@pytest.mark.parametrize("mask", [1, 2, 4, 8, 16, 32, 64, 128, 255])
def test_every_changed_byte_is_refused(mask: int) -> None:
    note = TreeHead("office.test/siegelpost", 17, bytes(range(32))).sign(SIGNER).encode()
    for place in range(len(note)):
        changed = note[:place] + bytes([note[place] ^ mask]) + note[place + 1 :]
        with pytest.raises(NoteError):
            TreeHead.open(changed, SIGNER.verifier)


@pytest.mark.parametrize("mask", [1, 2, 4, 8, 16, 32, 64, 128, 255])
def test_every_changed_byte_of_a_key_is_refused(mask: int) -> None:
    vkey = SIGNER.verifier.vkey.encode()
    for place in range(len(vkey)):
        changed = vkey[:place] + bytes([vkey[place] ^ mask]) + vkey[place + 1 :]
        with pytest.raises(ValueError):  # noqa: PT011 - NoteError, or no UTF-8 at all
            Verifier.parse(changed.decode())


def test_added_and_removed_bytes_are_refused() -> None:
    note = SIGNER.sign(TEXT)
    for changed in (note + "\n", note[:-1], note + " ", "\n" + note, note.replace("\n", "\r\n"), note + note):
        with pytest.raises(NoteError):
            TreeHead.open(changed, SIGNER.verifier)


def test_signatures_of_unknown_keys_are_ignored_but_not_in_sole_notes() -> None:
    other = Signer.generate("witness.test")
    note = SIGNER.sign(TEXT) + other.sign(TEXT).rpartition("\n\n")[2]
    assert Note.parse(note).verify([SIGNER.verifier]) == SIGNER.verifier
    with pytest.raises(NoteError, match="more signatures"):
        Note.parse(note).verify_sole(SIGNER.verifier)


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    other = Signer.generate("witness.test")
    forged = Signer(SIGNER.name, other.key).sign(TEXT).rpartition("\n\n")[2]
    note = other.sign(TEXT) + forged
    with pytest.raises(NoteError):
        Note.parse(note).verify([SIGNER.verifier])


@pytest.mark.parametrize("text", ["AA", "AAA", "AA=A", "AB==", "AAB=", "AA==\n", " AA==", "A-_=", "AAAA=", "=", "ÄA=="])
def test_uncanonical_base64_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        decode_base64(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\u2028b", "x" * 201])
def test_bad_key_names_are_refused(name: str) -> None:
    with pytest.raises(NoteError):
        Signer.generate(name)


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "return\r\n", "nul\0\n", ""])
def test_bad_texts_are_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        SIGNER.sign(text)


@pytest.mark.parametrize(
    "note",
    [b"", b"\n", b"\n\n", b"text\n\n", b"text\n\n- a AAAAAAA=\n", b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n", b"a" * 70_000],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(note)


def test_an_absurd_number_of_signatures_is_refused() -> None:
    line = SIGNER.sign(TEXT).rpartition("\n\n")[2]
    Note.parse(f"{TEXT}\n{line * 16}")
    with pytest.raises(NoteError, match="too many"):
        Note.parse(f"{TEXT}\n{line * 17}")


@pytest.mark.parametrize(
    "text",
    [
        "office.test/siegelpost\n017\n{root}\n",
        "office.test/siegelpost\n+17\n{root}\n",
        "office.test/siegelpost\n-1\n{root}\n",
        "office.test/siegelpost\n17\n{root}\nextension\n",
        "office.test/siegelpost\n17\nAAAA\n",
        "office.test/siegelpost\n{root}\n",
        "\n17\n{root}\n",
        "office.test/siegelpost\n99999999999999999999\n{root}\n",
        "office.test/siegelpost\n1\u0667\n{root}\n",
        "another.test\n17\n{root}\n",
    ],
)
def test_strange_checkpoints_are_refused_though_signed(text: str) -> None:
    note = SIGNER.sign(text.format(root=base64.b64encode(bytes(32)).decode()))
    with pytest.raises(NoteError):
        TreeHead.open(note, SIGNER.verifier)


def test_checkpoints_round_trip() -> None:
    head = TreeHead("office.test/siegelpost", 0, bytes(32))
    assert TreeHead.open(head.sign(SIGNER), SIGNER.verifier) == head
