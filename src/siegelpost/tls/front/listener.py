"""The HTTPS front of one worker process: accepts, shakes hands, hands over to the HTTP protocol."""

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable

from siegelpost.tls.front.alerts import Refusal, refusal
from siegelpost.tls.front.client_hello import ClientHello
from siegelpost.tls.front.handshake import Arrival
from siegelpost.tls.front.http import HttpProtocol, Shared
from siegelpost.tls.front.plain_socket import PlainSocket
from siegelpost.tls.front.proxies import Networks, believes
from siegelpost.tls.front.tls_context import ContextSource
from siegelpost.tls.front.transport import TlsTransport
from siegelpost.toolbox.crowd import Crowd
from siegelpost.toolbox.limits import one_address

logger = logging.getLogger(__name__)

SWEEP_INTERVAL = 0.5
# Some connections per turn, not all that wait: the other workers shall have theirs.
_ACCEPTS_PER_TURN = 8
_THIS_MACHINE = "127.0.0.1"
_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

# kind, what the client asked for, its address
OnRefusal = Callable[[Refusal, ClientHello, str], None]


class Front:
    """Serves HTTPS on a listening socket, which other processes may share.

    Args:
        sock: bound and listening.
        contexts: asked for every connection.
        shared: makes the HTTP protocol of each connection, and holds the limits.
        on_refusal: called when a client tells by a TLS alert that it refuses our certificate.
        plain_answer: answers the head of a request in plain HTTP.
        balancers: who begins each connection by saying from where it comes (:mod:`siegelpost.tls.front.proxy_header`).
    """

    def __init__(
        self,
        sock: socket.socket,
        contexts: ContextSource,
        shared: Shared,
        *,
        on_refusal: OnRefusal,
        plain_answer: Callable[[bytes], bytes],
        balancers: Networks = (),
    ) -> None:
        self.contexts = contexts
        self.plain_answer = plain_answer
        self._sock = sock
        self._shared = shared
        self._balancers = balancers
        self._on_refusal = on_refusal
        self._limits = shared.limits
        self._arrivals: set[Arrival] = set()
        self._open: dict[TlsTransport, Arrival] = {}
        self._crowd = Crowd(shared.limits.connections_per_address, shared.limits.connections)
        self._accepting = False
        self._stopping = False
        self._sweeper: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many are open, handshakes included."""
        return len(self._crowd)

    def start(self) -> None:
        """Begin to accept, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._sock.setblocking(False)
        self._accept_again()
        self._sweep()

    async def stop(self, grace: float) -> None:
        """Accept no more, let requests finish for up to ``grace`` seconds, then abort the rest."""
        self._stopping = True
        self._pause_accepting()
        for transport in list(self._open):
            self._protocol_of(transport).shutdown()
        end = self._loop.time() + grace
        while self.connections and self._loop.time() < end:
            await asyncio.sleep(0.02)
        for connection in self._all():
            connection.abort()
        if self._sweeper is not None:
            self._sweeper.cancel()
        await asyncio.sleep(0)  # connection_lost() of the aborted ones

    # Accepting

    def _accept_again(self) -> None:
        if not self._stopping and not self._accepting:
            self._accepting = True
            self._loop.add_reader(self._sock.fileno(), self._accept)

    def _pause_accepting(self) -> None:
        if self._accepting:
            self._accepting = False
            self._loop.remove_reader(self._sock.fileno())

    def _accept(self) -> None:
        for _ in range(_ACCEPTS_PER_TURN):
            if self.connections >= self._limits.connections:
                self._pause_accepting()  # the sweep or the next goodbye resumes it
                return
            try:
                sock, peer = self._sock.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _OUT_OF_RESOURCES:
                    raise
                logger.error("cannot accept connections for a moment: %s", error)
                self._pause_accepting()
                return
            self._admit(sock, address_of(peer))

    def _admit(self, sock: socket.socket, address: str) -> None:
        by_balancer = believes(address, self._balancers)
        brings_others = by_balancer or believes(address, self._shared.trusted_proxies)
        if not self._crowd.enter(address, brings_others=brings_others):
            sock.close()
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        deadline = self._loop.time() + self._limits.handshake
        arrival = Arrival(self._loop, self, sock, address, deadline, by_balancer=by_balancer)
        self._arrivals.add(arrival)
        arrival.start()

    # What arrivals and transports report

    def announced(self, arrival: Arrival, address: str | None) -> bool:
        """A balancer has said from where it comes, or that it looks after the server itself."""
        if address is None:
            return True
        if not self._crowd.enter(address, brings_others=believes(address, self._shared.trusted_proxies)):
            return False
        self._crowd.leave(arrival.address)
        arrival.address, arrival.is_named = address, True
        return True

    def arrived(self, arrival: Arrival, sock: ssl.SSLSocket | PlainSocket) -> None:
        """The handshake is done: the HTTP protocol takes over."""
        self._arrivals.discard(arrival)
        local = sock.getsockname()
        transport = TlsTransport(
            self._loop,
            sock,
            self._shared.protocol(),
            {
                "peername": (arrival.address, 0),
                "sockname": (local[0], local[1]),
                "sslcontext": sock.context,
                "ssl_object": sock,
                "by_balancer": arrival.by_balancer,
                "is_named": arrival.is_named,
            },
            stall=self._limits.stall,
            linger=self._limits.linger,
            on_lost=self._lost,
        )
        self._open[transport] = arrival
        transport.start()
        if self._stopping:
            self._protocol_of(transport).shutdown()

    def left(self, arrival: Arrival, error: Exception | None) -> None:
        """A client went, or was sent away, before the handshake was done."""
        self._arrivals.discard(arrival)
        self._goodbye(arrival, error)

    def _lost(self, transport: TlsTransport, error: Exception | None) -> None:
        self._goodbye(self._open.pop(transport), error)

    def _goodbye(self, arrival: Arrival, error: Exception | None) -> None:
        self._crowd.leave(arrival.address)
        kind = refusal(error)
        if kind is not None:
            self._on_refusal(kind, arrival.hello, arrival.address)
        elif error is not None:
            logger.debug("connection of %s ended: %s", arrival.address, error)

    def _protocol_of(self, transport: TlsTransport) -> HttpProtocol:
        protocol = transport.get_protocol()
        assert isinstance(protocol, HttpProtocol)  # noqa: S101 - arrived() put it there
        return protocol

    def _all(self) -> list[Arrival | TlsTransport]:
        return [*self._arrivals, *self._open]

    def _sweep(self) -> None:
        """Send away who is too slow; one look at all now and then is cheaper than a timer for each."""
        self._shared.tick()
        now = self._loop.time()
        for connection in self._all():
            if connection.expired(now):
                connection.abort()
        self._accept_again()
        self._sweeper = self._loop.call_later(SWEEP_INTERVAL, self._sweep)


def address_of(peer: tuple[str, int] | str) -> str:
    """The client's address as text; an IPv4 client of an IPv6 socket by its IPv4 address, without a zone.

    Who comes through a Unix socket is on this machine.
    """
    return one_address(peer[0]) or peer[0] if isinstance(peer, tuple) else _THIS_MACHINE
