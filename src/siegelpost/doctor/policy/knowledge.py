"""What the doctor knows of the world beyond the rules: data with a day, newer than this version where it was fetched.

A version ships its lists. A signed file brings newer ones, and nothing but data: the list of logs in place of the
shipped one; roots, distrust, roots that a browser lacks and limits of days in addition to the shipped ones. The file is
believed for its signature (Ed25519, one of ``KEYS``), wherever it comes from; an older one never replaces a newer one.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from siegelpost.doctor.policy import logs
from siegelpost.doctor.policy.distrust import Distrust
from siegelpost.doctor.policy.logs import OLD_AFTER, LogList, moment
from siegelpost.doctor.policy.rule import Browser, Scope
from siegelpost.doctor.policy.stores import Unlisted
from siegelpost.doctor.policy.validity import ValidityLimit
from siegelpost.toolbox.durable import private_folder, replace_durably
from siegelpost.toolbox.words import SpokenError

# Who may say what the doctor knows: the public halves of the keys that releases are signed with.
KEYS = ("4OLyNnHNjrqdaSs4Vy+Pyr2L+7I5w46N87LCC78Wrj0=",)
FORM = 1
FILE = "knowledge.json"
# The shipped list of logs has 70 KB.
LARGEST = 4 * 1024 * 1024


class KnowledgeError(SpokenError):
    """A file that is not taken over; what was known stays."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known by the end of ``day``; ``shipped`` says that it came with this version."""

    day: datetime
    log_list: LogList
    roots: tuple[bytes, ...] = ()
    distrusted: tuple[Distrust, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    limits: tuple[ValidityLimit, ...] = ()
    shipped: bool = True

    def is_old(self, at: datetime) -> bool:
        """Whether so much may have happened since that what is not known proves nothing."""
        return at > self.day + OLD_AFTER

    def age(self, at: datetime) -> timedelta:
        return at - self.day


_folder: list[Path] = []
_read: dict[tuple[Path, int, int], Knowledge | None] = {}


def use(folder: Path) -> None:
    """Look for a newer file there from now on, in this process and those that it forks."""
    _folder[:] = [folder]


def current() -> Knowledge:
    """The newest that there is. A file that cannot be believed is as none."""
    shipped = _shipped()
    found = _stored(_folder[0] / FILE) if _folder else None
    return shipped if found is None or found.day <= shipped.day else found


def _shipped() -> Knowledge:
    shipped = logs.log_list()
    return Knowledge(shipped.day, shipped)


def _stored(file: Path) -> Knowledge | None:
    try:
        about = file.stat()
    except OSError:
        return None
    key = (file, about.st_mtime_ns, about.st_size)
    if key not in _read:
        _read.clear()
        try:
            _read[key] = read(file.read_bytes())
        except (KnowledgeError, OSError):
            _read[key] = None
    return _read[key]


def take_over(content: bytes, folder: Path) -> Knowledge:
    """Keep a newer file, whole or not at all.

    Raises:
        KnowledgeError: its signature is wrong, it is none, or it is no newer than what is known.
    """
    found = read(content)
    use(folder)
    known = current()
    if found.day <= known.day:
        raise KnowledgeError(
            f"Die Datei ist vom {found.day:%d.%m.%Y} und nicht neuer als das, was der Doktor schon weiß "
            f"({known.day:%d.%m.%Y}). Es bleibt dabei.",
            f"The file is of {found.day:%Y-%m-%d} and no newer than what the doctor knows ({known.day:%Y-%m-%d}). "
            "That stays.",
        )
    private_folder(folder)
    replace_durably(folder / FILE, content)
    return found


def read(content: bytes, keys: Iterable[str] | None = None) -> Knowledge:
    """What a signed file says.

    Raises:
        KnowledgeError: nobody who may has signed it, or it is not understood.
    """
    try:
        outer = json.loads(content if len(content) <= LARGEST else b"")
        said, signature = outer["said"].encode(), base64.b64decode(outer["signature"], validate=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_file() from error
    if not any(_signed(said, signature, key) for key in keys or KEYS):
        raise KnowledgeError(
            "Die Unterschrift der Datei stimmt nicht: Sie ist unterwegs verändert worden oder nicht vom Hersteller. "
            "Sie wurde nicht übernommen; alles bleibt, wie es war. Laden Sie sie noch einmal.",
            "The file's signature is wrong: it was changed on its way, or is not the maker's. It was not taken over; "
            "everything stays as it was. Download it again.",
        )
    try:
        return _knowledge(json.loads(said))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_file() from error


def _no_file() -> KnowledgeError:
    return KnowledgeError(
        "Das ist keine Wissensdatei, die diese Fassung versteht. Es bleibt alles, wie es war.",
        "This is no file of knowledge that this version understands. Everything stays as it was.",
    )


def _signed(said: bytes, signature: bytes, key: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(signature, said)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _knowledge(said: Mapping[str, Any]) -> Knowledge:
    if said["form"] != FORM:
        raise ValueError("another form")
    return Knowledge(
        day=moment(said["day"]),
        log_list=logs.read_list(said),
        roots=tuple(base64.b64decode(each, validate=True) for each in said.get("roots", ())),
        distrusted=tuple(
            Distrust(authority=str(each["authority"]), roots=frozenset(each["roots"]), **_rule(each))
            for each in said.get("distrusted", ())
        ),
        unlisted=tuple(Unlisted(roots=frozenset(each["roots"]), **_rule(each)) for each in said.get("unlisted", ())),
        limits=tuple(ValidityLimit(days=int(each["days"]), **_rule(each)) for each in said.get("limits", ())),
        shipped=False,
    )


def _rule(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "browsers": frozenset(Browser(each) for each in row["browsers"]),
        "scope": Scope(row.get("scope", "public")),
        "since": moment(row["since"]),
        "source": str(row["source"]),
    }
