"""The front under clients that mean harm, or are broken: they are let go, and everybody else is served."""

import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from tests.support import cost
from tests.support.front_server import RunningFront, read_all, read_answer, running_front
from tests.support.waiting import until
from tests.unit.tls.front.test_client_hello import hello_with, in_records, real_hello

from siegelpost.tls.front import Limits

GET = b"GET / HTTP/1.1\r\nHost: office.test\r\n\r\n"
# What a test waits for ends soon; what well-behaved clients do, on a busy machine, too, has its time.
SILENT = Limits(handshake=0.5, linger=0.3)
HASTY = Limits(head=0.7, idle=0.6, stall=0.8, linger=0.3)


def still_serves(front: RunningFront) -> None:
    assert front.get().startswith(b"HTTP/1.1 200 OK")


@contextmanager
def over_within(seconds: float) -> Iterator[None]:
    """What is done in here has to be over in this time."""
    watch = cost.Stopwatch()
    yield
    assert watch.seconds < seconds


def let_go_within(sock: socket.socket, seconds: float) -> bytes:
    """What the server still said; it must have ended the connection in this time."""
    sock.settimeout(30)
    with over_within(seconds):
        try:
            return read_all(sock)
        except TimeoutError:
            pytest.fail("the connection was still there after 30 s")
        except OSError:
            return b""


@pytest.mark.parametrize(
    "said", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", real_hello()[:-1], b"GET / HTTP/1.1\r\nHost:"]
)
def test_silence_before_the_handshake(said: bytes) -> None:
    with running_front(limits=SILENT) as front, front.connect() as sock:
        sock.sendall(said)
        let_go_within(sock, 2)
        still_serves(front)


def test_a_hello_byte_by_byte_is_still_a_hello() -> None:
    with running_front() as front, front.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in real_hello():
            sock.sendall(bytes((byte,)))
            time.sleep(0.0005)
        assert sock.recv(1) == b"\x16"


def test_a_hello_in_many_records_is_still_a_hello() -> None:
    with running_front() as front, front.connect() as sock:
        sock.sendall(in_records(real_hello()[5:], 100))
        assert sock.recv(1) == b"\x16"


def test_waiting_for_the_rest_of_a_hello_costs_no_processor_time() -> None:
    with running_front() as front, front.connect() as sock:
        sock.sendall(real_hello()[:-1])
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.1


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x40\x00\x01\x00\xff\xff" + bytes(16_380),
        in_records(b"\x01\x00\x10\x00" + bytes(200), 1),
        hello_with(b"\x00\x00\x00"),
        b"\x00" * 5_000,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10",
        real_hello() + b"\xff" * 3_000,
        b"A" * 20_000,
    ],
)
def test_bytes_that_are_no_proper_tls(said: bytes) -> None:
    with running_front(limits=SILENT) as front, front.connect() as sock:
        with suppress(OSError):
            sock.sendall(said)
        let_go_within(sock, 2)
        still_serves(front)


def test_random_bytes_and_resets() -> None:
    dice = random.Random(1)  # the same on every run
    with running_front(limits=SILENT) as front:
        for number in range(200):
            with front.connect() as sock:
                start = real_hello()[: dice.randrange(600)] if number % 2 else b""
                with suppress(OSError):
                    sock.sendall(start + dice.randbytes(dice.randrange(300)))
                if number % 3:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        still_serves(front)


def test_resets_in_the_middle_of_everything() -> None:
    with running_front(limits=HASTY) as front:
        for path in (b"/size/5000000", b"/wait/0.05", b"/"):
            for _ in range(10):
                sock = front.connect_tls()
                sock.sendall(GET.replace(b"/ ", path + b" ", 1))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()
        still_serves(front)


def test_a_head_that_drips() -> None:
    with running_front(limits=HASTY) as front, front.connect_tls() as sock:
        with over_within(3), suppress(OSError):
            sock.sendall(b"GET / HTTP/1.1\r\n")
            while True:
                sock.sendall(b"X: y\r\n")
                time.sleep(0.1)
        still_serves(front)


def test_a_body_that_drips() -> None:
    with running_front(limits=HASTY) as front, front.connect_tls() as sock:
        with over_within(3), suppress(OSError):
            sock.sendall(b"POST /echo HTTP/1.1\r\nHost: office.test\r\nContent-Length: 100000\r\n\r\n")
            while True:
                sock.sendall(b"x")
                time.sleep(0.05)
        still_serves(front)


