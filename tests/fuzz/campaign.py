"""Coverage-guided fuzzing of one reader: ``python -m tests.fuzz.campaign vcard 60`` (seconds); ``make fuzz`` runs all.

Whatever the bytes, a reader answers or refuses, within a second of processor time and 256 MiB. What breaks that is kept
once for each place where it broke, in ``build/fuzz/READER/found``, and the campaign goes on. Watched code is several
times slower: what took too long is measured again without, in a process of its own.
"""

import argparse
import hashlib
import json
import logging
import os
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

MOST_SECONDS = 1.0
MOST_MEMORY = 256 * 2**20
# What watching costs: beyond this an input is measured again without.
_SUSPICIOUS = 0.7
_HANGS = 60
OUTPUT = Path("build/fuzz")


def prepare() -> None:
    """Django with a data folder of its own and no database in it, and no way into the network."""
    from tests.support import environment, network

    environment.prepare()
    network.guard()
    os.environ["DJANGO_SETTINGS_MODULE"] = "siegelpost.django_settings"
    import django

    django.setup()
    logging.disable(logging.CRITICAL)


class Campaign:
    """What is found of one reader; ``memory`` is the peak before."""

    def __init__(self, name: str, folder: Path) -> None:
        from tests.fuzz.readers import READERS

        self.reader = READERS[name]
        self.found = folder / "found"
        self.found.mkdir(parents=True, exist_ok=True)
        self.seen: set[str] = set()
        self.memory = 0

    def one(self, data: bytes) -> None:
        """Read one input, and keep it if it should not have gone so."""
        began = time.process_time()
        try:
            self.reader.read(data)
        except Exception as error:
            self.keep("crash", _place(error), data)
        if time.process_time() - began > _SUSPICIOUS:
            self.keep("slow", f"{len(data).bit_length()}", data)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if self.memory and peak - self.memory > MOST_MEMORY:
            self.keep("large", "", data)
        self.memory = peak

    def keep(self, kind: str, place: str, data: bytes) -> None:
        """One file for each kind and place."""
        name = f"{kind}-{hashlib.sha256(place.encode()).hexdigest()[:10]}"
        if name not in self.seen:
            self.seen.add(name)
            (self.found / name).write_bytes(data)
            print(f"FOUND {name}: {place}", file=sys.stderr, flush=True)


def _place(error: Exception) -> str:
    """Where it broke: the deepest line of ours, and the kind of error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/src/siegelpost/" in frame.filename] or frames[-1:]
    return f"{type(error).__name__} {ours[-1].filename.rpartition('/src/')[2]}:{ours[-1].lineno} {str(error)[:80]}"


def measured(name: str, path: Path) -> tuple[float, int, bool]:
    """Seconds, bytes of memory, and whether it broke, of one input without anything watching."""
    code = "from tests.fuzz.campaign import measure; measure()"
    command = [sys.executable, "-c", code, name, str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_HANGS * 5)
    try:
        seconds, memory, broke = json.loads(ended.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return 0.0, 0, True
    return float(seconds), int(memory), bool(broke)


def measure() -> None:
    """The program of :func:`measured`: what the input in a file costs, as JSON."""
    prepare()
    from tests.fuzz.readers import READERS

    name, path = sys.argv[1:]
    reader = READERS[name]
    for each in list(reader.seeds())[:1]:
        reader.read(each)  # imports, compiled patterns
    data, broke = Path(path).read_bytes(), False
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        reader.read(data)
    except Exception:
        broke = True
    seconds = time.process_time() - began
    print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, broke]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("reader")
    arguments.add_argument("seconds", type=int)
    given = arguments.parse_args()
    folder = OUTPUT / given.reader
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    import atheris
    from tests.fuzz import readers

    reader = readers.READERS[given.reader]
    with atheris.instrument_imports(include=list(reader.packages)):
        prepare()
        for number, seed in enumerate(reader.seeds()):
            (corpus / f"sound-{number}").write_bytes(seed)
            reader.read(seed)  # imports what it needs, to be watched
    campaign = Campaign(given.reader, folder)
    options = [
        *(f"-max_total_time={given.seconds}", f"-max_len={reader.longest}", f"-timeout={_HANGS}", "-rss_limit_mb=2048"),
        *("-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={campaign.found}/", str(corpus)),
    ]
    atheris.Setup([sys.argv[0], *options], campaign.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
