"""What visitors met, by day, and without anybody's address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from siegelpost.tls.front.alerts import Refusal
from siegelpost.tls.front.journal import Journal

AT = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)


def test_refusals_are_counted_by_day_and_kind_and_visitor(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "refusals", b"key")
    for _ in range(3):
        journal.record(Refusal.UNKNOWN_CA, "office.test", "198.51.100.7", at=AT)
    journal.record(Refusal.CERTIFICATE_EXPIRED, None, "203.0.113.9", at=AT)
    journal.record(Refusal.UNKNOWN_CA, "office.test", "198.51.100.7", at=AT + timedelta(minutes=2))
    day = journal.day(AT.date())
    assert day.refusals == {Refusal.UNKNOWN_CA: 3, Refusal.CERTIFICATE_EXPIRED: 1}
    assert (day.visitors, day.named) == (2, 1)
    assert journal.day(AT.date() + timedelta(days=1)).visitors == 1
    assert journal.day(AT.date() + timedelta(days=2)).visitors == 0


def test_no_address_is_kept_and_nobody_is_known_again_the_next_day(tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key")
    for days in (0, 1):
        journal.record(Refusal.UNKNOWN_CA, "office.test", "198.51.100.7", at=AT + timedelta(days=days))
    lines = [file.read_text() for file in sorted(tmp_path.iterdir())]
    assert len(lines) == 2
    assert lines[0] != lines[1]
    assert "198.51" not in "".join(lines)


def test_a_flood_does_not_fill_the_disk_and_a_cut_line_does_no_harm(tmp_path: Path) -> None:
    journal = Journal(tmp_path, b"key")
    for number in range(5_000):
        journal.record(Refusal.UNKNOWN_CA, None, str(number), at=AT)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 300_000
    before = journal.day(AT.date()).visitors
    with file.open("a") as out:
        out.write('{"kind": "unkn\n{"kind": "other"}\n7\n')
    assert journal.day(AT.date()).visitors == before > 1_000
