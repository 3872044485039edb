"""The surroundings of a test session, put in place before Django reads its settings.

Settings of the machine must not decide whether a test passes: every ``SIEGELPOST_*`` variable is dropped,
except those that speak to the tests themselves.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOR_TESTS = ("SIEGELPOST_TEST_", "SIEGELPOST_ALLOW_")
DATABASE_URL = "SIEGELPOST_TEST_DATABASE_URL"
_MUCH = 2 * 2**30


def prepare() -> Path:
    """Give this process (each worker of pytest-xdist too) a data folder of its own, gone when it ends.

    The database is SQLite in that folder, or the server named by ``SIEGELPOST_TEST_DATABASE_URL``.
    """
    for name in [name for name in os.environ if name.startswith("SIEGELPOST_")]:
        if not name.startswith(FOR_TESTS):
            del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="siegelpost-tests-", dir=_in_memory()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data = folder / "data"
    data.mkdir(mode=0o700)
    os.environ["SIEGELPOST_DATA"] = str(data)
    os.environ["SIEGELPOST_PUBLIC_URL"] = "https://office.test"
    if url := os.environ.get(DATABASE_URL):
        os.environ["SIEGELPOST_DATABASE_URL"] = url
    return data


def _in_memory() -> Path | None:
    """Where there is much room in memory: a thousand tests need not wait for a disk. Those that pull plugs have
    installations of their own, on the disk.
    """
    place = Path("/dev/shm")  # noqa: S108 - of Linux, and mkdtemp's folder in it is for this user alone
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > _MUCH else None
