"""Copying the database of a running server, and filling an empty one from such a copy."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from siegelpost.backup.manifest import BackupError
from siegelpost.ledger.database_check import damage_in
from siegelpost.settings import Settings

SQLITE, POSTGRESQL = "siegelpost.sqlite3", "siegelpost.pgdump"


def copy(settings: Settings, folder: Path) -> Path:
    """Copy the database as it stands at one moment, while others write to it.

    Raises:
        BackupError: ``pg_dump`` is missing or did not succeed, or the SQLite file cannot be read or copied, or what
            was copied is damaged.
    """
    if settings.database_url:
        target = folder / POSTGRESQL
        _run("pg_dump", settings.database_url, "--format=custom", "--no-owner", f"--file={target}")
        return target
    target = folder / SQLITE
    try:
        with (
            closing(sqlite3.connect(f"{settings.database_path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as into,
        ):
            source.backup(into)
            damage = list(damage_in(into))
    except sqlite3.Error as error:
        raise BackupError(f"{settings.database_path}: {error}") from error
    if damage:
        raise BackupError(
            f"Die Datenbank {settings.database_path} ist beschädigt ({damage[0]}). Diese Sicherung wurde verworfen; "
            "behalten Sie die früheren, und rufen Sie „siegelpost fsck“ auf.",
            "The database is damaged. This backup was thrown away; keep the earlier ones, and run `siegelpost fsck`.",
        )
    return target


def fill(settings: Settings, copied: Path) -> None:
    """Bring a copy into the database of the settings: one of PostgreSQL into an empty one, all of it or nothing.

    A copy of SQLite is the database as soon as it lies in the data folder.

    Raises:
        BackupError: the copy and the settings do not name the same kind of database, ``pg_restore`` is missing, or the
            database is not empty.
    """
    if copied.name == SQLITE and settings.database_url:
        raise BackupError(
            "Die Sicherung enthält eine SQLite-Datenbank: Bitte ohne SIEGELPOST_DATABASE_URL zurückholen.",
            "The backup holds an SQLite database: please restore it without SIEGELPOST_DATABASE_URL.",
        )
    if copied.name == SQLITE:
        return
    if not settings.database_url:
        raise BackupError(
            "Die Sicherung enthält eine PostgreSQL-Datenbank: Bitte SIEGELPOST_DATABASE_URL auf eine leere setzen.",
            "The backup holds a PostgreSQL database: please set SIEGELPOST_DATABASE_URL to an empty one.",
        )
    _run("pg_restore", settings.database_url, "--no-owner", "--exit-on-error", "--single-transaction", str(copied))
    copied.unlink()


def _run(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password travels in the environment, where other users cannot see it."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} fehlt (Paket postgresql-client).", f"{program} is missing (postgresql-client).")
    from psycopg.conninfo import conninfo_to_dict, make_conninfo  # an office on SQLite never loads it

    parts: dict[str, Any] = conninfo_to_dict(url)
    password = parts.pop("password", None)
    ended = subprocess.run(  # noqa: S603 - a fixed program with the office's own settings
        [found, f"--dbname={make_conninfo(**parts)}", *arguments],
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        raise BackupError(f"{program}: {ended.stderr.strip()[-1000:]}")
