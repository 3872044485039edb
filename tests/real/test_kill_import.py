"""An import under kill -9, at random moments while it is read and brought in.

However often the server is killed: each property is there once, with its picture and its line in the account, and the
ledger tells of it once.
"""

import json
import random
import signal
import time
from pathlib import Path

import pytest
from tests.support.installations import Installation
from tests.support.serving import Serve
from tests.unit.estates import transfers as t

PROPERTIES = 40
SETTLED_WITHIN = 120
BEGIN = """
from pathlib import Path
from siegelpost.estates import imports
from siegelpost.office.models import Agent
begun = imports.begin([Path({file!r}).read_bytes()], "objekte.zip", agent=Agent.objects.get())
print(begun.public_id)
"""
WAIT = """
import time
from siegelpost.estates import imports
deadline = time.monotonic() + 120
while True:
    one = imports.one({import_id!r})
    if {until}:
        break
    assert time.monotonic() < deadline, (one.state, imports.progress(one))
    time.sleep(0.05)
"""
CONFIRM = """
from siegelpost.estates import imports
from siegelpost.office.models import Agent
imports.confirm(imports.one({import_id!r}), agent=Agent.objects.get())
"""
TRUTH = """
import json
from collections import Counter
from siegelpost.estates import imports
from siegelpost.estates.models import Estate, Media
from siegelpost.ledger.models import Event
one = imports.one({import_id!r})
told = [(str(line.estate_id), line.outcome) for line in imports.lines(one)]
there = {{str(public_id) for public_id in Estate.objects.values_list("public_id", flat=True)}}
print(json.dumps({{
    "state": one.state,
    "done": imports.progress(one).done,
    "counts": imports.counts(one),
    "estates": len(there),
    "pictures": Media.objects.count(),
    "in_account": one.confirmed_at is None or {{estate for estate, _ in told}} == there,
    "events": sorted(Counter(Event.objects.filter(kind="EstateImported").values_list("subject", flat=True)).values()),
}}))
"""


def package(folder: Path) -> Path:
    """Each property with a picture of its own, so that it takes its time."""
    estates = (
        t.estate(f"K-{number}", title=f"Haus {number}", inner=t.attachments(t.attachment(f"{number}.jpg")))
        for number in range(PROPERTIES)
    )
    files = {f"{number}.jpg": t.picture((number, 90, 90), (1200, 800)) for number in range(PROPERTIES)}
    return t.write_zip(folder / "objekte.zip", t.document(t.provider(*estates)), files)


def run(kills: int, serve: Serve, installation: Installation, tmp_path: Path) -> None:
    chance = random.Random()
    seed = chance.randrange(2**32)
    chance.seed(seed)

    def wait(until: str) -> None:
        """Until this holds of the import, told by a process that looks at it all the time."""
        installation.python(WAIT.format(import_id=import_id, until=until), timeout=SETTLED_WITHIN + 30)

    def truth() -> dict[str, object]:
        """What there is while nobody is at work."""
        found: dict[str, object] = json.loads(installation.python(TRUTH.format(import_id=import_id)))
        assert found["in_account"], f"seed {seed}: a property without its line, or a line without its property: {found}"
        assert found["pictures"] == found["estates"], f"seed {seed}: a property is half there: {found}"
        assert found["events"] == [1] * int(str(found["estates"])), f"seed {seed}: the ledger tells otherwise: {found}"
        return found

    server = serve()
    import_id = installation.python(BEGIN.format(file=str(package(tmp_path)))).strip()
    time.sleep(chance.uniform(0.0, 1.0))
    server.stop(signal.SIGKILL)
    assert truth()["estates"] == 0
    server = serve()
    wait("one.state == 'ready'")
    assert truth()["counts"] == {"created": PROPERTIES}
    installation.python(CONFIRM.format(import_id=import_id))
    cut_off = [0]
    for left in reversed(range(1, kills + 1)):
        more = chance.randint(1, max(1, (PROPERTIES - cut_off[-1] - 1) // (left + 1)))
        wait(f"imports.progress(one).done >= {cut_off[-1] + more}")
        server.stop(signal.SIGKILL)
        cut_off.append(int(str(truth()["done"])))
        server = serve()
    wait("one.state == 'done'")
    done = truth()
    assert (done["counts"], done["estates"]) == ({"created": PROPERTIES}, PROPERTIES), f"seed {seed}"
    assert list((installation.data / "imports").iterdir()) == []
    print(
        f"\n{kills} kills of an import of {PROPERTIES}, after {cut_off[1:]}: each property once, whole, and told once"
    )


@pytest.mark.timeout(400)
def test_an_import_is_whole_after_kill_9(serve: Serve, installation: Installation, tmp_path: Path) -> None:
    run(1, serve, installation, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_an_import_is_whole_after_kill_9_many_times(serve: Serve, installation: Installation, tmp_path: Path) -> None:
    run(12, serve, installation, tmp_path)
