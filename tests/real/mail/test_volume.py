"""Many dispatches at once: at the pace of the mail server, with flat memory, shown as they go, and none twice."""

import json
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.real.mail.test_kill import start
from tests.support.mailing import make_due, queue, send, use
from tests.support.smtp import Fault, mailbox

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.models import MailState, OutgoingMail
from siegelpost.mail.outgoing import delivery
from siegelpost.mail.outgoing.progress import MANY, progress
from siegelpost.server import jobs
from siegelpost.server.periodic import JOBS

if TYPE_CHECKING:
    from siegelpost.dispatch.models import Dispatch


def test_a_hundred_and_fifty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over_at_once(tmp_path, monkeypatch, number=150)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_ten_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over_at_once(tmp_path, monkeypatch, number=10_000)


def hand_over_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch, *, number: int) -> None:
    from siegelpost.dispatch.models import Dispatch

    with mailbox(folder) as server:
        many_dispatches(server.port, monkeypatch, number)
        assert progress().is_worth_showing
        shown: list[int] = []
        began = time.monotonic()
        worker = start()
        while worker.poll() is None:
            shown.append(progress().done)
            time.sleep(0.5)
        assert worker.stdout is not None
        memory = json.loads(worker.stdout.read())
        worker.stdout.close()
        seconds = time.monotonic() - began
        received = Counter(path.read_bytes().partition(b"Message-ID: ")[2].split()[0] for path in folder.glob("*.eml"))
        connections = len(server.sink.connections)
    assert set(received.values()) == {1}, "none twice"
    assert len(received) == number, "none lost"
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.ACCEPTED, 1)}
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"notified"}
    assert Event.objects.filter(kind=EventKind.NOTIFICATION_FOR_ACCEPTANCE).count() == number
    assert max(memory) - memory[0] < 10 * 1024
    assert shown == sorted(shown), "the bar never goes back"
    assert progress().done == progress().total == number
    assert not progress().is_worth_showing
    told = {"start": memory[0], "middle": memory[len(memory) // 2], "end": memory[-1]}
    print(f"{number} in {seconds:.0f} s, {number / seconds:.0f}/s, {connections} connections, memory in KiB {told}")


def many_dispatches(port: int, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """So many dispatches with their notices, all queued in one transaction."""
    from tests.support.office import a_dispatch, an_office, the_guard_says

    from siegelpost.dispatch.models import Dispatch

    the_guard_says(True, monkeypatch)
    an_office(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    first = a_dispatch()
    with transaction.atomic():
        Dispatch.objects.bulk_create([copied(first) for _ in range(number - 1)], batch_size=500)
        for public_id in Dispatch.objects.exclude(pk=first.pk).values_list("public_id", flat=True).iterator():
            mail = queue(f"{public_id}@example.test", text="Guten Tag,\n" * 1000)
            OutgoingMail.objects.filter(pk=mail.pk).update(dispatch_id=str(public_id))


def copied(dispatch: "Dispatch") -> "Dispatch":
    """Another dispatch like it, without its page's bytes, which nobody asks for here."""
    from siegelpost.dispatch.models import Dispatch

    values = {field.attname: getattr(dispatch, field.attname) for field in Dispatch._meta.concrete_fields}
    return Dispatch(**{**values, "id": None, "public_id": uuid.uuid4(), "gate_html": b""})


def test_a_server_that_asks_to_slow_down_is_obeyed(tmp_path: Path) -> None:
    with mailbox(tmp_path, Fault("RCPT", "450 4.7.1 Too many messages, slow down", times=1)) as server:
        use(server.port)
        mails = [queue(f"{number}@example.test") for number in range(4)]
        began = time.monotonic()
        for mail in mails:
            send(mail)
        assert time.monotonic() - began > 3 * 0.4, "half a second lies between the mails now"
        assert mails[0].state == MailState.QUEUED
        make_due(mails[0])
        assert send(mails[0]).state == MailState.ACCEPTED
        assert len(server.mails()) == 4


def test_the_office_can_set_the_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from siegelpost.office.current import the_office

    monkeypatch.setattr(delivery, "SWEEP_SECONDS", 1.0)
    with mailbox(tmp_path) as server:
        use(server.port)
        office = the_office()
        office.mail_per_minute = 1
        office.save()
        for number in range(5):
            send(queue(f"{number}@example.test"))
        assert len(server.mails()) == 1, "the others wait for their minute, and no thread waits with them"
    assert OutgoingMail.objects.filter(state=MailState.QUEUED, attempts=0).count() == 4


def test_a_mail_goes_out_at_once_by_itself(tmp_path: Path) -> None:
    """The jobs process looks five times a second whether a mail is due."""
    [job] = [job for job in JOBS if job.function is delivery.sweep]
    ending = threading.Event()
    worker = threading.Thread(target=jobs._repeat, args=(job, ending))
    with mailbox(tmp_path) as server:
        use(server.port)
        worker.start()
        try:
            for number in range(10):
                queue(f"{number}@example.test")
                time.sleep(0.37)
            until = time.monotonic() + 10
            while len(server.mails()) < 10 and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            ending.set()
            worker.join()
    mails = OutgoingMail.objects.filter(state=MailState.ACCEPTED)
    took = [(mail.accepted_at - mail.created_at).total_seconds() for mail in mails if mail.accepted_at]
    assert len(took) == 10
    print(f"from queueing to acceptance: median {median(took):.2f} s, at most {max(took):.2f} s")
    assert median(took) < 1


def test_a_few_mails_show_no_progress() -> None:
    use(25)
    for _ in range(MANY - 1):
        queue()
    assert not progress().is_worth_showing
    queue()
    found = progress()
    assert (found.is_worth_showing, found.total, found.waiting, found.minutes) == (True, MANY, MANY, None)
