"""When a mail that was not taken is tried again, and when it is given up."""

from datetime import datetime, timedelta

from siegelpost.mail.models import AttemptOutcome, OutgoingMail, Stage

# Waiting time after the first, second ... attempt; the last one repeats until the mail is given up.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240))
# RFC 5321, 4.5.4.1: giving up takes "at least 4-5 days"; a mail server may be away over a long weekend.
GIVE_UP_AFTER = timedelta(days=5)
# A server that cuts its answer off again and again gets a mail so often, lest its recipient gets it for days.
MOST_INTERRUPTIONS = 5


def wait_after(attempt: int) -> timedelta:
    """How long a mail waits after its ``attempt``-th try (from 1)."""
    return BACKOFF[min(attempt, len(BACKOFF)) - 1]


def next_attempt(now: datetime, wait: timedelta, give_up_at: datetime) -> datetime:
    """The moment of the next try: the last one falls on the moment of giving up."""
    return now if now >= give_up_at else min(now + wait, give_up_at)


def is_to_be_given_up(mail: OutgoingMail, now: datetime) -> bool:
    """Whether a mail that waits for another try has had its time, or was cut off by its server too often."""
    # Only what the server did counts; attempts that our own end cut off are left at an earlier stage.
    cut_off = mail.log.filter(outcome=AttemptOutcome.INTERRUPTED, stage=Stage.ANSWER)
    return now >= mail.give_up_at or cut_off.count() >= MOST_INTERRUPTIONS
