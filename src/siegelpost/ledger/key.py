"""The key that signs checkpoints and proofs: one file in the data folder, made once.

Whoever has this file can sign in the office's name, so it is readable by the server alone and belongs into
the backup. A new key would be a new log: that is never made silently.
"""

from pathlib import Path

from siegelpost.keys import UnsafeError
from siegelpost.ledger.note import NoteError, Signer
from siegelpost.settings import load
from siegelpost.toolbox.durable import create_durably

FILE_NAME = "ledger.key"


class LedgerKeyError(UnsafeError):
    """The signing key is missing, damaged or not the one that signed before; the message says what to do."""


def path() -> Path:
    """Where the key lies."""
    return load().keys / FILE_NAME


def read() -> Signer:
    """The signing key.

    Raises:
        LedgerKeyError: the file is missing or damaged.
    """
    try:
        return Signer.parse(path().read_text().removesuffix("\n"))
    except FileNotFoundError as error:
        raise LedgerKeyError(
            f"Der Siegelschlüssel {path()} fehlt. Das Protokoll selbst ist unversehrt, aber es kann nichts mehr "
            "gesiegelt werden. Spielen Sie die Datei aus der Datensicherung zurück; ein neuer Schlüssel wird "
            "nicht angelegt, weil er frühere Nachweise nicht fortsetzen könnte.",
            f"The signing key {path()} is missing. The ledger itself is safe, but nothing can be sealed. Restore the "
            "file from your backup; no new key is made, because it could not continue earlier proofs.",
        ) from error
    except (NoteError, UnicodeDecodeError) as error:
        raise LedgerKeyError(
            f"Der Siegelschlüssel {path()} ist beschädigt ({error}). Spielen Sie ihn aus der Datensicherung zurück.",
            f"The signing key {path()} is damaged ({error}). Restore it from your backup.",
        ) from error


def create() -> Signer:
    """Make the key of a new log, or read the one that another process has just made.

    The log is named after the host that recipients know; later changes of the address do not rename it.

    Raises:
        LedgerKeyError: the file that is there already is damaged.
    """
    signer = Signer.generate(f"{load().public_host}/siegelpost")
    create_durably(path(), f"{signer.skey}\n".encode())
    return read()
