"""Sealing: every committed event once, in one unbroken tree, whatever comes between."""

import stat

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from siegelpost.ledger import key, sequencer
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.key import LedgerKeyError
from siegelpost.ledger.log import append, newest_checkpoint
from siegelpost.ledger.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.note import Signer
from siegelpost.ledger.sequencer import seal
from siegelpost.ledger.tree_reader import StoredTiles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log")]


def write(count: int) -> None:
    with transaction.atomic():
        for _ in range(count):
            append(EventKind.GATE_OPENED, subject="s")


def head() -> TreeHead:
    note = newest_checkpoint()
    assert note
    return TreeHead.open(note, key.read().verifier)


def leaf_hashes() -> list[bytes]:
    events = Event.objects.filter(leaf_index__isnull=False).order_by("leaf_index")
    return [leaf_hash(bytes(leaf)) for leaf in events.values_list("leaf", flat=True)]


def test_nothing_to_seal() -> None:
    assert seal() is None
    assert not key.path().exists()


def test_all_that_waits_is_sealed_in_order_and_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 7)
    sizes = []
    for count in (1, 3, 20, 7, 300):
        write(count)
        checkpoint = seal()
        assert checkpoint
        sizes.append(checkpoint.size)
        assert head().root == root(leaf_hashes())
    assert sizes == [1, 4, 24, 31, 331]
    assert list(Event.objects.order_by("id").values_list("leaf_index", flat=True)) == list(range(331))
    assert seal() is None
    hashes = leaf_hashes()
    tiles = StoredTiles()
    for index in (0, 1, 255, 256, 330):
        verify_inclusion(hashes[index], index, 331, tiles.inclusion_proof(index, 331), head().root)
    for old in Checkpoint.objects.all():
        before = TreeHead.open(old.note, key.read().verifier)
        verify_consistency(before.size, before.root, 331, head().root, tiles.consistency_proof(before.size, 331))


def test_the_work_does_not_grow_with_the_log() -> None:
    """Queries and rows touched are the same for the next event, be the log small or large."""
    from django.db import connection

    counts = []
    for size in (10, 2000):
        write(size)
        seal()
        write(1)
        with CaptureQueriesContext(connection) as queries:
            seal()
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2  # one more level of tiles to read and to write


def test_who_comes_second_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another sequencer seals between our reading and our writing."""
    write(3)
    seal()
    write(2)
    waiting = sequencer._waiting
    for late in ("after reading what waits", "before reading what waits"):
        ours: list[object] = []

        def overtaken(late: str = late, ours: list[object] = ours) -> list[tuple[int, bytes]]:
            read = waiting() if late.startswith("after") else []
            if not ours:
                ours.append(late)
                seal()
                write(1)
            return read or waiting()

        monkeypatch.setattr(sequencer, "_waiting", overtaken)
        seal()
        monkeypatch.undo()
        assert ours
        seal()
        assert head().root == root(leaf_hashes())
        write(2)
    seal()
    assert head().root == root(leaf_hashes())
    assert list(Event.objects.order_by("leaf_index").values_list("leaf_index", flat=True)) == list(range(11))


def test_a_crash_while_writing_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write(300)
    for broken in ("_PLACE", "_TILE"):
        monkeypatch.setattr(sequencer, broken, "SELECT broken FROM nowhere WHERE a = %s AND b = %s AND c = %s")
        with pytest.raises(Exception, match=r"nowhere|bind|parameters|placeholders"):
            seal()
        monkeypatch.undo()
        assert not Checkpoint.objects.exists()
        assert not Tile.objects.exists()
        assert not Event.objects.filter(leaf_index__isnull=False).exists()
    seal()
    assert head().size == 300


def test_never_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        seal()


def test_the_key_is_made_once_for_the_server_alone() -> None:
    write(1)
    seal()
    made = key.path().read_text()
    assert stat.S_IMODE(key.path().stat().st_mode) == 0o600
    write(1)
    seal()
    assert key.path().read_text() == made
    assert key.create().skey == made.strip()
    assert head().origin == "office.test/siegelpost"


def test_a_lost_key_is_never_replaced() -> None:
    write(1)
    seal()
    key.path().unlink()
    write(1)
    with pytest.raises(LedgerKeyError, match=r"Datensicherung.*backup"):
        seal()
    assert not key.path().exists()
    assert Event.objects.filter(leaf_index__isnull=True).count() == 1


def test_a_foreign_or_damaged_key_is_refused() -> None:
    write(1)
    seal()
    write(1)
    key.path().write_text(Signer.generate("office.test/siegelpost").skey + "\n")
    with pytest.raises(LedgerKeyError, match="not the one"):
        seal()
    key.path().write_text("nonsense")
    with pytest.raises(LedgerKeyError, match="damaged"):
        seal()
    assert Checkpoint.objects.count() == 1
