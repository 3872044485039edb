"""The two servers to compare, each with two worker processes and the same certificate."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store

WORKERS = 2
_NGINX_CONF = """
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 4096; }}
http {{
  access_log off;
  types {{ text/html html; }}
  keepalive_requests 1000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {folder}/chain.pem;
    ssl_certificate_key {folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    # Neither server resumes sessions: a new connection is a full handshake.
    ssl_session_tickets off;
    ssl_session_cache off;
    root {folder};
  }}
}}
"""


@dataclass(frozen=True)
class Served:
    """A running server: its port, and its main process."""

    port: int
    pid: int

    def processes(self) -> list[int]:
        """The main process and all below it."""
        found, i = [self.pid], 0
        while i < len(found):
            for task in Path(f"/proc/{found[i]}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
            i += 1
        return found

    def memory(self) -> dict[int, int]:
        """Resident memory of each process in bytes."""
        return {pid: _status(pid, "VmRSS:") * 1024 for pid in self.processes()}

    def workers(self) -> list[int]:
        """The processes that the main one has started, without those below them."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def shares(self) -> dict[int, int]:
        """Memory of each process in bytes, what several share divided among them (PSS)."""
        found = {}
        for pid in self.processes():
            with suppress(OSError, StopIteration):  # it has just ended
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                found[pid] = int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
        return found

    def open_files(self) -> int:
        """How many files and connections all processes hold open."""
        return sum(len(list(Path(f"/proc/{pid}/fd").glob("*"))) for pid in self.processes())

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used by now."""
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / ticks


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def free_port() -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, **settings: str) -> Mapping[str, str]:
    """The environment of an installation in this folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIEGELPOST_")}
    given = {f"SIEGELPOST_{name.upper()}": value for name, value in settings.items()}
    return {**inherited, **given, "SIEGELPOST_DATA": str(data), "PYTHONUNBUFFERED": "1"}


@contextmanager
def siegelpost(data: Path, **more: str) -> Iterator[Served]:
    """``siegelpost serve`` on this data folder, as an office runs it."""
    port = free_port()
    settings = {"host": "127.0.0.1", "port": str(port), "workers": str(WORKERS), "log_level": "ERROR", **more}
    command = [str(Path(sys.executable).with_name("siegelpost")), "serve"]
    with (data.parent / f"{data.name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment(data, **settings), stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        wait_for(port)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def nginx(folder: Path, data: Path, page: bytes) -> Iterator[Served]:
    """Nginx with one static page, and the certificate that this installation serves."""
    port = free_port()
    (folder / "page.html").write_bytes(page)
    user = f"user {'root' if os.geteuid() == 0 else ''};" if os.geteuid() == 0 else ""
    conf = _NGINX_CONF.format(workers=WORKERS, folder=folder, port=port, user=user)
    (folder / "nginx.conf").write_text(conf)
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def certificate(folder: Path, data: Path) -> None:
    """One certificate (ECDSA P-256) for both: into the installation's store, and as files for nginx."""
    key, chain = self_signed(["localhost", "127.0.0.1"])
    (folder / "key.pem").write_text(key)
    (folder / "chain.pem").write_text(chain)
    store = Store(data / "tls")
    store.activate(store.add(chain, key, Source.IMPORTED).id)


def client_context() -> ssl.SSLContext:
    """TLS 1.3, no verification: the client's cost shall be small."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def fetch(port: int, path: str) -> bytes:
    """The whole answer to one request on a new connection, which must be a full handshake."""
    with (
        socket.create_connection(("127.0.0.1", port), 30) as plain,
        client_context().wrap_socket(plain, server_hostname="localhost") as sock,
    ):
        assert not sock.session_reused
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while data := sock.recv(65_536):
            received += data
    return received


def quiet(served: Served) -> None:
    """Wait until the server has sealed the events of the last run, so that they do not weigh on the next."""
    while b"\nsiegelpost_events_waiting 0\n" not in fetch(served.port, "/metrics"):
        time.sleep(0.2)


def wait_for(port: int) -> None:
    """Until somebody answers there."""
    end = time.monotonic() + 90
    while True:
        try:
            fetch(port, "/health/live")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
