r"""The bytes of one event as the Merkle tree sees them.

A leaf is one JSON object in the canonical form of RFC 8785 (sorted keys, no blanks, UTF-8), with these
members:

``at``        UTC time, always ``YYYY-MM-DDThh:mm:ss.ffffffZ``
``data``      object; what happened, without personal data
``event``     URI of the event's kind, of EN 319 522 or our own
``nonce``     32 hex digits, random: nobody can guess a leaf from its hash, which neighbours' proofs contain
``personal``  object; for each name of a personal value the commitment to it
``subject``   public identifier of what the event is about
``v``         1

A commitment is SHA-256 (hex) over ``salt "\\n" name "\\n" value`` in UTF-8, the salt being 32 random hex
digits. Salt and value (together the *opening*) are kept outside the tree and can be erased; the leaf, and so
every proof, stays.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from siegelpost.ledger import reasons
from siegelpost.ledger.reasons import ReasonError

JSON: TypeAlias = "str | int | bool | Sequence[JSON] | Mapping[str, JSON] | None"

VERSION = 1
# What every JSON reader keeps exactly (RFC 7493, 2.2).
MAX_INT = 2**53 - 1
MAX_LEAF = 64 * 1024
MAX_DEPTH = 16

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
_HEX32 = re.compile(r"[0-9a-f]{32}\Z")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z", re.ASCII)
_URI = re.compile(r"(http://uri\.etsi\.org/19522/Event/|urn:siegelpost:event:)[A-Za-z][A-Za-z0-9]{0,63}\Z", re.ASCII)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class LeafError(ReasonError):
    """Bytes that are not a leaf, or values that cannot stand in one."""


class Opening(NamedTuple):
    """A personal value and the salt that ties it to its commitment."""

    salt: str
    value: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf, read."""

    at: datetime
    event: str
    subject: str
    data: Mapping[str, JSON]
    personal: Mapping[str, str]


def canonical(value: JSON) -> bytes:
    """``value`` as canonical JSON (RFC 8785), for names of ASCII letters, digits and ``_.-``.

    Raises:
        LeafError: a float, a number beyond ±(2**53 - 1), another type, a strange name, or half a surrogate
        pair.
    """
    _check(value, MAX_DEPTH)
    return _utf8(_encode(value))


def commit(name: str, opening: Opening) -> str:
    """The commitment to a personal value, as 64 hex digits."""
    return hashlib.sha256(_utf8(f"{opening.salt}\n{name}\n{opening.value}")).hexdigest()


def make(
    uri: str, *, subject: str, at: datetime, data: Mapping[str, JSON], personal: Mapping[str, str]
) -> tuple[bytes, dict[str, Opening]]:
    """The leaf of a new event, and the openings of its personal values.

    Raises:
        LeafError: a value cannot stand in a leaf, the time is naive, or the leaf is larger than 64 KiB.
    """
    if at.tzinfo is None:
        raise LeafError(reasons.NO_TIME_ZONE)
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    _check(data, MAX_DEPTH)
    random = os.urandom(16 * (1 + len(personal))).hex()
    openings: dict[str, Opening] = {}
    commitments: dict[str, str] = {}
    for i, (name, value) in enumerate(personal.items(), 1):
        _check_name(name)
        openings[name] = Opening(random[32 * i : 32 * (i + 1)], value)
        commitments[name] = commit(name, openings[name])
    # The members of a leaf are few and known: writing them in order saves a third of the time of encoding
    # them.
    leaf = _utf8(
        f'{{"at":"{at.isoformat(timespec="microseconds")[:26]}Z","data":{_encode(data)},"event":"{uri}",'
        f'"nonce":"{random[:32]}","personal":{_encode(commitments)},"subject":{_encode(subject)},"v":{VERSION}}}'
    )
    if len(leaf) > MAX_LEAF:
        raise LeafError(reasons.LEAF_LARGE, len(leaf), MAX_LEAF)
    return leaf, openings


def read(raw: bytes) -> Leaf:
    """Read a leaf strictly: exactly these members, exactly the canonical bytes.

    Raises:
        LeafError: anything else.
    """
    if len(raw) > MAX_LEAF:
        raise LeafError(reasons.LEAF_LARGE, len(raw), MAX_LEAF)
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise LeafError(reasons.NOT_JSON) from error
    match found:
        case {
            "at": str(at),
            "data": dict(data),
            "event": str(event),
            "nonce": str(nonce),
            "personal": dict(personal),
            "subject": str(subject),
            "v": 1,
            **rest,
        } if not rest:
            pass
        case _:
            raise LeafError(reasons.LEAF_MEMBERS)
    if found["v"] is True or canonical(found) != raw:
        raise LeafError(reasons.NOT_CANONICAL)
    if not _HEX32.match(nonce) or not _AT.match(at):
        raise LeafError(reasons.NONCE_OR_TIME)
    if not all(isinstance(value, str) and _HEX64.match(value) for value in personal.values()):
        raise LeafError(reasons.COMMITMENT)
    if not _URI.match(event):
        raise LeafError(reasons.EVENT_URI)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise LeafError(reasons.NO_SUCH_TIME) from error
    return Leaf(moment, event, subject, data, personal)


def openings_bytes(openings: Mapping[str, Opening]) -> bytes:
    """Openings as canonical JSON, ``{name: [salt, value]}``."""
    return canonical({name: list(opening) for name, opening in openings.items()})


def read_openings(raw: bytes) -> dict[str, Opening]:
    """Read openings strictly; whether they fit a leaf is still to be checked.

    Raises:
        LeafError: they are malformed.
    """
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise LeafError(reasons.NOT_JSON) from error
    if not isinstance(found, dict) or canonical(found) != raw:
        raise LeafError(reasons.OPENINGS_FORM)
    openings = {}
    for name, pair in found.items():
        match pair:
            case [str(salt), str(value)] if _HEX32.match(salt):
                openings[name] = Opening(salt, value)
            case _:
                raise LeafError(reasons.OPENING_FORM, repr(name))
    return openings


def _check(value: JSON, depth: int) -> None:
    if depth < 0:
        raise LeafError(reasons.TOO_DEEP, MAX_DEPTH)
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INT:
            raise LeafError(reasons.NUMBER_LARGE, value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_name(name)
            _check(member, depth - 1)
    elif isinstance(value, list | tuple):
        for member in value:
            _check(member, depth - 1)
    else:
        raise LeafError(reasons.VALUE_TYPE, type(value).__name__)


@lru_cache(4096)
def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _NAME.match(name):
        raise LeafError(reasons.MEMBER_NAME, repr(name))


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise LeafError(reasons.SURROGATE) from error
