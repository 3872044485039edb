"""A throw-away PostgreSQL server: in a temporary folder, on a Unix socket only, without waiting for the disk.

As a program it starts one, runs a command with its address in ``SIEGELPOST_TEST_DATABASE_URL``, and ends it:

    python -m tests.support.postgres pytest --database
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support import parts
from tests.support.environment import DATABASE_URL

# Debian's server refuses to run as root; its package brings this user.
SYSTEM_USER = "postgres"
CLUSTER = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "400"}


class ServerNotStartedError(Exception):
    """PostgreSQL did not come up; the message carries the end of its log."""


def _as_user(command: Sequence[object]) -> list[str]:
    words = [str(word) for word in command]
    return ["runuser", "-u", SYSTEM_USER, "--", *words] if os.geteuid() == 0 else words


class Cluster:
    """A server's data and its process, which can be killed and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = {**FAST, **settings}
        self.url = f"postgresql:///postgres?host={folder}&user={SYSTEM_USER}"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Write an empty cluster."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, SYSTEM_USER)
        command = [parts.need("initdb"), "-D", self.folder / "data", "-U", SYSTEM_USER, *CLUSTER]
        subprocess.run(_as_user(command), check=True, capture_output=True, cwd=self.folder)

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            ServerNotStartedError: it did not within 30 seconds.
        """
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        serve = [parts.need("postgres"), "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses="]
        with (self.folder / "log").open("ab") as log:
            command = _as_user([*serve, *options])
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process.poll() is None:
            # The server writes so into its pid file.
            if self._pid_file.exists() and "ready" in self._pid_file.read_text().splitlines()[-1]:
                return
            time.sleep(0.05)
        raise ServerNotStartedError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """End the server at once, all of its processes: what was not written down is gone, as after ``kill -9``.

        SIGQUIT goes to the server itself, not to runuser around it.
        """
        if self._process is None:
            return
        if self._process.poll() is None and self._pid_file.exists():
            os.kill(int(self._pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
        self._process.wait(30)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"


@contextmanager
def cluster(**settings: str) -> Iterator[Cluster]:
    """A running cluster in a temporary folder; ``settings`` are the server's own."""
    folder = Path(tempfile.mkdtemp(prefix="siegelpost-pg-"))
    made = Cluster(folder, **settings)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main(command: Sequence[str]) -> int:
    """Run ``command`` with a server; its exit status."""
    with cluster() as made:
        return subprocess.run(command, env={**os.environ, DATABASE_URL: made.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
