"""Mails against the events about them: what became of each, what came in, where links lead, which seals they carry."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import Q

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.delivery.events import ARRIVALS, LATE
from siegelpost.dispatch.models import Dispatch, Link, Withdrawal
from siegelpost.dispatch.recipient.replies import DECLARATION
from siegelpost.ledger import anchor, key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.inspection import FsckFinding, Progress, look_through
from siegelpost.ledger.note import NoteError
from siegelpost.ledger.subject import Told, events_about
from siegelpost.mail.models import IncomingMail, MailContent, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.transitions import What
from siegelpost.office.tokens import token_hash
from siegelpost.proof.known_checkpoints import checkpoints_in
from siegelpost.settings import MAILS
from siegelpost.toolbox.sealing import UnsealableError

_AT_ONCE = 200
_WAITS = frozenset({MailState.QUEUED, MailState.CANCELLED})
# After each change that an event tells of, the states the mail can be in: a lost attempt, a mail that was stopped and
# one that is tried again leave no event.
_AFTER: Mapping[What | None, frozenset[MailState]] = MappingProxyType(
    {
        None: _WAITS,
        What.ATTEMPT_STARTED: _WAITS | {MailState.SENDING},
        What.ACCEPTED: frozenset({MailState.ACCEPTED}),
        What.DEFERRED: _WAITS,
        What.INTERRUPTED: _WAITS,
        What.REFUSED: _WAITS | {MailState.REFUSED},
        What.GIVEN_UP: _WAITS | {MailState.GIVEN_UP},
        What.BOUNCED: frozenset({MailState.BOUNCED}),
    }
)
_WHAT = {what.value: what for what in What}
# What stands in these is no link of a dispatch.
_NO_LINKS = (Purpose.CODE, Purpose.CONSENT)
_RECEIVED = (*dict.fromkeys(ARRIVALS.values()),)


def deliveries(progress: Progress) -> Iterator[FsckFinding]:
    """Every mail of a dispatch stands where its events have left it, and none that they name is missing."""
    ids, looks = Dispatch.objects.order_by("pk").values_list("public_id", flat=True), (_deliveries, _arrivals, _links)
    yield from look_through(map(str, ids.iterator()), *looks, size=_AT_ONCE, total=ids.count(), progress=progress)
    strays = Withdrawal.objects.filter(dispatch=None).order_by("pk").values_list("public_id", flat=True)
    yield from look_through(map(str, strays.iterator()), _deliveries, size=_AT_ONCE)


def _deliveries(subjects: list[str]) -> Iterator[FsckFinding]:
    """Also those that acknowledge a withdrawal: before that was assigned, its events are about itself."""
    assigned = {
        str(one): str(dispatch)
        for one, dispatch in Withdrawal.objects.filter(dispatch__public_id__in=subjects).values_list(
            "public_id", "dispatch__public_id"
        )
    }
    about = [*assigned, *subjects]
    acknowledging = Q(dispatch_id="", about__in=about, purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    mails = OutgoingMail.objects.filter(Q(dispatch_id__in=subjects) | acknowledging).order_by("pk")
    by_id = {mail.message_id: mail for mail in mails}
    last: dict[str, Told] = {}
    for event in (event for some in events_about(about).values() for event in some):
        if event.data.get("mail") and event.data.get("what") in _WHAT:
            last[event.data["mail"]] = event
    for message_id, event in last.items():
        if message_id not in by_id:
            yield _odd(f"mail {message_id}, {event.where}", "Die Mail fehlt.", "The mail is missing.")
    for mail in by_id.values():
        yield from _delivery(mail, last.get(mail.message_id))


def _delivery(mail: OutgoingMail, last: Told | None) -> Iterator[FsckFinding]:
    where = f"mail {mail.message_id}" + (f", {last.where}" if last else "")
    what = _WHAT[last.data["what"]] if last else None
    if mail.state not in _AFTER[what]:
        after = what.value if what else "–"
        yield _odd(
            where,
            f"Ihr Stand ist „{mail.state}“, ihr letztes Ereignis aber „{after}“.",
            f"Its state is “{mail.state}”, but its last event “{after}”.",
        )
    if last is None:
        return
    differing = [name for name in ("sha256", "redacted_sha256", "purpose") if _differs(mail, last, name)]
    if what is What.ACCEPTED and not _is_when(mail.accepted_at, last):
        differing.append("accepted_at")
    for name in differing:
        yield _odd(where, f"{name} ist nicht, was aufgezeichnet wurde.", f"{name} is not what was recorded.")


def _differs(row: OutgoingMail | IncomingMail, event: Told, name: str) -> bool:
    return name in event.data and event.data[name] != getattr(row, name)


def _is_when(accepted_at: datetime | None, event: Told) -> bool:
    """Whether it is the moment of the event, or the one it names: the database may take an answer only later."""
    answered = event.data.get("answered_at")
    at = datetime.fromisoformat(answered) if answered else event.at
    return accepted_at is not None and abs(accepted_at - at) <= LATE + timedelta(seconds=1)


def _arrivals(subjects: list[str]) -> Iterator[FsckFinding]:
    """What came in about the mails of dispatches; an erased person's letters are gone."""
    rows = {str(one.public_id): one for one in IncomingMail.objects.filter(dispatch_id__in=subjects).order_by("pk")}
    events = {
        str(event.data["received"]): event
        for some in events_about(subjects, _RECEIVED).values()
        for event in some
        if event.data.get("received")
    }
    declared = {
        event.data.get("received") for some in events_about(subjects, [E.DECLARATION_MADE]).values() for event in some
    }
    gone = {name: event for name, event in events.items() if name not in rows}
    if gone:
        excused = _erased_people({event.subject for event in gone.values()})
        for name, event in gone.items():
            if event.subject not in excused:
                yield _odd(f"answer {name}, {event.where}", "Die Antwort fehlt.", "The answer is missing.")
    for name, row in rows.items():
        yield from _arrival(row, events.get(name), name in declared)


