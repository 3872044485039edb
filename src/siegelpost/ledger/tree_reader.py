"""Reading the tree from the database: tiles, proofs, and the checkpoints in between."""

from collections.abc import Mapping

from siegelpost.ledger.merkle import consistency_proof, inclusion_proof
from siegelpost.ledger.models import Tile
from siegelpost.ledger.tiles import node_reader


class StoredTiles:
    """Tiles of the database, each read once; for one short piece of work."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}
        self._node = node_reader(self.read)

    def read(self, level: int, index: int) -> bytes:
        """The bytes of a tile.

        Raises:
            Tile.DoesNotExist: the log is damaged or has no such tile yet.
        """
        place = level, index
        if place not in self._known:
            self._known[place] = bytes(Tile.objects.values_list("hashes", flat=True).get(level=level, index=index))
        return self._known[place]

    def overlay(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Take these tiles for granted, in place of what is stored."""
        self._known.update(tiles)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Proof that leaf ``index`` is in the tree of ``size``."""
        return inclusion_proof(index, size, self._node)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Proof that the tree of ``new`` continues the one of ``old``."""
        return consistency_proof(old, new, self._node)
