"""What checking a proof has found: each check, and how far the whole can be believed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.event_variants import words_by_uri
from siegelpost.ledger.events import EventKind, by_uri
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.note import Verifier
from siegelpost.proof.manifest import Manifest
from siegelpost.toolbox.words import Words, said

# For people to read, and signed with the rest; no event names them, so they prove nothing. The receipt is a third one.
EXPLAINING: Final = ("LIESMICH.txt", "README.txt")


class Check(StrEnum):
    """Everything that is checked, in the order of checking."""

    CONTAINER = "container"
    KEY = "key"
    KEY_EXPECTED = "key-expected"
    MANIFEST = "manifest"
    MANIFEST_SIGNATURE = "manifest-signature"
    MISSING = "missing-file"
    EXTRA = "extra-file"
    CONTENT = "content"
    CHECKPOINT = "checkpoint"
    EVENT = "event"
    INCLUSION = "inclusion"
    OPENINGS = "openings"
    CONSISTENCY = "consistency"
    DOCUMENT = "document"
    STATEMENT = "statement"
    TIMESTAMP = "timestamp"
    TIME = "time"
    YOUR_FILE = "your-file"
    YOUR_CHECKPOINT = "your-checkpoint"
    SEALS = "seals"


class ProofVerdict(StrEnum):
    """How far a proof can be believed."""

    FAILED = "failed"  # a check failed
    CONTRADICTED = "contradicted"  # the office's key has signed two seals of which one must be false
    NO_CHECKPOINT = "no-checkpoint-in-your-file"  # good in itself, but what was brought says nothing
    INTACT = "intact"  # good in itself; whoever has the key could have written it like this at any time
    ANCHORED = "anchored"  # good, and tied to something that the office cannot have changed since


@dataclass(frozen=True, slots=True)
class ProofFinding:
    """The outcome of one check of a file, or of what the reader brought; ``reason`` says why it failed."""

    check: Check
    file: str | Words
    ok: bool
    reason: Words | None = None


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event that stands in the ledger, with the personal values that were opened."""

    index: int
    at: datetime
    uri: str
    data: Mapping[str, JSON]
    personal: Mapping[str, str]

    @property
    def kind(self) -> EventKind | None:
        """Its kind; none for one that a later version has introduced."""
        return by_uri(self.uri)

    @property
    def label(self) -> Words:
        """Its name in plain words, or its URI when a later version introduced it."""
        return words_by_uri(self.uri, self.data).label


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something outside the office that a tree of ``size`` entries is tied to.

    The reader's own checkpoint, or a time stamp: the tree existed at ``at``, says ``authority``. ``trusted``: the
    office cannot have made it; of a time stamp that is so only if it leads to a certificate the reader named.
    """

    size: int
    trusted: bool
    at: datetime | None = None
    authority: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two seals over as many entries with different roots, both signed by the office's key, and where each stands."""

    size: int
    seals: tuple[tuple[str | Words, TreeHead], tuple[str | Words, TreeHead]]


