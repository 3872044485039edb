"""How many mails the provider takes an hour and a day, where that is known: what is more waits, and is not refused."""

from datetime import timedelta

from django.utils import timezone

from siegelpost.mail.discovery.presets import allowance_of
from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt
from siegelpost.mail.outgoing.server_settings import Server

# What somebody waits for has this share to itself.
_FOR_THE_URGENT = 0.1


def is_used_up(server: Server | None, *, urgent: bool) -> bool:
    """Whether the provider would refuse another mail now, by what it has taken from here."""
    if server is None:
        return False
    allowance = allowance_of(server.host)
    share = 1.0 if urgent else 1.0 - _FOR_THE_URGENT
    periods = ((allowance.per_hour, timedelta(hours=1)), (allowance.per_day, timedelta(days=1)))
    return any(most and _taken_within(server.host, period, int(most * share)) for most, period in periods)


def _taken_within(host: str, period: timedelta, many: int) -> bool:
    """Whether it took so many within this time: then the one that lies so far back is not older."""
    taken = DeliveryAttempt.objects.filter(outcome=AttemptOutcome.ACCEPTED, host__startswith=f"{host}:")
    oldest = taken.order_by("-pk").values_list("started_at", flat=True)[many - 1 : many]
    return any(moment > timezone.now() - period for moment in oldest)
