"""PostgreSQL is killed in the moment of the mail server's 250: what was heard is not forgotten."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from tests.support.installations import Installation
from tests.support.postgres import Cluster, cluster
from tests.support.smtp import mailbox

WORKER = Path(__file__).parents[2] / "support" / "mail_worker.py"
# Seconds that the database is away.
AWAY = 0.3
PREPARE = """
from django.db import transaction
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.mail.models import Purpose
from siegelpost.office.current import the_office
office = the_office()
office.name, office.mail_from = "Büro am Markt", "buero@office.test"
office.smtp_host, office.smtp_port, office.smtp_security = "127.0.0.1", {port}, "none"
office.save()
with transaction.atomic():
    for number in range({mails}):
        message = compose(to=f"recipient{{number}}@example.test", to_name="Anna", subject="Exposé", text="Guten Tag")
        outbox.enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE)
"""
TRUTH = """
import json
from siegelpost.mail.models import OutgoingMail
print(json.dumps([[mail.message_id, mail.state, [attempt.outcome for attempt in mail.log.all()]]
                  for mail in OutgoingMail.objects.all()]))
"""


@pytest.fixture
def database() -> Iterator[Cluster]:
    """A server of its own, which does not wait for the disk by itself."""
    with cluster() as made:
        yield made


def run(kills: int, database: Cluster, folder: Path) -> None:
    """Kill the database in the moment of every second 250, and compare what the office knows with what went out."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    office = Installation(data, {"database_url": database.url})
    office.check("manage", "migrate", "--verbosity", "0", timeout=180)
    office.check("manage", "createcachetable")
    answers = 0

    def answer() -> None:
        nonlocal answers
        answers += 1
        if answers % 2 and answers < 2 * kills:
            database.stop()
            Timer(AWAY, database.start).start()

    with mailbox(folder / "mailbox") as server:
        office.python(PREPARE.format(port=server.port, mails=2 * kills))
        server.sink.before_the_250 = answer
        environment = {**os.environ, **office.environment()}
        subprocess.run([sys.executable, WORKER], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300)
        received = Counter(mail.message_id for mail in server.mails())
    known = json.loads(office.python(TRUTH))
    assert len(known) == 2 * kills
    assert received == Counter(message_id for message_id, _, _ in known), "each went out, and once"
    assert [one[1:] for one in known] == [["accepted", ["accepted"]]] * len(known), "and is known to be out"
    assert answers == len(known)
    assert not list((data / "run" / "heard").iterdir()), "what the database knows is not kept beside it"
    print(f"\n{kills} times the database was killed in the moment of the 250: {len(known)} mails, each out once")


@pytest.mark.timeout(300)
def test_no_mail_goes_out_twice_when_the_database_dies_in_the_moment_of_the_250(
    database: Cluster, tmp_path: Path
) -> None:
    run(3, database, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_database_dies_in_the_moment_of_the_250_twenty_times(database: Cluster, tmp_path: Path) -> None:
    run(20, database, tmp_path)
