"""Giving waiting events their place in the tree, and sealing it with a signed checkpoint.

All reading, hashing and signing happens before the transaction; the transaction only writes, a bounded number
of rows, so writers wait a few milliseconds at most. Several sequencers may run at once, on several machines:
each extends the tree of ``previous_size``, which can be extended only once; who comes second writes nothing
and starts again. A crash leaves either the whole batch sealed or none of it.

The newest seal is kept outside the database, too, and a database that does not continue it is never sealed: see
:mod:`siegelpost.ledger.anchor`.
"""

from datetime import UTC, datetime

from django.db import connection, transaction

from siegelpost.ledger import anchor, halt, key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.merkle import leaf_hash, range_hash
from siegelpost.ledger.models import Checkpoint, Event, Installation
from siegelpost.ledger.note import NoteError, Signer
from siegelpost.ledger.tiles import grow, node_reader
from siegelpost.ledger.tree_reader import StoredTiles

BATCH = 256

_DURABLY = """SELECT set_config('synchronous_commit', 'on', true)
              WHERE current_setting('synchronous_commit') = 'off'"""
_CLAIM = """INSERT INTO ledger_checkpoint (size, previous_size, note, at) VALUES (%s, %s, %s, %s)
            ON CONFLICT DO NOTHING"""
_PLACE = "UPDATE ledger_event SET leaf_index = %s WHERE id = %s AND leaf_index IS NULL"
_TILE = """INSERT INTO ledger_tile (level, "index", hashes) VALUES (%s, %s, %s)
           ON CONFLICT (level, "index") DO UPDATE SET hashes = excluded.hashes"""


def seal() -> Checkpoint | None:
    """Integrate every event that is committed by now, and sign a checkpoint.

    Returns:
        The newest checkpoint this call has signed; none if nothing was waiting.

    Raises:
        siegelpost.ledger.key.LedgerKeyError: the signing key is missing, damaged or another one.
        siegelpost.ledger.anchor.WoundBackError: the database has forgotten what was sealed.
        siegelpost.ledger.halt.HaltedError: nothing may be written now.
        RuntimeError: called inside a transaction, which would hold back all other writers.
    """
    if connection.in_atomic_block:
        raise RuntimeError("seal() makes short transactions of its own and must not run inside one")
    newest = None
    while True:
        kept = anchor.read()
        # The head first, then what waits: had somebody sealed these events in between, the head would have moved
        # on from what we read, and our claim on it would fail.
        last = Checkpoint.objects.order_by("-size").first()
        anchor.require_continued(kept, last)
        halt.refuse_if_halted()  # by others, such as a key that is not the one it was
        if last and last.note != kept:  # a process that died had no time for it
            anchor.keep(last.note)
        batch = _waiting()
        if not batch:
            return newest
        sealed = _seal_batch(last, batch)
        if sealed:
            anchor.keep(sealed.note)
        newest = sealed or newest
        # Who came second looks again: the other may not have seen all that waited here.
        if sealed and len(batch) < BATCH:
            return newest


def _waiting() -> list[tuple[int, bytes]]:
    """Ids and leaves of the oldest waiting events. On PostgreSQL an id may become visible after a higher one;
    then it is taken by the next batch, so the order of ids means nothing and is not relied upon.
    """
    waiting = Event.objects.filter(leaf_index__isnull=True).order_by("id")
    return [(id_, bytes(leaf)) for id_, leaf in waiting.values_list("id", "leaf")[:BATCH]]


def _seal_batch(last: Checkpoint | None, batch: list[tuple[int, bytes]]) -> Checkpoint | None:
    signing = signer(last)
    size = last.size if last else 0
    stored = StoredTiles()
    grown = grow(size, [leaf_hash(leaf) for _, leaf in batch], stored.read)
    stored.overlay(grown)
    new_size = size + len(batch)
    head = TreeHead(signing.name, new_size, range_hash(0, new_size, node_reader(stored.read)))
    checkpoint = Checkpoint(size=new_size, previous_size=size, note=head.sign(signing), at=datetime.now(UTC))

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # whatever the server's default: what is kept outside must be durable
            cursor.execute(_DURABLY)
        at = connection.ops.adapt_datetimefield_value(checkpoint.at)
        cursor.execute(_CLAIM, [new_size, size, checkpoint.note, at])
        if cursor.rowcount != 1:
            return None
        cursor.executemany(_PLACE, [(index, id_) for index, (id_, _) in enumerate(batch, size)])
        if cursor.rowcount != len(batch):
            raise RuntimeError("an event to be sealed has gone or has its place already; nothing was sealed")
        cursor.executemany(_TILE, [(level, index, hashes) for (level, index), hashes in grown.items()])
    return Checkpoint.objects.get(size=new_size)


def signer(last: Checkpoint | None) -> Signer:
    """The key that goes on after ``last``; before the first seal of a new installation it is made.

    Raises:
        siegelpost.ledger.key.LedgerKeyError: it is missing, damaged or another one.
    """
    if last is None and not Installation.objects.exists():
        return key.create()
    found = key.read()
    if last is None:
        return found
    try:
        TreeHead.open(last.note, found.verifier)
    except NoteError as error:
        raise key.LedgerKeyError(
            f"Der Schlüssel {key.path()} ist nicht der, mit dem bisher gesiegelt wurde. Spielen Sie den "
            "richtigen aus der Datensicherung zurück; bis dahin wird nichts gesiegelt und nichts geht verloren.",
            f"The key {key.path()} is not the one that signed the ledger so far. Restore the right one from your "
            "backup; until then nothing is sealed and nothing is lost.",
        ) from error
    return found
