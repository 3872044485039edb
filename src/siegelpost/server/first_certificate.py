"""The certificate of the first start."""

from datetime import UTC, datetime, timedelta

from siegelpost.certificates.installed import open_store
from siegelpost.server.hosts import own_names
from siegelpost.settings import Settings
from siegelpost.tls.acme.draft import finish
from siegelpost.tls.acme.plan import load_plan
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source

__all__ = ["ensure_certificate", "open_store"]

_RENEWED_BEFORE_END = timedelta(days=30)


def ensure_certificate(settings: Settings, *, at: datetime | None = None) -> bool:
    """Make and activate a self-signed certificate if nothing is there, or only an old self-signed one.

    An order that was cut off just before its certificate was served is finished first.

    Returns:
        Whether one was made.
    """
    at = at or datetime.now(UTC)
    store = open_store(settings)
    finish(store, load_plan(store), at)
    present = store.current()
    if any(not each.self_signed for each in present):
        return False
    if present and present[0].not_after - at > _RENEWED_BEFORE_END and settings.public_host in present[0].names:
        return False
    key, chain = self_signed(own_names(settings.public_host), at=at)
    store.activate(store.add(chain, key, Source.SELF_SIGNED, at=at).id)
    return True
