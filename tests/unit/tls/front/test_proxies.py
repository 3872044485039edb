"""Whose word about the client's address counts."""

from ipaddress import ip_network

import pytest

from siegelpost.tls.front.proxies import FORWARDED, believes, client_of, scheme_of

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
    assert client_of(("10.0.0.1", 0), headers, TRUSTED) == client


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
    assert client_of(("10.0.0.1", 0), headers, TRUSTED, FORWARDED) == client


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
