"""Handing waiting push messages to the devices' push services."""

from datetime import timedelta
from threading import Event

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.ledger import halt
from siegelpost.mail.push import wire
from siegelpost.mail.push.models import PushDevice, PushMessage
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.toolbox.outgoing import DestinationRefusedError

log = structlog.get_logger(__name__)

MOST_TRIES = 4
_FIRST_WAIT = timedelta(minutes=1)
_GONE = frozenset({404, 410})

# Set when the process is asked to end: the message at hand is finished, no other is begun.
stopping = Event()


def due() -> QuerySet[PushMessage]:
    """What is to be handed over now, in this order."""
    return PushMessage.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


def sweep() -> None:
    """Hand over the push messages that are due, each to its device's push service."""
    while not (stopping.is_set() or halt.reason()):
        message = due().select_related("device").first()
        if message is None:
            return
        if _claim(message):
            _hand_over(message)


def _claim(message: PushMessage) -> bool:
    """Take it out of other processes' hands by planning its next attempt: should this process die, that one is made."""
    seen = PushMessage.objects.filter(pk=message.pk, attempt=message.attempt, due_at=message.due_at)
    if message.attempt >= MOST_TRIES:
        return bool(seen.delete()[0])
    again = timezone.now() + _FIRST_WAIT * 4 ** (message.attempt - 1)
    return bool(seen.update(attempt=message.attempt + 1, due_at=again))


def _hand_over(message: PushMessage) -> None:
    """Hand it over; what may help later is left as it was planned."""
    device = message.device
    contact = the_office().email or f"push@{load().public_host}"
    try:
        status = wire.send(device, message.message.encode(), contact=contact)
    except DestinationRefusedError:
        status = 410  # it leads into a network of somebody's own: nothing there is a push service
    except OSError as error:
        log.info("a push service could not be reached", error=str(error))
        status = 503
    except Exception:  # one that cannot be handed over holds up no other; its next attempt is planned
        log.exception("a push message failed")
        return
    if status == 429 or status >= 500:
        return
    PushMessage.objects.filter(pk=message.pk).delete()
    if status in _GONE:
        device.delete()
    elif status < 300:
        PushDevice.objects.filter(pk=device.pk).update(told_at=timezone.now())
    else:
        log.warning("a push service refused a message", status=status)
