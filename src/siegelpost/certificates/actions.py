"""What people do to the certificate: order, take in, activate, go back. Each act stands in the ledger.

A certificate may also change from elsewhere (the command line, an automatic renewal): :func:`note_activations`
writes down what was not written yet.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from siegelpost.certificates.installed import house, open_store
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Event
from siegelpost.office.models import Office
from siegelpost.settings import load
from siegelpost.tls.acme.state import renewed_accounts
from siegelpost.tls.bought import Comparison, Taken
from siegelpost.tls.bought import take_in as tls_take_in
from siegelpost.tls.bought import weigh as tls_weigh
from siegelpost.tls.bought import weigh_back as tls_weigh_back
from siegelpost.tls.csr import Request, RequestKey, Requests
from siegelpost.tls.store import Active, Store

SUBJECT = "certificate"
BY_ITSELF = "server"


class WorseError(Exception):
    """It is worse than what is served now, and nobody has confirmed it; nothing was changed."""

    def __init__(self, weighed: Comparison) -> None:
        super().__init__("worse than the present certificate")
        self.weighed = weighed


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A bought certificate that was taken in; ``active`` unless it is worse than the present one."""

    taken: Taken
    active: bool


def order(names: Sequence[str], key: RequestKey, organisation: str, city: str, *, by: str) -> Request:
    """Make a key and a request to order with.

    Args:
        names: for whom; the most important first.
        key: what kind of key.
        organisation, city: the office's registered name and seat, where the certificate shall carry them.
        by: public id of who does it.

    Raises:
        siegelpost.tls.csr.NoPublicNameError: nobody sells a certificate for this name.
    """
    with transaction.atomic():
        made = Requests(open_store(load())).make(names, key, organisation=organisation, city=city)
        data = {"names": list(made.names), "key": made.key_type.value, "public_key": made.fingerprint, "by": by}
        append(EventKind.CERTIFICATE_ORDERED, subject=SUBJECT, data=data)
    return made


def give_up(id: str, *, by: str) -> None:
    """Forget a request with its key."""
    with transaction.atomic():
        append(EventKind.CERTIFICATE_ORDER_ENDED, subject=SUBJECT, data={"request": id, "by": by})
        Requests(open_store(load())).forget(id)


def take_in(files: Iterable[bytes], password: str, *, by: str) -> TakenIn:
    """Store what a shop sent, and serve it from now on unless it is worse than the present one.

    May ask the network for a missing intermediate, so never call it inside a transaction.

    Raises:
        siegelpost.tls.store.StoreError: browsers would refuse it, or the files do not give a certificate.
    """
    settings = load()
    store = open_store(settings)
    taken = tls_take_in(store, files, [password.encode()] if password else [], house(settings))
    if taken.weighed.losses:
        return TakenIn(taken, active=False)
    _serve(store, lambda: store.activate(taken.stored.id), by)
    return TakenIn(taken, active=True)


def weigh(id: str) -> Comparison:
    """A stored certificate beside what is served now.

    Raises:
        siegelpost.tls.store.StoreError: none is stored under this id.
    """
    return tls_weigh(open_store(load()), id, house(load()))


def activate(id: str, *, by: str, confirmed: bool = False) -> None:
    """Serve this stored certificate from now on.

    Raises:
        WorseError: it is worse than the present one, and that was not confirmed.
        siegelpost.tls.store.StoreError: it is not stored, or cannot be served.
    """
    weighed = weigh(id)
    if weighed.losses and not confirmed:
        raise WorseError(weighed)
    store = open_store(load())
    _serve(store, lambda: store.activate(id), by)


def weigh_back() -> Comparison | None:
    """What was served before the last change beside what is served now; None where nothing was."""
    return tls_weigh_back(open_store(load()), house(load()))


def roll_back(*, by: str, confirmed: bool = False) -> None:
    """Serve again what was served before the last change.

    Raises:
        WorseError: that is worse than the present one, and it was not confirmed.
        siegelpost.tls.store.StoreError: there is nothing to go back to.
    """
    weighed = weigh_back()
    if weighed and weighed.losses and not confirmed:
        raise WorseError(weighed)
    store = open_store(load())
    _serve(store, store.rollback, by)


def note_activations() -> None:
    """Write down a certificate that came into use without a person on a page."""
    store = open_store(load())
    active = store.active()
    if active.generation and _noted() != active.generation:
        with transaction.atomic():
            _lock()
            if _noted() != active.generation:
                _note(store, active, active.by or BY_ITSELF)


def note_accounts() -> None:
    """Write down an account at an authority that had to be made anew; somebody may want to know who ended it."""
    for directory, told in renewed_accounts(open_store(load())).items():
        data: dict[str, JSON] = {"authority": directory, "at": told.at.isoformat(), "why": told.why}
        if data not in _accounts():
            with transaction.atomic():
                _lock()
                if data not in _accounts():
                    append(EventKind.CERTIFICATE_ACCOUNT_RENEWED, subject=SUBJECT, data=data)


def _accounts() -> list[dict[str, JSON]]:
    """What was written down of them."""
    events = Event.objects.filter(subject=SUBJECT, kind=EventKind.CERTIFICATE_ACCOUNT_RENEWED.value)
    return [json.loads(bytes(event.leaf))["data"] for event in events]


def _serve(store: Store, change: Callable[[], Active], by: str) -> None:
    with transaction.atomic():
        _lock()
        _note(store, change(), by)


def _lock() -> None:
    """So that two who write down the same change wait for each other."""
    list(Office.objects.select_for_update().filter(pk=1))


def _noted() -> int:
    """The generation that was written down last; 0 for none."""
    event = Event.objects.filter(subject=SUBJECT, kind=EventKind.CERTIFICATE_ACTIVATED.value).order_by("-id").first()
    return int(json.loads(bytes(event.leaf))["data"].get("generation", 0)) if event else 0


def _note(store: Store, active: Active, by: str) -> None:
    served: list[JSON] = [
        {"sha256": each.fingerprint, "names": list(each.names), "until": each.not_after.date().isoformat()}
        for each in store.current()
    ]
    data: dict[str, JSON] = {"generation": active.generation, "certificates": served, "by": by}
    append(EventKind.CERTIFICATE_ACTIVATED, subject=SUBJECT, data=data)
