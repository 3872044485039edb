"""What an outsider needs to check statements about the log, and the text forms they travel in.

Pure: no Django, no database, no network.

Inclusion travels as C2SP tlog-proof (``c2sp.org/tlog-proof@v1``): index, hashes and the checkpoint they lead
to. Consistency travels in the form that C2SP tlog-witness uses to submit a checkpoint: ``old <size>``,
hashes, a blank line, the newer checkpoint.
"""

import re
from collections.abc import Mapping, Sequence

from siegelpost.ledger import reasons
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.leaf import LeafError, Opening, commit
from siegelpost.ledger.merkle import HASH_SIZE, ProofError, leaf_hash, verify_consistency, verify_inclusion
from siegelpost.ledger.note import NoteError, decode_base64, encode_base64

MAGIC = "c2sp.org/tlog-proof@v1"
# A tree of 2**63 leaves needs no longer proofs.
MAX_HASHES = 64
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


def inclusion_text(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """An inclusion proof in the form of C2SP tlog-proof."""
    return "\n".join([MAGIC, f"index {index}", *map(encode_base64, proof), "", checkpoint])


def consistency_text(old: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """A consistency proof from the tree of size ``old`` to this newer checkpoint."""
    return "\n".join([f"old {old}", *map(encode_base64, proof), "", checkpoint])


def check_inclusion(text: bytes, leaf: bytes, note: bytes, checkpoint: TreeHead) -> int:
    """Check a proof's text against a leaf and a checkpoint that is believed already; gives the leaf's index.

    Raises:
        ProofError: it is malformed, speaks of another checkpoint, or does not prove the leaf to be there.
    """
    head, proof = _parse(text, note)
    if len(head) != 2 or head[0] != MAGIC:
        raise ProofError(reasons.NO_INCLUSION)
    index = _number(head[1], "index ")
    verify_inclusion(leaf_hash(leaf), index, checkpoint.size, proof, checkpoint.root)
    return index


def check_consistency(text: bytes, old: TreeHead, note: bytes, checkpoint: TreeHead) -> None:
    """Check a proof's text between an older and a newer checkpoint, both believed already.

    Raises:
        ProofError: it is malformed, speaks of other checkpoints, or the newer does not continue the older.
    """
    head, proof = _parse(text, note)
    if len(head) != 1 or _number(head[0], "old ") != old.size:
        raise ProofError(reasons.NO_CONSISTENCY)
    verify_consistency(old.size, old.root, checkpoint.size, checkpoint.root, proof)


def check_openings(personal: Mapping[str, str], openings: Mapping[str, Opening]) -> None:
    """Check that each opening is the one its leaf committed to; openings may be fewer, never others.

    Raises:
        LeafError: one is not.
    """
    for name, opening in openings.items():
        if name not in personal or commit(name, opening) != personal[name]:
            raise LeafError(reasons.OTHER_VALUE, repr(name))


def _parse(text: bytes, note: bytes) -> tuple[list[str], list[bytes]]:
    """The head lines and the hashes of a proof that ends in this very checkpoint."""
    if not text.endswith(b"\n\n" + note):
        raise ProofError(reasons.PROOF_END)
    try:
        lines = text[: -len(note) - 2].decode("ascii").split("\n")
        heads = 2 if lines[0] == MAGIC else 1
        proof = [decode_base64(line) for line in lines[heads:]]
    except (UnicodeDecodeError, NoteError) as error:
        raise ProofError(reasons.PROOF_LINE) from error
    if len(proof) > MAX_HASHES or any(len(each) != HASH_SIZE for each in proof):
        raise ProofError(reasons.PROOF_FORM)
    return lines[:heads], proof


def _number(line: str, prefix: str) -> int:
    number = line.removeprefix(prefix)
    if not line.startswith(prefix) or not _NUMBER.match(number):
        raise ProofError(reasons.PROOF_NUMBER)
    return int(number)