def _arrival(row: IncomingMail, event: Told | None, is_declaration: bool) -> Iterator[FsckFinding]:
    where = f"answer {row.public_id}" + (f", {event.where}" if event else "")
    if event is None and row.kind in {kind.value for kind in ARRIVALS}:
        yield _odd(where, "Kein Ereignis sagt, dass sie kam.", "No event says that it came in.")
    recorded = event and (event.data.get("from_recipient"), event.data.get("presumed", False))
    if event and (_differs(row, event, "sha256") or recorded != (row.sender_is_recipient, row.presumed)):
        yield _odd(where, "Sie ist nicht, was aufgezeichnet wurde.", "It is not what was recorded.")
    if is_declaration != (row.handled_as == DECLARATION.handled_as):
        yield _odd(
            where,
            "Ob sie eine Erklärung ist, sagen Zeile und Ereignisse verschieden.",
            "Row and events differ about whether it is a declaration.",
        )


def _erased_people(subjects: set[str]) -> set[str]:
    """Of these dispatches, those whose recipient asked to be erased; their letters went then."""
    people = dict(Dispatch.objects.filter(public_id__in=subjects).values_list("public_id", "contact_id"))
    found = set()
    for dispatch, contact in people.items():
        merged = {contact}
        while more := set(Contact.objects.filter(merged_into__in=merged).values_list("pk", flat=True)) - merged:
            merged |= more
        ids = [str(one) for one in Contact.objects.filter(pk__in=merged).values_list("public_id", flat=True)]
        if any(events_about(ids, [E.CONTACT_ERASED]).values()):
            found.add(str(dispatch))
    return found


def _links(subjects: list[str]) -> Iterator[FsckFinding]:
    """Every link that a mail carries leads to its dispatch, and no other leads there."""
    asks_for_code = {
        str(public_id): bool(page.get("code_by"))
        for public_id, page in Dispatch.objects.filter(public_id__in=subjects).values_list("public_id", "page")
    }
    rows: dict[str, dict[bytes, Link]] = {subject: {} for subject in asks_for_code}
    for link in Link.objects.filter(dispatch__public_id__in=subjects).select_related("dispatch"):
        rows[str(link.dispatch.public_id)][bytes(link.token_hash)] = link
    contents = MailContent.objects.filter(mail__dispatch_id__in=rows).exclude(mail__purpose__in=_NO_LINKS)
    for content in contents.select_related("mail").defer("sealed").order_by("pk"):
        subject = content.mail.dispatch_id
        try:
            secrets = MAILS.unseal(bytes(content.sealed_secrets)).decode().split()
        except (UnsealableError, UnicodeDecodeError):
            rows.pop(subject, None)  # the mails' own check tells
            continue
        for secret in secrets if subject in rows else ():
            link_of_mail = rows[subject].pop(token_hash(secret), None)
            yield from _link(link_of_mail, content.mail, opens=not asks_for_code[subject])
    for subject, left in rows.items():
        # Whoever has given the code gets a link that no mail carries.
        for strange in (link for link in left.values() if not (link.opens and asks_for_code[subject])):
            yield _odd(
                f"dispatch {subject}, link of {strange.created_at}",
                "Zu ihr führt ein Link, der in keiner Mail stand.",
                "A link leads to it that stood in no mail.",
            )


def _link(row: Link | None, mail: OutgoingMail, *, opens: bool) -> Iterator[FsckFinding]:
    where = f"mail {mail.message_id}"
    if row is None:
        yield _odd(where, "Ihr Link führt nicht mehr zu ihrer Sendung.", "Its link leads to its dispatch no longer.")
    elif row.opens != opens or row.notice not in {"", mail.message_id}:
        yield _odd(where, "Ihr Link ist nicht, wie er gemacht wurde.", "Its link is not as it was made.")


def carried_checkpoints(mail: OutgoingMail, mime: bytes) -> Iterator[FsckFinding]:
    """The seals that a mail has carried to its recipient are ours, and the ledger continues them."""
    if mail.purpose != Purpose.CONFIRMATION:
        return
    for note in checkpoints_in(mime):
        try:
            head = TreeHead.open(note, key.read().verifier)
        except key.LedgerKeyError:
            return  # a finding of its own
        except NoteError:
            head = None
        if head is None or not anchor.is_continued(head):
            yield _odd(
                f"mail {mail.message_id}",
                f"Das Protokoll setzt das Siegel nicht fort, das in ihr verschickt wurde ({note.splitlines()[1]} "
                "Einträge): Es wurde umgeschrieben oder zurückgedreht.",
                f"The ledger does not continue the seal that was sent in it ({note.splitlines()[1]} entries): it was "
                "rewritten or wound back.",
            )


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding("deliveries", where, de, en)
