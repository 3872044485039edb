"""What bringing properties in costs: ``python -m bench.import_ [PROPERTIES] [--profile]``.

A package as a real program writes it, with one picture or two for each property and texts of usual length, is read,
previewed and brought in by the round of the jobs process. Told are seconds of processor time of everything that had
a hand in it (this process, the room for strangers' bytes, its children) and the largest memory of each process. The
exit status is 1 when a goal is missed; the goals are meant for 5,000 properties and scale with their number.
"""

import argparse
import cProfile
import io
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from PIL import Image

MOST_SECONDS_FOR, MOST_SECONDS, MOST_MEMORY = 5000, 240, 150
_TICKS = os.sysconf("SC_CLK_TCK")
_ESTATE = """<immobilie><objektkategorie><nutzungsart WOHNEN="true"/><vermarktungsart KAUF="true"/><objektart>
<wohnung wohnungtyp="ETAGE"/></objektart></objektkategorie><geo><plz>21335</plz><ort>Lüneburg</ort></geo>
<preise><kaufpreis>{price}</kaufpreis><provisionspflichtig>false</provisionspflichtig></preise>
<freitexte><objekttitel>Haus {number}</objekttitel><objektbeschreibung>{words}</objektbeschreibung></freitexte>
<anhaenge>{attachments}</anhaenge><verwaltung_techn><objektnr_extern>G-{number}</objektnr_extern></verwaltung_techn>
</immobilie>"""
_ATTACHMENT = """<anhang location="EXTERN" gruppe="BILD"><daten><pfad>{name}</pfad></daten></anhang>"""


def picture(number: int) -> bytes:
    """Small, and like no other."""
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", (240, 180), colour).save(out, "JPEG", comment=str(number))
    return out.getvalue()


def package(path: Path, properties: int) -> Path:
    """So many properties, every second with two pictures, the others with one."""
    head = '<?xml version="1.0" encoding="UTF-8"?><openimmo><uebertragung art="ONLINE" umfang="TEIL" modus="NEW"/>'
    with zipfile.ZipFile(path, "w") as archive:
        estates = []
        for number in range(properties):
            names = [f"{number}-{which}.jpg" for which in range(1 + number % 2)]
            for which, name in enumerate(names):
                archive.writestr(name, picture(2 * number + which))
            attachments = "".join(_ATTACHMENT.format(name=name) for name in names)
            words = f"Ruhig gelegen, Nummer {number}. " * 40
            price = 200_000 + number
            estates.append(_ESTATE.format(number=number, words=words, price=price, attachments=attachments))
        provider = f"<anbieter><firma>Muster</firma><openimmo_anid>A</openimmo_anid>{''.join(estates)}</anbieter>"
        archive.writestr("openimmo.xml", f"{head}{provider}</openimmo>")
    return path


def spent(room_pid: int | None) -> float:
    """Processor time of this process, of the room and of the room's children that have ended; seconds."""
    of_room = 0
    if room_pid:
        fields = Path(f"/proc/{room_pid}/stat").read_text().rpartition(")")[2].split()
        of_room = sum(map(int, fields[11:15]))
    return time.process_time() + of_room / _TICKS


def prepare() -> None:
    """Make the empty data folder an installation."""
    from siegelpost.cli.common import start_django

    start_django()
    from siegelpost.server import prepare as server
    from siegelpost.settings import load

    server.prepare(load())


def work(path: Path, *, profile: bool) -> dict[str, float]:
    """Bring the package in, in a process of its own; seconds of processor time by step."""
    from siegelpost.cli.common import start_django

    start_django()
    from siegelpost.estates.imports import job, upload
    from siegelpost.estates.models import Estate, Media
    from siegelpost.foreign import room
    from siegelpost.office.models import Agent, Role

    agent = Agent.objects.create_user(email="jana@lindenhof.test", name="Jana Roth", role=Role.ADMINISTRATOR)
    profiler = cProfile.Profile()
    told: dict[str, float] = {}
    with path.open("rb") as file:
        one = upload.begin(iter(lambda: file.read(65536), b""), "large.zip", agent=agent)
    for step in ("read", "bring in"):
        if step == "bring in":
            one = upload.one(one.public_id)
            upload.confirm(one, agent=agent)
        before = spent(room.OWN.pid())
        if profile:
            profiler.enable()
        job.round_()
        profiler.disable()
        told[step] = spent(room.OWN.pid()) - before
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    told |= {"estates": Estate.objects.count(), "pictures": Media.objects.count()}
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    room.OWN.close()
    told["memory"] = own / 1024
    told["memory of the room"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return told


def main() -> int:
    """Measure, print, and give the exit status."""
    parser = argparse.ArgumentParser(prog="bench.import_")
    parser.add_argument("properties", type=int, nargs="?", default=MOST_SECONDS_FOR)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.prepare:
        prepare()
        return 0
    if chosen.work:
        sys.stdout.write(json.dumps(work(chosen.work, profile=chosen.profile)))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = package(folder / "large.zip", chosen.properties)
        (folder / "data").mkdir(mode=0o700)
        command = [sys.executable, "-m", "bench.import_"]
        environment = {**os.environ, "SIEGELPOST_DATA": str(folder / "data")}
        # Apart, as in the server: what a new database costs is not what is measured.
        subprocess.run([*command, "--prepare"], env=environment, stdout=subprocess.DEVNULL, check=True)
        options = ["--work", str(large), *(["--profile"] if chosen.profile else [])]
        ended = subprocess.run([*command, *options], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(ended.stdout.strip().splitlines()[-1])
    seconds, most = told["read"] + told["bring in"], MOST_SECONDS * chosen.properties / MOST_SECONDS_FOR
    sys.stdout.write(f"{told['estates']} properties, {told['pictures']} pictures\n")
    sys.stdout.write(f"read {told['read']:.1f} s, brought in {told['bring in']:.1f} s of processor time ")
    sys.stdout.write(f"(together ≤ {most:.0f})\n")
    memory = max(told["memory"], told["memory of the room"])
    sys.stdout.write(f"{told['memory']:.0f} MiB, the room {told['memory of the room']:.0f} MiB (≤ {MOST_MEMORY})\n")
    whole = (told["estates"], told["pictures"]) == (chosen.properties, chosen.properties + chosen.properties // 2)
    return 0 if seconds <= most and memory <= MOST_MEMORY and whole else 1


if __name__ == "__main__":
    sys.exit(main())
