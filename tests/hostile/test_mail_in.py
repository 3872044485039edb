"""Mails from strangers: whatever the bytes, they are read without an error and change nothing they should not."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail import reader, sink
from siegelpost.mail.incoming.bounces import ReportKind, read
from siegelpost.mail.incoming.routing import take_in
from siegelpost.mail.models import MailState, OutgoingMail

SAMPLES = [samples.report(), samples.EXIM, samples.QMAIL, samples.VACATION, samples.FORWARDED_REPORT]
NOISE = st.sampled_from(
    [
        *(b"\x00", b"\xff", b"\r\n\r\n", b"--b", b"--b--", b"<", b">", b"@", b'"', b";", b":"),
        *(b"=?utf-8?q?=", b"=?x?b?!?=", b"charset*0*=x"),
        *(b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: message/rfc822\r\n"),
    ]
)


def nested(depth: int) -> bytes:
    """Multiparts within multiparts."""
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(depth)
    )
    return b"From: x@example.test\r\nMIME-Version: 1.0\r\n" + opened + b"\r\nMessage-ID: " + samples.OURS.encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
@example(b"Content-Type: text/plain; charset*=x''y\r\n\r\n\xff")
@example(b"Content-Type: text/plain; charset=\x00\r\n\r\nx")
@example(b"Subject: =?unknown-8bit?q?=ff?=\r\n\r\n")
@example(b"Subject: =?x?b?AAAAA?=\r\n\r\n")
@example(b"Subject: =?\xffutf-8?q?B=C3=BCro?=\r\n\r\n")
@example(b"From: =?utf-8?b?//8=?= <\xff@\xff>\r\nAuto-Submitted: \xff\r\n\r\n")
def test_any_bytes(raw: bytes) -> None:
    read(raw)
    for part in reader.parts(reader.parsed(raw)):
        reader.text(part).encode()
        reader.header(part, "Subject").encode()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 2000), NOISE), max_size=6), st.integers(0, 2000))
def test_damaged_bounces(sample: bytes, noise: list[tuple[int, bytes]], cut: int) -> None:
    for place, bytes_ in noise:
        sample = sample[:place] + bytes_ + sample[place:]
    found = read(sample[: cut or None])
    assert len(found.message_ids) <= 50
    found.diagnostic.encode()


@pytest.mark.parametrize("depth", [50, 400, 5000])
def test_deep_nesting(depth: int) -> None:
    assert read(nested(depth)).kind is ReportKind.OTHER


@pytest.mark.parametrize("line", [b"\r\n", b"> \r\n", b"- \r\n", b"550 \r\n"])
def test_empty_lines_hold_nobody_up(line: bytes) -> None:
    """Eighty thousand empty lines of a stranger took 24 seconds, in which nothing else was done."""
    raw = b"From: mailer-daemon@x.test\r\nSubject: could not be delivered\r\n\r\n" + line * 80_000
    began = time.process_time()
    read(raw)
    assert time.process_time() - began < 0.5


def test_brackets_within_brackets_stop_nothing() -> None:
    """Three thousand of them ended in an error, and the mail came again and again."""
    assert read(b"From: " + b"(\r\n " * 3000 + b"\r\n\r\nx").kind is ReportKind.OTHER


def test_many_parts_are_read_in_bounded_time() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="p"\r\n\r\n' + b"--p\r\n\r\nx\r\n" * 50_000
    assert len(list(reader.parts(reader.parsed(raw)))) == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "message_id",
    ["<a\x00b@office.test>", f"<{'x' * 5000}@office.test>", "<%@%>", "<' OR 1=1 --@x>", "<\udcff@x>", ""],
)
def test_odd_names_find_no_mail(message_id: str) -> None:
    use(25)
    OutgoingMail.objects.filter(pk=queue().pk).update(state=MailState.ACCEPTED)
    raw = samples.report(message_id=message_id.encode("utf-8", "surrogateescape").decode("latin-1"))
    outcome = take_in(raw)
    assert (outcome.mail, outcome.changed) == (None, False)


def test_the_mailbox_shows_text_and_runs_nothing(tmp_path: Path) -> None:
    evil = (
        b'From: "<script>alert(1)</script>" <x@example.test>\r\nSubject: <b>\r\n\r\n'
        b'<script>alert(1)</script> javascript:alert(1) https://office.test/s/abc?a=1&b="><img src=x onerror=alert(1)>'
    )
    name = sink.store(tmp_path, "x@example.test", ["anna@example.test"], evil)
    shown = sink.message(tmp_path, name)
    assert shown is not None
    html = shown.safe_text
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="https://office.test/s/abc?a=1&amp;b=' in html
    assert shown.links[0].startswith("https://office.test/s/abc?a=1&b=")


@pytest.mark.parametrize("name", ["../../etc/passwd", "", ".", "00000000000000000000-deadbeef", "x\x00y"])
def test_the_mailbox_gives_no_other_files(name: str, tmp_path: Path) -> None:
    assert sink.message(tmp_path, name) is None
