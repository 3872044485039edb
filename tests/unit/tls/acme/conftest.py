"""A clock that the test turns, and an authority that lives by it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.fake_acme import FakeAuthority, fake_acme

from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.store import Store

NAME = "office.test"
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

    def plan(self, *authorities: FakeAuthority, **changes: Any) -> Plan:
        values: dict[str, Any] = {"challenges": (Challenge.HTTP_01,), **changes}
        return save_plan(self.store, Plan((NAME,), tuple(each.authority for each in authorities), **values))

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
def make_fake(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., FakeAuthority]]:
    """Further authorities."""
    with ExitStack() as stack:
        yield lambda name, **turned: stack.enter_context(fake_acme(tmp_path / name, now=clock, **turned))


@pytest.fixture
def office(tmp_path: Path, clock: Clock, fake: FakeAuthority) -> Office:
    return Office(Store(tmp_path / "tls"), clock, fake.roots)
