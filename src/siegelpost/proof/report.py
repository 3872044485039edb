"""What checking a proof has found, and how it is said in German and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from siegelpost.ledger.checkpoint import Checkpoint
from siegelpost.ledger.events import Language, by_uri
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.note import Verifier
from siegelpost.proof.manifest import Manifest
from siegelpost.proof.reasons import said


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
    TIMESTAMP = "timestamp"
    YOUR_CHECKPOINT = "your-checkpoint"


# check: (German, English), read as "<this> failed"
LABELS: Mapping[Check, tuple[str, str]] = {
    Check.CONTAINER: ("Aufbau der Datei", "Form of the container"),
    Check.KEY: ("Schlüssel des Büros", "The office's key"),
    Check.KEY_EXPECTED: ("Schlüssel ist der von Ihnen genannte", "Key is the one you named"),
    Check.MANIFEST: ("Form des Inhaltsverzeichnisses", "Form of the list of contents"),
    Check.MANIFEST_SIGNATURE: ("Unterschrift des Inhaltsverzeichnisses", "Signature of the list of contents"),
    Check.MISSING: ("Keine Datei fehlt", "No file is missing"),
    Check.EXTRA: ("Keine Datei ist zu viel", "No file is added"),
    Check.CONTENT: ("Größe und SHA-256 der Datei", "Size and SHA-256 of the file"),
    Check.CHECKPOINT: ("Siegel", "Checkpoint"),
    Check.EVENT: ("Form des Ereignisses", "Form of the event"),
    Check.INCLUSION: ("Ereignis steht im gesiegelten Protokoll", "Event stands in the sealed ledger"),
    Check.OPENINGS: ("Offengelegte Angaben sind die aufgezeichneten", "Values opened are those recorded"),
    Check.CONSISTENCY: ("Früheres Siegel wird fortgesetzt", "Earlier checkpoint is continued"),
    Check.TIMESTAMP: ("Zeitstempel", "Time stamp"),
    Check.YOUR_CHECKPOINT: ("Ihr Siegel wird fortgesetzt", "Your checkpoint is continued"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; ``reason`` says in English why it failed (see :mod:`siegelpost.proof.reasons`)."""

    check: Check
    file: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event that stands in the ledger, with the personal values that were opened."""

    index: int
    at: datetime
    uri: str
    data: Mapping[str, JSON]
    personal: Mapping[str, str]

    def label(self, language: Language) -> str:
        """Its name in plain words, or its URI when a later version introduced it."""
        kind = by_uri(self.uri)
        return kind.label(language) if kind else self.uri


@dataclass(frozen=True, slots=True)
class ProvenTime:
    """A time stamp: the tree of ``size`` existed at ``at``, says ``authority``."""

    size: int
    at: datetime
    authority: str


@dataclass
class Report:
    """All findings about one proof, and what it says if they are good."""

    findings: list[Finding] = field(default_factory=list)
    verifier: Verifier | None = None
    manifest: Manifest | None = None
    checkpoint: Checkpoint | None = None
    events: list[ProvenEvent] = field(default_factory=list)
    times: list[ProvenTime] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every check passed; never true when nothing was checked."""
        return bool(self.findings) and all(finding.ok for finding in self.findings)

    @property
    def failures(self) -> list[Finding]:
        """The checks that failed."""
        return [finding for finding in self.findings if not finding.ok]

    def passed(self, check: Check, file: str) -> None:
        """Note a check that passed."""
        self.findings.append(Finding(check, file, True))

    def failed(self, check: Check, file: str, reason: str) -> None:
        """Note a check that failed."""
        self.findings.append(Finding(check, file, False, reason))

    def as_json(self) -> dict[str, object]:
        """The report for programs: stable names, times in ISO 8601, reasons in English whatever the language."""
        return {
            "ok": self.ok,
            "subject": self.manifest.subject if self.manifest else None,
            "title": self.manifest.title if self.manifest else None,
            "test": self.manifest.test if self.manifest else None,
            "key": self.verifier.vkey if self.verifier else None,
            "checkpoint": self.checkpoint.text if self.checkpoint else None,
            "events": [
                {
                    "index": event.index,
                    "at": event.at.isoformat(),
                    "event": event.uri,
                    "data": event.data,
                    "personal": event.personal,
                }
                for event in self.events
            ],
            "timestamps": [
                {"size": time.size, "at": time.at.isoformat(), "authority": time.authority} for time in self.times
            ],
            "checks": [
                {"check": finding.check, "file": finding.file, "ok": finding.ok, "reason": finding.reason}
                for finding in self.findings
            ],
        }

    def text(self, language: Language) -> str:
        """The report for people. Control characters of the proof's own texts are made visible."""
        de = language == "de"
        lines = []
        if not self.ok:
            count = len(self.failures)
            lines.append(
                f"NICHT BESTÄTIGT: {count} Prüfung(en) fehlgeschlagen."
                if de
                else f"NOT CONFIRMED: {count} check(s) failed."
            )
            lines += [
                f"  ✗ {visible(said(each.file, language))}: {LABELS[each.check][not de]}"
                f" ({visible(said(each.reason, language))})"
                for each in self.failures
            ]
            lines.append(
                "Dieser Nachweis beweist so nichts. Bitten Sie das Büro um eine unveränderte Fassung."
                if de
                else "As it is, this proof proves nothing. Ask the office for an unchanged copy."
            )
            return "\n".join(lines)
        if self.manifest is None or self.checkpoint is None or self.verifier is None:
            raise AssertionError("a proof without these parts cannot have passed")
        lines.append(
            f"BESTÄTIGT: alle {len(self.findings)} Prüfungen bestanden."
            if de
            else f"CONFIRMED: all {len(self.findings)} checks passed."
        )
        if self.manifest.test:
            lines.append("TEST – aus dem Testbetrieb, kein echter Vorgang." if de else "TEST – made in test operation.")
        lines.append(f"  {visible(self.manifest.title)}")
        for event in self.events:
            values = ", ".join(f"{name}: {visible(value)}" for name, value in event.personal.items())
            line = f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {visible(event.label(language))}"
            lines.append(f"{line}  ({values})" if values else line)
        stamped = (
            "Zeitstempel: {0} bezeugt das Siegel über {1} Einträge um {2} UTC"
            if de
            else "Time stamp: {0} attests the checkpoint of {1} entries at {2} UTC"
        )
        lines += [
            "  " + stamped.format(visible(time.authority), time.size, f"{time.at:%Y-%m-%d %H:%M:%S}")
            for time in self.times
        ]
        lines.append(f"  {'Protokoll' if de else 'Ledger'}: {visible(self.checkpoint.origin)}, {self.checkpoint.size}")
        lines.append(f"  {'Schlüssel' if de else 'Key'}: {self.verifier.vkey}")
        if not any(finding.check in (Check.KEY_EXPECTED, Check.YOUR_CHECKPOINT) for finding in self.findings):
            lines.append(
                "  Geprüft gegen den Schlüssel im Nachweis selbst. Vergleichen Sie ihn mit dem, den das Büro "
                "veröffentlicht (--key), oder prüfen Sie mit einer E-Mail von damals (--checkpoint)."
                if de
                else "  Checked against the key inside the proof itself. Compare it with the one the office "
                "publishes (--key), or check with an e-mail you got at the time (--checkpoint)."
            )
        return "\n".join(lines)


def visible(text: str, keep: str = "") -> str:
    """Text that cannot steer a terminal, forge a line or turn the direction of writing."""
    return "".join(c if c.isprintable() or c in keep else f"\\u{ord(c):04x}" for c in text)
