"""Many mails at once: at the pace of the mail server, with flat memory, and none twice."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction
from tests.real.mail.test_kill import start
from tests.support.mailing import queue, use
from tests.support.smtp import mailbox

from siegelpost.mail.models import OutgoingMail, State


def test_hundreds(tmp_path: Path) -> None:
    hand_over_at_once(tmp_path, mails=300)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_ten_thousand(tmp_path: Path) -> None:
    hand_over_at_once(tmp_path, mails=10_000)


def hand_over_at_once(folder: Path, *, mails: int) -> None:
    with mailbox(folder) as server:
        use(server.port)
        with transaction.atomic():
            for number in range(mails):
                queue(f"recipient{number}@example.test", text="Guten Tag,\n" * 1000)
        began = time.monotonic()
        worker = start()
        memory = json.loads(worker.communicate(timeout=1500)[0])
        seconds = time.monotonic() - began
        received = Counter(mail.message_id for mail in server.mails())
        connections = len(server.sink.connections)
    assert set(received.values()) == {1}
    assert len(received) == mails
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(State.ACCEPTED, 1)}
    assert memory["peak_kib"] - memory["early_kib"] < 10 * 1024
    print(f"{mails} mails in {seconds:.0f} s over {connections} connections, memory {memory}")
