"""A backup that is damaged, made by somebody else, or in the way of something: nothing is changed."""

import hashlib
import io
import json
import os
import random
import stat
import tarfile
from pathlib import Path

import pytest

from siegelpost.backup import database, restore
from siegelpost.backup.manifest import MANIFEST, BackupError, migrations
from siegelpost.settings import Settings

FILES = {"siegelpost.sqlite3": b"rows", "keys/django": b"k" * 32, "files/ab/cd/" + "0" * 64: os.urandom(200_000)}


def packed(path: Path, members: dict[str, bytes], **told: object) -> Path:
    """An archive with these members, and a manifest that fits them unless ``told`` otherwise."""
    manifest = {
        "format": 1,
        "version": "0.1",
        "made_at": "2026-11-26T00:00:00+00:00",
        "database": "siegelpost.sqlite3",
        "checkpoint": None,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
        "migrations": migrations(),
    } | told
    with tarfile.open(path, "w:gz") as tar:
        for name, data in {**members, MANIFEST: json.dumps(manifest).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o666
            tar.addfile(member, io.BytesIO(data))
    return path


def refused(backup: Path, folder: Path) -> str:
    with pytest.raises(BackupError) as raised:
        restore.restore_archive(backup, Settings(data=folder / "data"))
    assert not list((folder / "data").iterdir()), "what was unpacked is gone again"
    return str(raised.value)


def test_everything_comes_back_and_is_for_its_owner_only(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    data = tmp_path / "data"
    backup = packed(tmp_path / "b.tar.gz", FILES)
    restore.restore_archive(backup, Settings(data=data), lambda done, total: told.append((done, total)))
    assert {name: (data / name).read_bytes() for name in FILES} == FILES
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {stat.S_IMODE((data / name).stat().st_mode) for name in FILES} == {0o600}
    assert told[-1][1] == backup.stat().st_size


def test_what_a_killed_restore_left_is_taken_away(tmp_path: Path) -> None:
    """The next try said "not empty", and did not name the hidden folder that was meant."""
    (tmp_path / "data/.restoring-abc").mkdir(parents=True)
    restore.restore_archive(packed(tmp_path / "b.tar.gz", FILES), Settings(data=tmp_path / "data"))
    assert not list((tmp_path / "data").glob(".*"))


def test_an_empty_disk_may_be_the_folder(tmp_path: Path) -> None:
    """A disk that is mounted there can be neither removed nor renamed; it brings a folder of its own."""
    disk = tmp_path / "disk"
    (disk / "lost+found").mkdir(parents=True)
    (tmp_path / "data").symlink_to(disk)
    there = disk.stat().st_ino
    restore.restore_archive(packed(tmp_path / "b.tar.gz", FILES), Settings(data=tmp_path / "data"))
    assert {name: (disk / name).read_bytes() for name in FILES} == FILES
    assert sorted(entry.name for entry in disk.iterdir()) == ["files", "keys", "lost+found", "siegelpost.sqlite3"]
    assert disk.stat().st_ino == there


def test_an_installation_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/siegelpost.sqlite3").write_bytes(b"mine")
    with pytest.raises(BackupError, match="ist nicht leer"):
        restore.restore_archive(packed(tmp_path / "b.tar.gz", FILES), Settings(data=tmp_path / "data"))
    assert [file.read_bytes() for file in (tmp_path / "data").iterdir()] == [b"mine"]


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_or_cut_backup_is_refused(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    backup = packed(tmp_path / "b.tar.gz", FILES)
    raw = bytearray(backup.read_bytes())
    place = chance.randrange(len(raw) - 8)  # the last eight are gzip's own check, which stands for nothing of ours
    if seed % 2:
        del raw[place:]
    else:
        raw[place] ^= 1 << chance.randrange(8)
    backup.write_bytes(raw)
    data = tmp_path / "data"
    try:
        restore.restore_archive(backup, Settings(data=data))
    except BackupError:
        assert not list(data.iterdir())
    else:  # a bit of gzip's header that means nothing
        assert place < 10
        assert {name: (data / name).read_bytes() for name in FILES} == FILES


@pytest.mark.parametrize("name", ["../outside", "/outside", "keys/../../outside"])
def test_no_member_leaves_the_folder(name: str, tmp_path: Path) -> None:
    refused(packed(tmp_path / "b.tar.gz", FILES | {name: b"x"}), tmp_path)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_nothing_but_files(kind: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("keys")
        member.type, member.linkname = kind, "/etc"
        tar.addfile(member)
    refused(path, tmp_path)


@pytest.mark.parametrize(
    "told",
    [
        {"format": 2},
        {"files": {}},
        {"files": dict.fromkeys(FILES, "0" * 64)},
        {"files": {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()} | {"gone": "0" * 64}},
        {"surprise": True},
        {"files": []},
    ],
)
def test_a_manifest_that_does_not_fit(told: dict[str, object], tmp_path: Path) -> None:
    assert "nothing was changed" in refused(packed(tmp_path / "b.tar.gz", FILES, **told), tmp_path)


def test_what_a_newer_version_made_waits_for_the_update(tmp_path: Path) -> None:
    backup = packed(tmp_path / "b.tar.gz", FILES, version="9.0", migrations=[*migrations(), "office.9999_later"])
    assert "newer version of Siegelpost (9.0)" in refused(backup, tmp_path)


@pytest.mark.parametrize("raw", [b"", b"no archive", b"PK\3\4"])
def test_no_backup_at_all(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    path.write_bytes(raw)
    refused(path, tmp_path)


def test_a_name_twice(tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for _ in range(2):
            member = tarfile.TarInfo("keys/django")
            tar.addfile(member)
    refused(path, tmp_path)


def test_backup_and_settings_name_the_same_database(tmp_path: Path) -> None:
    postgresql = packed(tmp_path / "p.tar.gz", {database.POSTGRESQL: b"PGDMP"}, database=database.POSTGRESQL)
    assert "set SIEGELPOST_DATABASE_URL" in refused(postgresql, tmp_path)
    settings = Settings(data=tmp_path / "data", database_url="postgresql://nobody@localhost/none")
    with pytest.raises(BackupError, match="without SIEGELPOST_DATABASE_URL"):
        restore.restore_archive(packed(tmp_path / "s.tar.gz", FILES), settings)
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize("name", [database.POSTGRESQL, "keys/django", "../siegelpost.sqlite3"])
def test_a_backup_without_its_database(name: str, tmp_path: Path) -> None:
    assert "no database" in refused(packed(tmp_path / "b.tar.gz", FILES, database=name), tmp_path)
