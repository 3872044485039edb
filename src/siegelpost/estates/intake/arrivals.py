"""From an account's folder to the import: what is whole is taken over, once, and nothing else is.

A file is first written down (:class:`Arrival`, with the name it gets), then moved, then handed to the imports. Killed
between any two of these, the next round goes on by what it finds, and nothing is lost or done twice.
"""

import hashlib
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.estates.import_models import Import
from siegelpost.estates.imports import spool
from siegelpost.estates.intake import accounts, reasons, verdicts
from siegelpost.estates.intake.box import MIB, UNFINISHED, Box, folder_of
from siegelpost.estates.intake.wholeness import ends_as_openimmo, is_whole_zip, is_zip
from siegelpost.estates.intake_models import KNOWN, Arrival, ArrivalState, IntakeAccount, Way
from siegelpost.foreign import room
from siegelpost.foreign.errors import BusyError, TooExpensiveError
from siegelpost.ledger.halt import HaltedError, refuse_if_halted
from siegelpost.settings import load
from siegelpost.toolbox.durable import replaced, sync
from siegelpost.toolbox.locks import alone_or_not, hold

log = structlog.get_logger(__name__)

# Seconds for which nothing has changed: of a ZIP, of an XML file and all that lies beside it.
QUIET, QUIET_FOLDER = 10, 120
# What is not whole by then never will be; what belongs to nothing is kept for somebody's next try until then.
PATIENCE, PATIENCE_ALONE = 15 * 60, 24 * 3600
# So many transfers of one account wait for a person; further ones stay in the folder.
MOST_WAITING = 200
KEPT_FOR = timedelta(days=90)
_CHUNK = MIB
# How the account's folder is named within itself.
_WHOLE = "."


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it lay there when it was looked at."""

    path: Path
    name: str
    size: int
    changed: int  # nanoseconds

    @property
    def age(self) -> float:
        """Seconds since anything was changed about it, which no client can tell otherwise."""
        return time.time() - self.changed / 1e9

    @property
    def is_final(self) -> bool:
        """Whether its name, and that of each folder it is in, is one that programs give to what is finished."""
        return not any(UNFINISHED.search(part) for part in self.name.split("/"))


def round_() -> None:
    """Take over what has come whole, and bring in or show what was read."""
    if not accounts.accounts().exists() and not Arrival.objects.filter(ended_at=None).exists():
        return
    refuse_if_halted()
    with alone_or_not(load().data / "run" / "intake.lock") as (ours, _):
        if ours:
            for cut_off in Arrival.objects.filter(state=ArrivalState.TAKEN).select_related("account").order_by("pk"):
                _by_itself(cut_off.account, partial(_take, cut_off))
            for account in accounts.accounts():
                _by_itself(account, partial(_look, account))
            verdicts.follow()


def lately() -> QuerySet[Arrival]:
    """What came, the latest first."""
    return Arrival.objects.select_related("account", "of")


def forget_old() -> None:
    """Forget what came three months ago, and remove what lies in the folders of accounts that were closed."""
    Arrival.objects.filter(ended_at__lt=timezone.now() - KEPT_FOR).delete()
    for closed in IntakeAccount.objects.exclude(revoked_at=None):
        with suppress(PermissionError):  # somebody else's; whoever put it there may remove it
            box = box_of(closed)
            for file in box.files():
                file.unlink(missing_ok=True)
            box.tidy()


def box_of(account: IntakeAccount) -> Box:
    """The account's folder."""
    return Box(account.login, account.most_mib * MIB)


def _by_itself(account: IntakeAccount, act: Callable[[], None]) -> None:
    """Do this with an account's folder; where that does not let us, it is told, and the others get their turn."""
    try:
        act()
    except PermissionError:
        log.warning("intake_folder_closed", account=account.login, exc_info=True)
        _tell_of_folder(account)
    except HaltedError:
        raise
    except Exception:
        log.exception("intake_folder_failed", account=account.login)


def _tell_of_folder(account: IntakeAccount) -> None:
    """Keep the account of a folder that is somebody else's, once for each time that anything changes about it."""
    try:
        changed = folder_of(account.login).lstat().st_ctime_ns
    except OSError:
        changed = 0
    parts = [[_WHOLE, 0, changed, False]]
    if not account.arrivals.filter(state=ArrivalState.REFUSED, parts=parts).exists():
        Arrival.objects.create(
            account=account,
            name=_shown(account.login),
            way=Way.FOLDER,
            size=0,
            sha256="",
            parts=parts,
            state=ArrivalState.REFUSED,
            why=reasons.said(reasons.CLOSED_FOLDER),
            ended_at=timezone.now(),
        )


