"""Viewings that span rooms: booked on a recipient's page or entered by the office, and told by mail.

What the recipient does is said of the dispatch and stands in the ledger; what the office notes in its own diary does
not. Who comes hears of themselves alone.
"""

import contextlib
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from siegelpost.cases import invitations
from siegelpost.contacts import calendar_feed, viewing_times
from siegelpost.contacts.diary_models import Appointment, Participant
from siegelpost.contacts.models import Contact
from siegelpost.contacts.viewing_times import MOST_SHOWN, ViewingTime
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client
from siegelpost.dispatch.recipient.interest import ViewingAct, note_viewing, opened
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates.kinds import Status
from siegelpost.mail.outgoing.compose import Attachment
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.office.tokens import token_hash
from siegelpost.toolbox.addresses import is_mail_address

# The times of the properties behind a link, past the models, for the lane: the same text for both databases but for
# the placeholder at its end.
SQL = f"""
SELECT CAST(a.public_id AS text), CAST(a.starts_at AS text), CAST(a.ends_at AS text), e.title,
       CASE WHEN e.status IN ('{Status.SOLD}', '{Status.ARCHIVED}') THEN 0 ELSE a.places END,
       (SELECT COUNT(DISTINCT p.contact_id) FROM contacts_participant p
        WHERE p.appointment_id = a.id AND p.cancelled_at IS NULL),
       (SELECT COUNT(*) FROM contacts_participant p
        WHERE p.appointment_id = a.id AND p.cancelled_at IS NULL AND p.contact_id = d.contact_id),
       a.place
FROM dispatch_link l
JOIN dispatch_dispatch d ON d.id = l.dispatch_id
JOIN dispatch_dispatch_estates de ON de.dispatch_id = d.id
JOIN estates_estate e ON e.id = de.estate_id
JOIN contacts_appointment a ON a.estate_id = e.id
WHERE d.state = '{DispatchState.OPEN}' AND l.opens AND a.places IS NOT NULL AND a.cancelled_at IS NULL
  AND a.starts_at > CURRENT_TIMESTAMP AND l.token_hash = """  # noqa: S608 - the state is a name of our own


def shown(rows: Iterable[Any], now: datetime) -> list[ViewingTime]:
    """The rows of :data:`SQL` as a page shows them, in order: the recipient's own, and what can be booked."""
    found = sorted(map(_time, rows), key=lambda one: (not one.mine, one.starts_at))
    return [one for one in found if one.is_shown(now)][:MOST_SHOWN]


