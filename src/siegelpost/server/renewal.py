"""The round that keeps the certificate renewed: every ten minutes, and at once when somebody asks or a try is due."""

import os
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog

from siegelpost.certificates.installed import house, open_store
from siegelpost.settings import Settings, load
from siegelpost.tls.acme.plan import plan_changed_at
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import utc_now
from siegelpost.tls.acme.renewal import look as look_at
from siegelpost.tls.acme.renewal import requested
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Store
from siegelpost.tls.store_guard import Kept

log = structlog.get_logger(__name__)

# How often the certificate is looked at, and what the authority says of it.
EVERY = timedelta(minutes=10)
# A try that is overdue waits for somebody else, or for a disk with room.
_LEAST_PAUSE = 5.0


@dataclass(slots=True)
class _Memory:
    """What this process knows beyond what lies on the disk."""

    next_look: float = 0.0
    changed_at: int = 0
    kept: Kept | None = None
    process: int = 0


_memory = _Memory()


def remember(settings: Settings) -> None:
    """Before anything is forked: so a jobs process that has to be started again remembers the folder, too."""
    _keep(open_store(settings), settings)


def look() -> None:
    """Keep the certificate renewed: a full look every ten minutes, and at once when somebody asks or a try is due."""
    settings = load()
    store = open_store(settings)
    if _memory.kept and _memory.process != os.getpid():
        _memory.kept.resume()
        _memory.process = os.getpid()
    _keep(store, settings)
    changed_at = plan_changed_at(store)
    if changed_at == _memory.changed_at and not requested(store) and time.monotonic() < _memory.next_look:
        return
    _memory.changed_at = changed_at
    try:
        ids = look_at(store, roots=house(settings).local_roots, told=lambda progress: _keep_on(store, settings))
    except AcmeError as error:
        log.warning("no certificate was obtained", problem=error.problem.code, **error.problem.values)
    else:
        if ids:
            _keep(store, settings)
            log.info("a new certificate is served", ids=ids)
    _memory.next_look = time.monotonic() + _pause(store)


def _pause(store: Store) -> float:
    """Seconds until the next look."""
    usual = EVERY.total_seconds()
    planned = acme_status(store).next_try_at
    if planned is None:
        return usual
    return min(max((planned - utc_now()).total_seconds(), _LEAST_PAUSE), usual)


def _keep_on(store: Store, settings: Settings) -> None:
    """An order takes a while; what it has reached must not be lost either.

    Raises:
        AcmeError: the folder was gone. Perhaps that alone is why something seemed to be due: it is looked at anew.
    """
    if _keep(store, settings):
        raise AcmeError(Code.BUSY)


def _keep(store: Store, settings: Settings) -> bool:
    """Keep the store's folder in mind, and put it back when it was taken away under the running server.

    Not when the whole data folder is gone: then a disk is missing, and nothing must be written in its place.

    Returns:
        Whether it was put back just now.
    """
    if not settings.data.exists():
        return False
    if _memory.kept is None:
        _memory.kept = Kept(store)
    try:
        if _memory.kept.look(utc_now()):
            log.error("the folder of the certificates was gone; it was put back", folder=str(store.folder))
            _memory.changed_at = 0
            return True
    except OSError as error:
        log.error("the folder of the certificates is gone, and cannot be put back", detail=error.strerror)
    return False
