"""What surrounds one order: where, for what, with whom, by whose clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from siegelpost.tls.acme.challenges.dns01 import PROPAGATION
from siegelpost.tls.acme.client import Client
from siegelpost.tls.acme.lease import Lease
from siegelpost.tls.acme.plan import Plan
from siegelpost.tls.acme.progress import Now, Reason, Recorder
from siegelpost.tls.store import Store


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    lease: float = 20.0
    propagation: float = PROPAGATION
    validation: float = 300.0
    issue: float = 300.0


USUAL = Patience()


@dataclass(frozen=True, slots=True)
class OrderContext:
    """Given to everything that does a part of the order.

    Args:
        now: the clock; tests pass one of their own.
        roots: DER of further authorities that visitors' browsers trust.
        attempt: how often it failed before.
    """

    store: Store
    plan: Plan
    client: Client
    recorder: Recorder
    lease: Lease
    now: Now
    roots: Sequence[bytes]
    attempt: int
    patience: Patience

    @property
    def urgent(self) -> bool:
        """The certificate that is served ends soon, or has ended."""
        return self.recorder.progress.reason is Reason.EMERGENCY
