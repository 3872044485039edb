"""The hosts that the office has named: added and removed by people, looked at once a day or at once."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from siegelpost.certificates.actions import SUBJECT
from siegelpost.certificates.installed import house
from siegelpost.certificates.models import WatchedHost
from siegelpost.certificates.watched import notice
from siegelpost.certificates.watched.look import Sighting, Watcher, WatchState, look
from siegelpost.certificates.watched.services import SERVICES, Service
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.settings import load
from siegelpost.toolbox.lines import line

MOST = 30
EVERY = timedelta(hours=24)
# A look takes a while, and the job comes once an hour: a day later it is due again, not a day and an hour.
_SLACK = timedelta(minutes=30)


class TooManyError(Exception):
    """As many are watched as may be."""


class WatchedAlreadyError(Exception):
    """This service of this host is watched already."""


def watched() -> list[WatchedHost]:
    """All of them, by their names."""
    return list(WatchedHost.objects.all())


@transaction.atomic
def add(service: Service, host: str, port: int | None, *, by: str) -> WatchedHost:
    """Watch this host from now on; ``host`` is a name in its ASCII form or an address.

    Raises:
        WatchedAlreadyError: it is.
        TooManyError: there are as many as may be.
    """
    if WatchedHost.objects.count() >= MOST:
        raise TooManyError
    found, fresh = WatchedHost.objects.get_or_create(
        service=service.value, host=host, port=port or SERVICES[service].port
    )
    if not fresh:
        raise WatchedAlreadyError
    _note(EventKind.WATCHED_HOST_ADDED, found, by)
    return found


@transaction.atomic
def remove(public_id: uuid.UUID, *, by: str) -> None:
    """Watch it no longer.

    Raises:
        WatchedHost.DoesNotExist: it is not watched.
    """
    found = WatchedHost.objects.select_for_update().get(public_id=public_id)
    _note(EventKind.WATCHED_HOST_REMOVED, found, by)
    found.delete()


def look_at(host: WatchedHost, watcher: Watcher | None = None, now: datetime | None = None) -> None:
    """Look at it now, keep what was seen, and tell of it; asks the network, so never inside a transaction."""
    now = now or timezone.now()
    seen = look(watcher or of_the_house(), Service(host.service), host.host, host.port, now)
    with transaction.atomic():
        current = WatchedHost.objects.select_for_update().filter(pk=host.pk).first()
        if current is not None:
            _keep(current, seen, now)
            notice.tell(current, now)


def look_again(now: datetime | None = None) -> int:
    """Look at the further servers that the office has named, once a day, and warn of what ends or is wrong.

    Returns:
        How many were looked at.
    """
    now = now or timezone.now()
    due = [each for each in watched() if each.looked_at is None or now - each.looked_at >= EVERY - _SLACK]
    for each in due:
        look_at(each, now=now)
    return len(due)


def of_the_house() -> Watcher:
    """Who looks here: by the settings."""
    settings = load()
    return Watcher(
        roots=tuple(house(settings).local_roots),
        root_files=tuple(settings.trust_roots),
        private=tuple(settings.private_networks),
    )


def _keep(host: WatchedHost, seen: Sighting, now: datetime) -> None:
    """What could not be seen this time is known from the time before."""
    host.looked_at, host.state = now, seen.state.value
    host.remarks = [[line(words.de), line(words.en)] for words in seen.remarks]
    if seen.ends is not None:
        host.begins, host.ends = seen.begins, seen.ends
    host.unseen_since = (host.unseen_since or now) if seen.state is WatchState.UNKNOWN else None
    host.save()


def _note(kind: EventKind, host: WatchedHost, by: str) -> None:
    append(kind, subject=SUBJECT, data={"service": host.service, "host": host.host, "port": host.port, "by": by})
