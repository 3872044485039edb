"""A throw-away PostgreSQL server: in a temporary folder, on a Unix socket only, without waiting for the disk.

As a program it starts one, runs a command with its address in ``SIEGELPOST_TEST_DATABASE_URL``, and ends it:

    python -m tests.support.postgres pytest --database
"""

import os
import shutil
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
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


class ServerNotStartedError(Exception):
    """PostgreSQL did not come up; the message carries the end of its log."""


def _as_user(command: Sequence[object]) -> list[str]:
    words = [str(word) for word in command]
    return ["runuser", "-u", SYSTEM_USER, "--", *words] if os.geteuid() == 0 else words


@contextmanager
def temporary_server() -> Iterator[str]:
    """Start a server, give its URL, stop it.

    Raises:
        ServerNotStartedError: no socket within 30 seconds.
    """
    initdb, postgres = parts.need("initdb"), parts.need("postgres")
    folder = Path(tempfile.mkdtemp(prefix="siegelpost-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SYSTEM_USER)
    try:
        make = [initdb, "-D", folder / "data", "-U", SYSTEM_USER, *CLUSTER]
        subprocess.run(_as_user(make), check=True, capture_output=True, cwd=folder)
        options = [word for name, value in FAST.items() for word in ("-c", f"{name}={value}")]
        serve = [postgres, "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(_as_user(serve), stdout=log, stderr=log, cwd=folder)
        try:
            _wait(server, folder)
            yield f"postgresql:///postgres?host={folder}&user={SYSTEM_USER}"
        finally:
            _stop(server, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Until the server takes connections: it writes ``ready`` into its pid file then."""
    pid_file = folder / "data" / "postmaster.pid"
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        if pid_file.exists() and "ready" in pid_file.read_text().splitlines()[-1]:
            return
        time.sleep(0.05)
    raise ServerNotStartedError((folder / "log").read_text()[-2000:])


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    """SIGQUIT to the server itself (not to runuser around it): nothing in it is worth a checkpoint."""
    pid_file = folder / "data" / "postmaster.pid"
    if server.poll() is None and pid_file.exists():
        os.kill(int(pid_file.read_text().splitlines()[0]), 3)
    server.wait(30)


def main(command: Sequence[str]) -> int:
    """Run ``command`` with a server; its exit status."""
    with temporary_server() as url:
        return subprocess.run(command, env={**os.environ, DATABASE_URL: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
