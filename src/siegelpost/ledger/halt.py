"""Stopping every writer of this installation while going on would do harm, and saying why.

Whoever finds the harm (a round of the jobs, a start) leaves a note in ``run/halted``; every process looks there before
it writes an event, so sends and declarations stop within the second in which it was found, and go on by themselves
when the next look finds all well.
"""

import json
from dataclasses import asdict

import structlog

from siegelpost.keys import UnsafeError
from siegelpost.settings import load
from siegelpost.toolbox.durable import replace_durably

log = structlog.get_logger(__name__)


class HaltedError(UnsafeError):
    """Nothing is written now, for the reason of the message."""


def halt(why: str, error: UnsafeError) -> None:
    """Have nothing written until :func:`lift` of the same ``why`` (a file's name)."""
    file = load().data / "run" / "halted" / why
    if not file.exists():
        log.critical("nothing is written any more", why=why, **asdict(error.words))
        replace_durably(file, json.dumps(asdict(error.words), ensure_ascii=False).encode())


def lift(why: str) -> None:
    """What this reason stopped may go on."""
    file = load().data / "run" / "halted" / why
    if file.exists():
        file.unlink(missing_ok=True)
        log.warning("what was stopped goes on", why=why)


def reason() -> HaltedError | None:
    """Why nothing is written now; none while all is well."""
    try:
        notes = [file for file in (load().data / "run" / "halted").iterdir() if not file.name.startswith(".")]
        said = json.loads(notes[0].read_bytes()) if notes else None
    except FileNotFoundError:  # also: lifted just now
        return None
    return HaltedError(**said) if said else None


def refuse_if_halted() -> None:
    """Raise HaltedError while nothing may be written."""
    if found := reason():
        raise found
