"""How it stands with the automatic certificate: for the page, the command line and the warnings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from siegelpost.tls.acme import progress as progresses
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme import waiting
from siegelpost.tls.acme.plan import Plan, load_plan
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.acme.progress import Progress, Reason, utc_now
from siegelpost.tls.store import Store, Stored


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
    """

    plan: Plan | None
    served: Sequence[Stored]
    progress: Progress | None
    problem: Problem | None
    failures: int
    next_try_at: datetime | None
    reason: Reason | None
    waits_until: datetime | None = None

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
    from siegelpost.tls.acme import acquisition, renewal

    state = states.load(store)
    served = acquisition.serving(store, plan)
    planned = renewal.due(plan, served, state, now)
    problem = state.problem
    if running and running.problem and running.problem.code is Code.INTERRUPTED:
        problem = problem or running.problem
    return AcmeStatus(plan, served, running, problem, state.failures, planned.at, planned.reason)
