"""A large OpenImmo package: it is read and brought in, and the worker's memory stays flat meanwhile."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from tests.support.installations import Installation
from tests.unit.estates import transfers as t

MIB = 1024
# What may differ between the halves of one step: the process's own coming and going, and the account it gives.
FLAT = 16 * MIB
WORK = """
import json, os, threading, time
from pathlib import Path
from siegelpost.estates.imports import job, upload
from siegelpost.estates.models import Estate, Media
from siegelpost.office.models import Agent, Role

agent = Agent.objects.create_user(email="jana@lindenhof.test", name="Jana Roth", role=Role.ADMINISTRATOR)
page_size = os.sysconf("SC_PAGE_SIZE") // 1024
samples, over = [], threading.Event()

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * page_size

def watch():
    while not over.wait({every}):
        samples.append(resident())

threading.Thread(target=watch, daemon=True).start()
# Once through, so that everything is loaded.
warm = upload.begin([Path({small!r}).read_bytes()], "small.zip", agent=agent)
job.round_()
upload.confirm(warm, agent=agent)
job.round_()
told = {{"start": resident()}}
with Path({large!r}).open("rb") as file:
    one = upload.begin(iter(lambda: file.read(65536), b""), "large.zip", agent=agent)
for step in ("read", "bring in"):
    if step == "bring in":
        upload.confirm(one, agent=agent)
    samples.clear()
    began = time.monotonic()
    job.round_()
    told[step] = {{"seconds": time.monotonic() - began, "memory": list(samples)}}
    one = upload.one(one.public_id)
over.set()
told |= {{"state": one.state, "counts": upload.counts(one), "problem": one.problem}}
told |= {{"estates": Estate.objects.count(), "pictures": Media.objects.count()}}
print(json.dumps(told))
"""


def picture(number: int) -> bytes:
    """Small, and like no other."""
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", (240, 180), colour).save(out, "JPEG", comment=str(number))
    return out.getvalue()


def package(path: Path, properties: int, first: int = 0) -> Path:
    """So many properties, with one picture or two each, and texts as long as in real life."""
    words = "<freitexte><objektbeschreibung>{}</objektbeschreibung></freitexte>"
    estates = []
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(first, first + properties):
            names = [f"{number}-{which}.jpg" for which in range(1 + number % 2)]
            for which, name in enumerate(names):
                archive.writestr(name, picture(2 * number + which))
            inner = t.attachments(*map(t.attachment, names)) + words.format(f"Ruhig gelegen, Nummer {number}. " * 40)
            estates.append(t.estate(f"G-{number}", title=f"Haus {number}", inner=inner))
        archive.writestr("openimmo.xml", t.document(t.provider(*estates)))
    return path


def run(properties: int, installation: Installation, folder: Path, *, every: float, timeout: float) -> None:
    small, large = package(folder / "small.zip", 6), package(folder / "large.zip", properties, first=1000)
    work = WORK.format(small=str(small), large=str(large), every=every)
    told = json.loads(installation.python(work, timeout=timeout).strip().splitlines()[-1])
    assert (told["state"], told["counts"]) == ("done", {"created": properties}), told["problem"]
    assert told["estates"] == properties + 6
    assert told["pictures"] == properties + properties // 2 + 9
    assert list((installation.data / "imports").iterdir()) == []
    print(f"\n{properties} properties, {large.stat().st_size / 2**20:.1f} MiB; at the start {told['start'] // MIB} MiB")
    for step in ("read", "bring in"):
        memory = told[step]["memory"]
        first, second = memory[: len(memory) // 2], memory[len(memory) // 2 :]
        print(f"{step}: {told[step]['seconds']:.0f} s, peak {max(memory) // MIB} MiB "
              f"({max(first) // MIB} in the first half, {max(second) // MIB} in the second)")  # fmt: skip
        assert max(second) < max(first) + FLAT, f"{step}: grows"


@pytest.mark.timeout(400)
def test_a_hundred_and_fifty_properties(installation: Installation, tmp_path: Path) -> None:
    run(150, installation, tmp_path, every=0.1, timeout=300)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_five_thousand_properties(installation: Installation, tmp_path: Path) -> None:
    run(5000, installation, tmp_path, every=1.0, timeout=7000)