@dataclass(slots=True)
class Report:
    """All findings about one proof, and what it says if they are good."""

    findings: list[ProofFinding] = field(default_factory=list)
    verifier: Verifier | None = None
    manifest: Manifest | None = None
    checkpoint: TreeHead | None = None
    events: list[ProvenEvent] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)  # file: the event that names it
    unnamed: list[str] = field(default_factory=list)  # files on the office's word alone
    absent: dict[str, int] = field(default_factory=dict)  # file that is not in the proof: the event that names it
    receipt: str = "receipt.pdf"  # what it is called in this proof
    unproven: list[str] = field(default_factory=list)  # what else rests on the office's word, see wording.UNPROVEN

    @property
    def not_part(self) -> tuple[str, ...]:
        """The files that are only for reading."""
        return (self.receipt, *EXPLAINING)

    @property
    def ok(self) -> bool:
        """Whether every check passed; never true when nothing was checked."""
        return bool(self.findings) and all(finding.ok for finding in self.findings)

    @property
    def verdict(self) -> ProofVerdict:
        """How far the proof can be believed."""
        if self.contradictions:
            return ProofVerdict.CONTRADICTED
        if not self.ok:
            unread = {finding.check for finding in self.failures} == {Check.YOUR_FILE}
            return ProofVerdict.NO_CHECKPOINT if unread else ProofVerdict.FAILED
        return ProofVerdict.INTACT if self.anchored_to is None else ProofVerdict.ANCHORED

    @property
    def failures(self) -> list[ProofFinding]:
        """The checks that failed."""
        return [finding for finding in self.findings if not finding.ok]

    @property
    def anchored_to(self) -> int | None:
        """The last event that is tied to something the office cannot have changed since."""
        return max(
            (last for one in self.anchors if one.trusted and (last := self.last_in(one.size)) is not None), default=None
        )

    @property
    def unanchored(self) -> list[int]:
        """The events that come after all that they could be tied to."""
        upto = self.anchored_to
        return [event.index for event in self.events if upto is None or event.index > upto]

    def last_in(self, size: int) -> int | None:
        """The last event of this proof that stands in the tree of this size."""
        return max((event.index for event in self.events if event.index < size), default=None)

    def stamps(self) -> Iterator[tuple[Anchor, datetime]]:
        """The time stamps among the anchors."""
        for anchor in self.anchors:
            if anchor.at:
                yield anchor, anchor.at

    def passed(self, check: Check, file: str | Words) -> None:
        """Note a check that passed."""
        self.findings.append(ProofFinding(check, file, True))

    def failed(self, check: Check, file: str | Words, reason: Words) -> None:
        """Note a check that failed."""
        self.findings.append(ProofFinding(check, file, False, reason))

    def as_json(self) -> dict[str, object]:
        """The report for programs: stable names, times in ISO 8601, reasons in English whatever the language."""
        return {
            "ok": self.ok,
            "verdict": self.verdict,
            "subject": self.manifest.subject if self.manifest else None,
            "title": self.manifest.title if self.manifest else None,
            "test": self.manifest.test if self.manifest else None,
            "key": self.verifier.vkey if self.verifier else None,
            "checkpoint": self.checkpoint.text if self.checkpoint else None,
            "anchored_to_event": self.anchored_to,
            "anchors": [
                {
                    "by": "timestamp" if anchor.at else "your-checkpoint",
                    "size": anchor.size,
                    "to_event": self.last_in(anchor.size),
                    "trusted": anchor.trusted,
                    "at": anchor.at.isoformat() if anchor.at else None,
                    "authority": anchor.authority or None,
                    "fingerprint": anchor.fingerprint or None,
                }
                for anchor in self.anchors
            ],
            "contradictions": [
                {
                    "size": one.size,
                    "seals": [{"file": said(file, "en"), "checkpoint": head.text} for file, head in one.seals],
                }
                for one in self.contradictions
            ],
            "events": [self._event(event) for event in self.events],
            "documents": [{"file": file, "event": event} for file, event in sorted(self.named.items())],
            "absent_documents": [{"file": file, "event": event} for file, event in sorted(self.absent.items())],
            "office_word": {"statements": self.unproven, "events": self.unanchored, "documents": self.unnamed},
            "not_part": list(self.not_part),
            "timestamps": [
                {
                    "size": anchor.size,
                    "at": at.isoformat(),
                    "authority": anchor.authority,
                    "fingerprint": anchor.fingerprint,
                    "trusted": anchor.trusted,
                }
                for anchor, at in self.stamps()
            ],
            "checks": [
                {
                    "check": finding.check,
                    "file": said(finding.file, "en"),
                    "ok": finding.ok,
                    "reason": finding.reason.en if finding.reason else "",
                }
                for finding in self.findings
            ],
        }

    def _event(self, event: ProvenEvent) -> dict[str, object]:
        before = [at for anchor, at in self.stamps() if anchor.size > event.index]
        after = [at for anchor, at in self.stamps() if anchor.size <= event.index]
        return {
            "index": event.index,
            "at": event.at.isoformat(),
            "event": event.uri,
            "data": event.data,
            "personal": event.personal,
            "anchored": event.index not in self.unanchored,
            # Between these two it came into the ledger, as the time stamps have it.
            "recorded_after": max(after).isoformat() if after else None,
            "recorded_before": min(before).isoformat() if before else None,
        }
