"""Durable files: whole or not there, for the server alone, and made once where many make them."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from siegelpost.toolbox import durable

CONTENT = b"new"


def folder_with_a_file(folder: Path) -> None:
    with durable.new_folder(folder) as made:
        durable.write_durably(made / "file", CONTENT)


def replaced_in_pieces(file: Path) -> None:
    with durable.replaced(file) as out:
        for piece in (b"n", b"e", b"w"):
            out.write(piece)


def moved(file: Path) -> None:
    source = file.with_name("made-elsewhere")
    durable.write_durably(source, CONTENT)
    durable.move_durably(source, file)


WRITERS: dict[str, Callable[[Path], None]] = {
    "replaced as one": lambda file: durable.replace_durably(file, CONTENT),
    "replaced in pieces": replaced_in_pieces,
    "created": lambda file: durable.create_durably(file, CONTENT),
    "moved": moved,
    "folder": folder_with_a_file,
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_what_is_written_is_on_the_disk_with_its_name(
    writer: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signing key and the requests for certificates were synced, but the folders that have their names were not."""
    synced: list[tuple[int, int]] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        real(descriptor)
        there = os.fstat(descriptor)
        synced.append((there.st_dev, there.st_ino))

    monkeypatch.setattr(os, "fsync", noted)
    writer(tmp_path / "target")
    written = tmp_path / "target" / "file" if (tmp_path / "target").is_dir() else tmp_path / "target"
    assert written.read_bytes() == CONTENT
    for path in (written, written.parent, tmp_path):
        assert (path.stat().st_dev, path.stat().st_ino) in synced, path
    assert synced[-1][1] == tmp_path.stat().st_ino  # the name comes last
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_only_the_server_may_read_it(writer: Callable[[Path], None], tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        writer(tmp_path / "target")
        durable.replace_durably(tmp_path / "one" / "in another" / "file", CONTENT)
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {path: 0o700 if path.is_dir() else 0o600 for path in modes}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_on_a_full_disk_nothing_is_left_and_what_was_there_stays(
    writer: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "target"
    if writer is not folder_with_a_file:
        kept.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        writer(kept)
    left = {path.name for path in tmp_path.iterdir()} - {"made-elsewhere"}
    assert left == ({"target"} if writer is not folder_with_a_file else set())
    assert not kept.exists() or kept.read_bytes() == b"old"


def test_a_reader_never_sees_a_piece(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    with durable.replaced(file) as out:
        out.write(b"ne")
        out.flush()
        assert file.read_bytes() == b"old"
        out.write(b"w")
    assert file.read_bytes() == CONTENT


def test_of_many_that_create_one_wins_and_all_read_the_same(tmp_path: Path) -> None:
    file, ready, read = tmp_path / "key", Barrier(8), []

    def create(number: int) -> None:
        ready.wait(10)
        durable.create_durably(file, bytes([number]) * 32)
        read.append(file.read_bytes())

    threads = [Thread(target=create, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(read) == 8
    assert len(set(read)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    durable.write_durably(tmp_path / "file", b"old")
    with pytest.raises(FileExistsError):
        durable.write_durably(tmp_path / "file", CONTENT)
    assert (tmp_path / "file").read_bytes() == b"old"
