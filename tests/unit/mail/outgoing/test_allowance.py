"""What a provider is known to take is not exceeded: the rest waits, and what somebody waits for goes first."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.mailing import queue, use

from siegelpost.mail.discovery import presets
from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt, MailState
from siegelpost.mail.outgoing import allowance, delivery
from siegelpost.mail.outgoing.server_settings import Server, per_minute
from siegelpost.office.models import SmtpSecurity

pytestmark = pytest.mark.django_db
IONOS = Server("smtp.ionos.de", 465, SmtpSecurity.TLS)
MICROSOFT = Server("smtp.office365.com", 587, SmtpSecurity.STARTTLS)
OWN = Server("mail.makler.test", 587, SmtpSecurity.STARTTLS)


def took(server: Server, number: int, ago: timedelta, outcome: AttemptOutcome = AttemptOutcome.ACCEPTED) -> None:
    """So many mails were handed to this server, so long ago."""
    use(25)
    mail = queue()
    first = mail.log.count() + 1
    at = timezone.now() - ago
    host = f"{server.host}:{server.port} [192.0.2.1]"
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(mail=mail, number=first + each, host=host, started_at=at, outcome=outcome)
        for each in range(number)
    )


@pytest.mark.parametrize(
    ("number", "ago", "usual", "urgent"),
    [
        (449, timedelta(minutes=50), False, False),
        (450, timedelta(minutes=50), True, False),
        (500, timedelta(minutes=50), True, True),
        (500, timedelta(minutes=61), False, False),
    ],
)
def test_an_hours_mails(number: int, ago: timedelta, usual: bool, urgent: bool) -> None:
    took(IONOS, number, ago)
    assert allowance.is_used_up(IONOS, urgent=False) is usual
    assert allowance.is_used_up(IONOS, urgent=True) is urgent
    assert not allowance.is_used_up(OWN, urgent=False), "of another server nothing is known"
    assert not allowance.is_used_up(None, urgent=False)


def test_what_was_not_taken_does_not_count() -> None:
    took(IONOS, 600, timedelta(minutes=5), AttemptOutcome.DEFERRED)
    assert not allowance.is_used_up(IONOS, urgent=False)


def test_the_pace_of_a_minute_is_the_slower_of_both() -> None:
    from siegelpost.office.current import the_office

    use(25)
    assert per_minute(MICROSOFT) == 30
    assert per_minute(OWN) == 0
    office = the_office()
    office.mail_per_minute = 10
    office.save()
    assert (per_minute(MICROSOFT), per_minute(OWN)) == (10, 10)


def test_mails_wait_and_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    use(25, host="smtp.ionos.de")
    took(IONOS, 500, timedelta(minutes=5))
    use(25, host="smtp.ionos.de")
    mail = queue()
    delivery.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    assert presets.allowance_of("SMTP.IONOS.DE").per_hour == 500
