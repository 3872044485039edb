"""Which answers slow the office down, by how much, and how that fades."""

import time
from threading import Event

import pytest

from siegelpost.mail.models import AttemptOutcome, Stage
from siegelpost.mail.outgoing.delivery import outcome_of
from siegelpost.mail.outgoing.pace import FIRST_GAP, LONGEST_GAP, Pace, asks_to_slow_down
from siegelpost.mail.outgoing.server_settings import Server
from siegelpost.mail.outgoing.transitions import Answer
from siegelpost.office.models import SmtpSecurity

GOOD, SLOW = Answer(250, "ok"), Answer(421, "4.7.0 try again later")


@pytest.mark.parametrize(
    ("code", "text", "slows"),
    [
        (421, "4.3.2 Service not available", True),
        (450, "4.7.1 Error: too many mails from 192.0.2.7", True),
        (451, "4.7.500 Server busy. Rate limit exceeded", True),
        (452, "4.5.3 Too many recipients", True),
        (454, "4.7.1 Sie senden zu schnell", True),
        (450, "4.7.1 Greylisted, please come back later", False),
        (450, "4.2.1 Mailbox busy", False),
        (550, "5.7.1 rate limit", False),
        (550, "5.7.1 Send quota exceeded", True),
        (554, "Sending limit reached for this account", True),
        (550, "5.4.5 Daily user sending limit exceeded", True),
        (550, "5.2.2 Mailbox quota exceeded", False),
        (250, "2.0.0 limit ok", False),
        (None, "too many", False),
    ],
)
def test_what_slows(code: int | None, text: str, slows: bool) -> None:
    assert asks_to_slow_down(Answer(code, text)) is slows


def test_a_send_quota_that_is_used_up_never_refuses_a_mail() -> None:
    """T-Online says it with a permanent code: the mail was given up, though tomorrow it would have gone."""
    for stage in (Stage.MAIL, Stage.RCPT, Stage.ANSWER):
        said = Answer(550, "5.7.1 Send quota exceeded")
        assert outcome_of(stage, said) is AttemptOutcome.DEFERRED
        assert outcome_of(stage, Answer(550, "5.2.2 Mailbox quota exceeded")) is AttemptOutcome.REFUSED


def test_the_gap_grows_fades_and_has_bounds() -> None:
    pace = Pace()
    pace.learn(SLOW)
    assert pace.gap == FIRST_GAP
    pace.learn(SLOW)
    assert pace.gap == 2 * FIRST_GAP
    for _ in range(20):
        pace.learn(SLOW)
    assert pace.gap == LONGEST_GAP
    pace.learn(GOOD)
    assert 0 < pace.gap < LONGEST_GAP
    for _ in range(400):
        pace.learn(GOOD)
    assert pace.gap == 0


def test_the_offices_limit_is_the_least() -> None:
    pace = Pace(per_minute=120)
    assert pace.gap == 0.5
    pace.learn(SLOW)
    pace.learn(SLOW)
    assert pace.gap == 1.0


def test_another_server_has_learned_nothing() -> None:
    pace = Pace()
    one, other = (Server(name, 25, SmtpSecurity.NONE) for name in ("one", "other"))
    pace.aim(one, 0)
    pace.learn(SLOW)
    pace.aim(one, 0)
    assert pace.gap == FIRST_GAP
    pace.aim(other, 60)
    assert pace.gap == 1.0


def test_waiting_ends_with_the_sweep_and_with_the_process() -> None:
    pace, stopping = Pace(per_minute=1), Event()
    now = time.monotonic()
    assert pace.wait(now + 5, stopping)
    assert not pace.wait(now + 5, stopping), "its turn comes after that"
    assert 50 < pace._last + pace.gap - time.monotonic() <= 60
    stopping.set()
    assert not pace.wait(now + 100, stopping)
