"""What is remembered between looks: failures, renewal windows, which authority issued what, warnings given."""

from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from siegelpost.tls.acme.problems import Problem
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, write_json


@dataclass(frozen=True, slots=True)
class Issued:
    """Where a stored certificate came from; ``id`` is its name in renewal information (RFC 9773 § 4.1)."""

    directory: str
    id: str
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """When the authority wants a certificate renewed, the moment within that we chose once, and when to ask again.

    ``taken_back``: the authority has revoked it; no use is too short then.
    """

    start: datetime
    end: datetime
    chosen: datetime
    ask_again_at: datetime
    explanation: str = ""
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class RenewalState:
    """Certificates are named by their ids in the store, authorities by their directories; moments are aware, UTC.

    ``waits`` says before when an authority does not want to be asked again for this plan.
    """

    failures: int = 0
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    next_try_at: datetime | None = None
    problem: Problem | None = None
    plan: int = 0
    issued: dict[str, Issued] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)

    def without_failures(self) -> Self:
        """As after a success, or for another plan."""
        return replace(self, failures=0, failing_since=None, failed_at=None, next_try_at=None, problem=None, waits={})

    def without(self, ids: set[str]) -> Self:
        """Only what concerns these certificates is still of interest."""
        return replace(
            self,
            issued={id: each for id, each in self.issued.items() if id in ids},
            windows={id: each for id, each in self.windows.items() if id in ids},
            warned={id: each for id, each in self.warned.items() if id in ids},
        )


def load(store: Store) -> RenewalState:
    """What was saved last; an empty state where that cannot be read."""
    content = read_json(_file(store))
    try:
        return _from_json(content) if content else RenewalState()
    except (KeyError, TypeError, ValueError):
        return RenewalState()


def save(store: Store, state: RenewalState) -> None:
    """Raises OSError: the disk is full."""
    content = asdict(state) | {"problem": state.problem.as_json() if state.problem else None}
    write_json(_file(store), _texts(content))


@dataclass(frozen=True, slots=True)
class RenewedAccount:
    """When an account was last given up for a new one, and why: what the authority or this machine said."""

    at: datetime
    why: str


def renewed_accounts(store: Store) -> dict[str, RenewedAccount]:
    """By directory, the accounts that had to be made anew; noted beside each account."""
    found: dict[str, RenewedAccount] = {}
    for file in store.folder.glob("acme/accounts/*/account.json"):
        with suppress(KeyError, TypeError, ValueError):
            content = read_json(file)
            note = content["renewed"]
            found[content["directory"]] = RenewedAccount(datetime.fromisoformat(note["at"]), str(note["why"]))
    return found


def _file(store: Store) -> Path:
    return store.folder / "acme" / "state.json"


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _window(content: dict[str, Any]) -> Window:
    moments = {name: datetime.fromisoformat(content[name]) for name in ("start", "end", "chosen", "ask_again_at")}
    return Window(**moments, explanation=content["explanation"], taken_back=content.get("taken_back", False))


def _from_json(content: dict[str, Any]) -> RenewalState:
    return RenewalState(
        failures=content["failures"],
        failing_since=_moment(content["failing_since"]),
        failed_at=_moment(content["failed_at"]),
        next_try_at=_moment(content["next_try_at"]),
        problem=Problem.from_json(content["problem"]) if content["problem"] else None,
        plan=content["plan"],
        issued={id: Issued(**each) for id, each in content["issued"].items()},
        windows={id: _window(each) for id, each in content["windows"].items()},
        warned=content["warned"],
        waits={directory: datetime.fromisoformat(until) for directory, until in content.get("waits", {}).items()},
    )
