"""Manifests: one way to write each."""

from datetime import UTC, datetime

import pytest

from siegelpost.ledger.note import Signer
from siegelpost.proof.manifest import Content, Manifest, ManifestError, open_note

MANIFEST = Manifest(
    subject="s",
    title="Exposé „Seeblick“",
    created=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    language="de",
    test=False,
    mailed=(3, 17),
    files={"a.txt": Content.of(b"a"), "b/c.json": Content.of(b"")},
)
TEXT = MANIFEST.text


def test_round_trip() -> None:
    assert Manifest.parse(TEXT) == MANIFEST
    assert TEXT.startswith('siegelpost-proof/v1\n{"created":"2026-11-23T12:00:00Z","language":"de","mailed":[3,17],')
    assert "\nca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb 1 a.txt\n" in TEXT


def test_the_signed_note_is_opened() -> None:
    signer = Signer.generate("office.test")
    note, manifest = open_note(signer.sign(TEXT).encode())
    note.verify_sole(signer.verifier)
    assert manifest == MANIFEST
    with pytest.raises(ManifestError):
        open_note(TEXT.encode())


LINES = TEXT.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.removesuffix("\n"),
        TEXT + "\n",
        TEXT.replace("v1", "v2"),
        "\n".join([LINES[0], LINES[1], LINES[3], LINES[2], ""]),
        "\n".join([*LINES[:3], LINES[2], *LINES[3:]]),
        "\n".join([*LINES[:2], ""]),
        TEXT.replace(" 1 a.txt", " 01 a.txt"),
        TEXT.replace(" 1 a.txt", "  1 a.txt"),
        TEXT.replace("a.txt", "../a.txt"),
        TEXT.replace("a.txt", "ä.txt"),
        TEXT.replace("ca9781", "CA9781"),
        TEXT.replace('"test":false', '"test":0'),
        TEXT.replace('"test":false', '"test": false'),
        TEXT.replace('"test":false', '"test":false,"more":1'),
        TEXT.replace('"language":"de"', '"language":"fr"'),
        TEXT.replace('"mailed":[3,17]', '"mailed":[0]'),
        TEXT.replace('"mailed":[3,17]', '"mailed":["3"]'),
        TEXT.replace('"mailed":[3,17]', '"mailed":[true]'),
        TEXT.replace("2026-11-23T12", "2026-13-23T12"),
        TEXT.replace("12:00:00Z", "12:00:00"),
        TEXT.replace('{"created"', "[" * 9000 + '{"created"'),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert text != TEXT
    with pytest.raises(ManifestError):
        Manifest.parse(text)
