"""Whose word about the client's address counts."""

from ipaddress import ip_network

import pytest

from siegelpost.tls.front.proxies import FORWARDED, Headers, Visitor, believes, is_private, scheme_of, visitor_of

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([], "10.0.0.1"),
        ([(b"x-forwarded-for", b"198.51.100.7")], "198.51.100.7"),
        # What the client wrote itself stands left of what the proxy saw.
        ([(b"x-forwarded-for", b"1.1.1.1, 198.51.100.7")], "198.51.100.7"),
        ([(b"x-forwarded-for", b"1.1.1.1, 198.51.100.7, 10.0.0.9")], "198.51.100.7"),
        ([(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"198.51.100.7")], "198.51.100.7"),
        ([(b"x-forwarded-for", b"198.51.100.7:4711")], "198.51.100.7"),
        ([(b"x-forwarded-for", b"[2001:db8::7]:4711")], "2001:db8::7"),
        ([(b"x-forwarded-for", b"unknown")], "10.0.0.1"),
        ([(b"x-forwarded-for", b"198.51.100.7, nonsense")], "10.0.0.1"),
        # Most proxies hand this one on as the client wrote it.
        ([(b"forwarded", b"for=1.1.1.1"), (b"x-forwarded-for", b"198.51.100.7")], "198.51.100.7"),
        ([(b"forwarded", b"for=1.1.1.1")], "10.0.0.1"),
    ],
)
def test_the_address_is_that_before_the_first_trusted_proxy(headers: list[tuple[bytes, bytes]], client: str) -> None:
    assert visitor_of("10.0.0.1", headers, TRUSTED) == Visitor(client, is_named=client != "10.0.0.1")


def test_only_the_networks_named_are_believed() -> None:
    assert believes("10.1.2.3", TRUSTED)
    assert believes("fd00::1", TRUSTED)
    assert not believes("192.0.2.1", TRUSTED)
    assert not believes("not an address", TRUSTED)


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([(b"forwarded", b'for="[2001:db8::7]:47";proto=https, for=10.0.0.9')], "2001:db8::7"),
        ([(b"forwarded", b"FOR=198.51.100.7"), (b"x-forwarded-for", b"1.1.1.1")], "198.51.100.7"),
        ([(b"forwarded", b"for=_hidden")], "10.0.0.1"),
        ([(b"forwarded", b"by=1.1.1.1")], "10.0.0.1"),
        ([(b"x-forwarded-for", b"1.1.1.1")], "10.0.0.1"),
    ],
)
def test_proxies_that_write_the_standard_header(headers: list[tuple[bytes, bytes]], client: str) -> None:
    assert visitor_of("10.0.0.1", headers, TRUSTED, FORWARDED) == Visitor(client, is_named=client != "10.0.0.1")


# One visitor in all the spellings that proxies write, and what names nobody.
SPELLINGS = [
    ("203.0.113.9", "203.0.113.9"),
    ("203.0.113.9:4711", "203.0.113.9"),
    ("::ffff:203.0.113.9", "203.0.113.9"),
    ("::FFFF:203.0.113.9", "203.0.113.9"),
    ("::ffff:cb00:7109", "203.0.113.9"),
    ("[::ffff:203.0.113.9]:4711", "203.0.113.9"),
    ('"203.0.113.9:80"', "203.0.113.9"),
    ("2001:DB8::7", "2001:db8::7"),
    ("2001:0db8:0:0:0:0:0:7", "2001:db8::7"),
    ("[2001:db8::7]", "2001:db8::7"),
    ("[2001:db8::7]:4711", "2001:db8::7"),
    ("2001:db8::7%eth0", "2001:db8::7"),
    ("[2001:db8::7%25eth0]:80", "2001:db8::7"),
    ("unknown", None),
    ("_hidden", None),
    ("_SEVKISEK", None),
    ("-", None),
    ("localhost", None),
    ("0313.0.113.9", None),
    ("203.0.113.9.5", None),
    ("<script>", None),
]


@pytest.mark.parametrize(("written", "address"), SPELLINGS, ids=[written for written, _ in SPELLINGS])
def test_one_visitor_in_every_spelling(written: str, address: str | None) -> None:
    """Addresses written as ::ffff:… shared one count, so that one visitor locked all others out."""
    visitor = Visitor(address or "10.0.0.1", is_named=address is not None)
    quoted = f'"{written.strip(chr(34))}"'
    for field, value in (("x-forwarded-for", written), ("forwarded", f"for={quoted};proto=https")):
        headers: Headers = [(field.encode(), value.encode())]
        assert visitor_of("10.0.0.1", headers, TRUSTED, field.encode()) == visitor, field


@pytest.mark.parametrize("said", ["203.0.113.9, unknown", "unknown, 10.0.0.7", "_a, 10.0.0.7, 10.0.0.8"])
def test_whom_the_last_proxies_do_not_name_is_nobody(said: str) -> None:
    """What stands left of it was written by the visitor."""
    assert not visitor_of("10.0.0.1", [(b"x-forwarded-for", said.encode())], TRUSTED).is_named


def test_a_visitor_of_the_own_network_is_one() -> None:
    assert visitor_of("10.0.0.1", [(b"x-forwarded-for", b"10.0.0.77")], TRUSTED) == Visitor("10.0.0.77")


@pytest.mark.parametrize(
    ("address", "private"),
    [("10.1.2.3", True), ("127.0.0.1", True), ("100.64.0.1", True), ("fd00::1", True), ("9.9.9.9", False)],
)
def test_what_may_be_a_proxy_of_the_house(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ([], "https"),
        ([(b"x-forwarded-proto", b"http")], "http"),
        ([(b"x-forwarded-proto", b"https, http")], "https"),
        ([(b"x-forwarded-proto", b"nonsense")], "https"),
        ([(b"forwarded", b"proto=http")], "https"),
    ],
)
def test_plain_is_only_what_every_word_calls_so(headers: list[tuple[bytes, bytes]], scheme: str) -> None:
    assert scheme_of(headers) == scheme


def test_the_standard_header_tells_the_scheme_too() -> None:
    assert scheme_of([(b"forwarded", b"for=1.1.1.1;proto=http")], FORWARDED) == "http"
