"""Requests to addresses that others have named: what is never asked, and what an answer may cost."""

import itertools
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.support import cost
from tests.support.pki import Authority
from tests.support.strange_servers import Pieces, context_for, over_tcp, over_tls, serving

from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address
from siegelpost.toolbox.outgoing import (
    ISSUER,
    LONGEST_URL,
    PUSH,
    TIME_STAMP,
    DestinationRefusedError,
    Purpose,
    client_context,
    destination,
    exchange,
)

HERE = [ip_network("127.0.0.0/8")]
PLAIN = ssl.create_default_context()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def leads_to(*addresses: str) -> Sequence[Address]:
    return tuple(map(ip_address, addresses))


WRITTEN = """
http://127.0.0.1/ http://127.0.0.1./ http://127.1/ http://0x7f.1/ http://0177.0.0.1/ http://2130706433/ http://0/
http://[::1]/ http://[::127.0.0.1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[64:ff9b::7f00:1]/
http://[64:ff9b:1::7f00:1]/ http://[2002:7f00:1::]/ http://[2001:0:7f00:1::]/ http://[fec0::1]/ http://[5f00::1]/
http://[fe80::1%25lo]/ http://[fe80::1%lo]/ http://192.0.0.8/ http://100.64.0.1/ http://169.254.169.254/
http://１２７.0.0.1/ http://127。0。0。1/ http://①②⑦.0.0.1/ http://%31%32%37.0.0.1/ http://user@8.8.8.8/
http://user:secret@8.8.8.8/ http://8.8.8.8\\@127.0.0.1/ http:\\\\127.0.0.1/ http:///127.0.0.1/ http:127.0.0.1
//127.0.0.1/ 127.0.0.1 http:// http://:80/ http://8.8.8.8:0/ http://8.8.8.8:99999/ http://8.8.8.8:x/ http://[ http://[]/
http://8.8.8.8:22/ http://8.8.8.8:443/ https://8.8.8.8:80/ https://8.8.8.8:8443/ ftp://8.8.8.8/ file:///etc/passwd
gopher://8.8.8.8/ http://8.8.8.8/ä
""".split()  # noqa: SIM905 - a list of words is easier to read and to keep


@pytest.mark.parametrize(
    "url",
    [
        *WRITTEN,
        *("", "http://8.8.8.8/a b", "http://8.8.8.8/\r\nHost: x", "http://8.8.8.8/\t", "http://\t127.0.0.1/"),
        "http://8.8.8.8/" + "x" * LONGEST_URL,
    ],
)
def test_no_way_of_writing_an_address_leads_inside_or_to_another_port(url: str) -> None:
    with pytest.raises(DestinationRefusedError):
        destination(url, ISSUER)


@pytest.mark.parametrize(
    "addresses",
    [
        *(["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "::1"], ["2606:4700::1", "192.168.1.1"]),
        *(["::127.0.0.1"], ["64:ff9b::a00:1"], ["fec0::1"], ["2002:a00:1::"], ["fe80::1%lo"]),
    ],
)
def test_one_inner_address_among_those_of_a_name_spoils_them_all(addresses: list[str]) -> None:
    with pytest.raises(DestinationRefusedError, match="private"):
        destination("https://push.example.com/", PUSH, lookup=lambda *_: leads_to(*addresses))


def test_what_tells_of_us_goes_out_encrypted_only() -> None:
    with pytest.raises(DestinationRefusedError):
        destination("http://push.example.com/", PUSH, lookup=lambda *_: leads_to("8.8.8.8"))


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: at first an address that may be asked, from then on another one."""
    asked: list[str] = []
    truly = socket.getaddrinfo

    def scripted(host: str, *more: Any, **options: Any) -> object:
        if host != "ca.example.com":
            return truly(host, *more, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "127.0.0.2", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", scripted)
    with serving(over_tcp(OK)) as server:
        to = destination(f"http://ca.example.com:{server.port}/x?y=1", ISSUER, private=HERE[:1])
        assert exchange(to, ISSUER, context=PLAIN).body == b"hello"
        assert server.connections == 1
    assert asked == ["ca.example.com"]
    assert to.addresses == leads_to("127.0.0.1")


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stamps were asked for with a client that takes any proxy the environment names."""
    with serving(over_tcp(b"")) as proxy, serving(over_tcp(OK)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        to = destination(f"http://127.0.0.1:{server.port}/", TIME_STAMP, private=HERE)
        assert exchange(to, TIME_STAMP, context=PLAIN).body == b"hello"
        assert proxy.connections == 0


def test_a_redirect_is_an_answer_and_leads_nowhere() -> None:
    with serving(over_tcp(OK)) as inside:
        moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % inside.port
        with serving(over_tcp(moved)) as server:
            to = destination(f"http://127.0.0.1:{server.port}/", ISSUER, private=HERE)
            assert exchange(to, ISSUER, context=PLAIN).status == 302
        assert inside.connections == 0


def drip() -> Iterator[bytes]:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
        yield bytes([byte])
        time.sleep(0.1)


def silence() -> Iterator[bytes]:
    time.sleep(3)
    yield b""


ANSWERS: dict[str, bytes | Pieces] = {
    "drips": drip,
    "silence": silence,
    "endless body": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(bytes(16_384))),
    "endless headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"a: b\r\n")),
    "endless line": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nx: "], itertools.repeat(bytes(16_384))),
    "endless informational answers": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello",
    "cut chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "huge chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5000 + b"\r\n",
    "bad length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + bytes(70_000),
    "no HTTP": bytes(1000),
    "nothing": b"",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_strange_answer_ends_in_time_and_within_its_bounds(answer: bytes | Pieces) -> None:
    watch = cost.Stopwatch()
    quick = Purpose(("http",), 1024, 1.0)
    with serving(over_tcp(answer)) as server, pytest.raises(OSError):  # noqa: PT011 - whichever: none came
        exchange(destination(f"http://127.0.0.1:{server.port}/", quick, private=HERE), quick, context=PLAIN)
    assert watch.seconds < 2.5


def test_over_tls_the_name_is_verified_and_the_address_stays_the_one_that_was_judged(tmp_path: Path) -> None:
    root = Authority.root()
    (tmp_path / "root.pem").write_text(root.pem)
    context = client_context((tmp_path / "root.pem",))
    with serving(over_tls(context_for(root.issue("push.example.com")), OK)) as server:
        for host, good in (("push.example.com", True), ("other.example.com", False)):
            url = f"https://{host}:{server.port}/"
            to = destination(url, PUSH, private=HERE, lookup=lambda *_: leads_to("127.0.0.1"))
            assert to.authority == f"{host}:{server.port}"
            if good:
                assert exchange(to, PUSH, context=context).body == b"hello"
            else:
                with pytest.raises(ssl.SSLCertVerificationError):
                    exchange(to, PUSH, context=context)


def test_when_the_first_address_takes_no_connection_the_next_is_tried() -> None:
    with serving(over_tcp(OK)) as server:
        url = f"http://x.example.com:{server.port}/"
        to = destination(url, ISSUER, private=HERE, lookup=lambda *_: leads_to("127.0.0.9", "127.0.0.1"))
        assert exchange(to, ISSUER, context=PLAIN, deadline=Deadline(5)).status == 200


def test_a_name_that_leads_nowhere_may_do_so_later() -> None:
    with pytest.raises(socket.gaierror):
        destination("https://gone.invalid/", PUSH)
    with pytest.raises(socket.gaierror):
        destination("https://gone.example.com/", PUSH, lookup=lambda *_: ())
