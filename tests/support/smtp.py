"""Mail servers for tests, on real sockets: one that keeps mails and can be told to fail, and one that follows a script.

with mailbox(tmp_path, Fault("RCPT", "451 4.7.1 Greylisted", times=1)) as server: ...
with scripted(Say("220 hello"), Hear("EHLO"), Say("250 ok"), HANG_UP) as server: ...
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from siegelpost.mail.sink import ParsedMail, Sink, message, running

CUT = ""


@dataclass
class Fault:
    """The server's answer at ``command`` (MAIL, RCPT, DATA; DOT is after the content), the first ``times`` times.

    ``CUT`` as the answer ends the connection instead. ``store``: a mail is kept although the answer says no,
    or never comes.
    """

    command: str
    answer: str
    times: int = 1_000_000
    recipient: str = ""
    store: bool = False


class FaultySink(Sink):
    """A :class:`Sink` that gives the answers it was told to give."""

    def __init__(self, folder: Path, *faults: Fault, delay: float = 0.0) -> None:
        super().__init__(folder)
        self.faults = list(faults)
        self.delay = delay
        # Called with the mail in store, before the sender is told so.
        self.before_the_250: Callable[[], None] | None = None
        self.connections: set[object] = set()

    def _fault(self, command: str, recipient: str) -> Fault | None:
        for fault in self.faults:
            if fault.command == command and fault.times > 0 and fault.recipient in recipient:
                fault.times -= 1
                return fault
        return None

    def _answer(self, fault: Fault, server: SMTP) -> str:
        if fault.answer == CUT:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return fault.answer or "421 cut"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.connections.add(session.peer)
        if fault := self._fault("MAIL", address):
            return self._answer(fault, server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._fault("RCPT", address):
            return self._answer(fault, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        fault = self._fault("DOT", envelope.rcpt_tos[0])
        if fault is None or fault.store:
            stored = await super().handle_DATA(server, session, envelope)
        if self.before_the_250:
            self.before_the_250()
        return self._answer(fault, server) if fault else stored


@dataclass
class Mailbox:
    """A running mail server and what it has received."""

    port: int
    folder: Path
    sink: FaultySink
    read: dict[str, ParsedMail | None] = field(default_factory=dict)

    def mails(self) -> list[ParsedMail]:
        """What was received, the oldest first; each is read once."""
        for name in sorted(path.stem for path in self.folder.glob("[0-9]*.eml")):
            if name not in self.read:
                self.read[name] = message(self.folder, name)
        return [mail for _, mail in sorted(self.read.items()) if mail]


@contextmanager
def mailbox(folder: Path, *faults: Fault, delay: float = 0.0, **options: Any) -> Iterator[Mailbox]:
    """A mail server on loopback; ``options`` are those of :func:`siegelpost.mail.sink.running`."""
    sink = FaultySink(folder, *faults, delay=delay)
    with running(folder, handler=sink, **options) as port:
        yield Mailbox(port, folder, sink)


@dataclass(frozen=True)
class Say:
    """Send this, with CRLF; ``pause`` seconds between the bytes make it drip."""

    text: str | bytes
    pause: float = 0.0


@dataclass(frozen=True)
class Hear:
    """Read until a line begins with this; ``.`` must be alone in its line, as at the end of the content."""

    start: str

    def fits(self, line: bytes) -> bool:
        """Is this the line that is waited for?"""
        return line == b"." if self.start == "." else line.upper().startswith(self.start.encode())


@dataclass(frozen=True)
class Wait:
    """Stay silent until the client gives up, at most for so long."""

    seconds: float = 20.0


HANG_UP = "hang up"
Step = Say | Hear | Wait | str
# A server that is in order up to the point where the content may come.
POLITE: tuple[Step, ...] = (
    Say("220 ready"),
    Hear("EHLO"),
    Say("250 hello"),
    Hear("MAIL"),
    Say("250 ok"),
    Hear("RCPT"),
    Say("250 ok"),
    Hear("DATA"),
    Say("354 go on"),
)


@dataclass
class Scripted:
    """A running scripted server; ``heard`` has what clients said, one entry for each connection."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def scripted(*steps: Step) -> Iterator[Scripted]:
    """A server on loopback that does the same with every connection, and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    server = Scripted(listener.getsockname()[1])
    done = Event()

    def serve() -> None:
        while not done.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(0.05)
                    server.heard.append(b"")
                    _play(connection, steps, server, done)

    thread = Thread(target=serve, name="scripted", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        done.set()
        thread.join(10)
        listener.close()


def _play(connection: socket.socket, steps: tuple[Step, ...], server: Scripted, done: Event) -> None:
    unread = b""
    for step in steps:
        if isinstance(step, Say):
            _say(connection, step, done)
        elif isinstance(step, Hear):
            while not any(step.fits(line) for line in unread.split(b"\r\n")[:-1]):
                received = _receive(connection, done)
                if not received:
                    return
                server.heard[-1] += received
                unread += received
            unread = b""
        elif isinstance(step, Wait):
            ends = time.monotonic() + step.seconds
            while time.monotonic() < ends and not done.is_set():
                with suppress(TimeoutError):
                    if not connection.recv(65536):
                        return
        else:
            return


def _say(connection: socket.socket, step: Say, done: Event) -> None:
    data = (step.text.encode() if isinstance(step.text, str) else step.text) + b"\r\n"
    if not step.pause:
        connection.sendall(data)
        return
    for byte in data:
        if done.wait(step.pause):
            return
        connection.sendall(bytes([byte]))


def _receive(connection: socket.socket, done: Event) -> bytes:
    while not done.is_set():
        with suppress(TimeoutError):
            return connection.recv(65536)
    return b""


def with_login(user: str, password: str) -> dict[str, Any]:
    """Options that make the server ask for this user name and password."""

    def authenticator(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=good, handled=good)

    return {"authenticator": authenticator, "auth_required": True}
