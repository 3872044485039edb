"""A clock that the test turns, and an authority that lives by it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.fake_acme import FakeAuthority, fake_acme
from tests.support.zones import View, Zone, name_servers

from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.challenges import name_servers as product
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.store import Store

MakeFake = Callable[..., FakeAuthority]
NAME = "office.test"
ZONE = "makler.test"
Serve = Callable[..., Zone]
SHORT = Patience(lease=20, propagation=5, validation=10, issue=10)


@dataclass
class Clock:
    """The tests' time; it starts now, and goes on only when it is told to."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Office:
    """A store with a plan, looked after by the clock of the test."""

    store: Store
    clock: Clock
    roots: list[bytes]

    def plan(self, *authorities: FakeAuthority, name: str = NAME, profile: str = "", **changes: Any) -> Plan:
        values: dict[str, Any] = {"challenges": (Challenge.HTTP_01,), **changes}
        asked = tuple(replace(each.authority, profile=profile) for each in authorities)
        names = values.pop("names", (name,))
        return save_plan(self.store, Plan(names, asked, **values))

    def look(self, **options: Any) -> tuple[str, ...]:
        return renewal.look(self.store, roots=self.roots, now=self.clock, patience=SHORT, **options)

    @property
    def status(self) -> AcmeStatus:
        return acme_status(self.store, self.clock())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(tmp_path: Path, clock: Clock) -> Iterator[FakeAuthority]:
    with fake_acme(tmp_path / "fake", now=clock) as running:
        yield running


@pytest.fixture
def due(office: Office, fake: FakeAuthority) -> Office:
    """A certificate that is due for renewal."""
    office.plan(fake)
    office.look()
    office.clock.forward(days=61)
    return office


@pytest.fixture
def make_fake(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., FakeAuthority]]:
    """Further authorities."""
    with ExitStack() as stack:
        yield lambda name, **turned: stack.enter_context(fake_acme(tmp_path / name, now=clock, **turned))


@pytest.fixture
def office(tmp_path: Path, clock: Clock, fake: FakeAuthority) -> Office:
    return Office(Store(tmp_path / "tls"), clock, fake.roots)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Name servers of one zone, which are this machine's whole DNS."""
    monkeypatch.setattr(product, "TIMEOUT", 0.3)
    with ExitStack() as stack:

        def begin(*views: View, **turned: object) -> Zone:
            zone = stack.enter_context(name_servers(ZONE, *views, **turned))
            monkeypatch.setattr(product, "PORT", zone.port)
            monkeypatch.setattr(product, "system_resolver", lambda: zone.resolver)
            return zone

        yield begin
