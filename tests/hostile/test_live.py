"""Servers that mean harm, or are merely broken: the check ends in time and in bounds, with a clear word."""

import itertools
import socket
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.support import cost
from tests.support.pki import Authority, Certificate, dns
from tests.support.printed import printed
from tests.support.strange_servers import (
    PAGE,
    Handler,
    certificate_message,
    context_for,
    over_tcp,
    over_tls,
    record,
    records,
    reset,
    server_hello,
    serving,
)

from siegelpost.doctor.live import FindingId, LiveReport, check
from siegelpost.doctor.policy import Browser

NAME = "expose.test"
TIMEOUT = 4.0
MEBIBYTE = 1024 * 1024
ROOT = Authority.root()


@cache
def good() -> Certificate:
    return ROOT.intermediate().issue(NAME)


def drip(message: bytes, pause: float) -> Iterator[bytes]:
    for byte in message:
        yield bytes([byte])
        time.sleep(pause)


def hang(connection: socket.socket) -> None:
    connection.recv(65_536)
    time.sleep(TIMEOUT + 1)


def handshake_of(certificates: Iterable[bytes]) -> bytes:
    return server_hello() + b"".join(records(certificate_message(certificates)))


@dataclass(frozen=True)
class Case:
    """A server, the finding that names its trouble, what may come of the check, and the codes of the browsers."""

    handler: Handler
    finding: FindingId
    ok: bool | None
    chromium: str | None = None
    firefox: str | None = None


def fatal(description: int) -> bytes:
    return record(bytes([2, description]), kind=21)


