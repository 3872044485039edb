"""A second verifier of proofs, written from ``docs/proof.md`` alone; shares no code with the program.

Only the standard library and an Ed25519 from ``cryptography``. It checks everything but time stamps and the
checkpoints quoted in mails, and knows only yes and no.
"""

import base64
import email
import email.policy
import hashlib
import json
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Files = dict[str, bytes]
Told = tuple[int, dict[str, Any]]
FIVE_MINUTES = timedelta(minutes=5)
FREEZING = ("SubmissionAcceptance", "DispatchReleased", "DispatchSentAgain", "DocumentReplaced")
MAILS = [
    "DeliveryAttempt",
    "DeliveryAttemptInterrupted",
    "RelayToNonERDS",
    "RelayToNonERDSFailure",
    "NotificationForAcceptance",
    "NotificationForAcceptanceFailure",
    "WithdrawalAcknowledged",
]
WITHDRAWALS = ("WithdrawalDeclared", "WithdrawalAssigned")


class NoProofError(Exception):
    """The proof is not good."""


def is_good(files: Files, given: str | None = None) -> bool:
    """Whether the proof made of these files is good, and continues the given checkpoint."""
    try:
        check(files, given)
    except (NoProofError, ValueError, KeyError, TypeError, IndexError, RecursionError, InvalidSignature):
        return False
    return True


def need(condition: object) -> None:
    if not condition:
        raise NoProofError


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


def index_of(stem: str) -> int:
    return int(stem)


def kind_of(event: dict[str, Any]) -> str:
    return re.split("[/:]", event["event"])[-1]


