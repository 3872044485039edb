"""Dispatches against their events: state, moments, what was frozen, what was declared and said."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from siegelpost.dispatch.evidence.recount import HOLDING, Recounted, recount
from siegelpost.dispatch.frozen.documents import HASHES
from siegelpost.dispatch.frozen_form import NewerFormError
from siegelpost.dispatch.models import Declaration, Dispatch, Earlier, Interest, Kind
from siegelpost.ledger import subject
from siegelpost.ledger.inspection import FsckFinding, Progress, look_through
from siegelpost.ledger.subject import Told

NAME = "dispatches"
_AT_ONCE = 100
# A moment that is not taken from the event's own lies this near to it: the transaction waits for others in between.
_NEAR = timedelta(minutes=5)

# What was shown, by the names in :data:`siegelpost.dispatch.evidence.recount.SHOWN`: what each of them is.
_SAID = MappingProxyType(
    {
        "page_sha256": ("Die Seite", "The page"),
        "content_sha256": ("Der Inhalt", "The content"),
        "gate_sha256": ("Die Seite, wie sie ausgeliefert wird,", "The page as it is served"),
        "pdf_sha256": ("Das PDF", "The PDF"),
    }
)


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Every dispatch is what its events make of it."""
    keys = Dispatch.objects.order_by("pk").values_list("pk", flat=True)
    yield from look_through(keys.iterator(), _look, size=_AT_ONCE, total=keys.count(), progress=progress)


def _look(keys: list[int]) -> Iterator[FsckFinding]:
    rows = list(
        Dispatch.objects.filter(pk__in=keys)
        .order_by("pk")
        .prefetch_related("earlier", "declarations", "interests")
        .select_related("second_factor")
    )
    events = subject.events_about([str(row.public_id) for row in rows])
    for row in rows:
        try:
            yield from _compare(row, recount(events[str(row.public_id)]))
        except NewerFormError as error:
            yield _odd(
                f"dispatch {row.public_id}",
                f"Eine neuere Version von Siegelpost hat sie eingefroren ({error}); diese zeigt sie nicht.",
                f"A newer version of Siegelpost has frozen it ({error}); this one does not show it.",
            )


def _compare(row: Dispatch, found: Recounted) -> Iterator[FsckFinding]:
    where = f"dispatch {row.public_id}"
    if found.state is None:
        yield _odd(where, "Kein Ereignis sagt, dass sie gesendet wurde.", "No event says that it was sent.")
        return
    if found.erased:
        yield _odd(where, "Sie wurde gelöscht und ist trotzdem da.", "It was erased, and is there all the same.")
    for each in found.impossible:
        yield _odd(
            f"{where}, {each.where}",
            f"{each.kind} kann auf das, was vorher war, nicht folgen.",
            f"{each.kind} cannot follow what was before.",
        )
    if row.state != found.state:
        yield _odd(
            where,
            f"Ihr Stand ist „{row.state}“, nach ihren Ereignissen aber „{found.state}“.",
            f"Its state is “{row.state}”, but by its events “{found.state}”.",
        )
    yield from _moments(row, found, where)
    yield from _held(row, found, where)
    yield from _shown(row, found, where)
    yield from _said(row, found, where)


def _moments(row: Dispatch, found: Recounted, where: str) -> Iterator[FsckFinding]:
    same = {
        "declared_at": row.declared_at == found.declared_at,
        "opened_at": _is_near(row.opened_at, found.opened_at),
        "notified_at": _is_near(row.notified_at, found.notified_at),
        "policy_arrived": found.policy_arrived is None or row.policy_arrived == found.policy_arrived,
        "main_contract_on": _day(row.main_contract_on) == found.main_contract_on,
        "released": set(row.released) == found.released,
        "seller_paid_on": _day(row.seller_paid_on) == found.seller_paid_on,
    }
    for name in (name for name, is_so in same.items() if not is_so):
        yield _odd(
            where,
            f"{name} ist {getattr(row, name)}, nach ihren Ereignissen aber {getattr(found, name)}.",
            f"{name} is {getattr(row, name)}, but by its events {getattr(found, name)}.",
        )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _is_near(one: datetime | None, other: datetime | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) <= _NEAR


