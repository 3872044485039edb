"""Checking a whole installation: everything that can be recomputed is recomputed and compared.

Rooms add checks of their own with :func:`register`, from their app's ``ready()``. The installation may be in use
meanwhile: what is checked of the ledger is what its newest checkpoint stood for at the start.
"""

import sqlite3
import stat
from collections.abc import Iterator

import structlog
from django.db import Error, connection

from siegelpost import storage
from siegelpost.keys import UnsafeError
from siegelpost.ledger import anchor, database_check, installation, key, subject
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.inspection import (
    FsckCheck,
    FsckFinding,
    Progress,
    checks_of_rooms,
    file_sources,
    register,
    register_erasures,
    register_files,
)
from siegelpost.ledger.key_samples import all_sealed
from siegelpost.ledger.models import Checkpoint, Event, Installation
from siegelpost.ledger.subject import Told
from siegelpost.ledger.tree_check import checkpoints, tree
from siegelpost.settings import load
from siegelpost.toolbox.sealing import UnsealableError
from siegelpost.toolbox.words import Words

log = structlog.get_logger(__name__)

__all__ = [
    "OWN",
    "FsckCheck",
    "FsckFinding",
    "Progress",
    "checks",
    "register",
    "register_erasures",
    "register_files",
    "run",
]

# Members of an event's data that name a stored file by its SHA-256, or a list of such.
FILES: dict[EventKind, tuple[str, ...]] = {
    EventKind.SUBMISSION_ACCEPTANCE: ("pdf_sha256", "eml_sha256", "attachments"),
    EventKind.CONTENT_CONSIGNMENT: ("pdf_sha256", "eml_sha256"),
    EventKind.CONTENT_HANDOVER: ("sha256",),
    EventKind.DOCUMENT_RELEASED: ("sha256",),
    EventKind.DOCUMENT_REPLACED: ("pdf_sha256", "earlier_pdf_sha256"),
}
# What is handed over need not be a file: the page of an accepted registered mail is made of this, which is a row's.
_NO_FILES = ("content_sha256", "earlier_content_sha256")
# So many values of each kind are tried: all were sealed with one key.
_TRIED = 3


def checks() -> list[FsckCheck]:
    """All checks, the ledger's own first."""
    return [*OWN, *checks_of_rooms.values()]


def run(check: FsckCheck, progress: Progress) -> Iterator[FsckFinding]:
    """The findings of a check; that it cannot go on, for what is damaged need not have any form, is one of them."""
    try:
        yield from check.run(progress)
    except (Error, sqlite3.Error) as error:
        yield FsckFinding(
            check.name,
            check.label.en,
            f"Die Datenbank konnte nicht bis zum Ende gelesen werden ({error}).",
            f"The database could not be read to the end ({error}).",
        )
    except Exception as error:
        log.exception("a check could not be finished", check=check.name)
        yield FsckFinding(
            check.name,
            check.label.en,
            f"Etwas ist so beschädigt, dass nicht zu Ende geprüft werden konnte ({type(error).__name__}: {error}).",
            f"Something is damaged so that the check could not be finished ({type(error).__name__}: {error}).",
        )


def _database(progress: Progress) -> Iterator[FsckFinding]:
    """The database's own tools find nothing."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        for line in database_check.damage_in(connection.connection):
            yield FsckFinding(
                "database", str(name), f"Die Datei ist beschädigt: {line}", f"The file is damaged: {line}"
            )
        return
    if not database_check.can_check_indexes():
        yield FsckFinding(
            "database",
            str(name),
            "Indexe wurden nicht geprüft: Die Erweiterung amcheck fehlt (CREATE EXTENSION amcheck).",
            "Indexes were not checked: the extension amcheck is missing (CREATE EXTENSION amcheck).",
            remark=True,
        )
        return
    for index, problem in database_check.damaged_indexes():
        yield FsckFinding("database", index, f"Der Index ist beschädigt: {problem}", f"The index is damaged: {problem}")


def _keys(progress: Progress) -> Iterator[FsckFinding]:
    """Every key is there, is the one this database belongs to, and opens what it has sealed."""
    if not load().keys.is_dir():
        return
    known = Installation.objects.filter(pk=1).first()
    if known:
        try:
            installation.compare(known.keys)
        except UnsafeError as error:
            yield FsckFinding("keys", str(load().keys), error.words.de, error.words.en)
    if Checkpoint.objects.exists():
        try:
            key.read()
        except key.LedgerKeyError as error:
            yield FsckFinding("key", str(key.path()), error.words.de, error.words.en)
    yield from _tried()


def _key_modes(progress: Progress) -> Iterator[FsckFinding]:
    """Every key is its owner's alone."""
    if not load().keys.is_dir():
        return
    for file in sorted(load().keys.iterdir()):
        mode = stat.S_IMODE(file.stat().st_mode)
        if file.is_file() and not file.name.startswith(".") and mode & 0o077:
            yield FsckFinding(
                "key modes",
                str(file),
                f"Der Schlüssel ist für andere lesbar ({mode:o}). Abhilfe: chmod 600.",
                f"The key can be read by others ({mode:o}). Remedy: chmod 600.",
            )


