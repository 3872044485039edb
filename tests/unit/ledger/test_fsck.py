"""fsck finds what was changed behind the ledger's back, and is silent when nothing was."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.db.models import F
from tests.support import proofs

from siegelpost import storage
from siegelpost.ledger import fsck, key
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.inspection import checks_of_rooms
from siegelpost.ledger.log import append, erase
from siegelpost.ledger.merkle import leaf_hash
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.note import Signer
from siegelpost.ledger.sequencer import seal
from siegelpost.toolbox.words import Words

CONTENT = "Exposé".encode()
FILE = hashlib.sha256(CONTENT).hexdigest()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installation() -> Iterator[None]:
    """300 events in three seals, and a stored file."""
    proofs.forget()
    sha256 = storage.put(CONTENT)
    for count in (1, 260, 39):
        with transaction.atomic():
            for _ in range(count):
                append(EventKind.DECLARATION_MADE, subject="s", personal={"name": "Anna"})
            append(EventKind.CONTENT_HANDOVER, subject="s", data={"sha256": sha256})
        seal()
    yield
    proofs.forget()


def findings() -> set[str]:
    return {finding.check for finding in all_findings()}


def all_findings() -> list[fsck.FsckFinding]:
    found = [finding for check in fsck.OWN for finding in check.run(lambda done, total: None) if not finding.remark]
    for finding in found:
        assert finding.text("de") != finding.text("en")
    return found


def event(index: int) -> Event:
    return Event.objects.get(leaf_index=index)


def change(index: int, **columns: object) -> None:
    assert Event.objects.filter(leaf_index=index).update(**columns) == 1


def swap_leaves() -> None:
    first, second = event(5), event(6)
    change(5, leaf=second.leaf, openings=second.openings)
    change(6, leaf=first.leaf, openings=first.openings)


def damage_file() -> None:
    storage.path(FILE).write_bytes(b"another")


def remove_file() -> None:
    storage.path(FILE).unlink()


def test_all_is_well() -> None:
    assert findings() == set()


def test_waiting_and_erased_values_are_well() -> None:
    with transaction.atomic():
        append(EventKind.DISPATCH_ERASED, subject="s")
        append(EventKind.DECLARATION_MADE, subject="t")
        erase(["s"])
    assert findings() == set()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda: change(5, leaf=bytes(event(5).leaf).replace(b'"s"', b'"t"')), {"events"}),
        (lambda: change(5, leaf=b"{}"), {"events"}),
        (swap_leaves, {"events"}),
        (lambda: change(5, subject="t"), {"events"}),
        (lambda: change(5, kind="GateOpened"), {"events"}),
        (lambda: change(5, openings=str(event(5).openings).replace("Anna", "Anne")), {"openings"}),
        (lambda: change(5, openings='{"x":'), {"openings"}),
        (lambda: event(5).delete(), {"events"}),
        (lambda: event(302).delete(), {"events"}),
        (lambda: Tile.objects.filter(level=1).delete(), {"tiles"}),
        (lambda: Tile.objects.filter(level=0, index=0).update(hashes=b"\0" * 8192), {"tiles"}),
        (lambda: Checkpoint.objects.filter(previous_size__gt=0).order_by("size")[0].delete(), {"checkpoints"}),
        (lambda: Checkpoint.objects.filter(size=2).update(note="nonsense"), {"checkpoints"}),
        (lambda: Checkpoint.objects.filter(size=2).update(size=F("size") + 1), {"checkpoints"}),
        (lambda: key.path().unlink(), {"key"}),
        (lambda: key.path().chmod(0o644), {"key modes"}),
        (lambda: key.path().write_text(Signer.generate("office.test/siegelpost").skey), {"checkpoints"}),
        (damage_file, {"files"}),
        (remove_file, {"files"}),
    ],
    ids=[
        "another subject in a leaf",
        "an empty leaf",
        "two leaves change places",
        "another subject beside it",
        "another kind beside it",
        "another name in what opens it",
        "what opens it cut off",
        "an event gone",
        "the last event gone",
        "a tile gone",
        "a tile of zeros",
        "a checkpoint gone",
        "a checkpoint of nonsense",
        "a checkpoint of another size",
        "no key",
        "a key that others may read",
        "another key",
        "a damaged file",
        "a file gone",
    ],
)
def test_damage_is_found(damage: Callable[[], object], expected: set[str]) -> None:
    damage()
    found = findings()
    key.path().unlink(missing_ok=True)
    storage.path(FILE).unlink(missing_ok=True)
    assert found == expected


def test_the_damaged_entry_is_named_and_only_that() -> None:
    """Of a leaf that stays valid, fsck told only which seals it no longer fits: every later one, thousands."""
    change(5, leaf=bytes(event(5).leaf).replace(b'"at":"20', b'"at":"19'), at=event(5).at.replace(year=1926))
    assert [finding.where for finding in all_findings()] == ["event 5"]


def test_where_tile_and_leaf_were_changed_alike_the_seal_tells() -> None:
    leaf = bytes(event(5).leaf).replace(b'"at":"20', b'"at":"19')
    change(5, leaf=leaf, at=event(5).at.replace(year=1926))
    tile = Tile.objects.get(level=0, index=0)
    forged = bytearray(tile.hashes)
    forged[5 * 32 : 6 * 32] = leaf_hash(leaf)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(forged))
    assert [finding.where for finding in all_findings() if finding.check == "tree"] == ["checkpoint 258"]


def test_values_gone_without_an_erasure_are_told() -> None:
    """All personal values set to nothing was well, as if somebody had asked for it."""
    change(5, openings=None)
    (found,) = all_findings()
    assert found.where == "event 5 (s)"


def test_an_event_that_waits_is_looked_at_too() -> None:
    with transaction.atomic():
        made = append(EventKind.DECLARATION_MADE, subject="s", personal={"name": "Anna"})
    Event.objects.filter(pk=made.pk).update(openings=str(made.openings).replace("Anna", "Anne"))
    assert findings() == {"openings"}


def test_a_handover_of_what_is_no_file_is_well() -> None:
    """An accepted registered mail that was read is made of a row's JSON; fsck cried that its file was missing."""
    of_a_row = hashlib.sha256(b"{}").hexdigest()
    with transaction.atomic():
        append(EventKind.CONTENT_CONSIGNMENT, subject="r", data={"content_sha256": of_a_row})
        append(EventKind.CONTENT_HANDOVER, subject="r", data={"sha256": of_a_row})
    assert findings() == set()


def test_other_rooms_add_checks() -> None:
    def run(progress: fsck.Progress) -> Iterator[fsck.FsckFinding]:
        yield fsck.FsckFinding("mine", "here", "falsch", "wrong")

    mine = fsck.FsckCheck("mine", Words("Meins", "Mine"), run)
    fsck.register(mine)
    fsck.register(mine)
    try:
        assert fsck.checks()[: len(fsck.OWN)] == [*fsck.OWN]
        assert fsck.checks().count(mine) == 1
        assert mine.label.de == "Meins"
    finally:
        del checks_of_rooms["mine"]
