"""Whatever bytes a server, a certificate or a person comes with: the readers of the live check end, in bounds."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.pki import Authority, authority_info, extension

from siegelpost.doctor.live.aia import issuer_url
from siegelpost.doctor.live.connection_failures import stop_of
from siegelpost.doctor.live.handshake import MOST_CERTIFICATES, certificates_of, spoken
from siegelpost.doctor.live.hello import read_reply
from siegelpost.doctor.live.names import host_and_scheme, kind_of
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.target import TargetError, parse
from siegelpost.doctor.live.web import MOST_FIELDS, read_head
from siegelpost.doctor.live.wire import WireError
from siegelpost.doctor.x509.certificate import parse as parse_certificate

ROOT = Authority.root()
RECORD_HEADS = st.sampled_from([b"\x16\x03\x03", b"\x16\x03\x01", b"\x15\x03\x03", b"\x16\x04\x00"])


@st.composite
def replies(draw: st.DrawFn) -> bytes:
    """Bytes that look like TLS for a while."""
    content = draw(st.binary(max_size=120))
    if draw(st.booleans()):
        content = b"\x02" + len(content).to_bytes(3, "big") + content
    size = len(content) + draw(st.sampled_from([0, 0, 0, 1, 20_000]))
    return draw(RECORD_HEADS) + size.to_bytes(2, "big") + content + draw(st.binary(max_size=40))


@given(st.one_of(st.binary(max_size=300), replies()))
@settings(max_examples=1000)
def test_a_reply_is_read_or_waited_for(data: bytes) -> None:
    reply = read_reply(data)
    if reply is not None:
        assert reply.outcome in (
            Outcome.ANSWERED,
            Outcome.ALERT,
            Outcome.BROKEN,
            Outcome.PLAIN_HTTP,
            Outcome.OTHER_PROTOCOL,
        )
        stop_of(reply)


@given(replies(), st.integers(min_value=0, max_value=170))
def test_the_beginning_of_a_reply_never_says_something_else_than_the_whole(data: bytes, size: int) -> None:
    early = read_reply(data[:size])
    if early is not None and early.outcome in (Outcome.ANSWERED, Outcome.ALERT):
        assert read_reply(data) == early


@given(st.binary(max_size=400), st.booleans())
def test_a_certificate_message_is_cut_within_itself(message: bytes, has_context: bool) -> None:
    found = certificates_of(message, has_context=has_context)
    assert len(found) <= MOST_CERTIFICATES + 1
    assert sum(map(len, found)) <= len(message)


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=12), st.booleans())
def test_a_certificate_message_gives_back_what_went_in(certificates: list[bytes], has_context: bool) -> None:
    tail = b"\x00\x00" if has_context else b""
    listed = b"".join(len(each).to_bytes(3, "big") + each + tail for each in certificates)
    body = (b"\x00" if has_context else b"") + len(listed).to_bytes(3, "big") + listed
    message = b"\x0b" + len(body).to_bytes(3, "big") + body
    assert certificates_of(message, has_context=has_context) == certificates


@given(st.binary(max_size=80))
def test_a_greeting_is_named_or_not(greeting: bytes) -> None:
    assert spoken(greeting) in (None, Outcome.PLAIN_HTTP, Outcome.OTHER_PROTOCOL)


def pieces(data: bytes, size: int) -> Callable[[], bytes]:
    def each() -> Iterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]
        while True:
            yield b""

    return each().__next__


@given(
    st.one_of(st.binary(max_size=400), st.binary(max_size=300).map(lambda each: b"HTTP/1.1 200 OK\r\n" + each)),
    st.integers(1, 50),
)
def test_a_head_is_read_or_refused(data: bytes, size: int) -> None:
    try:
        head = read_head(pieces(data + b"\r\n\r\n", size))
    except (ValueError, WireError):
        return
    assert len(head.fields) <= MOST_FIELDS
    assert head.date is None or head.date.tzinfo is not None


@given(st.text(max_size=60))
def test_a_date_is_read_or_not(text: str) -> None:
    line = text.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"")
    head = read_head(pieces(b"HTTP/1.1 200 OK\r\nDate: " + line + b"\r\n\r\n", 1000))
    assert head.date is None or head.date.utcoffset() is not None


@given(st.text(max_size=300))
def test_a_target_is_read_or_refused(text: str) -> None:
    try:
        target = parse(text)
    except TargetError:
        return
    assert target.name.isascii()
    kind_of(target)
    host_and_scheme(text)


@pytest.mark.parametrize("value", [b"", b"\x30", b"\x30\x00", b"\x30\x02\x30\x00", b"\xff" * 40])
def test_a_strange_address_of_an_issuer_is_none(value: bytes) -> None:
    odd = extension("authority_info", value)
    assert issuer_url(parse_certificate(ROOT.issue("a.test", more_extensions=[odd]).der)) is None


@pytest.mark.parametrize("url", ["ldap://a/", "file:///etc/passwd", "javascript:1", "HTTPS"])
def test_only_web_addresses_of_issuers_count(url: str) -> None:
    info = extension("authority_info", authority_info(issuer=url))
    assert issuer_url(parse_certificate(ROOT.issue("a.test", more_extensions=[info]).der)) is None
