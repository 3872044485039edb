"""What a killed backup or restore leaves behind goes; what is being written stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from siegelpost.backup import leftovers

WRITER = """
import os, sys, time
from pathlib import Path
from siegelpost.backup import leftovers
data = Path(sys.argv[1])
unfinished = os.open(data.parent / ".monday.tar.gz.siegelpost-unfinished", os.O_WRONLY | os.O_CREAT)
leftovers.hold(unfinished)
with leftovers.scratch(data, leftovers.BACKING_UP) as one, leftovers.scratch(data, leftovers.RESTORING) as other:
    (one / "siegelpost.sqlite3").write_bytes(b"a whole copy of the database")
    print("ready", flush=True)
    time.sleep(60)
"""


@contextmanager
def writer(data: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("ends", [True, False])
def test_what_nobody_writes_any_more_goes(ends: bool, tmp_path: Path) -> None:
    """A copy of the whole database stayed in the data folder for ever, and the next restore called it not empty."""
    data = tmp_path / "data"
    (data / "files").mkdir(parents=True)
    with writer(data) as process:
        if ends:
            process.send_signal(signal.SIGKILL)
            process.wait()
        leftovers.remove_from(data)
        leftovers.remove_beside(tmp_path / "tuesday.tar.gz")
        assert len(list(data.glob(".*"))) == (0 if ends else 2)
        assert len(list(tmp_path.glob(".*"))) == (0 if ends else 1)
        assert (data / "files").exists()
