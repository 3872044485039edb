"""Merkle trees over SHA-256: hashing, proofs and their verification (RFC 6962, section 2.1; RFC 9162, 2.1).

``D[a:b]`` is the range of leaves from ``a`` to before ``b``; ``MTH`` the Merkle tree hash of such a range. A
*node* ``(level, index)`` is the complete subtree over ``D[index << level : (index + 1) << level]``: once all
its leaves exist, its hash never changes again.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from siegelpost.ledger import reasons
from siegelpost.ledger.reasons import ReasonError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()

NodeReader = Callable[[int, int], bytes]


class ProofError(ReasonError):
    """A Merkle proof that does not prove what it should."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: takes leaf hashes one by one, knows the root, and stays small."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append the leaf with this hash."""
        carry, size = leaf, self.size
        while size & 1:
            carry = node_hash(self._edge.pop(), carry)
            size >>= 1
        self._edge.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree so far."""
        if not self._edge:
            return EMPTY_ROOT
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root


def root(hashes: Iterable[bytes]) -> bytes:
    """Root of the tree over these leaf hashes."""
    frontier = Frontier()
    for each in hashes:
        frontier.add(each)
    return frontier.root()


def range_hash(start: int, end: int, node: NodeReader) -> bytes:
    """``MTH(D[start:end])`` for a non-empty range that is a subtree of some tree, from complete nodes."""
    width = end - start
    level = (width - 1).bit_length()
    if width == 1 << level:
        return node(level, start >> level)
    middle = start + (1 << (level - 1))
    return node_hash(range_hash(start, middle, node), range_hash(middle, end, node))


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The hashes that prove leaf ``index`` in the tree of ``size``, from the leaf's sibling upwards.

    Raises:
        ProofError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(reasons.NO_LEAF, index, size)
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """The hashes that prove the tree of size ``new`` to be a continuation of the one of size ``old``.

    Raises:
        ValueError: not ``0 < old <= new``.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    proof: list[bytes] = []
    start, end = 0, new
    whole = True  # the old tree is still all of D[start:old], so its verifier knows that hash already
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(start, middle, node))
            start, whole = middle, False
    if not whole:
        proof.append(range_hash(start, end, node))
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to from a leaf's hash (RFC 9162, 2.1.3.2).

    Raises:
        ProofError: the proof has not the length that index and size ask for.
    """
    if not 0 <= index < size:
        raise ProofError(reasons.NO_LEAF, index, size)
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError(reasons.PROOF_LONG)
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError(reasons.PROOF_SHORT)
    return found


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with this hash is number ``index`` of the tree of ``size`` with this root.

    Raises:
        ProofError: it is not proven.
    """
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise ProofError(reasons.OTHER_ROOT)


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the new tree continues the old one (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: it is not proven.
    """
    if not 0 < old <= new:
        raise ProofError(reasons.NOT_CONTINUED, new, old)
    if old == new:
        if proof or old_root != new_root:
            raise ProofError(reasons.TWO_ROOTS)
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofError(reasons.PROOF_SHORT)
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    of_old = of_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError(reasons.PROOF_LONG)
        if position & 1 or position == last:
            of_old = node_hash(sibling, of_old)
            of_new = node_hash(sibling, of_new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            of_new = node_hash(of_new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError(reasons.PROOF_SHORT)
    if of_old != old_root:
        raise ProofError(reasons.OTHER_OLD_ROOT)
    if of_new != new_root:
        raise ProofError(reasons.OTHER_NEW_ROOT)


def _split(width: int) -> int:
    """The largest power of two smaller than ``width`` (RFC 6962, 2.1)."""
    return 1 << ((width - 1).bit_length() - 1)
