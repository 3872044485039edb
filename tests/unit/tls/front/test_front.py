"""The front over real sockets: what a well-behaved client gets."""

import socket
import ssl
import subprocess
import threading
import time
from ipaddress import ip_network

import pytest
from tests.support import cost
from tests.support.front_server import (
    NAME,
    ROOT,
    certificate,
    client_context,
    context_of,
    read_all,
    read_answer,
    running_front,
)
from tests.support.waiting import until

from siegelpost.tls.front import ACME_TLS, Limits, Refusal

GET = b"GET / HTTP/1.1\r\nHost: office.test\r\n\r\n"


@pytest.mark.parametrize("tls12", [False, True])
@pytest.mark.parametrize("kind", ["p256", "rsa2048"])
def test_a_request_over_either_version_with_either_key(kind: str, tls12: bool) -> None:
    with running_front(kind) as front, front.connect_tls(client_context(tls12=tls12)) as sock:
        assert sock.version() == ("TLSv1.2" if tls12 else "TLSv1.3")
        assert sock.getpeercert(binary_form=True) == certificate(kind).der
        sock.sendall(GET)
        assert read_answer(sock)[0].startswith(b"HTTP/1.1 200 OK")


def test_old_versions_are_told_so_by_an_alert() -> None:
    context = client_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with running_front() as front, pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        front.connect_tls(context)


def test_the_context_is_chosen_by_what_the_client_asks_for() -> None:
    context = client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with running_front() as front:
        with front.connect_tls(context) as sock:
            assert sock.selected_alpn_protocol() == "http/1.1"
        front.connect_tls(name=None).close()
        assert front.source.asked == [(NAME, (b"h2", b"http/1.1"), "127.0.0.1"), (None, (), "127.0.0.1")]


def test_a_name_that_is_turned_away_gets_an_alert() -> None:
    with running_front() as front, pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        front.connect_tls(name="refused.test")


def test_a_validation_reaches_the_source_as_such() -> None:
    context = client_context()
    context.set_alpn_protocols([ACME_TLS.decode()])
    with running_front() as front:
        front.connect_tls(context).close()
        assert front.source.asked[0][1] == (ACME_TLS,)


def test_a_connection_is_kept_and_requests_in_a_row_are_answered_in_order() -> None:
    with running_front() as front, front.connect_tls() as sock:
        for size in (1, 70_000, 3_000_000, 0):
            sock.sendall(GET.replace(b"/ ", b"/size/%d " % size, 1))
            assert len(read_answer(sock)[1]) == size
        sock.sendall(b"".join(GET.replace(b"/ ", b"/size/%d " % size, 1) for size in (3, 2, 1)))
        received = b""
        while received.count(b"x") < 6:
            received += sock.recv(1000)
        assert [part.split(b"\r\n\r\n")[1].count(b"x") for part in received.split(b"HTTP/1.1 200")[1:]] == [3, 2, 1]


def test_a_large_body_comes_through_whole() -> None:
    body = bytes(range(256)) * 20_000
    with running_front() as front, front.connect_tls() as sock:
        head = b"POST /echo HTTP/1.1\r\nHost: office.test\r\nContent-Length: %d\r\n\r\n" % len(body)
        # One after the other: OpenSSL lets no two threads at one connection.
        sock.sendall(head + body)
        assert read_answer(sock)[1] == body


def test_a_client_that_ends_its_side_still_gets_its_answer() -> None:
    with running_front() as front, front.connect_tls() as sock:
        sock.sendall(GET.replace(b"/ ", b"/wait/0.3 ", 1))
        socket.socket.shutdown(sock, socket.SHUT_WR)
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")


def test_the_server_says_goodbye_properly() -> None:
    with running_front() as front:
        context = client_context()
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        sock = context.wrap_socket(front.connect(), server_hostname=NAME, suppress_ragged_eofs=False)
        sock.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert read_all(sock).startswith(b"HTTP/1.1 200")  # an end without close_notify would raise
        sock.close()


def test_plain_http_on_the_https_port_is_told_to_use_https() -> None:
    with running_front() as front, front.connect() as sock:
        sock.sendall(b"GET /x HT")
        time.sleep(0.05)
        sock.sendall(b"TP/1.1\r\nHost: office.test\r\n\r\n")
        assert read_all(sock) == b"HTTP/1.1 400 Bad Request\r\n\r\nhttps: GET /x HTTP/1.1"


def test_a_swap_counts_for_the_next_connection_and_leaves_this_one_alone() -> None:
    with running_front("p256") as front, front.connect_tls() as before:
        front.source.context = context_of(certificate("rsa2048"))
        with front.connect_tls() as after:
            assert after.getpeercert(binary_form=True) == certificate("rsa2048").der
        before.sendall(GET)
        assert read_answer(before)[0].startswith(b"HTTP/1.1 200 OK")


def test_the_client_address_cannot_be_forged() -> None:
    with running_front() as front:
        answer = front.get(
            x_forwarded_for="198.51.100.7", forwarded="for=198.51.100.7", x_real_ip="198.51.100.7", x__real="1"
        )
        assert b"('127.0.0.1', 'https'" in answer
        assert b"198.51.100.7" not in answer