def _held(row: Dispatch, found: Recounted, where: str) -> Iterator[FsckFinding]:
    """What the events name beside hashes, and what a row says twice."""
    stands: dict[str, Any] = {name: getattr(row, name) for name in HOLDING}
    stands["expires_at"] = row.expires_at.isoformat()
    stands |= {name: str(stands[name]) if stands[name] else None for name in ("joint", "instead_of")}
    page = row.page if isinstance(row.page, dict) else {}
    differing = [name for name in HOLDING if name in found.holds and found.holds[name] != stands[name]]
    differing += [name for name in ("subject", "message") if name in page and page[name] != getattr(row, name)]
    if row.kind == Kind.SECURE_EXPOSE and page.get("gate", {}).get("row") != row.gate_row:
        differing.append("gate_row")
    for name in differing:
        yield _odd(
            where,
            f"{name} ist nicht, was gesendet wurde.",
            f"{name} is not what was sent.",
        )
    if page.get("code_by") and not hasattr(row, "second_factor"):
        yield _odd(where, "Der Code, nach dem sie fragt, fehlt.", "The code that it asks for is missing.")


def _shown(row: Dispatch, found: Recounted, where: str) -> Iterator[FsckFinding]:
    rows: list[Dispatch | Earlier] = [*row.earlier.all(), row]
    if len(rows) != len(found.versions):
        yield _odd(
            where,
            f"Gezeigt wurden nach den Ereignissen {len(found.versions)} Fassungen, da sind {len(rows)}.",
            f"By the events {len(found.versions)} versions were shown, there are {len(rows)}.",
        )
        return
    for number, (version, named) in enumerate(zip(rows, found.versions, strict=True), 1):
        which = where if version is row else f"{where}, version {number}"
        for name, sha256 in named.items():
            de, en = _SAID[name]
            if HASHES[name](version) != sha256:
                yield _odd(which, f"{de} ist nicht, was gesendet wurde.", f"{en} is not what was sent.")


def _said(row: Dispatch, found: Recounted, where: str) -> Iterator[FsckFinding]:
    """Declarations, and what was said of the exposé, word for word."""
    declared = {one.kind: one for one in row.declarations.all()}
    for each in found.declarations:
        kind = str(each.data.get("declaration"))
        yield from _declaration(declared.pop(kind, None), each, f"{where}, {each.where}, declaration {kind}")
    for kind in declared:
        yield _odd(
            f"{where}, declaration {kind}",
            "Kein Ereignis sagt, dass das erklärt wurde.",
            "No event says that this was declared.",
        )
    interests = {one.made_at: one for one in row.interests.all()}
    for each in found.interests:
        yield from _interest(interests.pop(each.at, None), each, f"{where}, {each.where}")
    for moment in interests:
        yield _odd(
            f"{where}, interest {moment}",
            "Kein Ereignis sagt, dass das gesagt wurde.",
            "No event says that this was said.",
        )


def _declaration(row: Declaration | None, event: Told, where: str) -> Iterator[FsckFinding]:
    if row is None:
        yield _odd(where, "Die Erklärung fehlt.", "The declaration is missing.")
        return
    personal = event.personal or {}
    stands = {
        "text": row.text == event.data.get("text"),
        "made_at": row.made_at == event.at,
        "name": row.name == personal.get("name", row.name),
        "ip": personal.get("client", f"{row.ip} ").startswith(f"{row.ip} "),
    }
    for name in (name for name, is_so in stands.items() if not is_so):
        yield _odd(where, f"{name} ist nicht, was erklärt wurde.", f"{name} is not what was declared.")


def _interest(row: Interest | None, event: Told, where: str) -> Iterator[FsckFinding]:
    if row is None:
        yield _odd(where, "Die Rückmeldung fehlt.", "What was said is missing.")
    elif row.kind != event.data.get("interest") or row.note != (event.personal or {}).get("note", row.note):
        yield _odd(where, "Die Rückmeldung ist nicht die, die gegeben wurde.", "It is not what was said.")


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding(NAME, where, de, en)
