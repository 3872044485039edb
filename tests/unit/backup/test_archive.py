"""What goes into a backup, what does not, and where it is written."""

import io
import os
import random
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from siegelpost.backup import archive, restore
from siegelpost.backup.manifest import BackupError
from siegelpost.estates.intake.wholeness import is_whole_zip
from siegelpost.portal.sftp import host_keys
from siegelpost.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with a file of every sort."""
    monkeypatch.setattr(archive, "newest_checkpoint", lambda: None)  # the rows do not matter here
    data = tmp_path / "data"
    for name in ("keys/django", "keys/.new", "files/ab/cd/abcd", "tls/lock", "tls/active", "run/mail/1.lock"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(name.encode())
    (data / "siegelpost.toml").write_text("port = 443")
    (data / "lost+found").mkdir(mode=0)
    database = sqlite3.connect(data / "siegelpost.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE one (two)")
    database.close()
    return Settings(data=data)


def test_what_belongs_to_the_installation_is_in_it(settings: Settings, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    manifest = archive.write(settings, tmp_path / "b.tar.gz", lambda *done: told.append(done))
    expected = ["files/ab/cd/abcd", "keys/django", "siegelpost.sqlite3", "siegelpost.toml", "tls/active"]
    assert sorted(manifest.files) == expected
    with tarfile.open(tmp_path / "b.tar.gz") as tar:
        assert sorted(tar.getnames()) == sorted([*expected, "manifest.json"])
    assert told[-1][0] == told[-1][1] > 0
    assert not list(settings.data.glob(".backup-*"))


def test_programs_that_upload_by_sftp_are_not_warned_after_a_restore(settings: Settings, tmp_path: Path) -> None:
    """With another host key each of them would stop, as if somebody stood between."""
    known = [key.export_public_key() for key in host_keys(settings.data)]
    archive.write(settings, tmp_path / "b.tar.gz")
    again = tmp_path / "again"
    restore.restore_archive(tmp_path / "b.tar.gz", Settings(data=again))
    assert [key.export_public_key() for key in host_keys(again)] == known


def test_a_restored_office_does_not_take_itself_for_backed_up(settings: Settings, tmp_path: Path) -> None:
    archive.write(settings, tmp_path / "first.tar.gz")
    assert settings.backup_stamp_path.exists()
    assert "backup.stamp" not in archive.write(settings, tmp_path / "second.tar.gz").files


def test_the_stamp_of_somebody_else_is_replaced(settings: Settings, tmp_path: Path) -> None:
    settings.backup_stamp_path.touch()
    os.utime(settings.backup_stamp_path, (1, 1))
    theirs = settings.backup_stamp_path.stat().st_ino
    # So that its number is not used again.
    (tmp_path / "kept").hardlink_to(settings.backup_stamp_path)
    archive.write(settings, tmp_path / "b.tar.gz")
    assert settings.backup_stamp_path.stat().st_mtime > 1
    assert settings.backup_stamp_path.stat().st_ino != theirs


@pytest.mark.parametrize("name", ["files", "files/ab", "keys/django"])
def test_nothing_is_left_out_silently(name: str, settings: Settings, tmp_path: Path) -> None:
    """Pictures on another disk, by a link, would not be in the backup."""
    place = settings.data / name
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackupError, match="ist ein symbolischer Link"):
        archive.write(settings, tmp_path / "b.tar.gz")
    assert not list(tmp_path.glob("*b.tar.gz*"))
    assert not settings.backup_stamp_path.exists()


def test_a_folder_that_cannot_be_read_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(folder: str) -> object:
        if str(folder).endswith("keys"):
            raise PermissionError(13, "Permission denied", folder)
        return scanned(folder)

    scanned = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)  # tests may run as root, who can read everything
    with pytest.raises(PermissionError):
        archive.write(settings, tmp_path / "b.tar.gz")
    assert not settings.backup_stamp_path.exists()


def test_what_goes_while_it_is_written_is_left_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = os.walk

    def walk(data: Path, onerror: Callable[[OSError], object]) -> Iterator[tuple[str, list[str], list[str]]]:
        for folder, folders, files in walked(str(data), onerror=onerror):
            if "active" in files:
                Path(folder, "active").unlink()
            yield folder, folders, files

    monkeypatch.setattr(os, "walk", walk)
    assert "tls/active" not in archive.write(settings, tmp_path / "b.tar.gz").files


def cut_while_it_is_read(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Somebody begins to write this file anew once the backup knows how large it is."""
    sizes = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = sizes(descriptor)
        if file.exists() and os.path.samestat(found, file.stat()):
            os.truncate(file, 3)
        return found

    monkeypatch.setattr(os, "fstat", fstat)


def test_what_a_program_writes_over_meanwhile_ends_no_backup(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings.data / "intake/onoffice-a1b2c/export/objekte.zip"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"PK\3\4" * 50_000)
    cut_while_it_is_read(monkeypatch, file)
    manifest = archive.write(settings, tmp_path / "b.tar.gz")
    assert file.stat().st_size == 3
    again = tmp_path / "again"
    assert restore.restore_archive(tmp_path / "b.tar.gz", Settings(data=again)).files == manifest.files
    assert (again / "keys/django").read_bytes() == b"keys/django"
    brought = (again / "intake/onoffice-a1b2c/export/objekte.zip").read_bytes()
    assert brought == b"PK\3" + bytes(199_997)
    assert not is_whole_zip(io.BytesIO(brought))  # so that its sender is asked for it once more


@pytest.mark.parametrize("name", ["keys/django", "files/ab/cd/abcd", "tls/active"])
def test_anything_else_that_becomes_shorter_ends_it(
    name: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_while_it_is_read(monkeypatch, settings.data / name)
    with pytest.raises(OSError, match="unexpected end of data"):
        archive.write(settings, tmp_path / "b.tar.gz")
    assert not settings.backup_stamp_path.exists()
    assert not list(tmp_path.glob("*b.tar.gz*"))


def test_it_is_not_written_where_it_would_be_lost(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "link").symlink_to(settings.data)
    with pytest.raises(BackupError, match="gibt es schon"):
        archive.write(settings, tmp_path / "there")
    for folder in (settings.data, tmp_path / "link", tmp_path / "data" / "keys" / ".."):
        with pytest.raises(BackupError, match="nicht in den Datenordner"):
            archive.write(settings, folder / "b.tar.gz")
    assert not list(settings.data.rglob("*b.tar.gz*"))


def test_a_database_that_cannot_be_copied_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.database_path.write_bytes(b"no database" * 1000)
    with pytest.raises(BackupError, match="file is not a database"):
        archive.write(settings, tmp_path / "b.tar.gz")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data"]


@pytest.mark.parametrize("page", ["two", "by_two"])
def test_a_database_with_one_damaged_page_pushes_no_good_backup_out(
    page: str, settings: Settings, tmp_path: Path
) -> None:
    """Of a table or an index: the damage was copied without a word until no whole one was left."""
    with sqlite3.connect(settings.database_path) as database:
        database.execute("CREATE TABLE two (three TEXT)")
        database.execute("CREATE INDEX by_two ON two (three)")
        database.executemany("INSERT INTO two VALUES (?)", [(f"{number:09}",) for number in range(99)])
        (number,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [page]).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with settings.database_path.open("r+b") as file:
        file.seek((number - 1) * size)
        file.write(random.Random(1).randbytes(size))
    with pytest.raises(BackupError, match=r"beschädigt"):
        archive.write(settings, tmp_path / "b.tar.gz")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data"]
