"""When to renew, counted in shares of the lifetime: right for a certificate of six days and for one of 200.

===============================  =============================================================================
a third of the lifetime left     renew; earlier or later where the authority says so (ARI, RFC 9773)
a twentieth left                 emergency: renew whatever the authority's window says, without practising first
after a failure                  again after 1, 2, 2, 5, 10 … minutes up to 6 hours, never more than an eighth of
                                 what is left, nor than 1/160 of the lifetime (with six days, an hour); after 30 days
                                 once a day
===============================  =============================================================================
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from siegelpost.tls.acme import account, acquisition, ari, draft, waiting
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme.order_context import USUAL, Patience
from siegelpost.tls.acme.plan import Plan, load_plan, plan_changed_at
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Now, Progress, Reason, utc_now
from siegelpost.tls.acme.state import RenewalState
from siegelpost.tls.store import Store, Stored, StoreError
from siegelpost.toolbox.durable import write_json

RENEW_AT = 1 / 3
EMERGENCY_AT = 1 / 20
_MINUTES = (1, 2, 2, 5, 10, 20, 20, 30, 30, 60, 60, 60, 120, 120, 180, 180, 360)
BACKOFF = tuple(timedelta(minutes=each) for each in _MINUTES)
GIVING_UP_AFTER = timedelta(days=30)
AFTER_GIVING_UP = timedelta(days=1)
_SHARE_OF_WHAT_IS_LEFT = 8
_SHARE_OF_LIFETIME = 160
_SHORTEST_WISH = timedelta(hours=1)
# An authority whose windows always lie in the past would have us order at each look.
_SHORTEST_USE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Due:
    """What the next order will be for, and when; ``at`` may be in the past."""

    reason: Reason
    at: datetime


def due(plan: Plan, served: Sequence[Stored], state: RenewalState, now: datetime) -> Due:
    """When the next order for this plan is due.

    Args:
        served: what is served for exactly the plan's names.
    """
    by_type = {each.key_type: each for each in reversed(served)}
    if not set(plan.key_types) <= by_type.keys():
        planned = Due(Reason.NEW_PLAN if not state.failures else Reason.RETRY, now)
    else:
        planned = min((_renewal(by_type[each], state, now) for each in plan.key_types), key=lambda each: each.at)
    if not state.failures or state.next_try_at is None:
        return planned
    again_at = state.next_try_at
    if state.failed_at and (now < state.failed_at or again_at > now + AFTER_GIVING_UP * 7):
        again_at = now  # the clock was ahead when that was written
    return Due(planned.reason if planned.reason is Reason.EMERGENCY else Reason.RETRY, max(planned.at, again_at))


def _renewal(certificate: Stored, state: RenewalState, now: datetime) -> Due:
    lifetime = certificate.not_after - certificate.not_before
    emergency = certificate.not_after - lifetime * EMERGENCY_AT
    window = state.windows.get(certificate.id)
    planned = certificate.not_after - lifetime * RENEW_AT
    if window:
        used_by = certificate.not_before + min(_SHORTEST_USE, lifetime / 10)
        planned = window.chosen if window.taken_back else max(window.chosen, used_by)
    if now >= emergency:
        return Due(Reason.EMERGENCY, emergency)
    return Due(Reason.RENEWAL, min(planned, emergency))


def after_failure(state: RenewalState, error: AcmeError, served: Sequence[Stored], now: datetime) -> RenewalState:
    """The state after one more failure, with the moment of the next try.

    Args:
        served: what is served for exactly the plan's names.
    """
    since = state.failing_since or now
    given_up = now - since > GIVING_UP_AFTER
    pause = AFTER_GIVING_UP if given_up else BACKOFF[min(state.failures, len(BACKOFF) - 1)]
    longest = max(error.not_before(now) or now, *error.waits.values(), now)
    for each in served:
        left = each.not_after - now
        if left > timedelta():
            share = min(left / _SHARE_OF_WHAT_IS_LEFT, (each.not_after - each.not_before) / _SHARE_OF_LIFETIME)
            pause = min(pause, max(share, BACKOFF[0]))
            # Whoever asks for longer than we have may be mistaken, and is asked once more in time.
            longest = min(longest, now + max(left / 2, _SHORTEST_WISH))
    next_try = max(now + pause, min(error.not_before(now) or now, longest))
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=since,
        failed_at=now,
        next_try_at=next_try,
        problem=error.problem,
        waits={directory: min(until, longest) for directory, until in error.waits.items()},
    )


# Looking


def request_renewal(store: Store) -> None:
    """Ask the jobs process to look at once, and not to wait for the end of a pause after failures."""
    write_json(store.folder / "acme" / "wanted", {})


def renew_at_once(store: Store, ids: Sequence[str], now: datetime) -> None:
    """These are due now, though long before their end: their authority took them back."""
    state = _of_this_plan(store)
    window = states.Window(now, now, now, now + ari.LATEST, taken_back=True)
    states.save(store, replace(state, windows=state.windows | dict.fromkeys(ids, window)))
    request_renewal(store)


def requested(store: Store) -> bool:
    """Whether somebody has asked for a look."""
    return (store.folder / "acme" / "wanted").exists()


def look(
    store: Store,
    *,
    roots: Sequence[bytes] = (),
    now: Now = utc_now,
    asked: bool = False,
    again: bool = False,
    patience: Patience = USUAL,
    told: Callable[[Progress], None] = lambda progress: None,
) -> tuple[str, ...]:
    """Do what is due for the saved plan; without one, nothing. Called again and again, on every node.

    Args:
        asked: do not wait for the end of a pause after failures.
        again: order even though a good certificate is served.

    Returns:
        The ids of what was newly obtained.

    Raises:
        AcmeError: an order came to nothing; when it will be tried again is written down. Or the plan waits for a
            bought certificate, and somebody asked.
    """
    plan = load_plan(store)
    if plan is None:
        return ()
    began, present = now(), {each.id for each in acquisition.serving(store, plan)}
    asked = asked or requested(store)
    with suppress(OSError):
        (store.folder / "acme" / "wanted").unlink(missing_ok=True)
    _finish(store, plan, now())
    if waiting.waits_until(store, plan.names, plan.over, now()):
        if asked or again:
            raise AcmeError(Code.WAITS)
        return ()
    _ask_for_windows(store, plan, now())
    state = _of_this_plan(store)

    def wanted() -> bool:
        """Asked again when nobody else is at work: meanwhile another node may have renewed, or failed."""
        if waiting.waits_until(store, plan.names, plan.over, now()):
            return False
        served, fresh = acquisition.serving(store, plan), _of_this_plan(store)
        if again:
            return {each.id for each in served} == present
        next_one = due(plan, served, fresh, now())
        paused = next_one.reason in (Reason.RETRY, Reason.NEW_PLAN) and fresh.failed_at == state.failed_at
        return next_one.at <= now() or (asked and paused)

    ids: tuple[str, ...] = ()
    if wanted():
        reason = Reason.ASKED if again else due(plan, acquisition.serving(store, plan), state, now()).reason
        try:
            ids = acquisition.obtain(
                store,
                plan,
                reason=reason,
                roots=roots,
                now=now,
                attempt=state.failures,
                last=state.problem,
                waits={} if asked or again else state.waits,
                wanted=wanted,
                patience=patience,
                told=told,
            )
        except AcmeError as error:
            if error.problem.code not in {Code.BUSY, Code.WAITS}:
                _note_failure(store, plan, error, now())
            raise
    if ids:
        _note_success(store)
    elif asked:
        _tell_of_the_others_failure(_of_this_plan(store), began)
    return ids


def _tell_of_the_others_failure(state: RenewalState, began: datetime) -> None:
    """Whoever asked, and waited while another process tried and failed, hears of it."""
    if state.problem and state.failed_at and state.failed_at >= began:
        raise AcmeError.of(state.problem)


def _finish(store: Store, plan: Plan, now: datetime) -> None:
    """An order that was cut off between storing and serving; while somebody is at work, it is theirs."""
    from siegelpost.tls.acme.lease import held_by_anybody

    if not held_by_anybody(store):
        with suppress(StoreError, OSError):
            draft.finish(store, plan, now)


def _of_this_plan(store: Store) -> RenewalState:
    """Failures of an earlier plan say nothing about this one."""
    state = states.load(store)
    changed = plan_changed_at(store)
    if state.plan == changed:
        return state
    return replace(state.without_failures(), plan=changed)


def _note_failure(store: Store, plan: Plan, error: AcmeError, now: datetime) -> None:
    with suppress(OSError, StoreError):  # a full disk may be what failed
        state = after_failure(_of_this_plan(store), error, acquisition.serving(store, plan), now)
        states.save(store, state)


def _note_success(store: Store) -> None:
    with suppress(OSError, StoreError):
        state = _of_this_plan(store)
        served = {each.id for each in store.current()}
        states.save(store, state.without(served).without_failures())


def _ask_for_windows(store: Store, plan: Plan, now: datetime) -> None:
    """Ask each certificate's authority when it wants it renewed, as often as it wants to be asked."""
    state = _of_this_plan(store)
    directories = {each.directory: each for each in plan.authorities}
    windows = dict(state.windows)
    for certificate in acquisition.serving(store, plan):
        issued, known = state.issued.get(certificate.id), windows.get(certificate.id)
        authority = directories.get(issued.directory) if issued else None
        # § 4.3 of RFC 9773: not after the certificate has expired.
        if not issued or not issued.id or authority is None or now >= certificate.not_after:
            continue
        if known and known.ask_again_at - ari.LATEST <= now < known.ask_again_at:
            continue
        with suppress(OSError, StoreError):  # an account's key that cannot be opened is told of when an order needs it
            try:
                client = account.signed_in(store, authority, plan.contact, now)
                if client.knows_ari:
                    windows[certificate.id] = ari.ask(client, issued.id, known, now)
            except AcmeError:
                if known:
                    windows[certificate.id] = replace(known, ask_again_at=now + ari.AFTER_FAILURE)
    if windows != state.windows:
        with suppress(OSError):
            states.save(store, replace(state, windows=windows))
