"""The ClientHello as real clients send it, cut, spread over records, and broken."""

import ssl
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.tls.front.client_hello import (
    MAX_SIZE,
    ClientHello,
    MalformedError,
    NeedMore,
    NotTlsError,
    TooLargeError,
    parse,
)


def real_hello(name: str | None = "office.test", protocols: Sequence[str] = ("h2", "http/1.1")) -> bytes:
    """What this machine's OpenSSL sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(list(protocols))
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return sent.read()


def in_records(message: bytes, size: int) -> bytes:
    """The handshake message cut into records of this size."""
    pieces = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def hello_with(extensions: bytes, *, tail: bytes = b"") -> bytes:
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += len(extensions).to_bytes(2, "big") + extensions + tail
    return in_records(b"\x01" + len(body).to_bytes(3, "big") + body, 16_384)


def extension(kind: int, data: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data


def server_name(name: bytes) -> bytes:
    entry = b"\0" + len(name).to_bytes(2, "big") + name
    return extension(0, len(entry).to_bytes(2, "big") + entry)


def test_name_and_protocols_of_a_real_client() -> None:
    assert parse(real_hello()) == ClientHello("office.test", (b"h2", b"http/1.1"))


def test_a_client_that_asks_for_an_address_sends_no_name() -> None:
    assert parse(real_hello("127.0.0.1", ())) == ClientHello(None, ())


def test_a_validation_by_tls_alpn() -> None:
    assert parse(real_hello("office.test", ("acme-tls/1",))) == ClientHello("office.test", (b"acme-tls/1",))


def test_names_are_compared_without_case_and_without_a_final_dot() -> None:
    assert parse(hello_with(server_name(b"Office.TEST."))) == ClientHello("office.test")


def test_a_client_without_extensions() -> None:
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    assert parse(in_records(b"\x01" + len(body).to_bytes(3, "big") + body, 100)) == ClientHello()


def test_every_cut_of_a_real_hello_asks_for_more_and_never_for_too_much() -> None:
    whole = real_hello()
    for size in range(len(whole)):
        answer = parse(whole[:size])
        assert isinstance(answer, NeedMore), size
        assert size < answer.size <= len(whole)


@pytest.mark.parametrize("size", [50, 100, 200])
def test_a_hello_spread_over_records_is_put_together(size: int) -> None:
    message = real_hello()[5:]
    assert parse(in_records(message, size)) == parse(real_hello())


def test_bytes_after_the_hello_do_not_matter() -> None:
    assert parse(real_hello() + b"\x17\x03\x03") == parse(real_hello())


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"\x80\x2e\x01", b"\x16\x02\x00\x00\x05", b"SSH-2.0"])
def test_other_protocols(data: bytes) -> None:
    with pytest.raises(NotTlsError):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x00\x00",  # an empty record
        b"\x16\x03\x01\x40\x01" + bytes(20),  # a record larger than RFC 8446 allows
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",  # a ServerHello
        in_records(b"\x01\x00\x00\x03\x03\x03\x00", 100),  # ends within the random
        real_hello()[:5] + b"\x01\x00\xff\xff" + b"\x17" * 8,
        in_records(real_hello()[5:], 100)[:105] + b"\x17\x03\x03\x00\x01x",  # another kind of record in between
        hello_with(server_name(b"")),
        hello_with(server_name(b"b\xfcro.test")),
        hello_with(server_name(b"a b.test")),
        hello_with(server_name(b"a" * 254)),
        hello_with(extension(0, b"\x00\x05\x00\x00\x09abc")),
        hello_with(extension(0, b"\x00\x04\x01\x00\x01a")),
        hello_with(extension(16, b"\x00\x02\x00\x00")),
        hello_with(extension(16, b"\x00\x03\x09h2")),
        hello_with(extension(16, b"")),
        hello_with(b"\x00\x00\x00"),
        hello_with(b"", tail=b"x"),
    ],
)
def test_broken_hellos(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse(data)


def test_sizes_are_bounded() -> None:
    with pytest.raises(TooLargeError):
        parse(b"\x16\x03\x01\x40\x00\x01" + MAX_SIZE.to_bytes(3, "big"))
    with pytest.raises(TooLargeError):
        parse(in_records(b"\x01\x00\x10\x00" + bytes(200), 1))


@given(st.binary(max_size=400))
def test_no_bytes_whatever_do_harm(data: bytes) -> None:
    try:
        answer = parse(data)
    except (NotTlsError, MalformedError):
        return
    assert isinstance(answer, ClientHello) or len(data) < answer.size <= MAX_SIZE + 16_389


@given(position=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 600))
def test_no_changed_byte_of_a_real_hello_does_harm(position: int, value: int, cut: int) -> None:
    data = bytearray(REAL)
    data[position % len(data)] = value
    with suppress(NotTlsError, MalformedError):
        parse(bytes(data[: len(data) - cut % len(data)]))


REAL = real_hello()
