"""A front on a loopback port, in a thread of its own, with an application small enough to see through."""

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import uvloop
from tests.support.pki import Authority, Certificate

from siegelpost.tls.front import Front, Limits, Refusal, Shared, server_context

ROOT = Authority.root()
NAME = "office.test"


@cache
def certificate(kind: str, name: str = NAME) -> Certificate:
    """A sound certificate of this key type, under ``ROOT``."""
    return ROOT.issue(name, "localhost", "127.0.0.1", key=kind)


def context_of(served: Certificate) -> ssl.SSLContext:
    context = server_context()
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_text(served.chain_pem)
        key.write_text(served.key_pem)
        context.load_cert_chain(chain, key)
    return context


def client_context(*, tls12: bool = False) -> ssl.SSLContext:
    """Trusts ``ROOT`` alone, as a browser with that root would."""
    context = ssl.create_default_context(cadata=ROOT.pem)
    if tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass
class OneContext:
    """A source that serves one context at a time, and remembers what it was asked."""

    context: ssl.SSLContext
    asked: list[tuple[str | None, tuple[bytes, ...], str]] = field(default_factory=list)

    def choose(self, server_name: str | None, protocols: tuple[bytes, ...], address: str) -> ssl.SSLContext | None:
        self.asked.append((server_name, protocols, address))
        return None if server_name == "refused.test" else self.context


async def application(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    """``/echo`` gives the body back, ``/size/N`` N bytes, ``/wait/S`` answers after S seconds, else the scope."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    verb, _, argument = scope["path"].lstrip("/").partition("/")
    if verb == "echo":
        answer = bytes(body)
    elif verb == "size":
        answer = b"x" * int(argument)
    else:
        if verb == "wait":
            await asyncio.sleep(float(argument))
        answer = repr((scope["client"][0], scope["scheme"], sorted(scope["headers"]), scope["state"])).encode()
    start = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [(b"content-length", b"%d" % len(answer))]})
    for at in range(0, len(answer), 100_000):
        await send({"type": "http.response.body", "body": answer[at : at + 100_000], "more_body": True})
    await send({"type": "http.response.body"})


@dataclass
class RunningFront:
    port: int
    source: OneContext
    front: Front
    loop: asyncio.AbstractEventLoop
    refusals: list[tuple[Refusal, str | None, str]]
    stop: Callable[[float], None]

    def connect(self, *, timeout: float = 60) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def connect_tls(self, context: ssl.SSLContext | None = None, name: str | None = NAME) -> ssl.SSLSocket:
        context = context or client_context()
        context.check_hostname = name is not None
        return context.wrap_socket(self.connect(), server_hostname=name)

    def get(self, path: str = "/", **headers: str) -> bytes:
        """One request on a connection of its own; the whole answer."""
        with self.connect_tls() as sock:
            fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{fields}\r\n".encode())
            return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    received = bytearray()
    while data := sock.recv(65_536):
        received += data
    return bytes(received)


def read_answer(sock: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of one answer with a Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = sock.recv(65_536)
        assert data, "the connection ended within an answer's head"
        received += data
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        data = sock.recv(65_536)
        assert data, "the connection ended within an answer's body"
        body += data
    return head, body


@contextmanager
def running_front(
    kind: str = "p256",
    *,
    limits: Limits | None = None,
    trusted_proxies: Any = (),
    balancers: Any = (),
    app: Any = application,
) -> Iterator[RunningFront]:
    """Start a front, stop it in the end; nothing it did may have failed."""
    limits = limits or Limits()
    sock = socket.create_server(("127.0.0.1", 0), backlog=4_096)
    source = OneContext(context_of(certificate(kind)))
    refusals: list[tuple[Refusal, str | None, str]] = []
    loop = uvloop.new_event_loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context))
    ready = threading.Event()
    made: list[Front] = []

    async def start() -> None:
        shared = Shared(app, limits, trusted_proxies)
        front = Front(
            sock,
            source,
            shared,
            on_refusal=lambda kind, hello, address: refusals.append((kind, hello.server_name, address)),
            plain_answer=lambda head: b"HTTP/1.1 400 Bad Request\r\n\r\nhttps: " + head.split(b"\r\n")[0],
            balancers=balancers,
        )
        front.start()
        made.append(front)
        ready.set()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(30)

    def stop(grace: float) -> None:
        asyncio.run_coroutine_threadsafe(made[0].stop(grace), loop).result(grace + 30)

    try:
        yield RunningFront(sock.getsockname()[1], source, made[0], loop, refusals, stop)
        stop(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        sock.close()
    assert not failures, failures
