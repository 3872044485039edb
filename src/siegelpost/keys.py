"""The installation's own secrets: one file each, made while nothing depends on it, and never again.

A key that is gone cannot be made anew: a new one would open nothing that the old one has sealed. So a missing key is
made only while the database does not know it (see :mod:`siegelpost.ledger.installation`); afterwards it is refused.
"""

import hashlib
import json
import secrets
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from siegelpost.toolbox.durable import create_durably
from siegelpost.toolbox.words import SpokenError

# Every key of random bytes, by the name of its file.
NAMES = ("after-form", "django", "fields", "form-stamp", "mail", "push", "second-factor", "throttle", "visitors")
_KNOWN = "SELECT CAST(keys AS text) FROM ledger_installation"


class UnsafeError(SpokenError):
    """Going on would do harm that cannot be undone."""


class KeyMissingError(UnsafeError):
    """A key that this installation has used is not where it belongs."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"Der Schlüssel {file} fehlt, und die Datenbank ist nicht leer: Sie gehört zu einem anderen Datenordner, "
            "oder die Datei ging verloren. Es wurde nichts verändert und kein neuer Schlüssel angelegt, denn er könnte "
            "nichts von dem öffnen, was der alte verschlossen hat. Nehmen Sie den Datenordner, zu dem die Datenbank "
            "gehört (mehrere Rechner teilen sich einen), oder spielen Sie die Datei aus der Datensicherung zurück.",
            f"The key {file} is missing, and the database is not empty: it belongs to another data folder, or the file "
            "was lost. Nothing was changed and no new key was made, for it could open nothing that the old one has "
            "sealed. Use the data folder that the database belongs to (several machines share one), or restore the "
            "file from your backup.",
        )


class KeyUndecidedError(UnsafeError):
    """A key is not where it belongs, and whether it may be made only the database could say."""

    def __init__(self, file: Path, error: Exception) -> None:
        super().__init__(
            f"Der Schlüssel {file} fehlt. Ob er neu angelegt werden darf, sagt nur die Datenbank, und die antwortet "
            f"nicht ({error}). Es wurde nichts verändert. Bitte die Datenbank starten oder zurückholen.",
            f"The key {file} is missing. Only the database could say whether it may be made anew, and it does not "
            f"answer ({error}). Nothing was changed. Please start or restore the database.",
        )


@cache
def secret(folder: Path, name: str, database_url: str | None, sqlite: Path) -> bytes:
    """The 32 random bytes of a key, made on first use and kept in ``folder/name`` (0600).

    Raises:
        KeyMissingError: the file is missing, and the database knows the key.
        KeyUndecidedError: the file is missing, and the database does not answer.
        ValueError: no key has this name.
    """
    if name not in NAMES:
        raise ValueError(f"no key is called {name}")
    file = folder / name
    if not file.exists():
        try:
            needed = name in known(database_url, sqlite)
        except Exception as error:  # whatever it is, nothing is made while nobody knows
            raise KeyUndecidedError(file, error) from error
        if needed:
            raise KeyMissingError(file)
        create_durably(file, secrets.token_bytes(32))
    return file.read_bytes()


def fingerprint(key: bytes) -> str:
    """What tells keys apart and gives nothing of them away; they are too random to be guessed."""
    return hashlib.sha256(b"siegelpost key\n" + key).hexdigest()[:32]


def known(database_url: str | None, sqlite: Path) -> dict[str, str]:
    """The keys that the database knows, by name, each with its fingerprint; none while it is empty.

    Asked past Django, whose settings need the first key.

    Raises:
        sqlite3.Error, psycopg.Error: the database does not answer, so nobody knows.
    """
    if database_url is not None:
        import psycopg  # an office on SQLite never loads it

        with psycopg.connect(database_url, connect_timeout=10) as connection:
            there = connection.execute("SELECT to_regclass('ledger_installation') IS NOT NULL").fetchone()
            row = connection.execute(_KNOWN).fetchone() if there and there[0] else None
    elif sqlite.exists():
        with closing(sqlite3.connect(f"{sqlite.resolve().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
            there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger_installation'").fetchone()
            row = connection.execute(_KNOWN).fetchone() if there else None
    else:
        row = None
    found: dict[str, str] = json.loads(row[0]) if row else {}
    return found
