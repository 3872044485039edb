"""Bringing a backup back into an empty data folder: all of it, checked, or nothing."""

import hashlib
import tarfile
import zlib
from gzip import BadGzipFile
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from siegelpost.backup import database, leftovers
from siegelpost.backup.manifest import FORMAT, LOST_AND_FOUND, MANIFEST, BackupError, Manifest, Progress, migrations
from siegelpost.settings import Settings
from siegelpost.toolbox.durable import new_file

_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 64 * 1024 * 1024


def restore_archive(archive: Path, settings: Settings, progress: Progress = lambda done, total: None) -> Manifest:
    """Unpack a backup, compare every file with the manifest, and only then put it in place.

    All of it happens in the data folder, which may be a disk of its own.

    Args:
        progress: told the bytes of the archive read, and those in all.

    Raises:
        BackupError: the data folder is not empty, the archive is damaged, no backup or that of a newer version, or the
            database could not be filled; nothing was changed then.
        OSError: a file could not be read or written.
    """
    data = settings.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    leftovers.remove_from(data)
    if any(entry.name != LOST_AND_FOUND for entry in data.iterdir()):
        raise BackupError(
            f"{data} ist nicht leer. Zurückholen geht nur in einen leeren Ordner; nichts wurde verändert.",
            f"{data} is not empty. A backup can only be restored into an empty folder; nothing was changed.",
        )
    with leftovers.scratch(data, leftovers.RESTORING) as unpacked:
        try:
            manifest = _unpack(archive, unpacked, progress)
        except (tarfile.TarError, BadGzipFile, zlib.error, EOFError, FileExistsError, ValueError, TypeError) as error:
            raise BackupError(
                f"{archive.name} ist keine vollständige Sicherung ({error}); nichts wurde verändert.",
                f"{archive.name} is no complete backup ({error}); nothing was changed.",
            ) from error
        database.fill(settings, unpacked / manifest.database)
        for entry in unpacked.iterdir():
            entry.rename(data / entry.name)
    return manifest


def _unpack(archive: Path, folder: Path, progress: Progress) -> Manifest:
    found: dict[str, str] = {}
    manifest = None
    with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r|gz") as tar:
        total = archive.stat().st_size
        for member in tar:
            if member.name == MANIFEST:
                manifest = _manifest(tar, member)
            else:
                found[member.name] = _file(tar, member, folder)
            progress(file.tell(), total)
    if manifest is None:
        raise ValueError("no manifest")
    if different := sorted(found.items() ^ manifest.files.items()):
        raise ValueError(f"not as it was written: {different[0][0]}")
    if manifest.database not in found or manifest.database not in (database.SQLITE, database.POSTGRESQL):
        raise ValueError("no database")
    return manifest


def _file(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write a member below ``folder``, and give its SHA-256."""
    place = PurePosixPath(member.name)
    if not member.isreg() or place.is_absolute() or ".." in place.parts:
        raise ValueError(f"a member that no backup has: {member.name}")
    target = folder / place
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source, hashed = tar.extractfile(member), hashlib.sha256()
    with new_file(target) as out:
        while source and (piece := source.read(_PIECE)):
            hashed.update(piece)
            out.write(piece)
    return hashed.hexdigest()


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest:
    source = tar.extractfile(member)
    if source is None or member.size > _LARGEST_MANIFEST:
        raise ValueError("no manifest")
    manifest = TypeAdapter(Manifest).validate_json(source.read())
    if manifest.format != FORMAT:
        raise ValueError(f"format {manifest.format}, not {FORMAT}")
    if set(manifest.migrations) - set(migrations()):
        raise BackupError(
            f"Die Sicherung hat eine neuere Version von Siegelpost gemacht ({manifest.version}); bitte erst "
            "aktualisieren. Nichts wurde verändert.",
            f"The backup was made by a newer version of Siegelpost ({manifest.version}); please update first. Nothing "
            "was changed.",
        )
    return manifest