HANDSHAKES = {
    "hangs": Case(hang, FindingId.HANDSHAKE_SLOW, None),
    "closes at once": Case(
        over_tcp(b""), FindingId.HANDSHAKE_CUT, False, "ERR_CONNECTION_CLOSED", "NS_ERROR_NET_RESET"
    ),
    "resets": Case(reset, FindingId.HANDSHAKE_CUT, False, "ERR_CONNECTION_RESET", "NS_ERROR_NET_RESET"),
    "plain HTTP": Case(
        over_tcp(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        FindingId.PLAIN_HTTP,
        False,
        "ERR_SSL_PROTOCOL_ERROR",
        "SSL_ERROR_RX_RECORD_TOO_LONG",
    ),
    "plain HTTP without a status line": Case(
        over_tcp(b"<!DOCTYPE HTML>\n<html><head><title>Error"),
        FindingId.PLAIN_HTTP,
        False,
        "ERR_SSL_PROTOCOL_ERROR",
        "SSL_ERROR_RX_RECORD_TOO_LONG",
    ),
    "SSH": Case(
        over_tcp(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        FindingId.OTHER_PROTOCOL,
        False,
        "ERR_SSL_PROTOCOL_ERROR",
        "NS_ERROR_NET_RESET",
    ),
    "garbage": Case(
        over_tcp(bytes(range(200, 256)) * 4),
        FindingId.OTHER_PROTOCOL,
        False,
        "ERR_SSL_PROTOCOL_ERROR",
        "SSL_ERROR_RX_RECORD_TOO_LONG",
    ),
    "zeros": Case(
        over_tcp(bytes(100)),
        FindingId.OTHER_PROTOCOL,
        False,
        "ERR_SSL_PROTOCOL_ERROR",
        "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE",
    ),
    "handshake_failure": Case(
        over_tcp(fatal(40)),
        FindingId.HANDSHAKE_REFUSED,
        False,
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_NO_CYPHER_OVERLAP",
    ),
    "protocol_version": Case(
        over_tcp(fatal(70)),
        FindingId.HANDSHAKE_REFUSED,
        False,
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_PROTOCOL_VERSION_ALERT",
    ),
    "unrecognized_name": Case(
        over_tcp(fatal(112)),
        FindingId.HANDSHAKE_REFUSED,
        False,
        "ERR_SSL_UNRECOGNIZED_NAME_ALERT",
        "SSL_ERROR_UNRECOGNIZED_NAME_ALERT",
    ),
    "only TLS 1.0": Case(
        over_tcp(server_hello(version=0x0301, cipher=0xC013)),
        FindingId.TLS_OLD_ONLY,
        False,
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_UNSUPPORTED_VERSION",
    ),
    "warnings without end": Case(
        over_tcp(lambda: itertools.repeat(record(bytes([1, 90]), kind=21) * 500)), FindingId.HANDSHAKE_BROKEN, None
    ),
    "empty records without end": Case(
        over_tcp(lambda: itertools.repeat(record(b"") * 500)), FindingId.HANDSHAKE_BROKEN, None
    ),
    "HelloRequests without end": Case(
        over_tcp(lambda: itertools.repeat(record(bytes(4)) * 500)), FindingId.TOO_MUCH, None
    ),
    "handshake bytes without end": Case(
        over_tcp(lambda: itertools.chain([server_hello()], itertools.repeat(record(b"\x04" * 16_384)))),
        FindingId.HANDSHAKE_BROKEN,
        None,
    ),
    "10,000 certificates": Case(
        over_tcp(handshake_of([*good().chain, *[b"\x30\x00"] * 10_000])), FindingId.TOO_MUCH, None
    ),
    "Certificate message of 16 MiB": Case(
        over_tcp(lambda: itertools.chain([server_hello()], records(b"\x0b\xff\xff\xff" + bytes(16 * MEBIBYTE - 1)))),
        FindingId.HANDSHAKE_BROKEN,
        None,
    ),
    "one byte a second": Case(over_tcp(lambda: drip(handshake_of([b"\x30\x00"]), 1.0)), FindingId.HANDSHAKE_SLOW, None),
}


def ask(port: int, **options: Any) -> tuple[LiveReport, float]:
    watch = cost.Stopwatch()
    report = check(
        f"https://{NAME}/",
        connect_to=("127.0.0.1", port),
        local_roots=[ROOT.pem],
        timeout=TIMEOUT,
        **options,
    )
    return report, watch.seconds


@pytest.mark.parametrize("case", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_strange_handshake_gets_a_clear_word(case: Case) -> None:
    with serving(case.handler) as server:
        report, seconds = ask(server.port)
    assert seconds < TIMEOUT + 0.5
    found = [each.id for each in report.findings]
    assert case.finding in found
    assert report.ok is case.ok
    assert report.verdicts[Browser.CHROMIUM].code == case.chromium
    assert report.verdicts[Browser.FIREFOX].code == case.firefox
    for language in ("de", "en"):
        assert NAME in printed(report, language)


def test_a_web_server_that_waits_for_a_plain_request_is_found_out() -> None:
    """What comes is no line of a request to it, so it says nothing, and the browser waits."""

    def handle(connection: socket.socket) -> None:
        data = connection.recv(65_536)
        while not data.startswith(b"GET"):
            data = connection.recv(65_536) or b"GET"
        connection.sendall(PAGE)

    with serving(handle) as server:
        report, _ = ask(server.port)
    assert FindingId.PLAIN_HTTP in [each.id for each in report.findings]
    assert report.ok is False


def test_bytes_without_end_take_no_memory() -> None:
    """What a server sends is counted, not kept."""
    flood = over_tcp(lambda: itertools.chain([server_hello()], itertools.repeat(record(b"\x04" * 16_384))))
    with serving(flood) as server:
        ask(server.port)
        tracemalloc.start()
        ask(server.port)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * MEBIBYTE


def endless_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in itertools.count():
        yield b"X-%d: %s\r\n" % (number, b"y" * 1000)


def endless_body() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1\r\n\r\n"
    yield from itertools.repeat(bytes(16_384))


ANSWERS: dict[str, tuple[Handler, FindingId]] = {
    "endless headers": (over_tls(context_for(good()), endless_headers), FindingId.NO_HTTP),
    "endless body": (over_tls(context_for(good()), endless_body), FindingId.HSTS),
    "wrong length": (
        over_tls(context_for(good()), b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nshort"),
        FindingId.HSTS_MISSING,
    ),
    "negative length": (
        over_tls(context_for(good()), b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort"),
        FindingId.HSTS_MISSING,
    ),
    "no HTTP": (over_tls(context_for(good()), b"\x00\xff" * 50), FindingId.NO_HTTP),
    "nothing": (over_tls(context_for(good()), b""), FindingId.NO_HTTP),
    "drips": (over_tls(context_for(good()), lambda: drip(PAGE, 1.0)), FindingId.NO_HTTP),
    "two thousand headers": (
        over_tls(context_for(good()), b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 2000 + b"\r\n"),
        FindingId.NO_HTTP,
    ),
    "date of the year 9999": (
        over_tls(context_for(good()), b"HTTP/1.1 200 OK\r\nDate: Fri, 31 Dec 9999 23:59:59 -2359\r\n\r\n"),
        FindingId.HSTS_MISSING,
    ),
    "redirect to nonsense": (
        over_tls(context_for(good()), b"HTTP/1.1 302 x\r\nLocation: http://[::1\r\n\r\n"),
        FindingId.HSTS_MISSING,
    ),
}


@pytest.mark.parametrize(("handler", "finding"), ANSWERS.values(), ids=ANSWERS)
def test_a_strange_web_answer_does_not_hide_the_verdict(handler: Handler, finding: FindingId) -> None:
    with serving(handler) as server:
        report, seconds = ask(server.port)
    assert seconds < 2.0
    assert report.ok is True
    assert finding in [each.id for each in report.findings]


def test_a_redirect_is_told_and_never_followed() -> None:
    with serving(over_tls(context_for(good()))) as inside:
        location = f"https://127.0.0.1:{inside.port}/admin".encode()
        answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n"
        with serving(over_tls(context_for(good()), answer)) as server:
            report, _ = ask(server.port)
        assert inside.connections == 0
    assert FindingId.REDIRECT_ELSEWHERE in [each.id for each in report.findings]


def test_names_of_64_kibibytes_are_judged() -> None:
    names = [dns(f"{number:05}.{'x' * 50}.test") for number in range(900)]
    with serving(over_tls(context_for(ROOT.issue(NAME, *names)))) as server:
        report, seconds = ask(server.port)
    assert seconds < 2.0
    assert report.judgement is not None


def test_a_server_that_dies_after_the_handshake_is_still_judged() -> None:
    """The chain is what counts; what cannot be measured any more is said to be so."""
    answering = iter([over_tls(context_for(good()))])

    def once(connection: socket.socket) -> None:
        for handler in itertools.islice(answering, 1):
            handler(connection)

    with serving(once) as server:
        report, seconds = ask(server.port)
    assert seconds < 2.0
    assert report.ok is True


def test_a_key_that_does_not_fit_is_never_accepted() -> None:
    """The chain is fine, and the handshake fails: the server signs with another key."""
    hello = server_hello()
    message = b"".join(records(certificate_message(good().chain)))
    exchange = record(b"\x0c\x00\x00\x28\x03\x00\x1d\x20" + b"\x09" * 32 + b"\x04\x03\x00\x00")
    done = record(b"\x0e\x00\x00\x00")
    with serving(over_tcp(hello + message + exchange + done, stay=0.5)) as server:
        report, _ = ask(server.port)
    assert report.judgement is not None
    assert report.judgement.ok is True
    assert report.ok is None


@pytest.mark.parametrize(
    "target",
    [
        "",
        " ",
        "https://",
        "https://:443",
        "http://[::1",
        "a" * 5000,
        "https://ex ample.de",
        "x..y",
        "host:0",
        "host:99999",
    ],
)
def test_an_unreadable_target_is_said_to_be_so(target: str) -> None:
    report = check(target)
    assert report.ok is not True
    assert FindingId.TARGET_UNREADABLE in [each.id for each in report.findings]
    assert printed(report, "de")