def _tried() -> Iterator[FsckFinding]:
    for sealed in all_sealed():
        file = load().keys / sealed.key
        for (where, opens), _ in zip(sealed.values(), range(_TRIED), strict=False):
            if not file.exists():
                yield FsckFinding(
                    "keys", str(file), f"Der Schlüssel fehlt ({where}).", f"The key is missing ({where})."
                )
                break
            try:
                opens()
            except (UnsealableError, ValueError):
                yield FsckFinding(
                    "keys",
                    where,
                    f"Der Schlüssel {file} öffnet das nicht: Er ist ein anderer, oder der Wert ist beschädigt.",
                    f"The key {file} does not open this: it is another one, or the value is damaged.",
                )


def _continued(progress: Progress) -> Iterator[FsckFinding]:
    """The database continues the seal that is kept outside it."""
    try:
        anchor.check()
    except UnsafeError as error:
        yield FsckFinding("seal", str(anchor.path()), error.words.de, error.words.en)


def _files(progress: Progress) -> Iterator[FsckFinding]:
    """Every stored file that an event or a row names is there and undamaged; each is read once.

    The files of an erased dispatch went with it, unless something else names them.
    """
    seen = _no_files()
    total = Event.objects.filter(kind__in=[kind.value for kind in FILES]).count()
    for done, (sha256, where) in enumerate(_named(), 1):
        if sha256 in seen:
            continue
        seen.add(sha256)
        try:
            storage.read(sha256)
        except FileNotFoundError:
            yield FsckFinding("files", where, f"Die Datei {sha256} fehlt.", f"The file {sha256} is missing.")
        except (storage.DamagedFileError, ValueError):
            yield FsckFinding("files", where, f"Die Datei {sha256} ist beschädigt.", f"The file {sha256} is damaged.")
        progress(done, max(done, total))


def _events_naming() -> Iterator[Told]:
    erased = {event.subject for event in subject.events_of([EventKind.DISPATCH_ERASED])}
    return (event for event in subject.events_of(FILES) if event.subject not in erased)


def _named() -> Iterator[tuple[str, str]]:
    for event in _events_naming():
        for member in FILES[event.kind] if event.kind else ():
            value = event.data.get(member)
            for each in value if isinstance(value, list) else [value]:
                sha256 = each.get("sha256") if isinstance(each, dict) else each
                if isinstance(sha256, str) and sha256:
                    yield sha256, f"{event.where} ({event.kind} {event.subject})"
    for source in file_sources.values():
        yield from source()


def _no_files() -> set[str]:
    """Hashes in events that name no file but what a row holds."""
    return {str(event.data[member]) for event in _events_naming() for member in _NO_FILES if event.data.get(member)}


OWN = (
    FsckCheck("database", Words("Datenbank", "Database"), _database),
    FsckCheck("keys", Words("Schlüssel", "Keys"), _keys, quick=True),
    FsckCheck("key modes", Words("Wer die Schlüssel lesen kann", "Who can read the keys"), _key_modes),
    FsckCheck(
        "seal",
        Words("Letztes Siegel außerhalb der Datenbank", "Newest seal outside the database"),
        _continued,
        quick=True,
    ),
    FsckCheck("checkpoints", Words("Siegel und Unterschriften", "Checkpoints and signatures"), checkpoints),
    FsckCheck("tree", Words("Ereignisse, Baum und Angaben", "Events, tree and values"), tree),
    FsckCheck("files", Words("Gespeicherte Dateien", "Stored files"), _files),
)
