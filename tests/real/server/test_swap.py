"""Certificates swapped under load: nobody may notice."""

import socket
import ssl
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median

import pytest
from tests.support.front_server import (
    RunningFront,
    certificate,
    client_context,
    context_of,
    read_answer,
    running_front,
)
from tests.support.pki import Authority, Certificate
from tests.support.serving import NAME, Serve, Server, activate

REQUEST = b"GET /size/6000 HTTP/1.1\r\nHost: office.test\r\n\r\n"
BIG = 8_000_000
KINDS = ("p256", "rsa2048")


class Load:
    """Visitors of three kinds, until told to stop; what went wrong for them is kept, not raised."""

    def __init__(self, front: RunningFront) -> None:
        self.front = front
        self.done = threading.Event()
        self.failures: list[str] = []
        self.served: Counter[bytes] = Counter()
        self.counts: Counter[str] = Counter()
        self._trust = client_context()

    def newcomers(self) -> None:
        """A full handshake for each request: no session is kept."""
        while not self.done.is_set():
            with self.front.connect_tls(self._trust) as sock:
                sock.sendall(REQUEST)
                assert len(read_answer(sock)[1]) == 6000
                self.served[sock.getpeercert(binary_form=True) or b""] += 1
            self.counts["new"] += 1

    def keeper(self) -> None:
        """One connection for the whole time."""
        with self.front.connect_tls(self._trust) as sock:
            while not self.done.is_set():
                sock.sendall(REQUEST)
                assert len(read_answer(sock)[1]) == 6000
                self.counts["kept"] += 1
                time.sleep(0.05)

    def slow_reader(self) -> None:
        """A download that takes longer than several swaps."""
        while not self.done.is_set():
            with self.front.connect_tls(self._trust) as sock:
                sock.sendall(REQUEST.replace(b"6000", b"%d" % BIG))
                received = 0
                while received < BIG:
                    data = sock.recv(400_000)
                    assert data, "cut off"
                    received += len(data)
                    time.sleep(0.002)
            self.counts["slow"] += 1

    def run(self, newcomers: int, keepers: int, slow: int, swap_until: int, swaps: int) -> None:
        """Swap ``swaps`` times, evenly, while the newcomers come; end when ``swap_until`` of them have been."""
        visitors = [self.newcomers] * newcomers + [self.keeper] * keepers + [self.slow_reader] * slow
        with ThreadPoolExecutor(len(visitors)) as pool:
            running = [pool.submit(visitor) for visitor in visitors]
            try:
                contexts = [context_of(certificate(kind)) for kind in KINDS]
                for swap in range(swaps):
                    self._wait_for(swap_until * (swap + 1) // (swaps + 1), running)
                    kind = KINDS[(swap + 1) % 2]
                    fresh = context_of(certificate(kind)) if swap >= 2 else contexts[(swap + 1) % 2]
                    self.front.loop.call_soon_threadsafe(setattr, self.front.source, "context", fresh)
                self._wait_for(swap_until, running)
            finally:
                self.done.set()
            for visitor in running:
                visitor.result()

    def _wait_for(self, count: int, running: list[Future[None]]) -> None:
        while self.counts["new"] < count:
            time.sleep(0.005)
            for visitor in running:
                if visitor.done():
                    visitor.result()


def _swap_under_load(newcomers: int, swaps: int) -> None:
    with running_front() as front:
        load = Load(front)
        load.run(newcomers=4, keepers=20, slow=6, swap_until=newcomers, swaps=swaps)
        assert set(load.served) == {certificate(kind).der for kind in KINDS}
        assert min(load.served.values()) > newcomers // 10, "both certificates were really served"
        assert load.counts["slow"] >= 6
        assert front.refusals == []


def test_no_visitor_notices_a_swap() -> None:
    _swap_under_load(newcomers=1_500, swaps=8)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_no_visitor_notices_many_swaps() -> None:
    _swap_under_load(newcomers=15_000, swaps=40)


@pytest.mark.timeout(240)
def test_a_swap_reaches_every_worker_process_at_once(serve: Serve, authority: Authority) -> None:
    """From the activation until no worker gives the old certificate any more: within 2 s (median of three)."""
    server = serve(workers=2)
    middle = authority.intermediate()
    took = [_seconds_until_everywhere(server, middle.issue(NAME, key=kind)) for kind in ("p256", "rsa2048", "p256")]
    print("seconds until every worker served the new certificate:", " ".join(f"{each:.2f}" for each in took))
    assert median(took) <= 2


def _seconds_until_everywhere(server: Server, new: Certificate) -> float:
    trust = ssl.create_default_context(cadata=server.trust)
    activate(server.installation, new)
    began = last_old = time.monotonic()
    in_a_row = 0
    while in_a_row < 40:  # so many in a row come from both workers
        with (
            socket.create_connection(("127.0.0.1", server.port), 10) as plain,
            trust.wrap_socket(plain, server_hostname=NAME) as secured,
        ):
            if secured.getpeercert(binary_form=True) == new.der:
                in_a_row += 1
            else:
                in_a_row, last_old = 0, time.monotonic()
        assert time.monotonic() < began + 30, "the new certificate never came"
    return last_old - began
