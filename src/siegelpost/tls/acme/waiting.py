"""While a bought certificate is served, the automatic one waits: no purchase is replaced without a question.

A plan may take the place of what was bought and served when it was saved, for whoever saves one wants it to begin.
It waits for whatever was put in, or put back, after that, by whichever way, until somebody saves it once more or the
bought one has ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from siegelpost.tls.store import Source, Store, Stored


def bought_for(store: Store, names: Sequence[str]) -> list[Stored]:
    """What is served, was bought, and would lose its place, or part of it, to a certificate for these names."""
    return [each for each in store.current() if each.source is Source.IMPORTED and _concerns(each.names, names)]


def put_in(store: Store, names: Sequence[str]) -> dict[str, int | None]:
    """The ids of these, with the generation each was put in with (None: unknown)."""
    known = store.active().put_in
    return {each.id: known.get(each.id) for each in bought_for(store, names)}


def waits_until(store: Store, names: Sequence[str], over: Mapping[str, int | None], now: datetime) -> datetime | None:
    """When the bought certificate ends that a plan for these names waits for; None: it need not wait.

    ``over`` are those that it may take the place of, with their generations, as :func:`put_in` gave them.
    """
    new = dict(put_in(store, names).items() - over.items())
    ends = [each.not_after for each in bought_for(store, names) if each.id in new and each.not_after > now]
    return max(ends, default=None)


def _concerns(own: Iterable[str], names: Iterable[str]) -> bool:
    own, names = set(own), set(names)
    return any(_forms(name) & own for name in names) or any(_forms(name) & names for name in own)


def _forms(name: str) -> set[str]:
    return {name, f"*.{name.partition('.')[2]}"}