def test_a_body_that_comes_slowly_but_comes_is_taken() -> None:
    with running_front(limits=Limits(stall=2)) as front, front.connect_tls() as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: office.test\r\nContent-Length: 20480\r\n\r\n")
        for _ in range(10):
            sock.sendall(b"x" * 2048)
            time.sleep(0.3)
        assert len(read_answer(sock)[1]) == 20_480


def test_an_answer_that_nobody_reads() -> None:
    with running_front(limits=HASTY) as front, front.connect_tls() as sock:
        sock.sendall(GET.replace(b"/ ", b"/size/50000000 ", 1))
        with over_within(4):
            until(lambda: front.front.connections == 0)
        still_serves(front)


def test_an_idle_connection_is_closed() -> None:
    with running_front(limits=Limits(idle=0.6)) as front, front.connect_tls() as sock:
        sock.sendall(GET)
        read_answer(sock)
        assert let_go_within(sock, 3) == b""


def test_a_head_that_is_too_large() -> None:
    with running_front() as front, front.connect_tls() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: office.test\r\nX: " + b"y" * 60_000)
        assert read_all(sock).startswith(b"HTTP/1.1 431 ")


def head_of(size: int) -> bytes:
    """A request whose head has exactly so many bytes, in fields that are not too large each."""
    start, end = b"GET / HTTP/1.1\r\nHost: office.test\r\n", b"\r\n\r\n"
    fields = b"".join(b"X%d: %b\r\n" % (number, b"y" * 7_000) for number in range(4))
    return start + fields + b"X: " + b"y" * (size - len(start + fields) - 3 - len(end)) + end


@pytest.mark.parametrize("name", [b"Cookie", b"Content-Type", b"X-Anything"])
def test_the_limit_of_a_field_is_exact_and_counts_repeated_ones_together(name: bytes) -> None:
    """Of 32 KiB in one field, half a second and more was the price: readers behind cost the square of it."""
    most = Limits().content_type_size if name == b"Content-Type" else Limits().field_size
    with running_front() as front:
        for sizes, status in (([most], b"200"), ([most + 1], b"431"), ([most // 2, most // 2 + 1], b"431")):
            fields = b"".join(name + b": " + b"y" * size + b"\r\n" for size in sizes)
            with front.connect_tls() as sock:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: office.test\r\n" + fields + b"\r\n")
                assert read_answer(sock)[0].startswith(b"HTTP/1.1 " + status), sizes


@pytest.mark.parametrize("pieces", [1, 2, 7, 100])
def test_the_limit_of_a_head_is_exact(pieces: int) -> None:
    """A head of 40 kB was accepted where 32,768 bytes are the limit, when it came in one piece."""
    most = Limits().head_size
    with running_front() as front:
        for size, status in ((most, b"200"), (most + 1, b"431")):
            with front.connect_tls() as sock:
                said = head_of(size)
                for at in range(0, size, size // pieces):
                    sock.sendall(said[at : at + size // pieces])
                assert read_answer(sock)[0].startswith(b"HTTP/1.1 " + status), size


def test_a_head_with_too_many_fields() -> None:
    with running_front() as front, front.connect_tls() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 150 + b"\r\n")
        assert read_all(sock).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /health/live\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n b\r\nX\x00: y\r\n\r\n",
    ],
)
def test_requests_that_two_servers_could_read_in_two_ways(said: bytes) -> None:
    with running_front(limits=Limits(linger=0.3)) as front:
        with front.connect_tls() as sock:
            sock.sendall(said)
            answer = let_go_within(sock, 4)
            assert b"HTTP/1.1 400 " in answer
            assert b"200 OK" not in answer
        still_serves(front)


def test_an_upgrade_that_we_do_not_do_is_answered_as_an_ordinary_request() -> None:
    with running_front() as front, front.connect_tls() as sock:
        fields = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        sock.sendall(b"GET / HTTP/1.1\r\nHost: office.test\r\n" + fields + b"\r\n")
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.timeout(60)
def test_a_thousand_idle_connections_hold_nobody_up() -> None:
    with running_front(limits=Limits(connections_per_address=2_000)) as front:
        waiting = [front.connect() for _ in range(1_000)]
        with over_within(2):
            still_serves(front)
        for sock in waiting:
            sock.close()
