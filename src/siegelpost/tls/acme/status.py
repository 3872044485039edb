"""How it stands with the automatic certificate: for the page, the command line and the warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from siegelpost.tls.acme import progress as progresses
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme import waiting
from siegelpost.tls.acme.plan import Plan, load_plan
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.acme.progress import Progress, Reason, utc_now
from siegelpost.tls.acme.state import RenewedAccount
from siegelpost.tls.store import Store, Stored

if TYPE_CHECKING:
    from siegelpost.tls.acme.standing_records import RecordState

_NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AcmeStatus:
    """Moments are aware, UTC.

    Args:
        plan: what is to be kept trusted; None where nothing was set up.
        served: what is served for exactly the plan's names.
        progress: the present or last order.
        problem: what stands in the way now; None when all is well.
        failures: how often in a row it has failed.
        next_try_at: when the next order is due, by itself.
        reason: why it will be placed.
        waits_until: when the bought certificate ends that somebody has put in; until then nothing is ordered but on
            their word. None: it does not wait.
        renewed: the accounts at the plan's authorities that had to be made anew in the last month, by directory.
        standing: the records of dns-persist-01 that the plan needs in the DNS, and how they stood last.
    """

    plan: Plan | None
    served: Sequence[Stored]
    progress: Progress | None
    problem: Problem | None
    failures: int
    next_try_at: datetime | None
    reason: Reason | None
    waits_until: datetime | None = None
    renewed: Mapping[str, RenewedAccount] = field(default_factory=dict)
    standing: Sequence["RecordState"] = ()

    def as_json(self) -> dict[str, Any]:
        """For ``siegelpost cert status --json``; without any secret."""
        plan = self.plan
        return {
            "plan": {
                "names": list(plan.names),
                "authorities": [
                    {"directory": each.directory, "profile": each.profile, "eab": bool(each.eab_key_id)}
                    for each in plan.authorities
                ],
                "challenges": list(plan.challenges),
                "dns": plan.dns.provider if plan.dns else None,
                "contact": plan.contact,
                "key_types": list(plan.key_types),
            }
            if plan
            else None,
            "served": [each.id for each in self.served],
            "progress": self.progress.as_json() if self.progress else None,
            "problem": self.problem.as_json() if self.problem else None,
            "failures": self.failures,
            "next_try_at": self.next_try_at.isoformat() if self.next_try_at else None,
            "reason": self.reason,
            "waits_until": self.waits_until.isoformat() if self.waits_until else None,
            "renewed_accounts": {
                directory: {"at": each.at.isoformat(), "why": each.why} for directory, each in self.renewed.items()
            },
            "records": [
                {
                    "authority": each.directory,
                    "name": each.record.name,
                    "type": "TXT",
                    "record": each.record.place,
                    "value": each.record.value,
                    "state": each.sight.standing,
                    "found": each.sight.found,
                    "until": each.sight.until.isoformat() if each.sight.until else None,
                    "since": each.since.isoformat(),
                    "looked_at": each.looked_at.isoformat(),
                    "unseen_since": each.unseen_since.isoformat() if each.unseen_since else None,
                }
                for each in self.standing
            ],
        }


def acme_status(store: Store, now: datetime | None = None) -> AcmeStatus:
    """How it stands; costs some small files, asks nobody."""
    now = now or utc_now()
    if not store.folder.exists():
        return AcmeStatus(None, (), None, Problem(Code.STORE_GONE), 0, None, None)
    plan, running = load_plan(store), progresses.progress(store)
    if plan is None:
        return AcmeStatus(None, (), running, None, 0, None, None)
    if until := waiting.waits_until(store, plan.names, plan.over, now):
        return AcmeStatus(plan, (), running, None, 0, until, Reason.AFTER_BOUGHT, until)
    # Here, because they bring a whole client for ACME along, and an office with a bought certificate needs none.
    from siegelpost.tls.acme import acquisition, renewal, standing_records

    state = states.load(store)
    served = acquisition.serving(store, plan)
    planned = renewal.due(plan, served, state, now)
    problem = state.problem
    if running and running.problem and running.problem.code is Code.INTERRUPTED:
        problem = problem or running.problem
    renewed = {
        directory: each
        for directory, each in states.renewed_accounts(store).items()
        if directory in {each.directory for each in plan.authorities} and now - each.at < _NEWS
    }
    records = standing_records.states(store, plan)
    return AcmeStatus(
        plan, served, running, problem, state.failures, planned.at, planned.reason, renewed=renewed, standing=records
    )
