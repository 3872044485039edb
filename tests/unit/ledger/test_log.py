"""Writing events: in the caller's transaction, with personal values beside the leaf."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection, transaction

from siegelpost.ledger import leaf
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import INSERT_SQL, append, erase, newest_checkpoint, openings, prepare
from siegelpost.ledger.models import Event
from siegelpost.ledger.verify import check_openings

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 12, 0, 0, 123, tzinfo=timezone(timedelta(hours=1)))


def test_what_is_appended_is_what_is_stored() -> None:
    returned = append(EventKind.DECLARATION_MADE, subject="s", data={"n": [1, None]}, personal={"name": "Zoë\n"}, at=AT)
    stored = Event.objects.get()
    for event in (returned, stored):
        assert (event.pk, event.subject, event.kind) == (stored.pk, "s", "DeclarationMade")
        assert event.at == AT
        assert event.leaf_index is None
    read = leaf.read(bytes(stored.leaf))
    assert (read.subject, read.at, read.event, read.data) == ("s", AT, EventKind.DECLARATION_MADE.uri, {"n": [1, None]})
    assert {name: opening.value for name, opening in openings(stored).items()} == {"name": "Zoë\n"}
    check_openings(read.personal, openings(stored))


def test_without_personal_values_nothing_is_kept_beside() -> None:
    append(EventKind.GATE_OPENED, subject="s")
    assert Event.objects.get().openings is None
    assert openings(Event.objects.get()) == {}


def test_the_event_goes_with_its_transaction() -> None:
    class UndoneError(Exception):
        pass

    def undone() -> None:
        with transaction.atomic():
            append(EventKind.GATE_OPENED, subject="s")
            raise UndoneError

    with pytest.raises(UndoneError):
        undone()
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match="atomic"):
        append(EventKind.GATE_OPENED, subject="s")


def test_prepared_rows_are_the_same_as_appended_ones() -> None:
    rows = [prepare(EventKind.GATE_OPENED, subject=f"s{n}", personal={"ip": "::1"}, at=AT) for n in range(3)]
    sql = INSERT_SQL[connection.vendor]
    with connection.cursor() as cursor:
        # The driver's own cursor, as the hot lane uses it.
        cursor.cursor.executemany(
            sql, rows
        ) if connection.vendor == "postgresql" else connection.connection.executemany(sql, rows)
    append(EventKind.GATE_OPENED, subject="s3", personal={"ip": "::1"}, at=AT)
    for number, event in enumerate(Event.objects.order_by("id")):
        assert (event.subject, event.kind, event.at) == (f"s{number}", "GateOpened", AT)
        assert leaf.read(bytes(event.leaf)).at == AT
        assert openings(event)["ip"].value == "::1"


def test_now_is_the_default() -> None:
    before = datetime.now(UTC)
    event = append(EventKind.GATE_OPENED, subject="s")
    assert before <= event.at <= datetime.now(UTC)


def test_erasing_leaves_the_leaf_and_the_others() -> None:
    mine = append(EventKind.GATE_OPENED, subject="mine", personal={"name": "Anna"})
    append(EventKind.GATE_OPENED, subject="mine")
    append(EventKind.GATE_OPENED, subject="other", personal={"name": "Anna"})
    assert erase(["mine"]) == 1
    assert erase(["mine"]) == 0
    stored = Event.objects.get(pk=mine.pk)
    assert openings(stored) == {}
    assert bytes(stored.leaf) == mine.leaf
    assert openings(Event.objects.get(subject="other"))["name"].value == "Anna"


def test_before_the_first_seal_there_is_no_checkpoint() -> None:
    append(EventKind.GATE_OPENED, subject="s")
    assert newest_checkpoint() is None
