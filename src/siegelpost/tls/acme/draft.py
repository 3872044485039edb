"""An order on its way, written down step by step: one that was cut off is finished, and not placed a second time."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from siegelpost.tls.acme import waiting
from siegelpost.tls.acme.plan import Authority, KeyType, Plan
from siegelpost.tls.store import NotStoredError, Store, StoreError
from siegelpost.toolbox.durable import read_json, write_json

# Authorities keep an order for a week (RFC 8555 leaves it to them).
KEPT = timedelta(days=6)
# A certificate that is of no use is fetched again for so long, and only then ordered anew: more often than every 34
# hours would use up what authorities allow for the same names. Shortly before the present one ends, that matters less.
KEPT_REFUSED = timedelta(hours=36)
KEPT_REFUSED_IN_AN_EMERGENCY = timedelta(hours=2)
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Draft:
    """One order for one key type.

    ``url`` is empty until the authority has taken it, ``stored`` until the certificate is in the store; ``refused_at``
    says when what was delivered was first found to be of no use, in ISO 8601.
    """

    key_type: KeyType
    directory: str
    profile: str
    names: tuple[str, ...]
    begun_at: datetime
    sealed_key: str
    url: str = ""
    stored: str = ""
    replaces: str = ""
    refused_at: str = ""

    def key_pem(self, store: Store) -> str:
        """The private key, not encrypted."""
        key = store.unseal(self.sealed_key.encode())
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


def begin(store: Store, key_type: KeyType, directory: str, profile: str, names: tuple[str, ...], at: datetime) -> Draft:
    """A draft with a new key, kept. Raises OSError: the disk is full."""
    key = (
        rsa.generate_private_key(public_exponent=65_537, key_size=_RSA_BITS)
        if key_type is KeyType.RSA
        else ec.generate_private_key(ec.SECP256R1())
    )
    return keep(store, Draft(key_type, directory, profile, names, at, store.seal(key).decode()))


def keep(store: Store, draft: Draft, **changes: Any) -> Draft:
    """The draft with these changes, written down. Raises OSError: the disk is full."""
    draft = replace(draft, **changes)
    write_json(_file(store, draft), asdict(draft) | {"begun_at": draft.begun_at.isoformat()})
    return draft


def kept(store: Store, key_type: KeyType) -> list[Draft]:
    """The drafts for this key type that can be read, one for each authority, the latest first."""
    found = [draft for file in _files(store, key_type) if (draft := _read(store, file))]
    return sorted(found, key=lambda draft: draft.begun_at, reverse=True)


def _read(store: Store, file: Path) -> Draft | None:
    content = read_json(file)
    try:
        draft = Draft(
            **content
            | {
                "key_type": KeyType(content["key_type"]),
                "names": tuple(content["names"]),
                "begun_at": datetime.fromisoformat(content["begun_at"]),
            }
        )
        if not draft.stored:
            draft.key_pem(store)
    except (KeyError, TypeError, ValueError, StoreError, OSError):
        return None
    return draft


def usable(
    store: Store, key_type: KeyType, plan: Plan, authority: Authority, now: datetime, *, urgent: bool = False
) -> Draft | None:
    """The draft for this key type at this authority, if it is for this plan's names and not too old.

    Args:
        urgent: the certificate that is served ends soon.
    """
    for draft in kept(store, key_type):
        asked = (draft.directory, draft.profile) == (authority.directory, authority.profile)
        if asked and set(draft.names) == set(plan.names) and _fresh(draft, now, urgent):
            return draft
    return None


def _fresh(draft: Draft, now: datetime, urgent: bool) -> bool:
    kept_refused = KEPT_REFUSED_IN_AN_EMERGENCY if urgent else KEPT_REFUSED
    if draft.refused_at and abs(now - datetime.fromisoformat(draft.refused_at)) > kept_refused:
        return False
    return draft.begun_at - KEPT < now < draft.begun_at + KEPT


def forget(store: Store, draft: Draft) -> None:
    """This one is done with."""
    _file(store, draft).unlink(missing_ok=True)


def discard(store: Store, *key_types: KeyType) -> None:
    """All of these key types are done with, at every authority."""
    for key_type in key_types or tuple(KeyType):
        for file in _files(store, key_type):
            file.unlink(missing_ok=True)


def finish(store: Store, plan: Plan | None, now: datetime) -> tuple[str, ...]:
    """Serve what was stored, and judged good before, when the process died before it could.

    Asks nobody; for the start of a node and of each look. In the place of a bought certificate that somebody has put
    in meanwhile, nothing is served.

    Returns:
        The ids that are served now and were not before.
    """
    if plan is None:
        return ()
    stored = [
        [draft.stored for draft in kept(store, key_type) if draft.stored and set(draft.names) == set(plan.names)]
        for key_type in plan.key_types
    ]
    if not all(stored):
        return ()
    ids = [latest for latest, *_ in stored]
    try:
        certificates = [store.get(id) for id in ids]
    except NotStoredError:
        discard(store, *plan.key_types)
        return ()
    served = {each.id for each in store.current()}
    new = tuple(each.id for each in certificates if each.id not in served)
    active = store.active()
    if waiting.waits_until(store, plan.names, plan.over, now):
        new = ()
    if new:
        store.activate(*ids, after=active)
    discard(store, *plan.key_types)
    return new


def _file(store: Store, draft: Draft) -> Path:
    """One for each authority: what is begun at the second must not end what is under way at the first."""
    at = sha256(draft.directory.encode()).hexdigest()[:16]
    return store.folder / "acme" / f"draft-{draft.key_type}-{at}.json"


def _files(store: Store, key_type: KeyType) -> list[Path]:
    """Also the one of earlier versions, which knew a single one."""
    return sorted((store.folder / "acme").glob(f"draft-{key_type}*.json"))
