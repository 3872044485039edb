"""All that one check saw, before anybody weighs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from siegelpost.doctor.judgement import Judgement
from siegelpost.doctor.live.aia import Completion
from siegelpost.doctor.live.handshake import Handshake
from siegelpost.doctor.live.hello import Reply
from siegelpost.doctor.live.issuance import Issuance
from siegelpost.doctor.live.lookup import Lookup
from siegelpost.doctor.live.names import NameKind
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.target import Target
from siegelpost.doctor.live.web import Head
from siegelpost.doctor.policy import Browser
from siegelpost.toolbox.internet import Address


@dataclass(frozen=True, slots=True)
class Visit:
    """One address: how the handshake went, and what the judge says of the chain that came."""

    handshake: Handshake
    judgement: Judgement | None = None

    @property
    def address(self) -> Address:
        return self.handshake.address

    @property
    def answered(self) -> bool:
        return self.handshake.outcome is Outcome.ANSWERED


@dataclass(frozen=True, slots=True)
class Observation:
    """``visits`` in the order of the addresses; ``main`` is the one whose server was asked everything else.

    ``completed`` is the judge's word on the chain with what could be fetched for it.
    """

    target: Target
    kind: NameKind
    port: int
    lookup: Lookup
    visits: tuple[Visit, ...] = ()
    not_asked: tuple[Address, ...] = ()
    main: Visit | None = None
    head: Head | None = None
    plain: bool = False
    offers: Mapping[Browser, Reply] = field(default_factory=dict)
    questions: Mapping[str, Reply] = field(default_factory=dict)
    issuance: Issuance | None = None
    completion: Completion | None = None
    completed: Judgement | None = None
    own_port: Outcome | None = None
    expected: frozenset[str] | None = None
    at: datetime | None = None

    @property
    def same_machine(self) -> bool:
        """Whether the answer came over this machine's own loopback, where its clock proves nothing."""
        return self.main is not None and self.main.address.is_loopback
