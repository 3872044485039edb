"""The tree cut into tiles of 256 hashes (C2SP tlog-tiles): what is read and written is small, however long
the log.

Pure: where tiles are kept is the caller's affair, who gives ``read(level, index)`` for the bytes of a tile.
"""

from collections.abc import Callable, Sequence

from siegelpost.ledger.merkle import HASH_SIZE, NodeReader, root

HEIGHT = 8
WIDTH = 1 << HEIGHT

TileReader = Callable[[int, int], bytes]


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[i : i + HASH_SIZE] for i in range(0, len(tile), HASH_SIZE)]


def node_reader(read: TileReader) -> NodeReader:
    """Gives any complete node of the tree, from the one tile that holds it."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        tile_index, place = divmod(index << height, WIDTH)
        return root(split(read(tile_level, tile_index))[place : place + (1 << height)])

    return node


def grow(size: int, hashes: Sequence[bytes], read: TileReader) -> dict[tuple[int, int], bytes]:
    """The tiles that are new or fuller once leaves with these hashes follow a tree of ``size``, by place."""
    grown: dict[tuple[int, int], bytes] = {}
    level, new = 0, list(hashes)
    while new:
        first, held = divmod(size, WIDTH)
        row = (split(read(level, first)) if held else []) + new
        above = []
        for offset in range(0, len(row), WIDTH):
            part = row[offset : offset + WIDTH]
            grown[level, first + offset // WIDTH] = b"".join(part)
            if len(part) == WIDTH:
                above.append(root(part))
        level, size, new = level + 1, first, above
    return grown
