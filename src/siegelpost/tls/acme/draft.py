"""An order on its way, written down step by step: one that was cut off is finished, and not placed a second time."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from siegelpost.tls.acme import waiting
from siegelpost.tls.acme.plan import KeyType, Plan
from siegelpost.tls.store import NotStoredError, Store, StoreError
from siegelpost.toolbox.durable import read_json, write_json

# Authorities keep an order for a week (RFC 8555 leaves it to them).
KEPT = timedelta(days=6)
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Draft:
    """One order for one key type.

    ``url`` is empty until the authority has taken it, ``stored`` until the certificate is in the store.
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
    write_json(_file(store, draft.key_type), asdict(draft) | {"begun_at": draft.begun_at.isoformat()})
    return draft


def kept(store: Store, key_type: KeyType) -> Draft | None:
    """The draft for this key type, if there is one that can be read."""
    content = read_json(_file(store, key_type))
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


def usable(store: Store, key_type: KeyType, plan: Plan, now: datetime) -> Draft | None:
    """The draft for this key type, if it is for this plan's names and not too old."""
    draft = kept(store, key_type)
    if draft is None or set(draft.names) != set(plan.names) or not draft.begun_at - KEPT < now < draft.begun_at + KEPT:
        return None
    return draft


def discard(store: Store, *key_types: KeyType) -> None:
    """These are done with."""
    for key_type in key_types or tuple(KeyType):
        _file(store, key_type).unlink(missing_ok=True)


def finish(store: Store, plan: Plan | None, now: datetime) -> tuple[str, ...]:
    """Serve what was stored, and judged good before, when the process died before it could.

    Asks nobody; for the start of a node and of each look. In the place of a bought certificate that somebody has put
    in meanwhile, nothing is served.

    Returns:
        The ids that are served now and were not before.
    """
    if plan is None:
        return ()
    drafts = [draft for key_type in plan.key_types if (draft := kept(store, key_type)) and draft.stored]
    ids = [draft.stored for draft in drafts if set(draft.names) == set(plan.names)]
    if len(ids) < len(plan.key_types):
        return ()
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


def _file(store: Store, key_type: KeyType) -> Path:
    return store.folder / "acme" / f"draft-{key_type}.json"
