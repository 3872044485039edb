"""What the office set up: which name follows the line, at which service, by whose login, and from where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from siegelpost.certificates.actions import SUBJECT
from siegelpost.certificates.dyndns.addresses import AddressSource
from siegelpost.certificates.dyndns.record import RecordType
from siegelpost.certificates.models import DynamicDns, DynamicRecord
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.settings import FIELDS
from siegelpost.toolbox.sealing import UnsealableError


@dataclass(frozen=True, slots=True)
class DynamicSetup:
    """What was set up.

    Args:
        options: the login; None where it cannot be opened.
        sources: where each record's address comes from.
        changed_at: tells one set-up from the next.
    """

    name: str
    service: str
    options: Mapping[str, str] | None = field(repr=False)
    sources: Mapping[RecordType, AddressSource]
    on: bool
    changed_at: datetime

    @property
    def kept(self) -> list[RecordType]:
        """The records that are kept up to date while it is on."""
        return [kind for kind, source in self.sources.items() if source]


def current() -> DynamicSetup | None:
    """What is set up, on or off."""
    row = DynamicDns.objects.filter(pk=1).first()
    if row is None:
        return None
    sources = {RecordType.A: AddressSource(row.a_from), RecordType.AAAA: AddressSource(row.aaaa_from)}
    return DynamicSetup(row.name, row.service, _opened(row), sources, row.on, row.changed_at)


def save(
    name: str, service: str, options: Mapping[str, str], sources: Mapping[RecordType, AddressSource], *, by: str
) -> None:
    """Keep this instead of what was set up; it stays off until it is switched on.

    Args:
        by: who does it, for the ledger.
    """
    row = DynamicDns(
        pk=1,
        name=name,
        service=service,
        options_sealed=FIELDS.seal_text(json.dumps(dict(options))),
        a_from=sources[RecordType.A],
        aaaa_from=sources[RecordType.AAAA],
        changed_at=timezone.now(),
    )
    with transaction.atomic():
        DynamicRecord.objects.all().delete()
        row.save()
        _note(row, by)


def switch(on: bool, *, by: str) -> None:
    """Begin, end, or begin anew after a fault that a person had to mend; without a set-up, nothing."""
    with transaction.atomic():
        row = DynamicDns.objects.select_for_update().filter(pk=1).first()
        if row is None:
            return
        row.on, row.changed_at = on, timezone.now()
        row.save()
        DynamicRecord.objects.update(fault="", detail="", failing_since=None, failures=0, told="", next_at=None)
        _note(row, by)


def forget(*, by: str) -> None:
    """End it, and keep neither the login nor what was found; the records in the DNS stay."""
    with transaction.atomic():
        row = DynamicDns.objects.select_for_update().filter(pk=1).first()
        if row is None:
            return
        row.on = False
        _note(row, by)
        row.delete()
        DynamicRecord.objects.all().delete()


def _note(row: DynamicDns, by: str) -> None:
    kept: list[JSON] = [kind for kind, source in (("A", row.a_from), ("AAAA", row.aaaa_from)) if source]
    data: dict[str, JSON] = {"name": row.name, "service": row.service, "records": kept, "on": row.on, "by": by}
    append(EventKind.DYNAMIC_DNS_CHANGED, subject=SUBJECT, data=data)


def _opened(row: DynamicDns) -> dict[str, str] | None:
    try:
        opened: dict[str, str] = json.loads(FIELDS.unseal_text(row.options_sealed))
    except (UnsealableError, ValueError):
        return None
    return opened
