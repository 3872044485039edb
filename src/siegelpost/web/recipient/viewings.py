"""Viewing times on the recipient's side: booked, changed, called off."""

import uuid

from django.http import HttpRequest, HttpResponseBase

from siegelpost.cases import viewings
from siegelpost.contacts.viewing_times import TakenError
from siegelpost.dispatch.recipient.declarations import Client, StalePageError
from siegelpost.dispatch.recipient.interest import NotOpenError, ViewingAct
from siegelpost.web.recipient.interest import WHY
from siegelpost.web.recipient.views import act, tell

_HERE = "besichtigung"


@act
def act_on(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """Book the time whose button was pressed, or call it off; what became of it is said on a page of its own."""
    stamp, off = request.POST.get("stamp", ""), request.POST.get("act") == ViewingAct.OFF
    try:
        chosen = uuid.UUID(request.POST.get("time", ""))
    except ValueError:
        return tell(token, _HERE, "not_taken", why=WHY[ValueError])
    try:
        done = (viewings.call_off if off else viewings.book)(token, stamp, chosen, client)
    except TakenError:
        return tell(token, _HERE, "viewing_taken")
    except (StalePageError, NotOpenError) as error:
        return tell(token, _HERE, "not_taken", why=WHY[type(error)])
    if done is None:
        return tell(token, _HERE, "viewing_done", said="")
    time = done.appointment
    return tell(
        token,
        _HERE,
        "viewing_done",
        said=(ViewingAct.OFF if off else ViewingAct.BOOKED).value,
        starts_at=time.starts_at.isoformat(),
        ends_at=time.ends_at.isoformat(),
        place=time.place,
        agent=str(time.agent),
        mailed=bool(done.invited_email),
    )
