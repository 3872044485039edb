"""A balancer in front says from where a connection comes: its header is taken off to the byte, of nobody else's."""

import socket
import struct
import time
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.front_server import NAME, RunningFront, client_context, read_answer, running_front
from tests.unit.tls.front.test_client_hello import real_hello

from siegelpost.tls.front import Limits
from siegelpost.tls.front.client_hello import MalformedError, NeedMore
from siegelpost.tls.front.proxy_header import Announced, parse

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
HERE = [ip_network("127.0.0.0/8")]
GET = b"GET / HTTP/1.1\r\nHost: office.test\r\n\r\n"


def binary(source: str = "", *, command: int = 0x21, family: int | None = None, more: bytes = b"") -> bytes:
    """A header of version 2; without a source it names nobody."""
    addresses = b""
    if source:
        packed = ip_address(source).packed
        addresses = packed * 2 + struct.pack(">HH", 4711, 443)
        family = family or (0x11 if len(packed) == 4 else 0x21)
    return SIGNATURE + struct.pack(">BBH", command, family or 0, len(addresses) + len(more)) + addresses + more


GOOD = {
    "2, IPv4": (binary("203.0.113.9"), "203.0.113.9"),
    "2, IPv6": (binary("2001:db8::9"), "2001:db8::9"),
    "2, IPv4 written as IPv6": (binary("::ffff:203.0.113.9"), "203.0.113.9"),
    "2, with more behind": (binary("203.0.113.9", more=b"\x03\x00\x04abcd" * 100), "203.0.113.9"),
    "2, the balancer itself": (binary(command=0x20), None),
    "2, the balancer itself, with an address": (binary("203.0.113.9", command=0x20), None),
    "2, unknown": (binary(), None),
    "2, a socket of one machine": (binary(family=0x31, more=bytes(216)), None),
    "1, IPv4": (b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n", "203.0.113.9"),
    "1, IPv6": (b"PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n", "2001:db8::9"),
    "1, unknown": (b"PROXY UNKNOWN\r\n", None),
    "1, unknown with addresses": (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", None),
}
BAD = {
    "nothing of it": b"\x16\x03\x01\x02\x00",
    "a request": GET,
    "another version": SIGNATURE + b"\x31\x11\x00\x0c" + bytes(12),
    "another command": SIGNATURE + b"\x22\x11\x00\x0c" + bytes(12),
    "datagrams": SIGNATURE + b"\x21\x12\x00\x0c" + bytes(12),
    "too short for its family": SIGNATURE + b"\x21\x21\x00\x0c" + bytes(12),
    "without end": SIGNATURE + b"\x21\x11\xff\xff",
    "no address": b"PROXY TCP4 nobody 192.0.2.1 4711 443\r\n",
    "an address of the other family": b"PROXY TCP4 2001:db8::9 192.0.2.1 4711 443\r\n",
    "no port": b"PROXY TCP4 203.0.113.9 192.0.2.1 x 443\r\n",
    "too few words": b"PROXY TCP4 203.0.113.9\r\n",
    "a line without end": b"PROXY TCP4 " + b"x" * 200,
    "two spaces": b"PROXY  TCP4 203.0.113.9 192.0.2.1 4711 443\r\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_it_is_read_whatever_comes_behind_and_in_whatever_pieces(name: str) -> None:
    said, address = GOOD[name]
    assert parse(said + b"\x16\x03\x01 and so on") == Announced(len(said), address)
    for size in range(len(said)):
        found = parse(said[:size])
        assert isinstance(found, NeedMore)
        assert size < found.size <= len(said)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_header_is_none(name: str) -> None:
    with pytest.raises(MalformedError):
        parse(BAD[name])


@given(st.binary(max_size=60), st.sampled_from([b"", SIGNATURE, b"PROXY ", b"PROXY TCP4 "]))
def test_no_bytes_whatever_do_harm(noise: bytes, start: bytes) -> None:
    try:
        found = parse(start + noise)
    except MalformedError:
        return
    assert isinstance(found, NeedMore) or 0 < found.size <= len(start + noise)


def ask(front: RunningFront, *said: bytes) -> bytes:
    """What is answered over TLS once a balancer has said this, in these pieces."""
    with front.connect() as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in said:
            plain.sendall(piece)
            time.sleep(0.02)
        with client_context().wrap_socket(plain, server_hostname=NAME) as sock:
            sock.sendall(GET)
            return read_answer(sock)[1]


@pytest.mark.parametrize("name", GOOD)
def test_the_visitor_is_whom_the_balancer_names(name: str) -> None:
    said, address = GOOD[name]
    with running_front(balancers=HERE) as front:
        for pieces in ([said], [said[:7], said[7:-1], said[-1:]]):
            answer = ask(front, *pieces)
            assert f"('{address or '127.0.0.1'}', 'https'".encode() in answer
            assert f"'by_proxy': True, 'unnamed': {address is None}".encode() in answer


def is_sent_away(front: RunningFront, said: bytes) -> bool:
    """Whether nothing is answered to a ClientHello behind this."""
    with front.connect() as sock:
        try:
            sock.sendall(said + real_hello())
            return sock.recv(10) == b""
        except ConnectionError:
            return True


@pytest.mark.parametrize("name", BAD)
def test_from_a_balancer_there_has_to_be_one(name: str) -> None:
    with running_front(balancers=HERE) as front:
        assert is_sent_away(front, BAD[name])
        assert not is_sent_away(front, binary("203.0.113.9"))


def test_from_anybody_else_it_is_no_tls() -> None:
    with running_front() as front:
        assert is_sent_away(front, binary("203.0.113.9"))
        assert not is_sent_away(front, b"")


def test_a_visitor_behind_the_balancer_has_a_visitors_share_of_connections() -> None:
    limits = Limits(connections_per_address=2)
    with running_front(balancers=HERE, limits=limits) as front:
        held = []
        for _ in range(2):
            plain = front.connect()
            plain.sendall(binary("203.0.113.9"))
            held.append(client_context().wrap_socket(plain, server_hostname=NAME))
        assert is_sent_away(front, binary("203.0.113.9"))
        assert ask(front, binary("203.0.113.10"))
        for sock in held:
            sock.close()
        assert ask(front, binary("203.0.113.11"))