def _look(account: IntakeAccount) -> None:
    """Take over whatever of this account is whole and still."""
    box = box_of(account)
    box.name_in_utf8()
    closed = list(_seen(box, box.closed()))
    for each in closed:
        if each.age > PATIENCE and each.name == _WHOLE:
            _tell_of_folder(account)
        elif each.age > PATIENCE:
            reason = reasons.CLOSED_FOLDER if each.path.is_dir() else reasons.CLOSED
            _refuse(account, box, [each], reason, stays=True)
    files = sorted((each for each in _seen(box, box.files()) if each not in closed), key=lambda each: each.changed)
    if not files:
        box.tidy()
        return
    if account.arrivals.filter(state=ArrivalState.WAITING).count() >= MOST_WAITING:
        return
    loose = []
    for file in files:
        if not file.is_final or not _is_zip(file):
            loose.append(file)
            continue
        with suppress(BusyError):
            _zip(account, box, file)
    _loose(account, box, loose)


def _seen(box: Box, paths: Iterable[Path]) -> Iterator[_File]:
    for path in paths:
        with suppress(FileNotFoundError):
            there = path.lstat()
            yield _File(path, path.relative_to(box.root).as_posix(), there.st_size, there.st_ctime_ns)


def _is_zip(file: _File) -> bool:
    if file.name.lower().endswith(".zip"):
        return True
    try:
        with file.path.open("rb") as opened:
            return is_zip(opened)
    except OSError:
        return False


def _zip(account: IntakeAccount, box: Box, file: _File) -> None:
    """Take a ZIP over if it is whole; refuse one that has not become whole for long."""
    if file.age < QUIET or not _is_free(file) or _remains(account, box, [file]):
        return
    try:
        with file.path.open("rb") as opened:
            whole = room.read(is_whole_zip, opened)
    except TooExpensiveError:
        whole = True  # whoever reads it says what is wrong with it
    except FileNotFoundError:
        return
    if whole:
        _write_down(account, box, [file], file)
    elif file.age > PATIENCE:
        _refuse(account, box, [file], reasons.NOT_WHOLE)


def _loose(account: IntakeAccount, box: Box, files: list[_File]) -> None:
    """Take an XML file over with what lies beside it and below; refuse what belongs to none."""
    documents = [file for file in files if file.is_final and file.name.lower().endswith(".xml")]
    for file in documents:
        folder = file.name.rpartition("/")[0]
        around = [each for each in files if each not in documents and _is_in(each, folder)]
        if min(each.age for each in (file, *around)) < QUIET_FOLDER or not all(map(_is_free, (file, *around))):
            continue
        beside = [each for each in around if each.is_final]
        if _remains(account, box, [file, *beside]):
            continue
        try:
            with file.path.open("rb") as opened:
                whole = ends_as_openimmo(opened)
        except FileNotFoundError:
            continue
        is_last = not any(_is_in(other, folder) for other in documents if other != file)
        if whole:
            # Pictures stay for another document that is still to come from this folder.
            _write_down(account, box, [file, *beside], file, keeps=[] if is_last else beside)
            return  # what lies there is looked at anew
        if file.age > PATIENCE:
            _refuse(account, box, [file], reasons.NOT_WHOLE)
    if not documents and files and all(each.age > PATIENCE_ALONE and _is_free(each) for each in files):
        _refuse(account, box, files, reasons.NO_DOCUMENT)


def _is_in(file: _File, folder: str) -> bool:
    return not folder or file.name.startswith(f"{folder}/")


def _is_free(file: _File) -> bool:
    """Whether nobody is writing it."""
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return hold(handle)
    finally:
        os.close(handle)


def _write_down(
    account: IntakeAccount, box: Box, parts: list[_File], document: _File, keeps: Iterable[_File] = ()
) -> None:
    """Write down that this is taken over now, and do so."""
    digest = _digest(parts)
    if digest is None:
        return
    kept = {each.name for each in keeps}
    sender = box.sender(document.path)
    known = account.arrivals.filter(sha256=digest, state__in=KNOWN).order_by("pk").first()
    arrival = Arrival(
        account=account,
        name=_shown(document.name),
        way=sender.way,
        address=sender.address[:64],
        size=sum(each.size for each in parts),
        sha256=digest,
        key=f"{uuid.uuid4()}{'.zip' if _is_zip(parts[0]) or len(parts) > 1 else '.xml'}",
        parts=[[each.name, each.size, each.changed, each.name not in kept] for each in parts],
    )
    if known:
        _end_without(arrival, box, ArrivalState.REPEATED, reasons.said(reasons.REPEATED))
        return
    arrival.save()
    _take(arrival)


