"""Writing a backup: a compressed tar file with the database, the stored files, the keys and the certificates.

The database is copied first, while the server goes on; then the files. A file is stored before any row names it and
is never changed, so that every file the copy names is in the backup. What programs hand over may be written over
while it is read. ``manifest.json``, the last member, has the SHA-256 of each other one.
"""

import hashlib
import io
import json
import os
import secrets
import stat
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from siegelpost import __version__
from siegelpost.backup import database, leftovers
from siegelpost.backup.manifest import FORMAT, LOST_AND_FOUND, MANIFEST, BackupError, Manifest, Progress, migrations
from siegelpost.ledger import fsck
from siegelpost.ledger.log import newest_checkpoint
from siegelpost.settings import Settings
from siegelpost.toolbox.durable import move_durably, new_file
from siegelpost.toolbox.words import LANGUAGES

# Pictures and documents, most of a backup, are compressed already.
_COMPRESSION = 1
# In the data folder, but not in a backup: sockets, locks, what is being written at this moment, the database as it lies
# there and as it was before updates, the seal by which one that is older is found out, when it was backed up, and what
# a disk of its own brings along.
_LEFT_OUT = (
    *("run", "*.lock", "keys/ledger.seal", "tls/lock", ".*", "*/.*"),
    *("siegelpost.sqlite3*", "backups", "backup.stamp", LOST_AND_FOUND),
)
# What programs hand over, where they may write over what they sent before. One that becomes shorter while it is read is
# filled up with zeros: it is not whole, which is found out and told when somebody looks whether it is.
_WRITTEN_OVER = "intake/*"


def write(settings: Settings, target: Path, progress: Progress = lambda done, total: None) -> Manifest:
    """Write a backup of this installation to ``target`` (0600), whole or not at all; the server may run.

    When it is done, ``settings.backup_stamp_path`` is touched, by which the security checklist tells its age.

    Args:
        progress: told the bytes done and those in all.

    Raises:
        BackupError: ``target`` exists or lies in the data folder, the database could not be copied or is damaged, or
            something in the data folder is a symbolic link.
        OSError: a file could not be read or written.
    """
    target = target.absolute()
    if target.exists():
        raise BackupError(
            f"{target} gibt es schon; nichts wurde überschrieben.", f"{target} exists; nothing was overwritten."
        )
    if target.parent.resolve().is_relative_to(settings.data.resolve()):
        raise BackupError(
            "Die Sicherung gehört nicht in den Datenordner: Sie ginge mit ihm verloren.",
            "A backup does not belong into the data folder: it would be lost with it.",
        )
    leftovers.remove_from(settings.data)
    leftovers.remove_beside(target)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}{leftovers.UNFINISHED}")
    try:
        with new_file(partial) as out:
            leftovers.hold(out.fileno())
            manifest = _fill(out, settings, progress)
        move_durably(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    # Anew, for somebody else, such as root, may have made the one that is there.
    settings.backup_stamp_path.unlink(missing_ok=True)
    settings.backup_stamp_path.touch()
    return manifest


def look_first() -> None:
    """Look at what costs the same however large the installation is: its keys, and whether it was wound back.

    Raises:
        BackupError: something is wrong. A backup of it would look as good as those before, and in time push them out.
    """
    found = [each for check in fsck.checks() if check.quick for each in fsck.run(check, lambda done, total: None)]
    if bad := [each for each in found if not each.remark]:
        de, en = ("; ".join(each.text(language) for each in bad) for language in LANGUAGES)
        raise BackupError(
            f"Es wurde keine Sicherung gemacht; behalten Sie die früheren. {de}",
            f"No backup was made; keep the earlier ones. {en}",
        )


def _fill(out: BinaryIO, settings: Settings, progress: Progress) -> Manifest:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    checkpoint = newest_checkpoint()
    with (
        # Not in /tmp, which may be memory, nor beside a target on the network, where SQLite's locks may not work.
        leftovers.scratch(settings.data, leftovers.BACKING_UP) as scratch,
        tarfile.open(fileobj=out, mode="w:gz", compresslevel=_COMPRESSION, format=tarfile.PAX_FORMAT) as tar,
    ):
        copy = database.copy(settings, scratch)
        members = [(copy.name, copy, copy.stat().st_size), *_members(settings.data)]
        total = sum(size for _, _, size in members)
        files: dict[str, str] = {}
        done = 0
        for name, path, size in members:
            with suppress(FileNotFoundError), path.open("rb") as file:  # a temporary one that has gone meanwhile
                reader = _Hashing(file, is_filled=fnmatch(name, _WRITTEN_OVER))
                files[name] = _add(tar, name, reader, os.fstat(file.fileno()).st_size)
            done += size
            progress(done, total)
        manifest = Manifest(FORMAT, __version__, made_at, copy.name, checkpoint, files, migrations())
        raw = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
        _add(tar, MANIFEST, _Hashing(io.BytesIO(raw)), len(raw))
    return manifest


def _members(data: Path) -> Iterator[tuple[str, Path, int]]:
    """What belongs into a backup, with its size in bytes.

    Raises:
        BackupError: a symbolic link, whose target would be missing in the backup.
        OSError: a folder cannot be read, so that its files would be.
    """
    for folder, folders, names in os.walk(data, onerror=_unless_gone):
        found = {name: Path(folder, name).relative_to(data).as_posix() for name in sorted(folders + names)}
        kept = {name: path for name, path in found.items() if not any(fnmatch(path, each) for each in _LEFT_OUT)}
        folders[:] = [name for name in kept if name in folders]
        for name, path in kept.items():
            with suppress(FileNotFoundError):
                there = Path(folder, name).lstat()
                if stat.S_ISLNK(there.st_mode):
                    raise BackupError(
                        f"{data / path} ist ein symbolischer Link; was dahinter liegt, würde fehlen. Bitte stattdessen "
                        "dort einhängen (mount --bind).",
                        f"{data / path} is a symbolic link; what is behind it would be missing. Please mount it there "
                        "instead (mount --bind).",
                    )
                if stat.S_ISREG(there.st_mode):
                    yield path, data / path, there.st_size


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


class _Hashing:
    """A file that is hashed as it is read: what counts is what went into the backup.

    Args:
        is_filled: where it ends too early, zeros come instead.
    """

    def __init__(self, file: BinaryIO, *, is_filled: bool = False) -> None:
        self._file, self._is_filled, self.sha256 = file, is_filled, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        if self._is_filled:
            data = data.ljust(size, b"\0")
        self.sha256.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, reader: _Hashing, size: int) -> str:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    tar.addfile(member, reader)
    return reader.sha256.hexdigest()
