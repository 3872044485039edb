"""Keeping the records up to date: look where the line is, what the zone's name servers say, and write what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

import structlog
from django.db import transaction
from django.utils import timezone

from siegelpost.certificates.dyndns import addresses, services, setup, zone
from siegelpost.certificates.dyndns.addresses import Own
from siegelpost.certificates.dyndns.notice import tell
from siegelpost.certificates.dyndns.pace import ARRIVAL, PACES, pause
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, RecordType, Written
from siegelpost.certificates.dyndns.setup import DynamicSetup
from siegelpost.certificates.dyndns.zone import Standing
from siegelpost.certificates.models import DynamicDns, DynamicRecord
from siegelpost.settings import load
from siegelpost.toolbox.internet import Address

log = structlog.get_logger(__name__)
# Only read: what a service does not hold must not be made by trying the login (RFC 5737).
_NOBODYS = {RecordType.A: ip_address("192.0.2.1"), RecordType.AAAA: ip_address("2001:db8::1")}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be done about one record.

    Args:
        address: of the line; None where there is none to write.
        standing: what the name servers agree on; None where they differ or are silent.
        writes: whether the address is to be written.
        fault: what is in the way, or seems to be wrong.
    """

    kind: RecordType
    address: Address | None
    standing: frozenset[Address] | None
    writes: bool
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; ``written`` is what a service says to have done."""

    outlook: Outlook
    fault: Fault | None
    detail: str = ""
    pause: float | None = None
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a login is good; ``tried`` is false where that cannot be known without writing."""

    tried: bool
    fault: Fault | None = None
    detail: str = ""


def keep(now: datetime | None = None, *, at_once: bool = False) -> list[Outcome]:
    """Write the line's address into the DNS where it differs from what the zone's name servers say.

    Args:
        at_once: also what is not due yet; a pause after a fault is kept all the same.
    """
    now, being = now or timezone.now(), setup.current()
    if being is None or not being.on:
        return []
    rows = _rows(being)
    due = [kind for kind, row in rows.items() if _is_due(row, now, at_once)]
    if not due:
        return []
    outlooks = _outlooks(being, rows, now)
    outcomes: list[Outcome] = []
    for kind in due:
        outcome = _outcome(being, outlooks, kind, outcomes)
        if not _keep(being, outcome, now):
            break
        outcomes.append(outcome)
    return outcomes


def preview(now: datetime | None = None) -> list[Outlook]:
    """What would be done just now about each record; changes nothing, and takes some seconds."""
    being = setup.current()
    return list(_outlooks(being, _rows(being), now or timezone.now())[0].values()) if being else []


def probe() -> Trial:
    """Try the login without changing anything; a service that only takes addresses is told what stands already."""
    being = setup.current()
    if being is None:
        return Trial(tried=False)
    if being.options is None:
        return Trial(tried=True, fault=Fault.SEALED)
    standing = zone.stands(being.name)
    for kind in being.kept:
        there = standing.of(kind) or frozenset()
        if len(there) != 1 and not services.SERVICES[being.service].reads:
            continue
        address = next(iter(there), _NOBODYS[kind])
        other = next(each for each in RecordType if each is not kind)
        change = Change(being.name, kind, address, standing.zone, standing.of(other))
        try:
            services.write(being.service, dict(being.options), change, load(), probe=True)
        except DnsWriteError as error:
            return Trial(tried=True, fault=error.fault, detail=error.detail)
        return Trial(tried=True)
    return Trial(tried=False)


def decide(kind: RecordType, own: Own, standing: Standing, row: DynamicRecord, now: datetime) -> Outlook:
    """What is to be done about one record.

    Compared is with the name servers themselves. Where they are silent, with what was written last; and what was
    written is given time to arrive at all of them.
    """
    said, agreed = standing.said.get(kind, ()), standing.of(kind)
    last = [ip_address(row.address)] if row.address else []
    address, fault = own.address([*(agreed or ()), *last]), own.fault
    if fault is None and standing.alias:
        fault = Fault.ALIAS
    if fault is None and any(len(each) > 1 for each in said):
        fault = Fault.SEVERAL
    if fault is not None or address is None:
        return Outlook(kind, address, agreed, writes=False, fault=fault or Fault.NO_ADDRESS)
    arrived = [each == {address} for each in said]
    if arrived and all(arrived):
        return Outlook(kind, address, agreed, writes=False)
    if address not in last:
        return Outlook(kind, address, agreed, writes=True)
    if not said or any(arrived):
        return Outlook(kind, address, agreed, writes=False)
    if row.arrived:  # and somebody changed it since
        return Outlook(kind, address, agreed, writes=True)
    overdue = row.written_at is not None and now - row.written_at > timedelta(seconds=ARRIVAL)
    return Outlook(kind, address, agreed, writes=overdue, fault=Fault.NOT_ARRIVED if overdue else None)


