"""Which event names which document: each file under ``documents/`` is the one a sealed event names, or it is not.

The manifest is signed anew with every proof, by the very office the proof is to be checked against. What a person
reads is therefore believed only where the SHA-256 of it stands in an event, or in a document that an event names.

Pure: no Django, no database, no network.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.leaf import JSON
from siegelpost.proof import enclosed, reasons
from siegelpost.proof.names import safe
from siegelpost.proof.report import ProvenEvent
from siegelpost.toolbox.words import Words

EXPOSE, REGISTERED = "secure_expose", "registered_mail"
KINDS: Final = frozenset({EXPOSE, REGISTERED})


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """Events of these kinds name a document by its SHA-256 in this member of their data.

    ``path`` is filled in with the event's number (``index``) and its data. Of a document with a fixed path the last
    event counts. ``same`` is the member that tells which of several things an event is about; ``before`` is how
    proofs of before called it, ``*`` being a number that names no event. ``untold``: in such a proof a file may be
    of something that no event tells of.
    """

    kinds: frozenset[E]
    member: str
    path: str
    reason: Words
    of: str = ""  # this kind of dispatch only
    same: str = ""
    before: str = ""
    untold: bool = False


FROZEN = frozenset({E.SUBMISSION_ACCEPTANCE, E.DISPATCH_RELEASED, E.DISPATCH_SENT_AGAIN, E.DOCUMENT_REPLACED})
_MAILS = frozenset(
    {
        E.DELIVERY_ATTEMPT,
        E.DELIVERY_ATTEMPT_INTERRUPTED,
        E.RELAY_TO_NON_ERDS,
        E.RELAY_TO_NON_ERDS_FAILURE,
        E.NOTIFICATION_FOR_ACCEPTANCE,
        E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,
        E.WITHDRAWAL_ACKNOWLEDGED,
    }
)
_WITHDRAWALS = frozenset({E.WITHDRAWAL_DECLARED, E.WITHDRAWAL_ASSIGNED})
# What is frozen when a dispatch is sent, and again when something of it is replaced.
FROZEN_ROWS = (
    DocumentRow(FROZEN, "gate_sha256", "gate.html", reasons.PAGE, of=EXPOSE),
    DocumentRow(FROZEN, "gate_sha256", "ask.html", reasons.PAGE, of=REGISTERED),
    DocumentRow(FROZEN, "page_sha256", "page.json", reasons.PAGE),
    DocumentRow(FROZEN, "content_sha256", "content.json", reasons.FILE),
    DocumentRow(FROZEN, "pdf_sha256", "expose.pdf", reasons.FILE, of=EXPOSE),
    DocumentRow(FROZEN, "eml_sha256", "message.eml", reasons.MAIL, of=REGISTERED),
)
# What happens more than once.
ROWS = (
    DocumentRow(
        _MAILS,
        "redacted_sha256",
        "mails/{index:09}-{purpose}.eml",
        reasons.MAIL,
        same="mail",
        before="mails/*-{purpose}.eml",
        untold=True,
    ),
    DocumentRow(
        frozenset({E.REPLY_RECEIVED, E.DECLARATION_MADE}),
        "redacted_sha256",
        "answers/{index:09}.eml",
        reasons.MAIL,
        same="received",
        before="answers/*.eml",
    ),
    DocumentRow(_WITHDRAWALS, "page_sha256", "withdrawal/{index:09}.html", reasons.PAGE, same="withdrawal"),
    DocumentRow(_WITHDRAWALS, "file_sha256", "withdrawal/{index:09}-letter.{ending}", reasons.FILE, same="withdrawal"),
)
# An act on a page names it; it is the one that stood there then.
_ACTS = frozenset({E.DECLARATION_MADE, E.CONSIGNMENT_ACCEPTANCE, E.CONSIGNMENT_REJECTION})
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Named:
    """What an event says of a document."""

    sha256: str
    event: int
    reason: Words


@dataclass(slots=True)
class Binding:
    """What the events say of the documents; paths are below ``documents/``."""

    bound: dict[str, int] = field(default_factory=dict)  # path: the event that names this very content
    wrong: dict[str, Words] = field(default_factory=dict)  # path: why not
    unnamed: list[str] = field(default_factory=list)  # on the office's word alone
    absent: dict[str, int] = field(default_factory=dict)  # path: the event that names what is not in the proof
    page: Mapping[str, JSON] | None = None  # what stood before the gate, where an event names it


def bind(events: Sequence[ProvenEvent], documents: Mapping[str, bytes], kind: str) -> Binding:
    """Compare each document with the event that names it.

    Args:
        events: in the order of the ledger.
        documents: by their path below ``documents/``.
        kind: of the dispatch, as its first event says.
    """
    binding = Binding()
    fixed = _frozen(events, kind)
    _compare(binding, fixed, documents)
    page, content = (_json(binding, documents, name) for name in ("page.json", "content.json"))
    binding.page = page
    _compare(binding, _within(page, content, fixed) | _of_properties(events), documents)
    for row in ROWS:
        _compare_repeated(binding, row, events, documents)
    _compare_enclosed(binding, documents)
    known = binding.bound.keys() | binding.wrong.keys() | set(binding.unnamed)
    binding.wrong |= dict.fromkeys(documents.keys() - known, reasons.UNNAMED)
    return binding


def contradicting_acts(
    events: Sequence[ProvenEvent], documents: Mapping[str, bytes], kind: str
) -> Iterator[tuple[ProvenEvent, Words]]:
    """Acts on another page than the one that stood there, or with other words than that page had, and why."""
    pages = {hashlib.sha256(content).hexdigest(): content for content in documents.values()}
    stood: Named | None = None
    for event in events:
        stood = _names(event, kind).get("page.json", stood)
        if event.kind not in _ACTS or stood is None:
            continue
        if event.data.get("page_sha256") != stood.sha256:
            yield event, reasons.OTHER_PAGE
        elif not _says_what_stood(event, _object(pages.get(stood.sha256, b""))):
            yield event, reasons.OTHER_WORDS


def _says_what_stood(event: ProvenEvent, page: Mapping[str, JSON] | None) -> bool:
    gate = page.get("gate") if page else None
    if event.kind is not E.DECLARATION_MADE or not page or not isinstance(gate, dict):
        return True
    button, asked = gate.get("button"), gate.get("declarations")
    said = event.data
    if "offers" in said and said["offers"] != page.get("offers"):
        return False
    if "label" in said and isinstance(button, dict) and said["label"] != button.get("label"):
        return False
    if said.get("by") == "reply" or not isinstance(asked, list):
        return True
    texts = {item.get("kind"): item.get("text") for item in asked if isinstance(item, dict)}
    kind = said.get("declaration")
    return not isinstance(kind, str) or kind not in texts or texts[kind] == said.get("text")


def _names(event: ProvenEvent, kind: str) -> dict[str, Named]:
    """What an event says of the documents that are frozen."""
    return {
        row.path: Named(sha256, event.index, row.reason)
        for row in FROZEN_ROWS
        if row.of in ("", kind) and event.kind in row.kinds and (sha256 := _sha256(event.data.get(row.member)))
    }


def _frozen(events: Sequence[ProvenEvent], kind: str) -> dict[str, Named]:
    """What was frozen last, and under ``earlier-N/`` what stood before the N-th time it was replaced."""
    current: dict[str, Named] = {}
    before: dict[str, Named] = {}
    replaced = 0
    for event in events:
        names = _names(event, kind)
        if "page.json" in names and current:
            replaced += 1
            before |= {f"earlier-{replaced}/{path}": named for path, named in current.items()}
        current |= names
    return current | before


def _within(
    page: Mapping[str, JSON] | None, content: Mapping[str, JSON] | None, fixed: Mapping[str, Named]
) -> dict[str, Named]:
    """What the page and the content, named by events, name in their turn: legal texts and attachments."""
    found: dict[str, Named] = {}
    for text in _objects(page, "texts"):
        match text:
            case {"kind": str(kind), "version": version, "text": str(words)}:
                sha256 = hashlib.sha256(words.encode()).hexdigest()
                found[f"texts/{kind}-{version}.txt"] = Named(sha256, fixed["page.json"].event, reasons.TEXT)
    texts_pdf = page.get("texts_pdf") if page else None
    if isinstance(texts_pdf, dict) and (sha256 := _sha256(texts_pdf.get("sha256"))):
        found["texts/texts.pdf"] = Named(sha256, fixed["page.json"].event, reasons.FILE)
    files = [file for file in _objects(content, "attachments") if isinstance(file.get("name"), str)]
    names = safe(f"attachments/{file['name']}" for file in files)
    for path, file in zip(names, files, strict=True):
        found[path] = Named(_sha256(file.get("sha256")) or "", fixed["content.json"].event, reasons.FILE)
    return found


def _of_properties(events: Sequence[ProvenEvent]) -> dict[str, Named]:
    """Documents of properties, which are named one by one: when they are released, and when they are handed over."""
    return {
        f"property/{sha256}.pdf": Named(sha256, event.index, reasons.FILE)
        for event in events
        if event.kind is E.DOCUMENT_RELEASED or event.data.get("what") == "document"
        if (sha256 := _sha256(event.data.get("sha256")))
    }


def _compare(binding: Binding, names: Mapping[str, Named], documents: Mapping[str, bytes]) -> None:
    for path, named in names.items():
        if path not in documents:
            binding.absent[path] = named.event
        elif hashlib.sha256(documents[path]).hexdigest() == named.sha256:
            binding.bound[path] = named.event
        else:
            binding.wrong[path] = named.reason.filled(named.event)


def _compare_enclosed(binding: Binding, documents: Mapping[str, bytes]) -> None:
    """Within mails that an event names, the PDF of the texts with the pages, the replaced ones too."""
    frozen = (_json(binding, documents, path) for path in binding.bound if path.rpartition("/")[2] == "page.json")
    named = enclosed.named_by(page for page in frozen if page)
    for path in [path for path in binding.bound if enclosed.has_other(path, documents[path], named)]:
        binding.wrong[path] = reasons.OTHER_TEXTS.filled(binding.bound.pop(path))


@dataclass(eq=False, slots=True)
class _Thing:
    """One mail or answer, and what events say of it, by the path its file can have."""

    first: int  # event that speaks of it
    counted: str  # what its file was called in proofs of before
    raw: str  # SHA-256 of it with its secrets: the same, where it has none
    names: dict[str, Named] = field(default_factory=dict)

    def named_as(self, sha256: str) -> int | None:
        """The event that names this content."""
        if not self.names:
            return self.first if self.raw == sha256 else None
        return next((named.event for named in self.names.values() if named.sha256 == sha256), None)


def _things(row: DocumentRow, events: Sequence[ProvenEvent]) -> list[_Thing]:
    found: dict[str, _Thing] = {}
    for event in events:
        key = event.data.get(row.same)
        if event.kind not in row.kinds or not isinstance(key, str):
            continue
        texts = {"purpose": "", "ending": ""} | {
            name: value for name, value in event.data.items() if isinstance(value, str)
        }
        raw = _sha256(event.data.get("sha256"))
        thing = found.setdefault(key, _Thing(event.index, row.before.format_map(texts), raw))
        if sha256 := _sha256(event.data.get(row.member)):
            path = row.path.format_map({**texts, "index": event.index})
            thing.names[path] = Named(sha256, event.index, row.reason)
    return list(found.values())


def _compare_repeated(
    binding: Binding, row: DocumentRow, events: Sequence[ProvenEvent], documents: Mapping[str, bytes]
) -> None:
    """Files that tell by their name which event names them; in proofs of before, by a number that only counts."""
    waiting = []
    for thing in _things(row, events):
        present = {path: named for path, named in thing.names.items() if path in documents}
        _compare(binding, present, documents)
        if not present:
            waiting.append(thing)
    untold = row.untold and not any(_matches(row.path, path) for path in documents)
    counted: dict[str, list[str]] = {}
    for path in sorted(documents.keys() - binding.bound.keys() - binding.wrong.keys()):
        if form := _matches(row.before, path):
            counted.setdefault(form, []).append(path)
    left = {form: _matched(binding, paths, waiting, form, documents) for form, paths in counted.items()}
    for form, paths in left.items():
        missing = [named for thing in waiting if thing.counted == form for named in thing.names.values()]
        room = len(paths) if untold else sum(thing.counted == form and not thing.names for thing in waiting)
        for path in paths:
            if missing:
                binding.wrong[path] = missing[0].reason.filled(missing[0].event)
            elif len(paths) > room or any(thing.names for thing in waiting):
                binding.wrong[path] = reasons.UNNAMED
            else:
                binding.unnamed.append(path)
    for thing in waiting:
        for path, named in [*thing.names.items()][:1]:
            binding.absent[path] = named.event


def _matched(
    binding: Binding, paths: list[str], waiting: list[_Thing], form: str, documents: Mapping[str, bytes]
) -> list[str]:
    """Match files by their content, each with one thing, which then waits no longer; gives the files left over."""
    left = []
    for path in paths:
        sha256 = hashlib.sha256(documents[path]).hexdigest()
        for thing in waiting:
            if thing.counted == form and (event := thing.named_as(sha256)) is not None:
                binding.bound[path] = event
                waiting.remove(thing)
                break
        else:
            left.append(path)
    return left


def _matches(form: str, path: str) -> str:
    """The form with its purpose filled in, where the path is of it: ``mails/*-notice.eml``; empty where it is not."""
    if not form:
        return ""
    pattern = re.escape(form).replace(r"\{index:09\}", r"[0-9]{9,19}").replace(r"\*", "[1-9][0-9]{0,5}")
    found = re.fullmatch(pattern.replace(r"\{purpose\}", "(?P<purpose>[a-z_]{1,40})"), path, re.ASCII)
    return form.format_map({"index": 0} | found.groupdict()) if found else ""


def _json(binding: Binding, documents: Mapping[str, bytes], name: str) -> Mapping[str, JSON] | None:
    """A document that an event names, as an object."""
    return _object(documents[name]) if name in binding.bound else None


def _object(raw: bytes) -> Mapping[str, JSON] | None:
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _objects(parent: Mapping[str, JSON] | None, member: str) -> list[dict[str, JSON]]:
    listed = parent.get(member) if parent else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _sha256(value: JSON) -> str:
    return value if isinstance(value, str) and _SHA256.match(value) else ""
