"""Which of the active certificates a connection gets.

The order, first match wins:

1. A validation by ``acme-tls/1`` gets the challenge certificate of its name; without one it is turned away.
2. A certificate within its validity that has the name asked for.
3. A certificate within its validity with a wildcard for it.
4. A certificate outside its validity that has the name.
5. A certificate outside its validity with a wildcard for it.
6. No name asked for, as for ``https://192.0.2.7``: one within its validity that has the address connected to.
7. The first activated within its validity.
8. The one that was valid last.
9. A self-signed one: only while nothing else is there.

Where several match in one step, the first activated wins, and the first of each further key type is served
beside it: an RSA certificate for old clients, an ECDSA one for all others.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from siegelpost.tls.front.tls_context import ACME_TLS, server_context
from siegelpost.tls.store import Active, Store, Stored, StoreError

logger = logging.getLogger(__name__)

POLL_INTERVAL = 0.4

# The challenge context for a name that is being validated right now (RFC 8737), or None.
Challenges = Callable[[str], ssl.SSLContext | None]


class Choice:
    """The steps 2 to 9 for one list of certificates at one moment."""

    def __init__(self, certificates: Sequence[Stored], at: datetime) -> None:
        trusted = [each for each in certificates if not each.self_signed]
        valid = [each for each in trusted if each.valid_at(at)]
        late = sorted(
            (each for each in trusted if not each.valid_at(at)), key=lambda each: each.not_after, reverse=True
        )
        self._by_name = [_by_name(valid), _by_name(late)]
        if valid:
            default = valid
        elif late:
            default = late[:1]
        else:
            default = [each for each in certificates if each.self_signed]
        self._default = _one_of_each_key_type(
            each for each in default if set(each.names) & set(default[0].names) or each is default[0]
        )
        named = [ids for names in self._by_name for ids in names.values()]
        self.all = [ids for ids in dict.fromkeys([*named, self._default]) if ids]
        moments = (moment for each in certificates for moment in (each.not_before, each.not_after))
        self.until = min((moment for moment in moments if moment > at), default=datetime.max.replace(tzinfo=UTC))

    def ids(self, server_name: str | None, address: str) -> tuple[str, ...]:
        """The certificates to serve: one, or one of each key type; empty when there are none at all."""
        if server_name is None:
            return self._by_name[0].get(address, self._default)
        wildcard = "*." + server_name.partition(".")[2]
        for names in self._by_name:
            found = names.get(server_name) or names.get(wildcard)
            if found:
                return found
        return self._default


def _by_name(certificates: Iterable[Stored]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[Stored]] = {}
    for each in certificates:
        for name in each.names:
            grouped.setdefault(name, []).append(each)
    return {name: _one_of_each_key_type(group) for name, group in grouped.items()}


def _one_of_each_key_type(certificates: Iterable[Stored]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for each in certificates:
        first.setdefault(each.key_type, each.id)
    return tuple(first.values())


class StoreContexts:
    """The contexts of a store's active certificates; while ``watch()`` runs, of each new generation."""

    def __init__(self, store: Store, challenges: Challenges = lambda name: None) -> None:
        self._store = store
        self._challenges = challenges
        self._stat: object = None
        self.generation = 0
        self.certificates: list[Stored] = []
        # One value, replaced as one: choose() may run while another thread refreshes.
        self._serving: tuple[Choice, dict[tuple[str, ...], ssl.SSLContext]] = (
            Choice([], datetime.now(UTC)),
            {},
        )

    @property
    def self_signed(self) -> bool:
        """Whether there is nothing better than a self-signed certificate, of which every browser warns."""
        return all(each.self_signed for each in self.certificates)

    def choose(self, server_name: str | None, protocols: tuple[bytes, ...], address: str) -> ssl.SSLContext | None:
        """See the order at the top of this module."""
        if protocols == (ACME_TLS,):
            return self._challenges(server_name or address)
        choice, contexts = self._serving
        return contexts.get(choice.ids(server_name, address))

    async def watch(self) -> None:
        """Look for a new generation again and again; runs until cancelled."""
        while True:
            await asyncio.sleep(POLL_INTERVAL)
            if self.outdated():
                await asyncio.to_thread(self.refresh)

    def outdated(self) -> bool:
        """Whether there is a new generation, or a validity has begun or ended; costs one stat."""
        return self._look() != self._stat or datetime.now(UTC) >= self._serving[0].until

    def refresh(self) -> None:
        """Build new contexts for what is active now. What cannot be loaded is left out, and said; if nothing
        can, everything stays as it was.
        """
        stat = self._look()
        active = self._store.active()
        certificates = self._store.current()
        usable = [each for each in certificates if self._usable(each)]
        if not usable and certificates:
            usable = [each for each in self._store.history() if self._usable(each)]
        choice = Choice(usable, datetime.now(UTC))
        built = {ids: self._build(ids) for ids in choice.all}
        self._stat = stat
        if not built:
            logger.error("no certificate can be loaded from %s; what was served before still is", self._store.folder)
            return
        if self._lost(active, usable):
            logger.error("the certificates in %s are gone; what was served before still is", self._store.folder)
            return
        self.generation = active.generation or self.generation  # 0 where it cannot be read
        self.certificates = usable
        self._serving = (choice, built)

    def _lost(self, active: Active, usable: Sequence[Stored]) -> bool:
        """Whether something better is in memory than what is left, and nobody has chosen what is left.

        So it is while the folder is being removed, the better one first, and when it was begun anew.
        """
        better = any(not each.self_signed and each.valid_at(datetime.now(UTC)) for each in self.certificates)
        chosen = active.generation > self.generation and any(each.id in active.ids for each in usable)
        return better and all(each.self_signed for each in usable) and not chosen

    def _look(self) -> object:
        try:
            stat = self._store.active_file.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _usable(self, each: Stored) -> bool:
        try:
            self._store.load_into(server_context(), each.id)
        except StoreError as error:
            logger.error("certificate %s is left out: %s", each.id, error)
            return False
        return True

    def _build(self, ids: tuple[str, ...]) -> ssl.SSLContext:
        context = server_context()
        for id in ids:
            self._store.load_into(context, id)
        return context
