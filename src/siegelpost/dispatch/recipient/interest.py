"""What a recipient can say once the gate is open: no interest, please call, a viewing; a wish for further offers."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.contacts import consents
from siegelpost.dispatch import links
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Interest, Kind
from siegelpost.dispatch.recipient.declarations import Client, StalePageError
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Language
from siegelpost.toolbox.lines import line

NOTE_LIMIT = 500
MOST_ASKED = 2


class InterestKind(StrEnum):
    """What a recipient says of a property they have seen."""

    VIEWING = "viewing"
    CALL = "call"
    NONE = "none"


class ViewingAct(StrEnum):
    """What a recipient does with a viewing time."""

    BOOKED = "booked"
    OFF = "off"


class NotOpenError(Exception):
    """The gate is closed: there is nothing to say anything of."""


def offers_text(office: str) -> str:
    """What is consented to, in the active language."""
    return _(
        "Ja, %(office)s darf mir per E-Mail weitere Immobilienangebote schicken. Ich kann das jederzeit widerrufen: "
        "formlos oder auf der Seite, deren Link in der Bestätigungsmail steht."
    ) % {"office": office}


@transaction.atomic
def say(token: str, stamp: str, kind: InterestKind, note: str, client: Client) -> Interest:
    """Keep what the recipient says, and tell the agent; the same again changes nothing.

    Raises:
        LinkUnknownError, LinkClosedError: the link leads nowhere, or no longer.
        StalePageError: the form was made for another page.
        NotOpenError: the exposé is not open.
    """
    dispatch = opened(token, stamp)
    note = "\n".join(map(line, note.splitlines())).strip()[:NOTE_LIMIT]
    last = dispatch.interests.order_by("-pk").first()
    if last and (last.kind, last.note) == (kind.value, note):
        return last
    said = Interest.objects.create(dispatch=dispatch, kind=kind.value, note=note, made_at=timezone.now())
    append(
        EventKind.INTEREST_STATED,
        subject=str(dispatch.public_id),
        data={"interest": kind.value},
        personal={"note": note, **client.personal},
        at=said.made_at,
    )
    letters.tell_agent(dispatch, "agent_interest", said=said)
    return said


def note_viewing(dispatch: Dispatch, act: ViewingAct, at: datetime, viewing: str, client: Client) -> Interest:
    """Keep that the recipient booked a viewing or called it off, in the caller's transaction, and record it.

    Args:
        dispatch: locked, as :func:`opened` gives it.
        at: when the viewing begins.
        viewing: what it is called in both calendars.
    """
    made = Interest.objects.create(dispatch=dispatch, kind=act.value, viewing_at=at, made_at=timezone.now())
    append(
        EventKind.INTEREST_STATED,
        subject=str(dispatch.public_id),
        data={"interest": act.value, "viewing": viewing, "viewing_at": at.isoformat()},
        personal={"note": "", **client.personal},
        at=made.made_at,
    )
    return made


@transaction.atomic
def ask_for_offers(token: str, stamp: str, client: Client) -> Dispatch:
    """Take in the wish for further offers, and send the mail by which it is confirmed.

    It is never a condition of anything (Art. 7 (4) DSGVO); who has consented, or has just been sent that mail
    twice, is not sent it again.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, NotOpenError: as for :func:`say`.
    """
    dispatch = opened(token, stamp)
    contact = dispatch.contact
    if consents.holds(contact) or consents.waiting(contact) >= MOST_ASKED:
        return dispatch
    language = Language(dispatch.language)
    with translation.override(language):
        text = offers_text(dispatch.page["office"]["name"])
    consent, secret = consents.ask(contact, text, language, asked_in=str(dispatch.public_id), client=client.personal)
    letters.ask_to_confirm_offers(dispatch, consent, secret)
    return dispatch


def opened(token: str, stamp: str) -> Dispatch:
    """The dispatch whose exposé is open, locked, in the caller's transaction.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, NotOpenError: as for :func:`say`.
    """
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
    links.refuse_if_closed(dispatch)
    if not links.stamp_is_right(stamp, dispatch):
        raise StalePageError
    if dispatch.state != DispatchState.OPEN:
        raise NotOpenError
    return dispatch
