"""A backup made while the server works, brought back elsewhere: the same office, the same ledger, the same keys."""

import json
import stat
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.support.installations import Installation
from tests.support.serving import Serve

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
MORE = """
from django.db import transaction
from siegelpost.estates.models import Estate, Media
from siegelpost.ledger import log
from siegelpost.ledger.events import EventKind
from siegelpost import storage
for number in range({count}):
    sha256 = storage.put(b"%d" % number)
    with transaction.atomic():
        estate = Estate.objects.create(title="Haus")
        Media.objects.create(estate=estate, sha256=sha256, media_type="text/plain", size=4)
        log.append(EventKind.ESTATE_IMPORTED, subject=str(estate.public_id), data={{"number": number}})
"""
COUNT = """
from siegelpost.ledger.models import Checkpoint, Event
print(Event.objects.count(), Checkpoint.objects.order_by("size").first().note)
"""


def test_a_backup_of_a_working_server(
    installation: Installation, serve: Serve, empty_database: dict[str, str], tmp_path: Path
) -> None:
    server = serve()
    installation.python(MORE.format(count=50))
    ended = Event()

    def go_on() -> None:
        while not ended.is_set():
            installation.python(MORE.format(count=400))

    writing = Thread(target=go_on)
    writing.start()
    try:
        backup = tmp_path / "backup.tar.gz"
        said = installation.check("backup", backup, timeout=120)
    finally:
        ended.set()
        writing.join(120)
    assert "Gesichert" in said
    assert "alle Schlüssel" in said
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    stamp = (installation.data / "backup.stamp").stat().st_mtime
    assert time.time() - stamp < 300

    again = Installation(tmp_path / "again", {**installation.settings, **empty_database})
    said = again.check("restore", backup, timeout=120)
    assert "Zurückgeholt" in said
    assert "Alles in Ordnung" in said
    for name in ("keys/ledger.key", "keys/django", "tls/active"):
        assert (again.data / name).read_bytes() == (installation.data / name).read_bytes()
    before, after = installation.python(COUNT).split(maxsplit=1), again.python(COUNT).split(maxsplit=1)
    assert before[1] == after[1], "it is the same ledger"
    assert 50 < int(after[0]) <= int(before[0]) + 1
    assert json.loads(again.check("fsck", "--json"))["ok"]

    assert again.run("restore", backup).returncode == 1, "an installation is never overwritten"

    server.stop()
    installation.data.rename(tmp_path / "lost")
    again.data.rename(installation.data)
    restored = serve(**empty_database)
    assert restored.get("/account/login/").status == 200
    restored.stop()
