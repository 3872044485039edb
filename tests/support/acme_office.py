"""An office's side of ACME without the rest of the server: a store, the real front, the real plain port."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvloop
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright
from tests.real.browsers.trust import write_database
from tests.support import parts
from tests.support.browsing import FLAGS
from tests.support.front_server import application
from tests.support.waiting import until

from siegelpost.server.redirect import RedirectProtocol
from siegelpost.tls.acme.acquisition import obtain
from siegelpost.tls.acme.challenges import challenge_contexts, tokens
from siegelpost.tls.acme.order_context import Patience
from siegelpost.tls.acme.plan import Plan
from siegelpost.tls.front import Front, Limits, Shared, plain
from siegelpost.tls.front.live_certificates import StoreContexts
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store
from siegelpost.toolbox.crowd import Crowd

NAME = "office.test"
# Long enough for a busy machine, short enough for a test that must fail.
PATIENCE = Patience(lease=60, propagation=60, validation=120, issue=120)
_UNLIMITED = Limits(connections=10_000, connections_per_address=10_000)


@dataclass
class Office:
    """``roots`` are what its visitors trust, as DER."""

    store: Store
    http_port: int
    tls_port: int
    roots: list[bytes] = field(default_factory=list)
    address: str = "127.0.0.1"

    def obtain(self, plan: Plan, **options: Any) -> tuple[str, ...]:
        """One order to its end."""
        return obtain(self.store, plan, **{"roots": self.roots, "patience": PATIENCE, **options})

    def wait_until_served(self, id: str) -> None:
        """Until every front has taken the new certificate up: many handshakes in a row show it."""
        stored = self.store.get(id)
        name = next((each for each in stored.names if not is_ip_address(each)), "").replace("*", "any", 1)
        until(lambda: all(self._shown(name) == stored.fingerprint for _ in range(12)))

    def _shown(self, name: str) -> str:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with (
            socket.create_connection((self.address, self.tls_port), 10) as plain_socket,
            context.wrap_socket(plain_socket, server_hostname=name or None) as secured,
        ):
            return sha256(secured.getpeercert(binary_form=True) or b"").hexdigest()


@contextmanager
def office(
    folder: Path, *, processes: int = 1, address: str = "127.0.0.1", ports: tuple[int, int] = (0, 0)
) -> Iterator[Office]:
    """Served with a self-signed certificate at first, by several fronts that share the ports, as workers do.

    ``ports`` are those for HTTP and HTTPS; 0 is any that is free.
    """
    store = Store(folder / "tls")
    key, chain = self_signed([NAME])
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)
    http, https = _listening(address, ports[0], 256), _listening(address, ports[1], 4_096)
    stops = [_front(store, https, http) for _ in range(processes)]
    try:
        yield Office(store, http.getsockname()[1], https.getsockname()[1], address=address)
    finally:
        for stop in stops:
            stop()
        https.close()
        http.close()


def _listening(address: str, port: int, backlog: int) -> socket.socket:
    """``::`` takes connections of both families."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=backlog, dualstack_ipv6=address == "::")


def _front(store: Store, https: socket.socket, http: socket.socket) -> Callable[[], None]:
    loop = uvloop.new_event_loop()
    ended = asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        contexts = StoreContexts(store, challenge_contexts(store))
        contexts.refresh()
        watching = asyncio.create_task(contexts.watch())
        answer = partial(plain.answer, location=lambda host: None, tokens=tokens(store))
        shared = Shared(application, _UNLIMITED, ())
        front = Front(https, contexts, shared, on_refusal=lambda *_: None, plain_answer=answer)
        front.start()
        redirecting = await loop.create_server(
            partial(RedirectProtocol, answer, Crowd(10_000, 10_000)), sock=http.dup()
        )
        ready.set()
        await ended.wait()
        watching.cancel()
        redirecting.close()
        await front.stop(1)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(30)

    def stop() -> None:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
        loop.close()

    return stop


Visit = Callable[[str], str]


@contextmanager
def visitor(folder: Path, roots: list[bytes]) -> Iterator[Visit]:
    """A real Chromium that trusts these roots: for an address, ``ok`` or the code by which it refuses.

    In a thread of its own, because Playwright keeps the thread it was started in for itself.
    """
    write_database(folder / ".pki" / "nssdb", roots)
    program = parts.need("chromium")
    environment: Mapping[str, str] = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(lambda: sync_playwright().start()).result()
        browser = thread.submit(
            lambda: running.chromium.launch(executable_path=program, args=FLAGS, env=dict(environment))
        ).result()

        def visit(url: str) -> str:
            context = browser.new_context()
            try:
                context.new_page().goto(url, timeout=30_000)
            except BrowserError as error:
                return error.message.partition("net::")[2].split(" ", 1)[0] or error.message
            finally:
                context.close()
            return "ok"

        try:
            yield lambda url: thread.submit(visit, url).result()
        finally:
            thread.submit(browser.close).result()
            thread.submit(running.stop).result()
