"""A second verifier of proofs, written from ``docs/proof.md`` alone; shares no code with the program.

Only the standard library and an Ed25519 from ``cryptography``. It checks everything but time stamps, and knows
only yes and no.
"""

import base64
import hashlib
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Files = dict[str, bytes]


class No(Exception):
    """The proof is not good."""


def is_good(files: Files, given: str | None = None) -> bool:
    """Whether the proof made of these files is good, and continues the given checkpoint."""
    try:
        check(files, given)
    except (No, ValueError, KeyError, TypeError, IndexError, RecursionError, InvalidSignature):
        return False
    return True


def need(condition: object) -> None:
    if not condition:
        raise No


def b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text)
    return raw


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]*", text, re.ASCII))
    return int(text)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(raw: bytes) -> Any:
    value = json.loads(raw.decode("utf-8"), parse_float=lambda _: 1 / 0)
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    need(again.encode() == raw)
    return value


def open_note(raw: bytes, key: str) -> str:
    """The text of a note that this key alone has signed."""
    name, key_id, encoded = key.split("+", 2)
    public = b64(encoded)
    need(public[:1] == b"\x01" and len(public) == 33)
    need(name and not re.search(r"[\s\x00-\x20\x7f]", name) and len(name) <= 200)
    need(sha(f"{name}\n".encode(), public)[:4].hex() == key_id)
    note = raw.decode("utf-8")
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note))
    cut = note.rindex("\n\n") + 1
    text, line = note[:cut], note[cut + 1 :]
    need(line.startswith("— ") and line.count("\n") == 1 and line.endswith("\n"))
    signer, signature = line[2:-1].split(" ")
    need(signer == name and b64(signature)[:4].hex() == key_id)
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(b64(signature)[4:], text.encode())
    return text


def head(raw: bytes, key: str) -> tuple[int, bytes]:
    origin, size, root, rest = open_note(raw, key).split("\n")
    need(origin == key.split("+")[0] and rest == "" and len(b64(root)) == 32)
    return number(size), b64(root)


def proof_lines(raw: bytes, checkpoint: bytes) -> list[str]:
    need(raw.endswith(b"\n\n" + checkpoint))
    return raw[: -len(checkpoint) - 2].decode("ascii").split("\n")


def hashes(lines: list[str]) -> list[bytes]:
    found = [b64(line) for line in lines]
    need(all(len(each) == 32 for each in found) and len(found) <= 64)
    return found


def included(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 6962's recursive definition turned round: the root that this path leads to."""
    if size == 1:
        need(not path and index == 0)
        return leaf
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        return sha(b"\x01", included(leaf, index, half, path[:-1]), path[-1])
    return sha(b"\x01", path[-1], included(leaf, index - half, size - half, path[:-1]))


def consistent(old: int, new: int, path: list[bytes], old_root: bytes, whole: bool = True) -> tuple[bytes, bytes]:
    """The roots of the old and the new tree that this path leads to (RFC 6962, 2.1.2, turned round)."""
    if old == new:
        need(len(path) == (0 if whole else 1))
        known = old_root if whole else path[0]
        return known, known
    half = 1 << ((new - 1).bit_length() - 1)
    if old <= half:
        of_old, of_new = consistent(old, half, path[:-1], old_root, whole)
        return of_old, sha(b"\x01", of_new, path[-1])
    of_old, of_new = consistent(old - half, new - half, path[:-1], old_root, False)
    return sha(b"\x01", path[-1], of_old), sha(b"\x01", path[-1], of_new)


def check(files: Files, given: str | None) -> None:
    part = r"(?!\.)[A-Za-z0-9._-]{1,100}"
    need(all(re.fullmatch(f"{part}(/{part}){{0,3}}", name, re.ASCII) for name in files))
    for name in ("receipt.pdf", "LIESMICH.txt", "README.txt"):
        need(name in files)
    key = files["ledger/key.txt"].decode("utf-8")
    need(key.endswith("\n"))
    key = key[:-1]

    text = open_note(files["manifest.txt"], key)
    first, header, *lines = text.split("\n")
    need(first == "siegelpost-proof/v1" and lines.pop() == "")
    about = canonical(header.encode())
    need(set(about) == {"created", "language", "mailed", "subject", "test", "title"})
    need(about["language"] in ("de", "en") and isinstance(about["test"], bool))
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", about["created"], re.ASCII))
    listed = [line.split(" ") for line in lines]
    need([name for _, _, name in listed] == sorted(files.keys() - {"manifest.txt"}))
    for digest, length, name in listed:
        need(hashlib.sha256(files[name]).hexdigest() == digest and len(files[name]) == number(length))

    newest = files["ledger/checkpoint.txt"]
    size, root = head(newest, key)
    known = {size: root}
    kinds: dict[str, set[str]] = {}
    for name in files:
        if name in ("manifest.txt", "receipt.pdf", "LIESMICH.txt", "README.txt"):
            continue
        if name in ("ledger/key.txt", "ledger/checkpoint.txt"):
            continue
        if found := re.fullmatch(r"events/(\d{9,})\.(leaf\.json|proof\.txt|openings\.json)", name, re.ASCII):
            kinds.setdefault(found[1], set()).add(found[2])
        elif found := re.fullmatch(r"checkpoints/([1-9]\d*)\.(checkpoint|consistency)\.txt", name, re.ASCII):
            old = files[f"checkpoints/{found[1]}.checkpoint.txt"]
            old_size, old_root = head(old, key)
            need(str(old_size) == found[1] and 0 < old_size <= size)
            first, *rest = proof_lines(files[f"checkpoints/{found[1]}.consistency.txt"], newest)
            need(first == f"old {old_size}")
            need(consistent(old_size, size, hashes(rest), old_root) == (old_root, root))
            known[old_size] = old_root
        else:
            need(re.fullmatch(r"documents/[^/]+(/[^/]+)?|timestamps/[1-9]\d*-\d{1,3}\.tsr", name, re.ASCII))
    need(set(about["mailed"]) <= set(known))

    need(kinds)
    for stem, found_kinds in kinds.items():
        need(len(found_kinds) == 3)
        leaf = files[f"events/{stem}.leaf.json"]
        event = canonical(leaf)
        need(set(event) == {"at", "data", "event", "nonce", "personal", "subject", "v"})
        need(event["v"] == 1 and event["v"] is not True and event["subject"] == about["subject"])
        need(re.fullmatch(r"[0-9a-f]{32}", event["nonce"]) and len(leaf) <= 65536)
        need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["at"], re.ASCII))
        first, second, *rest = proof_lines(files[f"events/{stem}.proof.txt"], newest)
        need(first == "c2sp.org/tlog-proof@v1" and second.startswith("index "))
        index = number(second[6:])
        need(f"{index:09}" == stem and 0 <= index < size)
        need(included(sha(b"\x00", leaf), index, size, hashes(rest)) == root)
        for name, (salt, value) in canonical(files[f"events/{stem}.openings.json"]).items():
            need(re.fullmatch("[0-9a-f]{32}", salt))
            need(hashlib.sha256(f"{salt}\n{name}\n{value}".encode()).hexdigest() == event["personal"][name])

    if given is not None:
        its_size, its_root = head(given.encode(), key)
        need(known.get(its_size) == its_root)
