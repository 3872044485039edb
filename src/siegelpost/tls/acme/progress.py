"""How the present or last order stands, written so that every process can show it while it runs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from siegelpost.tls.acme.lease import held_by_anybody
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json

Now = Callable[[], datetime]


class ProgressState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Step(StrEnum):
    """In the order in which they come."""

    CHECK = "check"
    ACCOUNT = "account"
    ORDER = "order"
    PREPARE = "prepare"
    VALIDATE = "validate"
    ISSUE = "issue"
    JUDGE = "judge"
    STORE = "store"
    ACTIVATE = "activate"


class Reason(StrEnum):
    """Why an order was placed."""

    ASKED = "asked"
    NEW_PLAN = "new_plan"
    RENEWAL = "renewal"
    EMERGENCY = "emergency"
    RETRY = "retry"
    AFTER_BOUGHT = "after_bought"


@dataclass(frozen=True, slots=True)
class Progress:
    """One order, from its beginning to now; moments are aware, UTC.

    ``challenges`` says by which way each name is being proved; ``certificates`` are the ids of what was stored.
    """

    id: str
    state: ProgressState
    step: Step
    reason: Reason
    names: tuple[str, ...]
    started_at: datetime
    updated_at: datetime
    dry_run: bool = False
    authority: str = ""
    challenges: dict[str, str] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    problem: Problem | None = None
    next_try_at: datetime | None = None

    @property
    def steps(self) -> dict[Step, str]:
        """Every step with ``done``, ``now``, ``failed`` or ``open``, for showing them as a list."""
        order = [each for each in Step if not (self.dry_run and each in _NOT_IN_A_DRY_RUN)]
        at = order.index(self.step) if self.step in order else len(order)
        here = {ProgressState.RUNNING: "now", ProgressState.DONE: "done", ProgressState.FAILED: "failed"}[self.state]
        return {
            each: "done" if index < at or self.state is ProgressState.DONE else here if index == at else "open"
            for index, each in enumerate(order)
        }

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and as ``siegelpost cert obtain --json`` prints it."""
        return {
            "id": self.id,
            "state": self.state,
            "step": self.step,
            "reason": self.reason,
            "names": list(self.names),
            "started_at": self.started_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "dry_run": self.dry_run,
            "authority": self.authority,
            "challenges": self.challenges,
            "certificates": list(self.certificates),
            "problem": self.problem.as_json() if self.problem else None,
            "next_try_at": self.next_try_at.isoformat() if self.next_try_at else None,
        }


_NOT_IN_A_DRY_RUN = {Step.ISSUE, Step.JUDGE, Step.STORE, Step.ACTIVATE}


def progress(store: Store) -> Progress | None:
    """How the present or last order stands; None before the first.

    An order whose process has died is told as failed by interruption: the next look goes on with it.
    """
    content = read_json(_file(store))
    try:
        found = _from_json(content) if content else None
    except (KeyError, ValueError, TypeError):
        return None
    if found and found.state is ProgressState.RUNNING and not held_by_anybody(store):
        return replace(found, state=ProgressState.FAILED, problem=Problem(Code.INTERRUPTED))
    return found


class Recorder:
    """Writes the progress of one order. A full disk must not stop an order that could still succeed elsewhere.

    Args:
        told: is called with each new state, in this process.
    """

    def __init__(
        self,
        store: Store,
        names: tuple[str, ...],
        reason: Reason,
        now: Now,
        *,
        dry_run: bool = False,
        told: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        at = now()
        self._store, self._now, self._told = store, now, told
        self.progress = Progress(
            secrets.token_hex(8), ProgressState.RUNNING, Step.CHECK, reason, names, at, at, dry_run
        )
        self.note()

    def step(self, step: Step, **changes: Any) -> None:
        """This is being done now."""
        self.note(step=step, **changes)

    def done(self, certificates: tuple[str, ...]) -> None:
        """It has come to its good end."""
        self.note(state=ProgressState.DONE, certificates=certificates, problem=None)

    def failed(self, problem: Problem, next_try_at: datetime | None = None) -> None:
        """It came to nothing, in the step it was in."""
        self.note(state=ProgressState.FAILED, problem=problem, next_try_at=next_try_at)

    def note(self, **changes: Any) -> None:
        """Write down what has changed."""
        self.progress = replace(self.progress, updated_at=self._now(), **changes)
        try:
            write_json(_file(self._store), self.progress.as_json())
        except OSError:
            self._told(self.progress)
            return
        self._told(self.progress)


def _file(store: Store) -> Path:
    return store.folder / "acme" / "progress.json"


def _from_json(content: dict[str, Any]) -> Progress:
    next_try = content["next_try_at"]
    return Progress(
        id=content["id"],
        state=ProgressState(content["state"]),
        step=Step(content["step"]),
        reason=Reason(content["reason"]),
        names=tuple(content["names"]),
        started_at=datetime.fromisoformat(content["started_at"]),
        updated_at=datetime.fromisoformat(content["updated_at"]),
        dry_run=content["dry_run"],
        authority=content["authority"],
        challenges=dict(content["challenges"]),
        certificates=tuple(content["certificates"]),
        problem=Problem.from_json(content["problem"]) if content["problem"] else None,
        next_try_at=datetime.fromisoformat(next_try) if next_try else None,
    )


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)