def test_fields_with_an_underscore_are_dropped() -> None:
    with running_front() as front, front.connect_tls() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: office.test\r\nX_Forwarded_For: 198.51.100.7\r\n\r\n")
        assert b"198.51.100.7" not in read_answer(sock)[1]


def test_a_trusted_proxy_is_believed() -> None:
    with running_front(trusted_proxies=[ip_network("127.0.0.0/8")]) as front:
        answer = front.get(x_forwarded_for="6.6.6.6, 198.51.100.7")
        assert b"('198.51.100.7', 'https'" in answer


@pytest.mark.parametrize("field", ["x_forwarded_for", "forwarded", "x_real_ip", "via"])
def test_what_a_proxy_that_is_not_believed_handed_on_is_known_as_that(field: str) -> None:
    """It is neither this machine, nor are its visitors to be told apart: the office has to hear of it."""
    with running_front() as front:
        answer = front.get(**{field: "198.51.100.7"})
        assert b"{'by_proxy': True, 'unnamed': True, 'believed': False}" in answer
        assert b"'by_proxy'" not in front.get()


def test_a_trusted_proxy_that_names_nobody_is_not_this_machine() -> None:
    with running_front(trusted_proxies=[ip_network("127.0.0.0/8")]) as front:
        for headers in ({}, {"x_forwarded_for": "unknown"}, {"x_forwarded_for": "203.0.113.9, unknown"}):
            assert b"{'by_proxy': True, 'unnamed': True, 'believed': True}" in front.get(**headers)
        assert b"{'by_proxy': True, 'unnamed': False, 'believed': True}" in front.get(x_forwarded_for="203.0.113.9")


def test_stopping_finishes_what_was_begun_and_closes_what_is_idle() -> None:
    with running_front() as front, front.connect_tls() as idle, front.connect_tls() as busy:
        idle.sendall(GET)
        read_answer(idle)
        sent, watch = time.monotonic(), cost.Stopwatch()
        busy.sendall(GET.replace(b"/ ", b"/wait/0.5 ", 1))
        time.sleep(0.1)
        front.stop(10)
        assert time.monotonic() - sent >= 0.5
        assert watch.seconds < 3
        assert read_all(idle) == b""
        assert read_all(busy).startswith(b"HTTP/1.1 200 OK")
        assert front.front.connections == 0


def test_a_connection_that_never_asked_may_still_ask_while_the_server_stops() -> None:
    with running_front() as front, front.connect_tls() as fresh:
        stopping = threading.Thread(target=front.stop, args=(10,))
        stopping.start()
        until(lambda: front.front._stopping)
        fresh.sendall(GET)
        assert b"connection: close" in read_answer(fresh)[0]
        stopping.join(10)
        assert not stopping.is_alive()


def test_stopping_waits_no_longer_than_it_was_told() -> None:
    with running_front() as front, front.connect_tls() as sock:
        sock.sendall(GET.replace(b"/ ", b"/wait/30 ", 1))
        time.sleep(0.1)
        watch = cost.Stopwatch()
        front.stop(0.5)
        assert watch.seconds < 2


# Alerts by which clients refuse


@pytest.mark.parametrize("tls12", [False, True])
def test_a_client_that_does_not_know_the_authority_is_counted(tls12: bool) -> None:
    context = ssl.create_default_context()
    if tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    with running_front() as front:
        with pytest.raises(ssl.SSLCertVerificationError):
            front.connect_tls(context)
        until(lambda: front.refusals == [(Refusal.UNKNOWN_CA, NAME, "127.0.0.1")])


def test_an_expired_certificate_is_refused_as_such() -> None:
    with running_front() as front:
        front.source.context = context_of(ROOT.issue(NAME, days=0.01))
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            front.connect_tls()
        until(lambda: front.refusals == [(Refusal.CERTIFICATE_EXPIRED, NAME, "127.0.0.1")])


def test_another_program_that_refuses_is_counted_too() -> None:
    with running_front() as front:
        arguments = ["-connect", f"127.0.0.1:{front.port}", "-servername", NAME, "-verify_return_error"]
        subprocess.run(["openssl", "s_client", *arguments], input=b"", capture_output=True, check=False)
        until(lambda: [kind for kind, _, _ in front.refusals] == [Refusal.UNKNOWN_CA])


def test_other_ways_to_go_are_no_refusals() -> None:
    with running_front() as front:
        front.connect_tls().close()
        front.connect().close()
        context = client_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-SHA")
        with pytest.raises(ssl.SSLError):
            front.connect_tls(context)
        time.sleep(0.1)
        assert front.refusals == []


def test_many_connections_from_one_address_are_limited() -> None:
    with running_front(limits=Limits(connections_per_address=3)) as front:
        kept = [front.connect_tls() for _ in range(3)]
        with pytest.raises(OSError, match=r"(?i)eof|reset"):
            front.connect_tls()
        kept.pop().close()
        until(lambda: front.front.connections == 2)
        front.connect_tls().close()
        for sock in kept:
            sock.close()
