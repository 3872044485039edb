"""Several processes that write and seal at once, and are killed while they do: nothing is lost or sealed twice."""

import os
import random
import subprocess
import sys
import time

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from siegelpost.ledger import anchor, fsck
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real, pytest.mark.usefixtures("own_log")]

PROGRAM = """
import sys, time, django
django.setup()
from django.db import OperationalError, transaction
from siegelpost.ledger import anchor, sequencer
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
role, until = sys.argv[1], time.monotonic() + float(sys.argv[2])
sequencer.BATCH = 16
while time.monotonic() < until:
    if role == "write":
        with transaction.atomic():
            append(EventKind.GATE_OPENED, subject="s", personal={"name": "Anna"})
            append(EventKind.CONTENT_CONSIGNMENT, subject="s")
        print(2, flush=True)
    elif role == "look":
        anchor.check()  # raises, were the seal in the folder ever ahead of the database
    else:
        sequencer.seal()
"""


def start(role: str, seconds: float) -> subprocess.Popen[bytes]:
    """A process of its own on the test's database."""
    environment = dict(os.environ)
    if url := environment.get("SIEGELPOST_DATABASE_URL"):
        environment["SIEGELPOST_DATABASE_URL"] = make_conninfo(url, dbname=connection.settings_dict["NAME"])
    command = [sys.executable, "-c", PROGRAM, role, str(seconds)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def acknowledged(process: subprocess.Popen[bytes]) -> int:
    """How many events the process says are committed."""
    out, _ = process.communicate()
    return sum(int(line) for line in out.split(b"\n") if line)


def assert_sound(at_least: int) -> None:
    seal()
    total = Event.objects.count()
    assert total >= at_least > 0
    assert list(Event.objects.order_by("leaf_index").values_list("leaf_index", flat=True)) == list(range(total))
    found = [finding for check in fsck.OWN for finding in check.run(lambda done, total: None)]
    assert not [finding for finding in found if not finding.remark]


def test_writers_and_sequencers_at_once() -> None:
    processes = [start(role, 3) for role in ("write", "write", "write", "seal", "seal", "look")]
    counts = [acknowledged(process) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6
    assert_sound(sum(counts))


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_killed_at_any_moment(kills: int) -> None:
    """Two nodes share one folder: whenever they die, the database continues the seal that is kept beside the keys."""
    written = 0
    for _ in range(kills):
        processes = [start(role, 60) for role in ("seal", "seal", "write")]
        assert processes[-1].stdout
        processes[-1].stdout.readline()  # it is at work
        time.sleep(random.uniform(0, 0.6))
        for process in processes:
            process.kill()
        written += sum(acknowledged(process) for process in processes)
        anchor.check()
    assert_sound(written)
