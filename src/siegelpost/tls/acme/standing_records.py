"""The records of dns-persist-01 that an office has to have in its DNS: which they are, and how they stood last.

They are known from the first order on (only then does the authority say how it is named), kept in ``standing.json``,
and looked up before each order and once a day.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from acme import messages

from siegelpost.tls.acme import account
from siegelpost.tls.acme.challenges import dns_persist01
from siegelpost.tls.acme.challenges.dns_persist01 import Sight, Standing, StandingRecord
from siegelpost.tls.acme.order_context import OrderContext
from siegelpost.tls.acme.plan import Challenge, Plan, load_plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store, StoreError
from siegelpost.toolbox.durable import read_json, write_json

# What this machine sees need not be what the authority sees (split DNS): at every fifth try it is let look.
ITS_TURN = 5
# A record that some name servers give already may be seen by the authority, too, after so many tries.
SOME_AFTER = 3


@dataclass(frozen=True, slots=True)
class RecordState:
    """One record at one authority, and how it stood when it could last be seen.

    Args:
        account: ours at the time. The record may name it by another address, as the authority wants it.
        looked_at: when that was.
        since: since when it stands so.
        unseen_since: since when nobody can be asked; None where somebody can.
    """

    directory: str
    account: str
    record: StandingRecord
    sight: Sight
    looked_at: datetime
    since: datetime
    unseen_since: datetime | None = None

    @property
    def good(self) -> bool:
        """Whether nothing has to be entered or changed, as far as anybody could see."""
        return self.sight.standing in (Standing.GOOD, Standing.UNSEEN, Standing.PARTLY, Standing.BY_PARENT)

    def ends_before(self, moment: datetime) -> bool:
        """Whether an end is written into it that comes before this."""
        return self.sight.until is not None and self.sight.until < moment


def record_for(work: OrderContext, name: str, challenge: Any) -> StandingRecord:
    """The record that proves this name to the authority.

    Raises:
        AcmeError: ``nonsense``: the challenge is malformed.
    """
    issuers = dns_persist01.issuers_of(challenge)
    if not issuers:
        raise AcmeError(Code.NONSENSE, detail=f"{Challenge.DNS_PERSIST_01}: issuer-domain-names")
    told = getattr(challenge, "account", "")
    uri = told if isinstance(told, str) and told.startswith("https://") else work.client.account_uri
    wildcard = f"*.{name.removeprefix('*.')}" in work.plan.names
    return StandingRecord(name, issuers, uri, wildcard)


def require(work: OrderContext, records: Sequence[StandingRecord]) -> None:
    """Look all of them up before the authority does, which counts a failure.

    Raises:
        AcmeError: one of them is not in order; the problem says what to enter where. All are written down.
    """
    if not records:
        return
    states = [_looked_up(work.store, work.plan, _of_the_order(work), each, work.now()) for each in records]
    _keep(work.store, states)
    work.lease.check()
    for state in states:
        if not _may_look(state, work.attempt):
            raise problem_of(state)


def _may_look(state: RecordState, attempt: int) -> bool:
    standing = state.sight.standing
    if state.unseen_since or standing is Standing.GOOD:
        return True
    if standing is Standing.PARTLY:
        return attempt >= SOME_AFTER
    return attempt % ITS_TURN == 0 and (attempt > 0 or standing is Standing.BY_PARENT)


_PROBLEMS = {
    Standing.PARTLY: Code.STANDING_PARTLY,
    Standing.BY_PARENT: Code.STANDING_MISSING,
    Standing.MISSING: Code.STANDING_MISSING,
    Standing.WRONG_PLACE: Code.STANDING_WRONG_PLACE,
    Standing.OTHER_ACCOUNT: Code.STANDING_OTHER_ACCOUNT,
    Standing.NAME_ONLY: Code.STANDING_NAME_ONLY,
    Standing.ENDED: Code.STANDING_ENDED,
    Standing.UNREADABLE: Code.STANDING_UNREADABLE,
}


def problem_of(state: RecordState) -> AcmeError:
    """What is wrong with a record that is not good, with what to enter."""
    record, sight = state.record, state.sight
    return AcmeError(
        _PROBLEMS[sight.standing],
        name=record.name,
        record=record.place,
        value=record.value,
        found=sight.found,
        server=sight.server,
        until=sight.until.strftime("%Y-%m-%d") if sight.until else "",
        authority=state.directory,
    )


def look(store: Store, now: datetime) -> tuple[RecordState, ...]:
    """Look all records of the plan up again, and ask the authorities whether they still have our accounts.

    An account that is gone is made anew now, long before the next renewal, so that the office hears in time that its
    record has to name another one.

    Returns:
        How each of them stands; none where the plan needs none.
    """
    plan = load_plan(store)
    known = states(store, plan)
    if not known or plan is None:
        return ()
    uris = {directory: _account(store, plan, directory, now) for directory in {each.directory for each in known}}
    found = []
    for each in known:
        uri = uris[each.directory] or each.account
        record = each.record if uri == each.account else replace(each.record, account=uri)
        found.append(_looked_up(store, plan, (each.directory, uri), record, now))
    _keep(store, found)
    return tuple(found)


def _account(store: Store, plan: Plan, directory: str, now: datetime) -> str:
    """The address of our account as the authority gives it; empty where it cannot be asked."""
    authority = next(each for each in plan.authorities if each.directory == directory)
    with suppress(AcmeError, OSError, StoreError):
        return account.confirmed(store, authority, plan.contact, now).account_uri
    return ""


def states(store: Store, plan: Plan | None) -> tuple[RecordState, ...]:
    """How the records stood that this plan needs, in the order of its authorities and names; asks nobody."""
    if plan is None or Challenge.DNS_PERSIST_01 not in plan.challenges:
        return ()
    known = _known(store)
    wanted = ((each.directory, name) for each in plan.authorities for name in plan.names)
    return tuple(known[each] for each in wanted if each in known)


def noted(work: OrderContext, authorization: messages.Authorization, name: str) -> None:
    """An authority may find the record without asking us for anything; then, too, we know by which one it lives."""
    if Challenge.DNS_PERSIST_01 not in work.plan.challenges:
        return
    for each in authorization.challenges or ():
        by_it = str(each.chall.typ) == Challenge.DNS_PERSIST_01 and each.status == messages.STATUS_VALID
        if by_it and dns_persist01.issuers_of(each.chall):
            record = record_for(work, name, each.chall)
            _keep(work.store, [_looked_up(work.store, work.plan, _of_the_order(work), record, work.now())])


def _of_the_order(work: OrderContext) -> tuple[str, str]:
    return work.client.authority.directory, work.client.account_uri


def _looked_up(store: Store, plan: Plan, at: tuple[str, str], record: StandingRecord, now: datetime) -> RecordState:
    """``at`` is the authority's directory, and our account there."""
    sight = dns_persist01.look(record, plan.dns.name_servers if plan.dns else (), now)
    before = _known(store).get((at[0], record.name))
    if before and before.record != record:
        before = None
    if sight.standing is Standing.UNSEEN:
        unseen = before or RecordState(*at, record, sight, now, now)
        return replace(unseen, unseen_since=unseen.unseen_since or now)
    same = before is not None and before.sight.standing is sight.standing
    return RecordState(*at, record, sight, now, before.since if before and same else now)