def _time(row: Any) -> ViewingTime:
    public_id, starts_at, ends_at, estate, places, taken, mine, place = row
    return ViewingTime(
        id=uuid.UUID(public_id),
        starts_at=_moment(starts_at),
        ends_at=_moment(ends_at),
        estate=estate,
        places=places,
        free=max(places - taken, 0),
        mine=bool(mine),
        place=place if mine else "",
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def of_link(token: str) -> list[ViewingTime]:
    """What the page behind this link shows of viewing times, asked in the way of everything but the lane."""
    with connection.cursor() as cursor:
        cursor.execute(SQL + "%s", [token_hash(token)])
        return shown(cursor.fetchall(), timezone.now())


@transaction.atomic
def book(token: str, stamp: str, viewing: uuid.UUID, client: Client) -> Participant:
    """Book a viewing time, or change to it, and tell both sides; the same again changes nothing.

    Raises:
        LinkUnknownError, LinkClosedError: the link leads nowhere, or no longer.
        StalePageError: the form was made for another page.
        NotOpenError: the exposé is not open.
        TakenError: no place is left, it is too late, or the property is gone; nothing was booked, and what was booked
            before stands.
    """
    dispatch = opened(token, stamp)
    estates = _estates(dispatch)
    before = {one.pk: one.appointment for one in viewing_times.booked_by(dispatch.contact, estates)}
    offered = list(dispatch.estates.exclude(status__in=[Status.SOLD, Status.ARCHIVED]).values_list("pk", flat=True))
    made = viewing_times.book(viewing, dispatch.contact, asked_in=dispatch.public_id, estates=offered)
    had = before.get(made.pk)
    if had == made.appointment:
        return made
    if is_mail_address(made.contact.email):
        invitations.invite(made)
    _told(dispatch, ViewingAct.BOOKED, made, client, before=had.starts_at if had else None)
    return made


@transaction.atomic
def call_off(token: str, stamp: str, viewing: uuid.UUID, client: Client) -> Participant | None:
    """Call off what the recipient has booked, and tell both sides; None when nothing (more) is booked there.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, NotOpenError: as for :func:`book`.
    """
    dispatch = opened(token, stamp)
    mine = viewing_times.booked_by(dispatch.contact, _estates(dispatch)).filter(appointment__public_id=viewing).first()
    gone = viewing_times.call_off(mine) if mine else None
    if gone is None:
        return None
    invitations.disinvite(gone)
    _told(dispatch, ViewingAct.OFF, gone, client)
    return gone


def _estates(dispatch: Dispatch) -> list[int]:
    return list(dispatch.estates.values_list("pk", flat=True))


def _told(
    dispatch: Dispatch, act: ViewingAct, mine: Participant, client: Client, *, before: datetime | None = None
) -> None:
    said = note_viewing(dispatch, act, mine.appointment.starts_at, str(mine.public_id), client)
    _tell_agent(dispatch, mine, kind=said.kind, before=before)


def _tell_agent(dispatch: Dispatch, mine: Participant, **context: Any) -> None:
    appointment = mine.appointment
    entry = Attachment("termin.ics", "text/calendar", calendar_feed.notice(appointment, mine))
    letters.tell_agent(
        dispatch,
        "agent_viewing",
        agent=appointment.agent,
        attachments=[entry],
        appointment=appointment,
        mailed=bool(mine.invited_email),
        **context,
    )


def call_off_closed() -> None:
    """Call off viewings whose dispatch is closed since, by a withdrawal for instance, and tell both sides.

    Who still has another exposé of that property open comes as before.
    """
    coming = Participant.objects.filter(cancelled_at=None, appointment__cancelled_at=None)
    coming = coming.filter(asked_in__isnull=False, appointment__starts_at__gt=timezone.now())
    still_open = Dispatch.objects.filter(contact=OuterRef("contact"), estates=OuterRef("appointment__estate"))
    closed = Dispatch.objects.filter(public_id=OuterRef("asked_in")).exclude(state=DispatchState.OPEN)
    due = coming.filter(Exists(closed), ~Exists(still_open.filter(state=DispatchState.OPEN)))
    for one in due.order_by("pk"):
        # Without a mail server nobody could be told: it is looked at again.
        with contextlib.suppress(NotConfiguredError):
            _call_off_closed(one, str(one.asked_in))


@transaction.atomic
def _call_off_closed(one: Participant, asked_in: str) -> None:
    dispatch = Dispatch.objects.select_for_update().get(public_id=asked_in)
    if dispatch.state == DispatchState.OPEN or not (gone := viewing_times.call_off(one)):
        return
    invitations.disinvite(gone)
    _tell_agent(dispatch, gone, kind="closed", before=None)


@transaction.atomic
def bring_in(appointment: Appointment, contact: Contact, *, invite: bool) -> bool:
    """Let somebody more come to an appointment, invited by mail if wanted; False when they come already.

    Raises:
        siegelpost.contacts.appointments.CalledOffError: it does not take place; nothing was saved.
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; nothing was saved.
        siegelpost.toolbox.addresses.AddressError: the contact has no address that works; nothing was saved.
    """
    added = viewing_times.add(appointment, contact)
    if added and invite:
        invitations.invite(added)
    return added is not None


@transaction.atomic
def take_out(participant: Participant) -> Participant | None:
    """Take somebody off an appointment and tell them, if they were invited.

    Returns:
        The participant as they stand now; None when they do not come there any more, and nothing has changed.

    Raises:
        siegelpost.mail.outgoing.server_settings.NotConfiguredError: there is no mail server; nothing was saved.
    """
    if gone := viewing_times.call_off(participant):
        invitations.disinvite(gone)
    return gone
