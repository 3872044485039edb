"""Imports that are begun on a page: uploaded, read, confirmed, brought in; cut off, thrown away, forgotten."""

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.support.office import an_agent, an_import
from tests.support.uploads import clear, files
from tests.unit.estates import transfers as t

from siegelpost.estates.imports import job, spool, upload
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.kinds import ImportOutcome, Status
from siegelpost.estates.models import Estate, Import, ImportLine
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Agent
from siegelpost.settings import load
from siegelpost.toolbox.locks import alone

pytestmark = pytest.mark.django_db
PRICE = "<preise><kaufpreis>{}</kaufpreis></preise>"


@pytest.fixture(autouse=True)
def nothing_uploaded() -> Iterator[None]:
    clear()
    yield
    clear()
    job.stopping.clear()


@pytest.fixture
def agent() -> Agent:
    return an_agent()


def three(*, scope: str = "TEIL", price: int = 300000) -> bytes:
    estates = (t.estate(number, title=f"Haus {number}", inner=PRICE.format(price)) for number in "ABC")
    return t.document(t.provider(*estates), scope=scope)


def worked(one: Import) -> Import:
    """The import after the jobs process has had its turn."""
    job.round_()
    return upload.one(one.public_id)


def ready(agent: Agent, content: bytes) -> Import:
    one = worked(an_import(agent, content))
    assert one.state == "ready", one.problem
    return one


def outcomes(one: Import) -> list[tuple[str, str]]:
    return [(line.label, line.outcome) for line in upload.lines(one)]


def test_nothing_changes_until_somebody_says_yes_and_the_file_goes_when_it_is_done(agent: Agent) -> None:
    one = ready(agent, three())
    assert upload.counts(one) == {"created": 3}
    assert upload.progress(one) == upload.ImportProgress(done=3, total=3, before=0)
    assert not Estate.objects.exists()
    assert len(files()) == 1
    # What is not there yet leads nowhere.
    assert {line.estate_id for line in upload.lines(one)} == {None}

    upload.confirm(one, agent=agent)
    upload.confirm(one, agent=agent)  # a second tap does no harm
    one = worked(one)
    assert one.state == "done"
    assert outcomes(one) == [("A", "created"), ("B", "created"), ("C", "created")]
    there = set(Estate.objects.values_list("public_id", flat=True))
    assert {line.estate_id for line in upload.lines(one)} == there
    assert files() == []
    actors = {json.loads(bytes(event.leaf))["data"]["actor"] for event in _events()}
    assert actors == {str(agent.public_id)}


def _events() -> list[Event]:
    return list(Event.objects.filter(kind=EventKind.ESTATE_IMPORTED.value))


def test_it_is_told_in_both_languages(agent: Agent) -> None:
    _bring_in(agent, three())
    one = ready(agent, three(price=280000))
    line = upload.lines(one, "changed").first()
    assert line
    assert [line.told[language]["changes"][0] for language in ("de", "en")] == [
        {"field": "price", "label": "Kaufpreis", "before": "300.000,00", "after": "280.000,00"},
        {"field": "price", "label": "Price", "before": "300,000.00", "after": "280,000.00"},
    ]


def _bring_in(agent: Agent, content: bytes) -> Import:
    one = ready(agent, content)
    upload.confirm(one, agent=agent)
    one = worked(one)
    assert one.state == "done"
    return one


def test_where_nothing_would_change_nobody_is_asked(agent: Agent) -> None:
    _bring_in(agent, three())
    one = worked(an_import(agent, three()))
    assert (one.state, one.confirmed_at) == ("done", None)
    assert upload.counts(one) == {"unchanged": 3}
    assert files() == []


def test_a_broken_file_is_refused_with_its_reason_and_goes(agent: Agent) -> None:
    one = worked(an_import(agent, b"PK\x03\x04 broken", "objekte.zip"))
    assert one.state == "failed"
    assert set(one.problem) == {"de", "en"}
    assert one.problem["de"] != one.problem["en"]
    assert files() == []
    assert not one.can_be_tried_again