# Keeping


def _file(store: Store) -> Path:
    return store.folder / "acme" / "standing.json"


def _known(store: Store) -> dict[tuple[str, str], RecordState]:
    content = read_json(_file(store))
    found = {}
    for each in content.get("records", ()):
        with suppress(KeyError, TypeError, ValueError):
            state = _from_json(each)
            found[state.directory, state.record.name] = state
    return found


def _keep(store: Store, new: Iterable[RecordState]) -> None:
    """A full disk costs the page its knowledge, and no certificate."""
    kept = _known(store) | {(each.directory, each.record.name): each for each in new}
    with suppress(OSError):
        write_json(_file(store), {"records": [_as_json(each) for each in kept.values()]})


def _as_json(state: RecordState) -> dict[str, Any]:
    content = asdict(state)
    content["sight"]["until"] = _text(state.sight.until)
    moments = {name: _text(getattr(state, name)) for name in ("looked_at", "since", "unseen_since")}
    return content | moments


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _from_json(content: dict[str, Any]) -> RecordState:
    record, sight = content["record"], content["sight"]
    return RecordState(
        content["directory"],
        content["account"],
        StandingRecord(**record | {"issuers": tuple(record["issuers"])}),
        Sight(
            Standing(sight["standing"]),
            sight["found"],
            _moment(sight["until"]),
            sight["server"],
        ),
        datetime.fromisoformat(content["looked_at"]),
        datetime.fromisoformat(content["since"]),
        _moment(content["unseen_since"]),
    )
