"""The newest seal is kept outside the database: a database that forgot what was sealed is never sealed again."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Model

from siegelpost.backup.ledger_note import NothingLostError, record_as_it_stands
from siegelpost.ledger import anchor, fsck, halt, key
from siegelpost.ledger.anchor import WoundBackError
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.halt import HaltedError
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.sequencer import seal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log")]


def write(count: int = 1) -> None:
    with transaction.atomic():
        for _ in range(count):
            append(EventKind.GATE_OPENED, subject="s")


Rows = list[tuple[type[Model], list[Model]]]


def rows() -> Rows:
    """The ledger as it stands, to wind it back to later."""
    tables: tuple[type[Model], ...] = (Event, Tile, Checkpoint)
    return [(table, list(table._default_manager.order_by("pk"))) for table in tables]


def wind_back(before: Rows) -> None:
    """As when a snapshot, an old dump or a replica is put in the database's place."""
    for table, _ in before:
        table._default_manager.all().delete()
    for table, kept in before:
        table._default_manager.bulk_create(kept)


def findings() -> list[str]:
    return [each.check for check in fsck.OWN for each in check.run(lambda done, total: None) if not each.remark]


def test_what_is_sealed_is_kept_and_every_later_seal_continues_it() -> None:
    for count in (1, 300, 5):
        write(count)
        sealed = seal()
        assert sealed
        assert anchor.read() == sealed.note
    assert findings() == []


def test_a_database_that_was_wound_back_is_never_sealed() -> None:
    """The office signed two histories of one size with one key, and fsck said all was well."""
    write(3)
    seal()
    before = rows()
    write(2)
    seal()
    lost = anchor.read()
    wind_back(before)
    with pytest.raises(WoundBackError, match=r"nicht fort.*does not continue"):
        seal()
    assert findings() == ["seal"]
    with pytest.raises(HaltedError), transaction.atomic():
        write()
    assert anchor.read() == lost
    assert Checkpoint.objects.count() == 1, "no second history was begun"


@pytest.mark.parametrize("further", [1, 2, 9])
def test_nor_one_that_has_grown_otherwise_meanwhile(further: int) -> None:
    """As sealed by a program that did not look: as long, or longer, and another history."""
    write(3)
    seal()
    before = rows()
    write(2)
    seal()
    kept = anchor.read()
    assert kept
    wind_back(before)
    anchor.begin_anew()
    write(further)
    seal()
    anchor.path().write_text(kept)
    with pytest.raises(WoundBackError):
        seal()
    assert findings() == ["seal"]


def test_nor_an_empty_one_that_was_put_in_its_place() -> None:
    write()
    seal()
    wind_back([(table, []) for table, _ in rows()])
    with pytest.raises(WoundBackError):
        seal()
    with pytest.raises(HaltedError):
        write()


def test_who_puts_the_right_database_back_goes_on_by_itself() -> None:
    write()
    seal()
    before = rows()
    write()
    seal()
    after = rows()
    wind_back(before)
    with pytest.raises(WoundBackError):
        seal()
    wind_back(after)
    assert seal() is None
    write()
    assert seal()


def test_the_loss_can_be_recorded_and_then_it_goes_on() -> None:
    """Whoever has no newer database says so in the ledger, with the seal that is lost."""
    write()
    seal()
    with pytest.raises(NothingLostError):
        record_as_it_stands()
    before = rows()
    write()
    seal()
    lost = anchor.read()
    wind_back(before)
    with pytest.raises(WoundBackError):
        seal()
    record_as_it_stands()
    assert halt.reason() is None
    sealed = seal()
    assert sealed
    event = Event.objects.latest("leaf_index")
    assert event.kind == "BackupRestored"
    assert str(lost).splitlines()[2] in bytes(event.leaf).decode()
    assert anchor.read() == sealed.note
    assert findings() == []


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["keep", "replace_durably"])
def test_a_process_that_dies_between_commit_and_file_gives_no_alarm(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is one behind then, and the database continues it; the next look catches up."""
    write()
    seal()
    behind = anchor.read()
    write()
    with monkeypatch.context() as dying:
        dying.setattr(anchor, moment, _killed)
        with pytest.raises(KeyboardInterrupt):
            seal()
    assert anchor.read() == behind
    assert findings() == []
    assert seal() is None, "nothing waits"
    newest = Checkpoint.objects.latest("size")
    assert anchor.read() == newest.note, "but the file has caught up"


def test_two_at_once_never_keep_the_older_one() -> None:
    write()
    first = seal()
    write()
    second = seal()
    assert first
    assert second
    anchor.keep(first.note)
    assert anchor.read() == second.note


def test_another_node_seals_between_file_and_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is read before the database, so that it is never the newer of the two by mere haste."""
    write()
    seal()
    read: Callable[[], str | None] = anchor.read
    overtaken: list[str] = []

    def slow() -> str | None:
        found = read()
        if not overtaken:
            overtaken.append("once")
            write()
            seal()
        return found

    monkeypatch.setattr(anchor, "read", slow)
    write()
    assert seal() is None, "the other one was quicker"
    assert halt.reason() is None
    assert overtaken
    assert Checkpoint.objects.latest("size").size == 3


@pytest.mark.parametrize("content", ["", "nonsense", "office.test/siegelpost\n5\n"])
def test_a_damaged_file_is_no_permission(content: str) -> None:
    write()
    seal()
    anchor.path().write_text(content)
    write()
    with pytest.raises(WoundBackError):
        seal()


def test_what_is_kept_is_the_seal_of_the_key() -> None:
    write()
    seal()
    kept = anchor.read()
    assert kept
    assert TreeHead.open(kept, key.read().verifier).size == 1
