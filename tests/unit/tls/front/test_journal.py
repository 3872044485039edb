"""What visitors met, by day, and without anybody's address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from siegelpost.tls.front.alerts import Refusal
from siegelpost.tls.front.client_hello import ClientHello
from siegelpost.tls.front.journal import Journal

BROWSER = ClientHello("office.test", (b"h2", b"http/1.1"))
SCANNER = ClientHello(None, ())
AT = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)


def test_refusals_are_counted_by_day_and_kind_and_visitor(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "refusals", b"key", ["office.test"])
    for _ in range(3):
        journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=AT)
    journal.record(Refusal.CERTIFICATE_EXPIRED, SCANNER, "203.0.113.9", at=AT)
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=AT + timedelta(minutes=2))
    day = journal.day(AT.date())
    assert day.refusals == {Refusal.UNKNOWN_CA: 3, Refusal.CERTIFICATE_EXPIRED: 1}
    assert (day.visitors, day.likely) == (2, 1)
    assert day.kinds == {Refusal.UNKNOWN_CA: 1}
    assert journal.day(AT.date() + timedelta(days=1)).visitors == 1
    assert journal.day(AT.date() + timedelta(days=2)).visitors == 0


@pytest.mark.parametrize(
    ("hello", "likely"),
    [
        (BROWSER, True),
        (SCANNER, False),
        (ClientHello("office.test", ()), False),
        (ClientHello("other.test", (b"h2",)), False),
        (ClientHello(None, (b"h2",)), False),
    ],
)
def test_scanners_are_kept_apart(hello: ClientHello, likely: bool, tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key", ["office.test"])
    journal.record(Refusal.BAD_CERTIFICATE, hello, "198.51.100.7", at=AT)
    assert journal.day(AT.date()).likely == likely


def test_a_browser_that_is_sent_to_an_address_asks_for_no_name(tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key", ["192.0.2.7"])
    journal.record(Refusal.BAD_CERTIFICATE, ClientHello(None, (b"h2", b"http/1.1")), "198.51.100.7", at=AT)
    assert journal.day(AT.date()).likely == 1


def test_no_address_is_kept_and_nobody_is_known_again_the_next_day(tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key")
    for days in (0, 1):
        journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=AT + timedelta(days=days))
    lines = [file.read_text() for file in sorted(tmp_path.iterdir())]
    assert len(lines) == 2
    assert lines[0] != lines[1]
    assert "198.51" not in "".join(lines)


def test_a_flood_does_not_fill_the_disk_and_a_cut_line_does_no_harm(tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key")
    for number in range(5_000):
        journal.record(Refusal.UNKNOWN_CA, SCANNER, str(number), at=AT)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 300_000
    before = journal.day(AT.date()).visitors
    with file.open("a") as out:
        out.write('{"kind": "unkn\n{"kind": "other"}\n7\n')
    assert journal.day(AT.date()).visitors == before > 1_000
