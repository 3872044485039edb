"""The Merkle tree against a naive one, written straight from RFC 6962, section 2.1."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siegelpost.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from siegelpost.ledger.tiles import WIDTH, grow, node_reader, split

SIZES = st.integers(1, 70)


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = naive_split(len(leaves))
    return hashlib.sha256(b"\1" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_split(count: int) -> int:
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = naive_split(len(leaves))
    if index < half:
        return [*naive_path(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_path(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    half = naive_split(len(leaves))
    if old <= half:
        return [*naive_subproof(old, leaves[:half], whole), naive_root(leaves[half:])]
    return [*naive_subproof(old - half, leaves[half:], False), naive_root(leaves[:half])]


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def tiles_of(size: int, steps: list[int] | None = None) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree that grew in these steps."""
    tiles: dict[tuple[int, int], bytes] = {}

    def reader(level: int, index: int) -> bytes:
        return tiles[level, index]

    done = 0
    for step in [*(steps or []), size]:
        upto = min(size, done + step)
        new = [leaf_hash(leaf) for leaf in leaves_of(size)[done:upto]]
        tiles |= grow(done, new, reader)
        done = upto
    return tiles


def node(level: int, index: int) -> bytes:
    return naive_root([b"leaf %d" % number for number in range(index << level, (index + 1) << level)])


@given(st.integers(0, 70))
def test_root_is_the_naive_one(size: int) -> None:
    frontier = Frontier()
    for leaf in leaves_of(size):
        frontier.add(leaf_hash(leaf))
    assert frontier.root() == root(map(leaf_hash, leaves_of(size))) == naive_root(leaves_of(size))
    assert frontier.size == size


def test_known_values() -> None:
    """The empty tree and the example hashes of certificate transparency's own test vectors."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert node_hash(leaf_hash(b""), leaf_hash(b"\0")).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )


@given(SIZES, st.data())
def test_inclusion_proof_is_the_naive_one_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof = inclusion_proof(index, size, node)
    assert proof == naive_path(index, leaves)
    verify_inclusion(leaf_hash(leaves[index]), index, size, proof, naive_root(leaves))


@given(SIZES, st.data())
def test_consistency_proof_is_the_naive_one_and_verifies(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    proof = consistency_proof(old, new, node)
    assert proof == naive_subproof(old, leaves, True)
    verify_consistency(old, naive_root(leaves[:old]), new, naive_root(leaves), proof)


@given(SIZES, st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, node)
    for changed in _changes(proof, data):
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash(leaves[index]), index, size, changed, naive_root(leaves))
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, naive_root(leaves))
    for other in {index - 1, index + 1, size + index}:
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash(leaves[index]), other, size, proof, naive_root(leaves))


@given(SIZES, st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    leaves = leaves_of(new)
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, node)
    old_root, new_root = naive_root(leaves[:old]), naive_root(leaves)
    for changed in _changes(proof, data):
        with pytest.raises(ProofError):
            verify_consistency(old, old_root, new, new_root, changed)
    rewritten = naive_root([b"rewritten", *leaves[1:]])
    with pytest.raises(ProofError):
        verify_consistency(old, old_root, new, rewritten, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, naive_root([b"rewritten", *leaves[1:old]]), new, new_root, proof)


def _changes(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The proof with one hash more, less, or different."""
    found = [[*proof, b"\0" * 32], [b"\0" * 32, *proof]]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[place][0] ^ 1]) + proof[place][1:]
        found += [proof[:-1], proof[1:], [*proof[:place], flipped, *proof[place + 1 :]]]
    return found


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (-1, 1)])
def test_impossible_sizes_are_refused(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="consistency"):
        consistency_proof(old, new, node)
    with pytest.raises(ProofError):
        verify_consistency(old, EMPTY_ROOT, new, EMPTY_ROOT, [])


def test_there_is_no_leaf_beyond_the_tree() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(3, 3, node)


def widths(size: int) -> list[int]:
    """For each level, from 0 up, how many hashes a tree of ``size`` has there."""
    return [size, *widths(size // WIDTH)] if size else []


@given(st.integers(1, 1200), st.lists(st.integers(1, 600), max_size=4))
def test_tiles_give_every_node_however_they_grew(size: int, steps: list[int]) -> None:
    tiles = tiles_of(size, steps)
    reader = node_reader(lambda level, index: tiles[level, index])
    assert range_hash(0, size, reader) == root(map(leaf_hash, leaves_of(size)))
    for level, width in enumerate(widths(size)):
        held = [split(tiles[level, index]) for index in range((width + WIDTH - 1) // WIDTH)]
        assert sum(map(len, held)) == width
    assert len(tiles) == sum((width + WIDTH - 1) // WIDTH for width in widths(size))


def test_proofs_of_a_large_tree_read_few_tiles() -> None:
    size = 70_000
    hashes = [leaf_hash(b"leaf %d" % number) for number in range(size)]
    tiles: dict[tuple[int, int], bytes] = {}
    tiles |= grow(0, hashes, lambda level, index: tiles[level, index])
    read: set[tuple[int, int]] = set()

    def reader(level: int, index: int) -> bytes:
        read.add((level, index))
        return tiles[level, index]

    proof = inclusion_proof(12_345, size, node_reader(reader))
    verify_inclusion(hashes[12_345], 12_345, size, proof, root(hashes))
    assert len(read) <= 6
    proof = consistency_proof(12_345, size, node_reader(reader))
    verify_consistency(12_345, root(hashes[:12_345]), size, root(hashes), proof)
