"""Our own pace, below the limits of the authorities: whoever runs into one of theirs may wait a week."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from siegelpost.tls.acme.plan import Authority
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json
from siegelpost.toolbox.public_suffixes import suffixes

ISSUED = "issued"
FAILED = "failed"
# A moment further ahead than this was written by a clock that was wrong.
_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AuthorityLimit:
    """At most so many events of a kind within a while, for each of the keys that ``keys`` finds in a list of names."""

    name: str
    kind: str
    most: int
    within: timedelta
    keys: Callable[[tuple[str, ...]], Iterator[str]]
    spares_renewals: bool


def _whole(names: tuple[str, ...]) -> Iterator[str]:
    yield " ".join(sorted(names))


def _domains(names: tuple[str, ...]) -> Iterator[str]:
    yield from {_domain(name) for name in names}


def _each(names: tuple[str, ...]) -> Iterator[str]:
    yield from {name.removeprefix("*.") for name in names}


def _domain(name: str) -> str:
    host = name.removeprefix("*.")
    return host if is_ip_address(host) else (suffixes().privatesuffix(host) or host)


# Let's Encrypt's, as of 2026-11; those of the others are wider or not published.
LIMITS = (
    AuthorityLimit("identical", ISSUED, 5, timedelta(days=7), _whole, spares_renewals=True),
    AuthorityLimit("domain", ISSUED, 50, timedelta(days=7), _domains, spares_renewals=True),
    AuthorityLimit("failures", FAILED, 5, timedelta(hours=1), _each, spares_renewals=False),
)
_LONGEST = max(limit.within for limit in LIMITS)


def check(
    store: Store, authority: Authority, names: tuple[str, ...], now: datetime, *, replaces: bool, urgent: bool = False
) -> None:
    """Whether an order for these names may be placed at this authority now.

    Args:
        replaces: the order names the certificate it replaces (RFC 9773 § 5), which spares it some limits.
        urgent: the certificate that is served ends soon; what is issued is then counted by the authority alone.

    Raises:
        AcmeError: ``paced``, with the moment from which it may.
    """
    if authority.private:
        return
    events = _events(store, now)
    for limit in LIMITS:
        if (replaces or urgent) and limit.spares_renewals:
            continue
        for key in limit.keys(names):
            hits = sorted(
                each["at"]
                for each in events
                if each["directory"] == authority.directory
                and each["kind"] == limit.kind
                and not (limit.spares_renewals and each["replaces"])
                and now - each["at"] < limit.within
                and key in limit.keys(tuple(each["names"]))
            )
            if len(hits) >= limit.most:
                again_at = hits[-limit.most] + limit.within
                raise AcmeError(
                    Code.PACED,
                    again_at=again_at,
                    limit=limit.name,
                    key=key,
                    most=limit.most,
                    authority=authority.directory,
                )


def note(
    store: Store, authority: Authority, names: tuple[str, ...], kind: str, now: datetime, *, replaces: bool = False
) -> None:
    """Write down that a certificate was issued, or a validation failed. Raises OSError: the disk is full."""
    event = {
        "at": now.isoformat(),
        "directory": authority.directory,
        "kind": kind,
        "names": list(names),
        "replaces": replaces,
    }
    with store.locked():
        kept = [each | {"at": each["at"].isoformat()} for each in _events(store, now)]
        write_json(_file(store), {"events": [*kept, event]})


def _events(store: Store, now: datetime) -> list[dict[str, Any]]:
    found = []
    for each in read_json(_file(store)).get("events", []):
        try:
            event = each | {"at": datetime.fromisoformat(each["at"])}
            usable = event["at"].tzinfo is not None and {"directory", "kind", "names", "replaces"} <= event.keys()
        except (KeyError, TypeError, ValueError, json.JSONDecodeError):
            continue
        if usable and now - _LONGEST < event["at"] < now + _AHEAD:
            found.append(event)
    return found


def _file(store: Store) -> Path:
    return store.folder / "acme" / "pacing.json"
