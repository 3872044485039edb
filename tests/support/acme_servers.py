"""Real authorities on loopback: Debian's pebble, normal or hostile, with its own name server."""

import json
import shutil
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.support import parts, pki
from tests.support.ports import free_port

from siegelpost.tls.acme.plan import Authority

NORMAL = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
# As its README has it: nine of ten good nonces are refused, and every validation waits at random.
HOSTILE = {"PEBBLE_WFE_NONCEREJECT": "90", "PEBBLE_VA_SLEEPTIME": "2", "PEBBLE_AUTHZREUSE": "0"}


@dataclass(frozen=True)
class Pebble:
    """A running pebble: it validates on these ports of 127.0.0.1, and finds names by the given name server."""

    directory: str
    management: str
    ca_bundle: str
    log: Path

    @property
    def authority(self) -> Authority:
        """As it stands in a plan."""
        return Authority(self.directory, ca_bundle=self.ca_bundle)

    def root(self) -> str:
        """PEM of the root under which it issues; another one in each run."""
        context = ssl.create_default_context(cadata=self.ca_bundle)
        with urllib.request.urlopen(f"{self.management}/roots/0", context=context, timeout=10) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())


@contextmanager
def pebble(
    folder: Path,
    *,
    http_port: int,
    tls_port: int,
    name_server: str,
    environment: Mapping[str, str] = NORMAL,
    validity: int = 90 * 24 * 3600,
    eab: dict[str, str] | None = None,
    port: int = 0,
) -> Iterator[Pebble]:
    """Start pebble on free ports. ``validity`` in seconds; ``eab`` holds key ids with their keys."""
    folder.mkdir(parents=True, exist_ok=True)
    port, management = port or free_port(), free_port()
    root = pki.Authority.root("pebble's own HTTPS")
    own = root.issue("localhost", "127.0.0.1")
    (folder / "cert.pem").write_text(own.chain_pem)
    (folder / "key.pem").write_text(own.key_pem)
    configuration = {
        "pebble": {
            "listenAddress": f"127.0.0.1:{port}",
            "managementListenAddress": f"127.0.0.1:{management}",
            "certificate": str(folder / "cert.pem"),
            "privateKey": str(folder / "key.pem"),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": bool(eab),
            "externalAccountMACKeys": eab or {},
            "certificateValidityPeriod": validity,
        }
    }
    (folder / "pebble.json").write_text(json.dumps(configuration))
    log = folder / "pebble.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [parts.need("pebble"), "-config", str(folder / "pebble.json"), "-dnsserver", name_server],
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        running = Pebble(f"https://127.0.0.1:{port}/dir", f"https://127.0.0.1:{management}", root.pem, log)
        _wait(running, process)
        yield running
    finally:
        process.kill()
        process.wait()


def _wait(running: Pebble, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, f"pebble ended at once:\n{running.log.read_text()}"
        try:
            running.root()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"pebble was not ready:\n{running.log.read_text()}")


@dataclass(frozen=True)
class Caddy:
    """A running Caddy with its ``acme_server``; it validates on ports 80 and 443, and by this machine's resolver."""

    authority: Authority
    root: str
    folder: Path

    def forget_accounts(self) -> None:
        """For when it does not run: what its ``acme_server`` knows is gone, its root is not."""
        shutil.rmtree(self.folder / ".local/share/caddy/acme_server")


@contextmanager
def caddy(folder: Path, like: Caddy | None = None) -> Iterator[Caddy]:
    """Start Caddy on a free port; ``like`` one that has run in this folder, it is started again."""
    folder.mkdir(parents=True, exist_ok=True)
    port = urlsplit(like.authority.directory).port if like else free_port()
    own_root = like.authority.ca_bundle if like else _own_https(folder)
    server = {
        "listen": [f"127.0.0.1:{port}"],
        "routes": [{"handle": [{"handler": "acme_server", "ca": "local"}]}],
        "automatic_https": {"disable": True},
        "tls_connection_policies": [{}],
    }
    configuration = {
        "admin": {"disabled": True},
        "storage": {"module": "file_system", "root": str(folder / "storage")},
        "apps": {
            "http": {"servers": {"acme": server}},
            "tls": {
                "certificates": {
                    "load_files": [{"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}]
                }
            },
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
        },
    }
    (folder / "caddy.json").write_text(json.dumps(configuration))
    log = folder / "caddy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [parts.need("caddy"), "run", "--config", str(folder / "caddy.json")],
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
            stdout=out,
            stderr=out,
        )
    directory = f"https://127.0.0.1:{port}/acme/local/directory"
    try:
        deadline = time.monotonic() + 60
        while not _answers(directory, own_root):
            assert process.poll() is None, f"caddy ended at once:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"caddy was not ready:\n{log.read_text()}"
            time.sleep(0.1)
        root = (folder / "storage" / "pki" / "authorities" / "local" / "root.crt").read_text()
        yield Caddy(Authority(directory, ca_bundle=own_root), root, folder)
    finally:
        process.kill()
        process.wait()


def _own_https(folder: Path) -> str:
    """A certificate for its HTTPS, as files; PEM of the root above it."""
    root = pki.Authority.root("Caddy's own HTTPS")
    own = root.issue("localhost", "127.0.0.1")
    (folder / "cert.pem").write_text(own.chain_pem)
    (folder / "key.pem").write_text(own.key_pem)
    return root.pem


def _answers(url: str, trusted: str) -> bool:
    context = ssl.create_default_context(cadata=trusted)
    try:
        with urllib.request.urlopen(url, context=context, timeout=10) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except OSError:
        return False
