"""From a plan to a certificate that is served: one authority after the other, one certificate per key type."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from siegelpost.tls.acme import account, ari, order, pace, waiting
from siegelpost.tls.acme import draft as drafts
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme.account import signed_in, staged
from siegelpost.tls.acme.challenges import clear
from siegelpost.tls.acme.draft import Draft
from siegelpost.tls.acme.lease import Lease, lease
from siegelpost.tls.acme.order_context import USUAL, OrderContext, Patience
from siegelpost.tls.acme.plan import Authority, Challenge, KeyType, Plan
from siegelpost.tls.acme.problems import NOT_OUR_SERVER, OURS, AcmeError, Code, Problem
from siegelpost.tls.acme.progress import Now, Progress, Reason, Recorder, Step, utc_now
from siegelpost.tls.store import OvertakenError, Source, Store, Stored, StoreError

logger = logging.getLogger(__name__)


def obtain(
    store: Store,
    plan: Plan,
    *,
    reason: Reason = Reason.ASKED,
    roots: Sequence[bytes] = (),
    now: Now = utc_now,
    dry_run: bool = False,
    attempt: int = 0,
    last: Problem | None = None,
    waits: Mapping[str, datetime] = MappingProxyType({}),
    wanted: Callable[[], bool] = lambda: True,
    patience: Patience = USUAL,
    told: Callable[[Progress], None] = lambda progress: None,
) -> tuple[str, ...]:
    """Obtain what the plan asks for and serve it; takes seconds to minutes, and waits for nobody's click.

    The steps are written to shared storage as they come (:func:`siegelpost.tls.acme.progress.progress`). Nothing is
    activated that the doctor would not accept, and what is served before stays until then. An order that was cut off
    is finished. The running server's processes, of all nodes, answer the validations and serve the new certificate.

    Args:
        roots: DER of further authorities that visitors' browsers trust.
        dry_run: prove every name from outside (in the authority's staging directory, where it has one), and leave it
            at that: no certificate, nothing counted against the limits for certificates.
        attempt: how often this failed before; another kind of challenge is tried each time.
        last: why it failed before; when that was our own server, staging is asked first.
        waits: by directory, before when it does not want to be asked; then the others are, as long as there are any.
        wanted: asked once nobody else is at work: another node may have renewed meanwhile. If not, nothing is done.
        told: is called with each new state of the progress, in this process.

    Returns:
        The ids of what is served now; empty after a dry run, or when it was not wanted.

    Raises:
        AcmeError: it came to nothing; the problem says why in codes. What was served before still is.
    """
    plan = plan.checked()
    with lease(store, patience.lease) as held:
        if not wanted():
            return ()
        clear(store)
        recorder = Recorder(store, plan.names, reason, now, dry_run=dry_run, told=told)
        try:
            store.self_test()
            ids = _by_some_authority(store, plan, recorder, held, roots, now, attempt, last, waits, patience, dry_run)
        except AcmeError as error:
            recorder.failed(error.problem)
            raise
        except (OSError, StoreError) as error:
            problem = AcmeError(Code.STORE, detail=str(getattr(error, "strerror", None) or error))
            recorder.failed(problem.problem)
            raise problem from error
        except Exception as error:
            logger.exception("an order failed in a way that nobody foresaw")
            problem = AcmeError(Code.UNEXPECTED, detail=f"{type(error).__name__}: {error}")
            recorder.failed(problem.problem)
            raise problem from error
        recorder.done(ids)
        return ids


def _by_some_authority(
    store: Store,
    plan: Plan,
    recorder: Recorder,
    held: Lease,
    roots: Sequence[bytes],
    now: Now,
    attempt: int,
    last: Problem | None,
    waits: Mapping[str, datetime],
    patience: Patience,
    dry_run: bool,
) -> tuple[str, ...]:
    failures: list[AcmeError] = []
    resting = {directory: until for directory, until in waits.items() if until > now()}
    free = [each for each in plan.authorities if each.directory not in resting]
    if not free:
        resting, free = {}, list(plan.authorities)
    for authority in free:

        def work(directory: Authority) -> OrderContext:
            recorder.step(Step.ACCOUNT, authority=directory.directory)
            client = signed_in(store, directory, plan.contact, now())
            return OrderContext(store, plan, client, recorder, held, now, roots, attempt, patience)

        def with_account(directory: Authority, action: Callable[[OrderContext], tuple[str, ...]]) -> tuple[str, ...]:
            """An account that the authority no longer takes is made anew, and the rest tried once more."""
            try:
                return action(work(directory))
            except AcmeError as error:
                if not _another_account(store, plan, directory, error, recorder.progress.step, now()):
                    raise
                return action(work(directory))

        try:
            # Where one practises we have another account: the record in the DNS names the one that counts.
            stage = authority if Challenge.DNS_PERSIST_01 in plan.challenges else staged(authority)
            if dry_run or (stage != authority and _should_practise(authority, last, recorder.progress.reason)):
                with_account(stage, _rehearsed)
            if dry_run:
                return ()
            return with_account(authority, _certificates)
        except AcmeError as error:
            if error.problem.code in OURS:
                raise
            failures.append(error)
            if until := error.not_before(now()):
                resting[authority.directory] = until
    raise _told_of(failures, resting, plan)


def _another_account(
    store: Store, plan: Plan, authority: Authority, error: AcmeError, step: Step, now: datetime
) -> bool:
    """Whether there is another account now with which it makes sense to try once more."""
    if error.problem.code is Code.ACCOUNT_GONE:
        return account.renew(store, authority, error.problem.values.get("detail", ""), now)
    failed = error.problem.code is Code.AUTHORITY_FAILED and step is Step.ORDER
    return failed and account.forgotten(store, authority, plan.contact, now)


def _told_of(failures: Sequence[AcmeError], resting: Mapping[str, datetime], plan: Plan) -> AcmeError:
    """The failure that says most; with when each authority may be asked again, and so when the next try makes sense."""
    error = next((each for each in failures if each.problem.code not in NOT_OUR_SERVER), failures[0])
    error.waits, error.wait = resting, None
    error.again_at = (
        min(resting.values()) if len(resting) == len({each.directory for each in plan.authorities}) else None
    )
    return error


def _should_practise(authority: Authority, last: Problem | None, reason: Reason) -> bool:
    """After a failure of our own server, the strict limits of the real directory are spared until it works."""
    ours = last is not None and "challenge" in last.values
    return ours and bool(authority.staging) and reason is not Reason.EMERGENCY


def _counted(work: OrderContext, action: Callable[[OrderContext], None]) -> None:
    """What the authority counts as a failed validation is counted here too."""
    try:
        action(work)
    except AcmeError as error:
        if error.of_a_validation:
            name = error.problem.values.get("name")
            names = (name,) if name else work.plan.names
            pace.note(work.store, work.client.authority, names, pace.FAILED, work.now())
        raise


def _rehearsed(work: OrderContext) -> tuple[str, ...]:
    _counted(work, order.rehearse)
    return ()


def _certificates(work: OrderContext) -> tuple[str, ...]:
    """One per key type, then all of them served together."""
    found: list[Draft] = []
    for key_type in work.plan.key_types:
        replaces = _replaced_by(work, key_type)

        def get(work: OrderContext, key_type: KeyType = key_type, replaces: str = replaces) -> None:
            found.append(order.certificate(work, key_type, replaces))

        _counted(work, get)
    work.recorder.step(Step.ACTIVATE)
    work.lease.check()
    ids = tuple(draft.stored for draft in found)
    before = work.store.active()
    if waiting.waits_until(work.store, work.plan.names, work.plan.over, work.now()):
        # Somebody has put in a bought one while this was under way; what was obtained stays stored.
        drafts.discard(work.store, *work.plan.key_types)
        raise AcmeError(Code.WAITS)
    try:
        work.store.activate(*ids, after=before)
    except OvertakenError as error:  # the draft is kept: the next look serves it, or sees what came in between
        raise AcmeError(Code.BUSY) from error
    _remember(work, found)
    drafts.discard(work.store, *work.plan.key_types)
    return ids


def _replaced_by(work: OrderContext, key_type: KeyType) -> str:
    """The id of the served certificate that the new one takes the place of, if this authority wants to know it."""
    if not work.client.knows_ari:
        return ""
    known = states.load(work.store).issued
    for stored in serving(work.store, work.plan):
        issued = known.get(stored.id)
        if stored.key_type == key_type and issued and issued.directory == work.client.authority.directory:
            return "" if issued.replaced else issued.id
    return ""


def _remember(work: OrderContext, found: Sequence[Draft]) -> None:
    """Where each came from. Losing that costs a ``replaces``, no certificate: a full disk must not spoil the end."""
    with suppress(OSError, StoreError):
        state = states.load(work.store)
        replaced = {draft.replaces for draft in found if draft.replaces}
        issued = {id: replace(each, replaced=each.replaced or each.id in replaced) for id, each in state.issued.items()}
        for draft in found:
            id = ari.certificate_id(work.store.chain_pem(draft.stored))
            issued[draft.stored] = states.Issued(draft.directory, id)
        states.save(work.store, replace(state, issued=issued))


def serving(store: Store, plan: Plan) -> list[Stored]:
    """What came from an authority by itself, and is served for exactly this plan's names.

    A bought certificate does not count: whoever sets a plan up wants it to begin.
    """
    return [each for each in store.current() if each.source is Source.ACME and set(each.names) == set(plan.names)]