def _take(arrival: Arrival) -> None:
    """Bring what was written down into the hands of the imports, from wherever it was cut off."""
    box = box_of(arrival.account)
    parts = [_File(box.root / name, name, size, changed) for name, size, changed, _goes in arrival.parts]
    if spool.path(arrival.key) is None and not _move(box, parts, arrival.key):
        # It was overwritten meanwhile: what lies there now is taken by itself.
        arrival.delete()
        return
    _remove(box, arrival)
    with transaction.atomic():
        arrival.of = Import.objects.create(name=arrival.name, key=arrival.key)
        arrival.state = ArrivalState.AT_WORK
        arrival.save()
    log.info("intake_taken", account=arrival.account.login, way=arrival.way, bytes=arrival.size)


def _move(box: Box, parts: list[_File], key: str) -> bool:
    """Put a file, or several as one ZIP, where imports are read from; whether all was as it had been."""
    target = spool.place(key)
    if len(parts) > 1:
        with replaced(target) as out, _archive(out) as archive:
            for part in parts:
                if not _is_unchanged(part):
                    break
                archive.write(part.path, part.name)
        if all(map(_is_unchanged, parts)):
            return True
        target.unlink(missing_ok=True)
        return False
    [part] = parts
    with box.alone():
        if not _is_unchanged(part) or not _is_free(part):
            return False
        sync(part.path)
        try:
            os.utime(part.path)  # what is old is cleared away where it goes
            part.path.rename(target)
        except OSError:  # on another disk, or somebody else's
            with part.path.open("rb") as source, replaced(target) as out:
                while piece := source.read(_CHUNK):
                    out.write(piece)
            with suppress(PermissionError):
                part.path.unlink()
        sync(target.parent)
    return True


def _archive(out: BinaryIO) -> zipfile.ZipFile:
    """A ZIP that takes any date: a NAS, or who copies with dates, gives 1970."""
    return zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, strict_timestamps=False)


def _is_unchanged(file: _File) -> bool:
    try:
        there = file.path.lstat()
    except OSError:
        return False
    return (there.st_size, there.st_ctime_ns) == (file.size, file.changed)


def _remove(box: Box, arrival: Arrival) -> None:
    """Remove what was taken over, unless something else has its name by now."""
    with box.alone():
        for name, size, changed, goes in arrival.parts:
            path = box.root / name
            with suppress(OSError):
                if goes and _is_unchanged(_File(path, name, size, changed)):
                    path.unlink()


def _refuse(
    account: IntakeAccount, box: Box, files: list[_File], reason: reasons.Reason, *, stays: bool = False
) -> None:
    """Keep the account of what is not taken over, and remove it unless it ``stays``."""
    if _remains(account, box, files):
        return
    sender = box.sender(files[0].path)
    arrival = Arrival(
        account=account,
        name=_shown(files[0].name),
        way=sender.way,
        address=sender.address[:64],
        size=sum(each.size for each in files),
        sha256="",
        parts=[[each.name, each.size, each.changed, not stays] for each in files],
    )
    _end_without(arrival, box, ArrivalState.REFUSED, reasons.said(reason, files=len(files)))


def _end_without(arrival: Arrival, box: Box, state: ArrivalState, why: dict[str, str]) -> None:
    """Keep the account of what is not handed on, and then remove it."""
    arrival.key, arrival.state, arrival.why, arrival.ended_at = "", state, why, timezone.now()
    with transaction.atomic():
        arrival.save()
    _remove(box, arrival)


def _remains(account: IntakeAccount, box: Box, parts: list[_File]) -> bool:
    """Whether this was dealt with before, and lies there because it could not be removed; that is tried again.

    Somebody else has put it there, such as root: it is neither looked at nor told once more.
    """
    alike = account.arrivals.filter(name=_shown(parts[0].name), size=sum(each.size for each in parts))
    lies = [[each.name, each.size, each.changed] for each in parts]
    for before in alike:
        if [part[:3] for part in before.parts] == lies:
            _remove(box, before)
            return True
    return False


def _digest(parts: list[_File]) -> str | None:
    """SHA-256 of a file, or of the names and contents of several; None where one has gone."""
    whole = hashlib.sha256()
    try:
        for part in parts:
            one = hashlib.sha256()
            with part.path.open("rb") as file:
                while piece := file.read(_CHUNK):
                    one.update(piece)
            if len(parts) == 1:
                return one.hexdigest()
            whole.update(part.name.encode() + b"\0" + one.digest())
    except OSError:
        return None
    return whole.hexdigest()


def _shown(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[-255:].strip() or "openimmo"
