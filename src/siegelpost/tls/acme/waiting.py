"""While a bought certificate is served, the automatic one waits: no purchase is replaced without a question.

Kept is what somebody put in after the plan was made; a plan that is made afterwards begins, for that is what it is
made for. The automatic one goes on by itself before the bought one ends::

    acme/waiting.json      the ids of the bought certificates, and since when
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from siegelpost.durable import read_json, write_json
from siegelpost.tls.store import Source, Store, Stored, StoreError

# Of the time that was left when it was put in, so much is left to the automatic one. Administrators have heard twice
# by then that it ends (`certificates/endings.py`).
GOES_ON_AT = 1 / 10


def wait(store: Store, ids: Iterable[str], at: datetime) -> None:
    """Let the automatic certificate wait while one of these is served, if it is a bought one.

    Called before they are activated, so that no order comes in between; one that is not served keeps nothing waiting.

    Raises:
        OSError: the disk is full; nothing was changed.
    """
    bought = [each for each in ids if _is_bought(store, each)]
    if bought:
        write_json(_file(store), {"certificates": bought, "since": at.isoformat()})


def go_on(store: Store) -> None:
    """Let the automatic certificate wait for nothing any more."""
    _file(store).unlink(missing_ok=True)


def goes_on_at(store: Store, names: Sequence[str]) -> datetime | None:
    """When the automatic certificate for these names goes on by itself, perhaps in the past; None: it does not wait."""
    content = read_json(_file(store))
    try:
        bought, since = set(content["certificates"]), datetime.fromisoformat(content["since"])
    except (KeyError, TypeError, ValueError):
        return None
    # What else would be replaced, or would end meanwhile, counts as well.
    served = [each for each in store.current() if concerns(each, names)]
    if not any(each.id in bought for each in served):
        return None
    return min(each.not_after - (each.not_after - max(each.not_before, since)) * GOES_ON_AT for each in served)


def concerns(certificate: Stored, names: Sequence[str]) -> bool:
    """Whether a certificate is for one of these names: a certificate for them would take its place, or part of it."""
    own = set(certificate.names)
    return any(_forms(name) & own for name in names) or any(_forms(name) & set(names) for name in own)


def _forms(name: str) -> set[str]:
    return {name, f"*.{name.partition('.')[2]}"}


def _is_bought(store: Store, id: str) -> bool:
    try:
        return store.get(id).source is Source.IMPORTED
    except StoreError:
        return False


def _file(store: Store) -> Path:
    return store.folder / "acme" / "waiting.json"
