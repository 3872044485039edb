"""A balancer that passes TLS on, before the real server: at the ports where it begins with a PROXY header."""

import socket
import ssl
import time
from collections.abc import Callable

import pytest
from tests.support.front_server import read_all
from tests.support.serving import NAME, Serve, Server

from siegelpost.toolbox import limits

# The balancer has this one; the tests' own client comes from 127.0.0.1.
BALANCER = "127.0.0.2"
ASK = f"GET /metrics HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
DECLARE = f"POST /s/unknown/ HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx".encode()


def announced(port: int, address: str) -> socket.socket:
    """A connection of the balancer's, on which a visitor comes from this address."""
    sock = socket.create_connection(("127.0.0.1", port), 30, source_address=(BALANCER, 0))
    family = "TCP6" if ":" in address else "TCP4"
    sock.sendall(f"PROXY {family} {address} {address} 4711 443\r\n".encode() if address else b"PROXY UNKNOWN\r\n")
    return sock


def over_tls(server: Server, address: str, said: bytes) -> bytes:
    context = ssl.create_default_context(cadata=server.trust)
    with announced(server.port, address) as plain, context.wrap_socket(plain, server_hostname=NAME) as sock:
        sock.sendall(said)
        return read_all(sock)


def over_plain(server: Server, address: str, said: bytes, *, pause: float = 0) -> bytes:
    with announced(server.http_port, address) as sock:
        time.sleep(pause)
        sock.sendall(said)
        return read_all(sock)


def test_visitors_behind_a_balancer_are_told_apart_and_none_is_this_machine(serve: Serve) -> None:
    server = serve(balancers=f'["{BALANCER}"]', balanced_ports='["https", "http"]')
    assert server.get("/health/ready").status == 200  # nobody else has to say anything
    for address in ("", "127.0.0.1", "203.0.113.9"):
        assert over_tls(server, address, ASK).startswith(b"HTTP/1.1 403 "), address
        assert over_plain(server, address, ASK).startswith(b"HTTP/1.1 308 "), address
    # What it says first may come a while before the request.
    assert over_plain(server, "203.0.113.9", ASK, pause=0.3).startswith(b"HTTP/1.1 308 ")
    for _ in range(limits.RECIPIENT_ACT.most):
        assert over_tls(server, "2001:db8:1:2::1", DECLARE).startswith(b"HTTP/1.1 404 ")
    assert over_tls(server, "2001:db8:1:2::9", DECLARE).startswith(b"HTTP/1.1 429 ")
    assert over_tls(server, "2001:db8:1:3::9", DECLARE).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("ask", [over_tls, over_plain], ids=["https", "http"])
def test_at_a_port_that_is_not_named_it_is_no_request(ask: Callable[[Server, str, bytes], bytes], serve: Serve) -> None:
    server = serve(balancers=f'["{BALANCER}"]', balanced_ports="[]")
    try:
        answer = ask(server, "203.0.113.9", ASK)
    except OSError:
        return
    assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 308"))