def _rows(being: DynamicSetup) -> dict[RecordType, DynamicRecord]:
    found = {each.kind: each for each in DynamicRecord.objects.all()}
    return {kind: found.get(kind.value) or DynamicRecord(kind=kind.value) for kind in being.kept}


def _is_due(row: DynamicRecord, now: datetime, at_once: bool) -> bool:
    if row.fault and PACES[Fault(row.fault)].stops:
        return False
    return row.next_at is None or row.next_at <= now or (at_once and not row.fault)


def _outlooks(
    being: DynamicSetup, rows: Mapping[RecordType, DynamicRecord], now: datetime
) -> tuple[dict[RecordType, Outlook], Standing]:
    line = addresses.look(load(), being.sources.values())
    standing = zone.stands(being.name)
    owned = {kind: addresses.own(line, kind, being.sources[kind]) for kind in rows}
    return {kind: decide(kind, owned[kind], standing, row, now) for kind, row in rows.items()}, standing


def _outcome(
    being: DynamicSetup,
    found: tuple[Mapping[RecordType, Outlook], Standing],
    kind: RecordType,
    before: Iterable[Outcome],
) -> Outcome:
    """Asks the service; never inside a transaction."""
    outlooks, standing = found
    outlook = outlooks[kind]
    if being.options is None:
        return Outcome(outlook, Fault.SEALED)
    if not outlook.writes or outlook.address is None:
        return Outcome(outlook, outlook.fault)
    options = dict(being.options)
    if services.sets_both(being.service, options) and any(each.written for each in before):
        return Outcome(outlook, outlook.fault, written=Written.CHANGED)
    change = Change(being.name, kind, outlook.address, standing.zone, _beside(kind, outlooks, standing))
    try:
        written = services.write(being.service, options, change, load())
    except DnsWriteError as error:
        return Outcome(outlook, error.fault, error.detail, error.pause)
    log.info("address written", name=being.name, kind=kind.value, address=str(outlook.address), answer=written.value)
    return Outcome(outlook, outlook.fault, written=written)


def _beside(kind: RecordType, outlooks: Mapping[RecordType, Outlook], standing: Standing) -> frozenset[Address] | None:
    """What the other record is to say: the line's address where it is kept, too, else what stands."""
    other = next(each for each in RecordType if each is not kind)
    kept = outlooks.get(other)
    if kept and kept.address and not kept.fault:
        return frozenset([kept.address])
    return standing.of(other)


@transaction.atomic
def _keep(being: DynamicSetup, outcome: Outcome, now: datetime) -> bool:
    """Keep what came of it, and tell the administrators if they have to hear of it.

    Returns:
        False where something else was set up meanwhile: then it is forgotten.
    """
    if not DynamicDns.objects.select_for_update().filter(pk=1, on=True, changed_at=being.changed_at).exists():
        return False
    outlook, kind = outcome.outlook, outcome.outlook.kind
    row = DynamicRecord.objects.filter(pk=kind.value).first() or DynamicRecord(kind=kind.value)
    row.looked_at = now
    row.standing = None if outlook.standing is None else sorted(map(str, outlook.standing))
    row.fault, row.detail = outcome.fault or "", outcome.detail[:200]
    row.failing_since = (row.failing_since or now) if outcome.fault else None
    row.failures = row.failures + 1 if outcome.fault else 0
    row.next_at = now + timedelta(seconds=pause(outcome.fault, row.failures, outcome.pause))
    if outcome.written:
        row.address, row.written_at, row.arrived = str(outlook.address), now, False
    elif outlook.address and outlook.standing == frozenset([outlook.address]):
        row.address, row.arrived = str(outlook.address), True
    row.told = _told(being, outcome.fault, row, now) if outcome.fault else ""
    row.save()
    return True


def _told(being: DynamicSetup, fault: Fault, row: DynamicRecord, now: datetime) -> str:
    """Of which fault the administrators have heard: of each once, and of what passes by itself not of every form."""
    pace = PACES[fault]
    heard = row.told == fault or (row.told and not pace.stops)
    long_enough = row.failing_since is not None and now - row.failing_since >= timedelta(seconds=pace.told_after)
    if heard or not long_enough:
        return row.told
    return fault.value if tell(being.name, row.kind, fault, row.detail) else row.told