def test_cut_off_in_the_middle_it_goes_on_and_does_nothing_twice(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """A complete transfer that also archives one; the process is killed after the first property, then after the
    second, each time between that property and the next.
    """
    _bring_in(agent, t.document(t.provider(t.estate("OLD"), t.estate("B", title="Haus B", inner=PRICE.format(1)))))
    Event.objects.all().delete()
    one = ready(agent, three(scope="VOLL"))
    upload.confirm(one, agent=agent)
    for place in (2, 3):
        with monkeypatch.context() as patch:
            patch.setattr(job._Account, "knows", _killed_before(place))
            with pytest.raises(KeyboardInterrupt):
                job.round_()
        assert upload.progress(one).done == place - 1
    one = worked(one)
    assert one.state == "done"
    assert outcomes(one) == [("A", "created"), ("B", "changed"), ("C", "created"), ("OLD", "archived")]
    assert Estate.objects.filter(status=Status.ACTIVE).count() == 3
    assert len(_events()) == 4


def _killed_before(place: int) -> Any:
    knows = job._Account.knows

    def killed(self: Any, now: int) -> bool:
        if now == place:
            raise KeyboardInterrupt
        return knows(self, now)

    return killed


def test_a_property_and_its_line_in_the_account_stand_or_fall_together(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ready(agent, three())
    upload.confirm(one, agent=agent)
    write = job._Account.write

    def killed(self: Any, place: int | None, line: Any) -> None:
        write(self, place, line)
        if place == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(job._Account, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        job.round_()
    assert [estate.external_no for estate in Estate.objects.all()] == ["A"]
    assert outcomes(one) == [("A", "created")]


def test_asked_to_end_it_finishes_the_property_at_hand_and_goes_on_later(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ready(agent, three())
    upload.confirm(one, agent=agent)
    write = job._Account.write

    def asked(self: Any, place: int | None, line: Any) -> None:
        write(self, place, line)
        job.stopping.set()

    with monkeypatch.context() as patch:
        patch.setattr(job._Account, "write", asked)
        job.round_()
    one = upload.one(one.public_id)
    # It does not count as a start that failed.
    assert (one.state, one.starts, Estate.objects.count()) == ("applying", 0, 1)
    job.stopping.clear()
    assert worked(one).state == "done"
    assert Estate.objects.count() == 3


def test_what_fails_again_and_again_is_left_to_a_person_who_can_go_on(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ready(agent, three())
    upload.confirm(one, agent=agent)
    with monkeypatch.context() as patch:
        patch.setattr(job._Account, "knows", _broken_before(2))
        for _ in range(job.MOST_STARTS):
            with pytest.raises(OSError, match="disk"):
                job.round_()
        one = worked(one)
    assert (one.state, one.can_be_tried_again) == ("failed", True)
    assert upload.counts(one) == {"created": 1}
    upload.again(one)
    one = worked(one)
    assert (one.state, upload.counts(one)) == ("done", {"created": 3})


def _broken_before(place: int) -> Any:
    def broken(self: Any, now: int) -> bool:
        if now == place:
            raise OSError("the disk is full")
        return now in self._known

    return broken


def test_thrown_away_while_it_is_read_nothing_of_it_stays(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    one = an_import(agent, three())
    write = job._Account.write

    def cancelled(self: Any, place: int | None, line: Any) -> None:
        write(self, place, line)
        if place == 2:
            upload.cancel(upload.one(one.public_id))

    monkeypatch.setattr(job._Account, "write", cancelled)
    assert worked(one).state == "cancelled"
    assert not ImportLine.objects.exists()
    assert files() == []
    with pytest.raises(upload.TooLateError):
        upload.confirm(one, agent=agent)


def test_once_it_is_being_brought_in_it_is_too_late(agent: Agent) -> None:
    one = ready(agent, three())
    upload.confirm(one, agent=agent)
    with pytest.raises(upload.TooLateError):
        upload.cancel(one)
    assert worked(one).state == "done"
    with pytest.raises(upload.TooLateError):
        upload.again(one)


def test_two_come_one_after_the_other_and_the_later_preview_says_that_it_is_old(agent: Agent) -> None:
    first, second = an_import(agent, three()), an_import(agent, three(price=250000))
    assert upload.progress(second).before == 1
    job.round_()
    first, second = upload.one(first.public_id), upload.one(second.public_id)
    assert upload.counts(second) == {"created": 3}
    upload.confirm(first, agent=agent)
    worked(first)
    assert upload.is_outdated(second)
    upload.again(second)
    second = worked(second)
    assert not upload.is_outdated(second)
    assert upload.counts(second) == {"changed": 3}


def test_while_another_process_is_at_it_this_one_leaves_it_alone(agent: Agent) -> None:
    one = an_import(agent, three())
    with alone(load().data / "run" / "imports"):
        assert worked(one).state == "reading"
    assert worked(one).state == "ready"


def test_the_command_line_waits_for_an_import_that_is_at_work(agent: Agent, tmp_path: Path) -> None:
    """Not another one begins between two properties of the first."""
    from siegelpost.estates.imports import apply

    told: list[str] = []

    class Waiting(apply.Journal):
        def waits(self) -> None:
            told.append("waits")
            raise InterruptedError

    with apply._alone(apply.Journal(), dry_run=False), pytest.raises(InterruptedError):
        import_file(t.write_xml(tmp_path, t.estate()), actor=None, journal=Waiting())
    assert told == ["waits"]
    # A preview waits for nobody.
    with apply._alone(apply.Journal(), dry_run=False):
        import_file(t.write_xml(tmp_path, t.estate()), actor=None, dry_run=True, journal=Waiting())


def test_a_file_that_has_gone_is_said_to_have_gone(agent: Agent) -> None:
    one = an_import(agent, three())
    spool.forget(one.key)
    one = worked(one)
    assert one.state == "failed"
    assert "nicht zu finden" in one.words


def test_one_that_was_picked_up_where_its_file_is_not_can_go_on_where_it_is(agent: Agent) -> None:
    """A second machine without the folder failed a colleague's import for good."""
    one = an_import(agent, three())
    file = spool.path(one.key)
    assert file
    elsewhere = file.rename(file.with_suffix(".elsewhere"))
    one = worked(one)
    assert (one.state, one.can_be_tried_again) == ("failed", True)
    elsewhere.rename(file)
    upload.again(one)
    assert worked(one).state == "ready"


def test_what_nobody_confirms_goes_after_a_day_and_what_was_done_after_two_weeks(agent: Agent) -> None:
    waiting, done = ready(agent, three()), _bring_in(agent, t.document(t.provider(t.estate("X"))))
    left = load().data / "imports" / "00000000-0000-0000-0000-000000000000.zip"
    left.write_bytes(b"an upload that was cut off")
    upload.forget_old()
    assert {file.name for file in files()} == {waiting.key, left.name}

    a_day = timezone.now() - spool.KEPT_FOR - timedelta(minutes=1)
    Import.objects.filter(pk=waiting.pk).update(created_at=a_day)
    for file in files():
        os.utime(file, (time.time(), a_day.timestamp()))
    upload.forget_old()
    assert upload.one(waiting.public_id).state == "cancelled"
    assert files() == []
    assert outcomes(done) == [("X", "created")]

    Import.objects.update(created_at=timezone.now() - upload.KEPT_FOR - timedelta(minutes=1))
    upload.forget_old()
    assert not Import.objects.exists()
    assert Estate.objects.count() == 1


def test_an_old_file_that_is_still_needed_stays(agent: Agent) -> None:
    one = ready(agent, three())
    upload.confirm(one, agent=agent)
    Import.objects.update(created_at=timezone.now() - timedelta(days=30))
    os.utime(files()[0], (0, 0))
    upload.forget_old()
    assert worked(one).state == "done"


def test_only_so_many_files_wait_at_once(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_OPEN", 2)
    for _ in range(2):
        an_import(agent)
    with pytest.raises(upload.TooManyError):
        an_import(agent)
    assert len(files()) == 2


def test_a_file_that_is_too_large_is_not_kept(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "LARGEST", 10)
    with pytest.raises(spool.TooLargeError):
        an_import(agent, b"eleven byte")
    assert files() == []
    assert not Import.objects.exists()


@pytest.mark.parametrize("key", ["", "../siegelpost.sqlite3", "x.zip", "/etc/passwd", "..", "\0.xml"])
def test_a_key_never_becomes_a_path(key: str) -> None:
    assert spool.path(key) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Export\\objekte.zip", "objekte.zip"),
        ("../../x.xml", "x.xml"),
        ("a\u202eb\n.xml", "ab.xml"),
        ("", "openimmo"),
        ("x" * 300 + ".xml", "x" * 251 + ".xml"),
    ],
)
def test_a_name_is_shown_plainly(given: str, shown: str, agent: Agent) -> None:
    assert an_import(agent, name=given).name == shown


def test_every_outcome_can_be_asked_for_alone(agent: Agent) -> None:
    content = t.document(t.provider(t.estate("A"), t.estate("B", action="EXPLODE")))
    one = ready(agent, content)
    assert upload.counts(one) == {"created": 1, "rejected": 1}
    assert [line.label for line in upload.lines(one, ImportOutcome.REJECTED)] == ["B"]
    assert upload.lines(one, "nonsense").count() == 2
