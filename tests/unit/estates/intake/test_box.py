"""The folder of an account: no name leads out of it, nobody takes more room than theirs, one writes at a time."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.estates.intake.scene import FROM, empty_folders

from siegelpost.estates.intake import box as boxes
from siegelpost.estates.intake.box import BadNameError, Box, FullError, InUseError, Sender, parts_of


@pytest.fixture(autouse=True)
def nothing_there() -> Iterator[None]:
    empty_folders()
    yield
    empty_folders()


@pytest.fixture
def box() -> Box:
    return Box("makler-abcde", 10_000)


@pytest.mark.parametrize(
    "name",
    [
        "..", "../x.zip", "a/../../x.zip", "..\\x.zip", "a\\..\\..\\x.zip", "a/..", "", "/", ".", "./", "a\0.zip",
        "a\n.zip", "a\x1b[2J.zip", "a/b/c/d/e/f.zip", "x" * 201 + ".zip", "ü" * 101 + ".zip", " a.zip", "a.zip ",
        "a\u202egpj.zip", "\ud800.zip",
    ],
)  # fmt: skip
def test_a_name_that_climbs_or_is_none_is_refused(name: str, box: Box) -> None:
    with pytest.raises(BadNameError):
        parts_of(name)
    with pytest.raises(BadNameError):
        box.open(name, FROM)
    assert not list(box.root.iterdir())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("/etc/passwd", ("etc", "passwd")),
        ("//x.zip", ("x.zip",)),
        ("C:\\Export\\x.zip", ("C:", "Export", "x.zip")),
        ("Ku\u0308che.jpg", ("Küche.jpg",)),
        (b"K\xfcche.jpg".decode("utf-8", "surrogateescape"), ("Küche.jpg",)),
        (".x.zip", (".x.zip",)),
        ("... .zip", ("... .zip",)),
    ],
)
def test_a_name_is_read_from_the_account_s_folder_in_one_spelling(name: str, parts: tuple[str, ...], box: Box) -> None:
    assert parts_of(name) == parts
    assert box.path(name) == box.root.joinpath(*parts)


def test_a_link_that_lies_there_is_not_followed(box: Box, tmp_path: Path) -> None:
    (tmp_path / "fremd").write_bytes(b"secret")
    (box.root / "a.zip").symlink_to(tmp_path / "fremd")
    (box.root / "folder").symlink_to(tmp_path)
    for name in ("a.zip", "folder/fremd", "folder/neu.zip"):
        with pytest.raises(BadNameError):
            box.open(name, FROM)
    assert not list(box.files())
    assert (tmp_path / "fremd").read_bytes() == b"secret"


def test_no_more_is_taken_than_there_is_room_for(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.place(io.BytesIO(bytes(6_000)), "a.zip", FROM)
    with pytest.raises(FullError):
        box.place(io.BytesIO(bytes(6_000)), "b.zip", FROM)
    assert [file.name for file in box.files()] == ["a.zip"], "of what was too much nothing is left"
    with box.open("c.zip", FROM, at=5_000) as writing, pytest.raises(FullError):
        writing.write(b"behind a hole that makes it large")
    with box.open("c.zip", FROM) as writing, pytest.raises(FullError):
        writing.truncate(5_000)
    monkeypatch.setattr(boxes, "MOST_FILES", 2)
    with pytest.raises(FullError):
        box.open("d.zip", FROM)


def test_the_disk_is_not_filled(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "LEFT_FREE", 1 << 62)
    with pytest.raises(FullError):
        box.open("a.zip", FROM)


def test_one_writes_at_a_time_and_nothing_is_cut_by_the_other(box: Box) -> None:
    with box.open("a.zip", FROM) as first:
        first.write(b"first")
        with pytest.raises(InUseError):
            box.open("a.zip", FROM)
        with pytest.raises(InUseError):
            box.rename("a.zip", "b.zip", FROM)
    assert (box.root / "a.zip").read_bytes() == b"first"
    with box.open("a.zip", FROM, add=True) as again:
        again.write(b" and on")
    with box.open("a.zip", FROM, at=6) as again:
        again.write(b"or")
    assert (box.root / "a.zip").read_bytes() == b"first ord on"


def test_who_wrote_what_is_known_until_it_is_gone(box: Box) -> None:
    box.place(io.BytesIO(b"x"), "ä/a.zip", FROM)
    (box.root / "hand.zip").write_bytes(b"x")
    box.rename("ä/a.zip", "b.zip", Sender("ftps", "192.0.2.8"))
    assert box.sender(box.root / "b.zip") == Sender("ftps", "192.0.2.8")
    assert box.sender(box.root / "hand.zip") == Sender("folder")
    for file in list(box.files()):
        file.unlink()
    box.tidy()
    assert (list(box.root.iterdir()), box.sender(box.root / "b.zip")) == ([], Sender("folder"))
