"""The real ``siegelpost serve``, started for a test on free ports of this machine.

A test fails when the log of its server holds an error it did not announce with :meth:`Server.forgive`.
"""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.installations import COMMAND, Installation
from tests.support.pki import Authority, Certificate
from tests.support.ports import free_port
from tests.support.smtp import Mailbox, mailbox

from siegelpost.server import first_sign_in
from siegelpost.tls.store import Source, Store

NAME = "office.test"
HEALTH = "/health/ready"
READY_WITHIN = 60.0
_TRACEBACK = "Traceback (most recent call last)"
_TROUBLE = re.compile(rf"\b(ERROR|CRITICAL)\b|\[(error|critical) *\]|{re.escape(_TRACEBACK)}")


@dataclass(frozen=True)
class Answer:
    """An answer over HTTPS: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """A running server; ``trust`` is the PEM a client of this server trusts, or ``None`` for any certificate."""

    installation: Installation
    port: int
    http_port: int
    log_file: Path
    process: subprocess.Popen[bytes]
    trust: str | None
    forgiven: list[re.Pattern[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """As recipients see it, without a slash at the end."""
        return f"https://{NAME}:{self.port}"

    @property
    def log(self) -> str:
        """Everything the server has written so far."""
        return self.log_file.read_text(errors="replace")

    @property
    def sign_in_link(self) -> str:
        """The administrator's one-time link, from the file that the log names a moment after the server answers."""
        file, until = self.installation.data / first_sign_in.NAME, time.monotonic() + 30
        while str(file) not in self.log and time.monotonic() < until:
            time.sleep(0.05)
        assert str(file) in self.log, f"no sign-in link was told:\n{self.log}"
        return file.read_text().strip()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Answer:
        """One request over a connection of its own, the way a browser would reach the public name.

        Args:
            source: the address of this machine from which it comes.
        """
        context = ssl.create_default_context(cadata=self.trust)
        if self.trust is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        here = "::1" if ":" in source else "127.0.0.1"
        with (
            socket.create_connection((here, self.port), timeout=30, source_address=(source, 0)) as plain,
            context.wrap_socket(plain, server_hostname=NAME) as secured,
        ):
            connection = http.client.HTTPSConnection(NAME, self.port)
            connection.sock = secured
            connection.request(method, path, body=body or None, headers=dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())

    def get(self, path: str, **headers: str) -> Answer:
        """``GET``, headers as keywords (``Accept_Language="en"``)."""
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def forgive(self, pattern: str) -> None:
        """Lines of the log that match this are what the test provokes, not trouble.

        What was raised stands below its line and below the line ``Traceback …``: ``"Traceback.*\\nKeyError: 'x'"``.
        """
        self.forgiven.append(re.compile(pattern))

    def wait(self) -> None:
        """Until the server says that it is well."""
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, f"the server ended at once:\n{self.log}"
            try:
                if self.get(HEALTH).status == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"the server was not ready within {READY_WITHIN:.0f} s:\n{self.log}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, the gentle way by default, and give its exit status; nothing of it is left running."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the server did not end within 20 s:\n{self.log[-3000:]}")
        finally:
            _kill_group(self.process.pid)

    def trouble(self) -> list[str]:
        """Lines of the log that tell of an error nobody forgave."""
        lines = self.log.splitlines()
        found = [
            "\n".join([line, *_raised(lines[number:])]) for number, line in enumerate(lines) if _TROUBLE.search(line)
        ]
        return [each for each in found if not any(pattern.search(each) for pattern in self.forgiven)]


def _raised(lines: list[str]) -> list[str]:
    """What a traceback that begins in the first or second of these lines ends with."""
    start = next((number for number, line in enumerate(lines[:2]) if line.startswith(_TRACEBACK)), None)
    return [] if start is None else [line for line in lines[start + 1 :] if line[:1] not in {" ", ""}][:1]


Serve = Callable[..., Server]


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


@pytest.fixture(scope="session")
def authority() -> Authority:
    """An authority that the tests' browser, servers and clients trust."""
    return Authority.root("Siegelpost Test House Authority")


@pytest.fixture(scope="session")
def trusted_certificate(authority: Authority) -> Certificate:
    """For the office's public name, from the trusted authority by way of an intermediate."""
    return authority.intermediate().issue(NAME)


@pytest.fixture
def serve(
    installation: Installation, authority: Authority, trusted_certificate: Certificate, tmp_path: Path
) -> Iterator[Serve]:
    """Start a server: ``serve(certificate=None, workers=1, **settings)``.

    ``certificate`` is served instead of the trusted one; ``None`` leaves the server its self-signed one.
    """
    root = tmp_path / "root.pem"
    root.write_text(authority.pem)
    started: list[Server] = []

    def start(*, certificate: Certificate | None = trusted_certificate, workers: int = 1, **settings: str) -> Server:
        port, http_port = free_port(), free_port()
        if certificate is not None:
            activate(installation, certificate)
        environment = installation.environment(
            **{
                "host": "127.0.0.1",
                "port": str(port),
                "http_port": str(http_port),
                "workers": str(workers),
                "public_url": f"https://{NAME}:{port}",
                "resolve": f'{{"{NAME}": "127.0.0.1"}}',
                "trust_roots": f'["{root}"]',
                **settings,
            }
        )
        log_file = tmp_path / f"serve-{len(started)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [COMMAND, "serve"],
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        trust = None if certificate is None else authority.pem
        server = Server(installation, port, http_port, log_file, process, trust)
        started.append(server)
        server.wait()
        return server

    yield start
    for server in started:
        server.stop()
    trouble = [line for server in started for line in server.trouble()]
    assert not trouble, "the server's log tells of errors:\n" + "\n".join(trouble)


@pytest.fixture
def served(serve: Serve) -> Server:
    """A running server with a certificate that the tests' browser trusts."""
    return serve()


@pytest.fixture
def mail_sink(tmp_path: Path) -> Iterator[Mailbox]:
    """A real mail server on loopback that keeps what it is given: ``.port`` to send to, ``.mails()`` to read."""
    # From a thread of its own: in this one Playwright's event loop may be running.
    with ThreadPoolExecutor(1) as thread:
        box = mailbox(tmp_path / "mails")
        yield thread.submit(box.__enter__).result()
        thread.submit(box.__exit__, None, None, None).result()


def activate(installation: Installation, certificate: Certificate) -> None:
    """Make the installation serve this certificate, also while it runs."""
    store = Store(installation.data / "tls")
    stored = store.add(certificate.chain_pem, certificate.key_pem, Source.IMPORTED)
    store.activate(stored.id)
