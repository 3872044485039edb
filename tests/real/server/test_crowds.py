"""Many at once from one address, before the real server: they have their share, and everybody else is served."""

import os
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from tests.real.server.test_serve import children, share
from tests.support.front_server import read_all
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.toolbox.limits import BODY_ON_DISK, PLAIN_CONNECTION

BODY = b"x" * 1_040_000
HEAD = b"POST /account/login/ HTTP/1.1\r\nHost: office.test\r\nContent-Length: 1048000\r\n\r\n"
MOST_GROWTH = 40 * 2**20
MINE, ANOTHER = "127.0.0.1", "127.0.0.2"


def connect(server: Server, address: str = MINE) -> ssl.SSLSocket:
    context = ssl.create_default_context(cadata=server.trust)
    plain = socket.create_connection(("127.0.0.1", server.port), 30, source_address=(address, 0))
    return context.wrap_socket(plain, server_hostname=NAME)


@contextmanager
def unfinished(server: Server, count: int) -> Iterator[None]:
    """So many bodies of one address, of which all has come but the end."""
    with ExitStack() as stack:
        for _ in range(count):
            sock = stack.enter_context(connect(server))
            sock.sendall(HEAD + BODY)
        until(lambda: bodies(server) == count)
        yield


def bodies(server: Server) -> int:
    """How many the server has on its disk, with a name or without."""
    folder = f"{server.installation.data}/run/bodies/"
    found = 0
    for pid in children(server):
        for handle in list(Path(f"/proc/{pid}/fd").iterdir()):
            with suppress(FileNotFoundError):  # closed meanwhile
                found += str(handle.readlink()).startswith(folder)
    return found


def answer_to(server: Server, address: str) -> bytes:
    """What a large body from this address is answered with, before or after it is whole."""
    with connect(server, address) as sock:
        head = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        sock.sendall(head + BODY + b"x" * (1_048_000 - len(BODY)))
        return read_all(sock)


@pytest.mark.parametrize("workers", [1, 2])
def test_unfinished_bodies_take_the_disk_and_one_address_has_its_share_of_it(serve: Serve, workers: int) -> None:
    """250 connections with 1 MiB each made a worker grow by 270 MiB, and 9 GB were allowed."""
    server = serve(workers=workers)
    server.get("/account/login/")
    before = sum(map(share, children(server)))
    with unfinished(server, BODY_ON_DISK.most):
        growth = sum(map(share, children(server))) - before
        assert growth <= MOST_GROWTH, f"{growth / 2**20:.0f} MiB"
        refused = answer_to(server, MINE)
        assert refused.startswith(b"HTTP/1.1 429 "), refused
        assert "zu viele große Eingaben".encode() in refused
        assert answer_to(server, ANOTHER).startswith(b"HTTP/1.1 403 ")  # taken in: Django misses the form's mark
        assert server.get("/account/login/").status == 200
    until(lambda: bodies(server) == 0)
    assert answer_to(server, MINE).startswith(b"HTTP/1.1 403 ")


def test_what_a_killed_worker_held_is_gone(serve: Serve) -> None:
    server = serve(workers=1)
    (_host, worker, _jobs) = children(server)
    server.forgive("a process ended and is started again")
    with unfinished(server, 20):
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in children(server) and len(children(server)) == 3)
    assert list((server.installation.data / "run" / "bodies").iterdir()) == []
    server.wait()


def test_the_plain_port_lets_in_only_so_many_of_one_address(serve: Serve) -> None:
    """1,255 idle connections to the port that only redirects took all file handles there were."""
    server = serve(workers=1)
    ask = b"GET / HTTP/1.1\r\nHost: office.test\r\n\r\n"

    def redirected(address: str) -> bool:
        with socket.create_connection(("127.0.0.1", server.http_port), 30, source_address=(address, 0)) as sock:
            try:
                sock.sendall(ask)
                return read_all(sock).startswith(b"HTTP/1.1 308 ")
            except ConnectionError:
                return False

    with ExitStack() as stack:
        for _ in range(PLAIN_CONNECTION.most):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.http_port), 30))
        until(lambda: not redirected(MINE))
        assert redirected(ANOTHER)
    until(lambda: redirected(MINE))
