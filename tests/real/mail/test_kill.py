"""kill -9 while mails are handed over: none is lost, none goes out twice unless the interruption is recorded."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from tests.support.mailing import queue, use
from tests.support.smtp import Mailbox, mailbox

from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt, MailState, OutgoingMail

WORKER = Path(__file__).parents[2] / "support" / "mail_worker.py"
# Seconds the server takes to answer to the content: wide enough that some kills fall into it.
THINKING = 0.02


def test_killed_at_random_moments(tmp_path: Path) -> None:
    kill_and_restart(tmp_path, kills=10, mails=60)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_killed_a_hundred_times(tmp_path: Path) -> None:
    kill_and_restart(tmp_path, kills=100, mails=600)


def kill_and_restart(folder: Path, *, kills: int, mails: int) -> None:
    rng = random.Random(os.environ.get("SIEGELPOST_TEST_SEED", "siegelpost"))
    with mailbox(folder, delay=THINKING) as server:
        use(server.port)
        for number in range(mails):
            queue(f"recipient{number}@example.test")
        for _ in range(kills):
            worker = start()
            time.sleep(rng.uniform(0, 0.25))
            worker.kill()
            worker.communicate()
        waiting = OutgoingMail.objects.filter(state=MailState.QUEUED).count()
        worker = start()
        worker.communicate(timeout=120)
        assert worker.returncode == 0
        check(server)
    print(f"{kills} kills, {waiting} of {mails} mails left after them, {outcomes()}")


def start() -> "subprocess.Popen[str]":
    """A delivering process that has begun to work."""
    environment = os.environ | {"SIEGELPOST_DATABASE_URL": database_url()} if database_url() else os.environ
    worker = subprocess.Popen([sys.executable, WORKER], stdout=subprocess.PIPE, text=True, env=environment)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def database_url() -> str:
    """Where this test's tables are, when it is not the SQLite file that the settings name."""
    if connection.vendor == "sqlite":
        return ""
    known = connection.settings_dict
    host = known["HOST"]
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@/{known['NAME']}?host={host}&port={known['PORT']}"


def check(server: Mailbox) -> None:
    """Compare what the office believes with what the mail server has."""
    received = Counter(mail.message_id for mail in server.mails())
    known = list(OutgoingMail.objects.all())
    assert {mail.state for mail in known} == {MailState.ACCEPTED}
    assert set(received) == {mail.message_id for mail in known}, "none lost, and none under a new Message-ID"
    for mail in known:
        interruptions = mail.log.filter(outcome=AttemptOutcome.INTERRUPTED).count()
        assert received[mail.message_id] <= 1 + interruptions, "twice only where the interruption is recorded"
        assert mail.log.filter(outcome=AttemptOutcome.ACCEPTED).count() == 1
    assert not DeliveryAttempt.objects.filter(outcome=AttemptOutcome.RUNNING).exists()


def outcomes() -> dict[str, int]:
    """How often each outcome was recorded."""
    return dict(Counter(DeliveryAttempt.objects.values_list("outcome", flat=True)))
