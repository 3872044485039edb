"""Plain HTTP is answered by where HTTPS is, and never by a redirect to somewhere else."""

import pytest

from siegelpost.tls.front.plain import MAX_HEAD, answer, head_of


def ask(head: bytes) -> bytes:
    return answer(
        head,
        location={"office.test": "https://office.test:8443", "192.0.2.7": "https://192.0.2.7"}.get,
        tokens={"abc": "abc.key"}.get,
    )


def test_a_visitor_is_sent_on_with_path_and_query() -> None:
    got = ask(b"GET /s/x/?a=1 HTTP/1.1\r\nHost: Office.test\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 308 ")
    assert b"\r\nLocation: https://office.test:8443/s/x/?a=1\r\n" in got


def test_the_port_of_the_plain_address_does_not_matter() -> None:
    assert b"\r\nLocation: https://192.0.2.7/\r\n" in ask(b"GET / HTTP/1.1\r\nHost: 192.0.2.7:8080\r\n\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: office.test@evil.test\r\n\r\n",
        b"GET http://evil.test/ HTTP/1.1\r\nHost: office.test\r\n\r\n",
        b"GET /\r\nSet-Cookie: a=b HTTP/1.1\r\nHost: office.test\r\n\r\n",
        b"BREW pot\r\nHost: office.test\r\n\r\n",
        b"CONNECT evil.test:443 HTTP/1.1\r\nHost: office.test\r\n\r\n",
    ],
)
def test_others_get_no_location(head: bytes) -> None:
    got = ask(head)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"Location" not in got
    assert b"https://" in got
    assert b"evil" not in got


def test_head_has_no_body() -> None:
    assert ask(b"HEAD / HTTP/1.1\r\nHost: office.test\r\n\r\n").endswith(b"\r\n\r\n")


def test_a_validation_by_http_is_answered() -> None:
    got = ask(b"GET /.well-known/acme-challenge/abc HTTP/1.1\r\nHost: anything.test\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 ")
    assert got.endswith(b"\r\n\r\nabc.key")
    other = ask(b"GET /.well-known/acme-challenge/other HTTP/1.1\r\nHost: office.test\r\n\r\n")
    assert other.startswith(b"HTTP/1.1 308 ")


def test_heads_are_told_from_noise() -> None:
    assert head_of(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nbody") == b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert head_of(b"GE") == b""
    assert head_of(b"GET / HTTP/1.1\r\nHo") == b""
    assert head_of(b"\x00\x01\x02\x03") is None
    assert head_of(b"SSH-2.0-x\r\n\r\n") is None
    assert head_of(b"GET /" + b"a" * MAX_HEAD) is None
