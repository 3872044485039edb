"""An import under kill -9, at random moments while it is read and brought in.

However often the server is killed: each property is there once, with its picture and its line in the account, and the
ledger tells of it once.
"""

import json
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.installations import Installation
from tests.support.serving import Serve
from tests.unit.estates import transfers as t

PROPERTIES = 30
# Runs while the server is at work: waits for what is asked, then says what there is.
LOOK = """
import json, time
from collections import Counter
from pathlib import Path
from siegelpost.estates.imports import upload
from siegelpost.estates.models import Estate, Import, Media
from siegelpost.ledger.models import Event
from siegelpost.office.models import Agent

def wait(fulfilled):
    deadline = time.monotonic() + 150
    while not fulfilled(one := Import.objects.get()):
        assert time.monotonic() < deadline, (one.state, upload.progress(one))
        time.sleep(0.05)
    return one

{first}
one = wait(lambda one: {until})
told = [(str(line.estate_id), line.outcome) for line in upload.lines(one)]
there = {{str(public_id) for public_id in Estate.objects.values_list("public_id", flat=True)}}
print(json.dumps({{
    "done": upload.progress(one).done,
    "counts": upload.counts(one),
    "estates": len(there),
    "pictures": Media.objects.count(),
    "in_account": one.confirmed_at is None or {{estate for estate, _ in told}} == there,
    "events": sorted(Counter(Event.objects.filter(kind="EstateImported").values_list("subject", flat=True)).values()),
}}))
"""
BEGIN = "upload.begin([Path({file!r}).read_bytes()], 'objekte.zip', agent=Agent.objects.get())"
CONFIRM = "upload.confirm(wait(lambda one: one.state == 'ready'), agent=Agent.objects.get())"


def package(folder: Path) -> Path:
    """Each property with a picture of its own, so that it takes its time."""
    estates = (
        t.estate(f"K-{number}", title=f"Haus {number}", inner=t.attachments(t.attachment(f"{number}.jpg")))
        for number in range(PROPERTIES)
    )
    files = {f"{number}.jpg": t.picture((number, 90, 90), (900, 600)) for number in range(PROPERTIES)}
    return t.write_zip(folder / "objekte.zip", t.document(t.provider(*estates)), files)


def run(kills: int, serve: Serve, installation: Installation, tmp_path: Path) -> None:
    chance = random.Random()
    seed = chance.randrange(2**32)
    chance.seed(seed)

    def look(until: str = "True", first: str = "") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(installation.python(LOOK.format(first=first, until=until), timeout=200))
        return found

    def truth(until: str = "True") -> dict[str, Any]:
        """What there is while nobody is at work."""
        found = look(until)
        assert found["in_account"], f"seed {seed}: a property without its line, or a line without its property: {found}"
        assert found["pictures"] == found["estates"], f"seed {seed}: a property is half there: {found}"
        assert found["events"] == [1] * found["estates"], f"seed {seed}: the ledger tells otherwise: {found}"
        return found

    begin = BEGIN.format(file=str(package(tmp_path)))
    server = serve()
    if kills > 1:  # also while it is only read
        look(first=begin)
        time.sleep(chance.uniform(0.0, 2.0))
        server.stop(signal.SIGKILL)
        assert truth()["estates"] == 0
        begin, server = "", serve()
    first, cut_off = f"{begin}\n{CONFIRM}", [0]
    for left in reversed(range(1, kills + 1)):
        more = chance.randint(1, max(1, (PROPERTIES - cut_off[-1] - 1) // (left + 1)))
        look(f"upload.progress(one).done >= {cut_off[-1] + more} and one.confirmed_at", first)
        server.stop(signal.SIGKILL)
        cut_off.append(truth()["done"])
        first, server = "", serve()
    done = truth("one.state == 'done'")
    assert (done["counts"], done["estates"]) == ({"created": PROPERTIES}, PROPERTIES), f"seed {seed}"
    assert list((installation.data / "imports").iterdir()) == []
    print(f"\n{kills} kills of an import of {PROPERTIES}, after {cut_off[1:]}: each once, whole, and told once")


@pytest.mark.timeout(400)
def test_an_import_is_whole_after_kill_9(serve: Serve, installation: Installation, tmp_path: Path) -> None:
    run(1, serve, installation, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_an_import_is_whole_after_kill_9_many_times(serve: Serve, installation: Installation, tmp_path: Path) -> None:
    run(12, serve, installation, tmp_path)
