"""The served office whose database was exchanged for an older one: it stops within seconds, says so, and goes on."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.installations import Installation
from tests.support.serving import Serve
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.real
MAKE = """
import sys; sys.path.insert(0, {root!r})
from bench.fill import make_links
print(make_links(1)[0])
from siegelpost.office.current import the_office
office = the_office()
office.smtp_port, office.smtp_security = {port}, "none"
office.save()
"""
# What another machine on the same folder has sealed, and the database that is here now has never heard of.
AHEAD = """
from siegelpost.ledger import anchor, key
from siegelpost.ledger.checkpoint import TreeHead
signer = key.read()
anchor.keep(TreeHead(signer.name, 1_000_000, bytes(32)).sign(signer))
"""
# A writer that was past its look when all was stopped, and a mail that needs no event.
PUT_IN = """
from django.db import connection, transaction
from siegelpost.ledger import log
from siegelpost.ledger.events import EventKind
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.mail.models import Purpose
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute(log._APPEND_SQL[connection.vendor], log.prepare(EventKind.CHECKLIST_SIGNED, subject="late"))
    outbox.enqueue(compose(to="mara@berger.test", subject="Hallo", text="Hallo"), dispatch_id=None,
                   purpose=Purpose.NOTICE)
"""
SEALED = "from siegelpost.ledger.models import Event; print(Event.objects.get(subject='late').leaf_index)"


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:.0f} s"
        time.sleep(0.1)


def test_it_stops_says_so_and_goes_on_when_the_database_is_back(
    serve: Serve, installation: Installation, mail_sink: Mailbox, repository: Path
) -> None:
    """Ready all the time, it sent mails, took answers in and sealed a second history."""
    server = serve()
    token = installation.python(MAKE.format(root=str(repository), port=mail_sink.port)).split()[-1]
    assert server.get(f"/s/{token}/").status == 200
    seal = installation.data / "keys/ledger.seal"
    until(seal.exists)
    kept = seal.read_bytes()
    server.forgive("nothing is written any more")
    server.forgive(r"a periodic job failed|WoundBackError|HaltedError")
    server.forgive("Service Unavailable")

    installation.python(AHEAD)
    until(lambda: server.get("/health/ready").status == 503)
    assert "siegelpost fsck" in server.get("/health/ready").text
    assert server.get("/health/live").status == 200
    assert "siegelpost_halted 1" in server.get("/metrics").text
    for answer in (server.get(f"/s/{token}/"), server.request("POST", f"/s/{token}/antwort/", body=b"answer=yes")):
        assert answer.status == 503
        assert answer.headers["retry-after"] == "60"
        assert "Das geht im Moment nicht" in answer.text
        assert "Es wurde nicht gespeichert" in answer.text
    installation.python(PUT_IN)
    time.sleep(2)
    assert installation.python(SEALED).split()[-1] == "None"
    assert not mail_sink.mails()

    seal.write_bytes(kept)
    until(lambda: server.get("/health/ready").status == 200, 90)
    until(lambda: bool(mail_sink.mails()), 90)
    until(lambda: installation.python(SEALED).split()[-1] != "None", 90)
    assert server.get(f"/s/{token}/").status == 200