def hexed(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else ""


def frozen(data: dict[str, Any], registered: bool) -> dict[str, str]:
    names = {"gate": "ask.html" if registered else "gate.html", "page": "page.json", "content": "content.json"}
    names |= {"eml": "message.eml"} if registered else {"pdf": "expose.pdf"}
    return {path: found for member, path in names.items() if (found := hexed(data.get(f"{member}_sha256")))}


def attachment_names(names: list[str]) -> list[str]:
    def plain(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for letter, two in zip("äöüÄÖÜß", ("ae", "oe", "ue", "Ae", "Oe", "Ue", "ss"), strict=True):
            text = text.replace(letter, two)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if c.isascii())
        return re.sub("[^A-Za-z0-9._]+", "-", text)[-80:].strip("-._") or "document"

    found: list[str] = []
    for name in names:
        folder, _, last = f"attachments/{name}".rpartition("/")
        base = file = plain(last)
        number = 1
        while f"{plain(folder)}/{file}".lower() in map(str.lower, found):
            number += 1
            stem, dot, ending = base.rpartition(".")
            file = f"{stem}-{number}{dot}{ending}" if dot else f"{base}-{number}"
        found.append(f"{plain(folder)}/{file}")
    return found


def follows(told: list[Told], documents: Files, about: dict[str, Any]) -> None:
    """Each document, the test mark, language and title follow from the events."""
    first = told[0][1]["data"]
    need([kind_of(event) for _, event in told].count("SubmissionAcceptance") == 1)
    need(kind_of(told[0][1]) == "SubmissionAcceptance" and first["kind"] in ("secure_expose", "registered_mail"))
    need(all(event["data"].get("test", about["test"]) is about["test"] for _, event in told))
    registered = first["kind"] == "registered_mail"
    current: dict[str, str] = {}
    expected: dict[str, str] = {}
    language, replaced = about["language"], 0
    for _, event in told:
        kind, data = kind_of(event), event["data"]
        if kind == "DocumentReleased" or data.get("what") == "document":
            expected[f"property/{data['sha256']}.pdf"] = data["sha256"]
        if kind in FREEZING:
            language = data.get("language", language)
            new = frozen(data, registered)
            if "page.json" in new and current:
                replaced += 1
                expected |= {f"earlier-{replaced}/{path}": digest for path, digest in current.items()}
            current |= new
        elif kind in ("DeclarationMade", "ConsignmentAcceptance", "ConsignmentRejection") and "page.json" in current:
            need(data.get("page_sha256") == current["page.json"])
            pages = [raw for raw in documents.values() if sha(raw).hex() == current["page.json"]]
            if kind == "DeclarationMade" and pages:
                acts(data, json.loads(pages[0]))
    need(language == about["language"])
    need("page.json" in documents or "page.json" not in current)
    expected |= current
    for name in ("page.json", "content.json"):
        if name in documents and sha(documents[name]).hex() == current.get(name):
            expected |= within(name, json.loads(documents[name]), about)
    letters(documents, [raw for path, raw in documents.items() if sha(raw).hex() == expected.get(path)])
    left = dict(documents)
    for path, digest in expected.items():
        need(path not in left or sha(left.pop(path)).hex() == digest)
    counted(told, left, MAILS, "mail", "redacted_sha256", "mails/{:09}-{purpose}.eml", r"mails/[1-9]\d{0,5}-(\w+)\.eml")
    answers = ("ReplyReceived", "DeclarationMade")
    counted(told, left, answers, "received", "redacted_sha256", "answers/{:09}.eml", r"answers/[1-9]\d{0,5}\.eml")
    counted(told, left, WITHDRAWALS, "withdrawal", "page_sha256", "withdrawal/{:09}.html", "")
    counted(told, left, WITHDRAWALS, "withdrawal", "file_sha256", "withdrawal/{:09}-letter.{ending}", "")
    need(not left)


def letters(documents: Files, frozen: list[bytes]) -> None:
    """The PDF in each mail with the texts is one that a page names."""
    pages = [json.loads(raw) for path, raw in documents.items() if path.endswith("page.json") and raw in frozen]
    allowed = {page["texts_pdf"]["sha256"] for page in pages if page.get("texts_pdf")}
    for path, raw in documents.items():
        if allowed and re.search(r"-(notice|reminder|reply_hint)\.eml$", path):
            parts = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
            sent = [part.get_content() for part in parts if part.get_content_type() == "application/pdf"]
            need(all(sha(pdf).hex() in allowed for pdf in sent))


def acts(data: dict[str, Any], page: dict[str, Any]) -> None:
    need("offers" not in data or data["offers"] == page.get("offers"))
    gate = page.get("gate", {})
    need("label" not in data or data["label"] == gate.get("button", {}).get("label"))
    asked = {each["kind"]: each["text"] for each in gate.get("declarations", [])}
    if data.get("by") != "reply" and data.get("declaration") in asked:
        need(asked[data["declaration"]] == data.get("text"))


def within(name: str, found: dict[str, Any], about: dict[str, Any]) -> dict[str, str]:
    if name == "page.json":
        need(found["subject"] == about["title"])
        enclosed = {"texts/texts.pdf": found["texts_pdf"]["sha256"]} if found.get("texts_pdf") else {}
        return enclosed | {
            f"texts/{each['kind']}-{each['version']}.txt": sha(each["text"].encode()).hex()
            for each in found.get("texts", [])
        }
    files = found.get("attachments", [])
    names = attachment_names([each["name"] for each in files])
    return {path: each["sha256"] for path, each in zip(names, files, strict=True)}


def counted(told: list[Told], left: Files, kinds: Any, thing: str, member: str, form: str, before: str) -> None:
    """Take out of ``left`` what happens more than once, and what rests on the office's word."""
    things: dict[str, list[Told]] = {}
    for index, event in told:
        if kind_of(event) in kinds and isinstance(event["data"].get(thing), str):
            things.setdefault(event["data"][thing], []).append((index, event["data"]))
    open_things: list[list[Told]] = []
    called_after_event = False
    for events in things.values():
        taken = False
        for index, data in events:
            path = form.format(index, purpose=data.get("purpose", ""), ending=data.get("ending", ""))
            if hexed(data.get(member)) and path in left:
                need(sha(left.pop(path)).hex() == data[member])
                taken = called_after_event = True
        if not taken:
            open_things.append(events)
    groups: dict[str, list[str]] = {}
    for path in sorted(left):
        if before and (found := re.fullmatch(before, path, re.ASCII)):
            groups.setdefault("".join(found.groups()), []).append(path)
    over: list[tuple[int, int]] = []
    for purpose, paths in groups.items():
        mine = [events for events in open_things if events[0][1].get("purpose", "") == purpose or thing != "mail"]
        rest = len(paths)
        for path in paths:
            digest = sha(left.pop(path)).hex()
            for events in mine:
                names = [data[member] for _, data in events if hexed(data.get(member))]
                if digest in (names or [data.get("sha256") for _, data in events]):
                    mine.remove(events)
                    open_things.remove(events)
                    rest -= 1
                    break
        over.append((rest, len(mine)))
    named = any(hexed(data.get(member)) for events in open_things for _, data in events)
    for rest, places in over:
        need(not rest or not named)
        need(rest <= places or (thing == "mail" and not called_after_event))


def check(files: Files, given: str | None) -> None:
    part = r"(?!\.)[A-Za-z0-9._-]{1,100}"
    need(all(re.fullmatch(f"{part}(/{part}){{0,3}}", name, re.ASCII) for name in files))
    receipts = {"receipt.pdf", "Nachweis.pdf"} & files.keys()
    need(len(receipts) == 1)
    for name in ("LIESMICH.txt", "README.txt"):
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
        if name in ("manifest.txt", *receipts, "LIESMICH.txt", "README.txt"):
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
    told: list[Told] = []
    for stem, found_kinds in sorted(kinds.items(), key=lambda each: index_of(each[0])):
        need(len(found_kinds) == 3)
        leaf = files[f"events/{stem}.leaf.json"]
        event = canonical(leaf)
        need(set(event) == {"at", "data", "event", "nonce", "personal", "subject", "v"})
        need(event["v"] == 1 and event["v"] is not True and event["subject"] == about["subject"])
        need(re.fullmatch(r"[0-9a-f]{32}", event["nonce"]) and len(leaf) <= 65536)
        own = r"(http://uri\.etsi\.org/19522/Event/|urn:siegelpost:event:)[A-Za-z][A-Za-z0-9]{0,63}"
        need(re.fullmatch(own, event["event"], re.ASCII))
        told.append((index_of(stem), event))
        need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["at"], re.ASCII))
        first, second, *rest = proof_lines(files[f"events/{stem}.proof.txt"], newest)
        need(first == "c2sp.org/tlog-proof@v1" and second.startswith("index "))
        index = number(second[6:])
        need(f"{index:09}" == stem and 0 <= index < size)
        need(included(sha(b"\x00", leaf), index, size, hashes(rest)) == root)
        for name, (salt, value) in canonical(files[f"events/{stem}.openings.json"]).items():
            need(re.fullmatch("[0-9a-f]{32}", salt))
            need(hashlib.sha256(f"{salt}\n{name}\n{value}".encode()).hexdigest() == event["personal"][name])

    follows(told, {name[10:]: raw for name, raw in files.items() if name.startswith("documents/")}, about)
    times = [datetime.fromisoformat(event["at"]) for _, event in told]
    for place, at in enumerate(times):
        need(all(at >= earlier - FIVE_MINUTES for earlier in times[:place]))
    need(datetime.fromisoformat(about["created"]) >= max(times) - FIVE_MINUTES)

    if given is not None:
        its_size, its_root = head(given.encode(), key)
        need(known.get(its_size) == its_root)
