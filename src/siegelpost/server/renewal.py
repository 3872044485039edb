"""The round that keeps the certificate renewed: every ten minutes, and at once when somebody asks or a try is due."""

import time
from dataclasses import dataclass

import structlog

from siegelpost.certificates.house import house, open_store
from siegelpost.settings import Settings, load
from siegelpost.tls import AcmeError, Plan, Store, acme_status, load_plan, plan_changed_at, requested, save_plan
from siegelpost.tls import look as look_at
from siegelpost.tls.acme.progress import utc_now
from siegelpost.tls.acme.renewal import EVERY

log = structlog.get_logger(__name__)

# A try that is overdue waits for somebody else, or for a disk with room.
_LEAST_PAUSE = 5.0


@dataclass
class _Memory:
    """What this process knows beyond what lies on the disk."""

    next_look: float = 0.0
    changed_at: int = 0
    plan: Plan | None = None


_memory = _Memory()


def look() -> None:
    """Called every second; looks at two files, and does something only when there is something to do."""
    settings = load()
    store = open_store(settings)
    _restore(store, settings)
    changed_at = plan_changed_at(store)
    if changed_at == _memory.changed_at and not requested(store) and time.monotonic() < _memory.next_look:
        return
    _memory.changed_at = changed_at
    _memory.plan = load_plan(store)
    try:
        ids = look_at(store, roots=house(settings).local_roots)
    except AcmeError as error:
        log.warning("no certificate was obtained", problem=error.problem.code, **error.problem.values)
    else:
        if ids:
            log.info("a new certificate is served", ids=ids)
    _memory.next_look = time.monotonic() + _pause(store)


def _pause(store: Store) -> float:
    """Seconds until the next look."""
    usual = EVERY.total_seconds()
    planned = acme_status(store).next_try_at
    if planned is None:
        return usual
    return min(max((planned - utc_now()).total_seconds(), _LEAST_PAUSE), usual)


def _restore(store: Store, settings: Settings) -> None:
    """When the store's folder was taken away under the running server, keep the plan at least: it brings a new one.

    Not when the whole data folder is gone: then a disk is missing, and nothing must be written in its place.
    """
    if _memory.plan is None or store.folder.exists() or not settings.data.exists():
        return
    log.error("the folder of the certificates is gone; it is made anew", folder=str(store.folder))
    save_plan(store, _memory.plan)
