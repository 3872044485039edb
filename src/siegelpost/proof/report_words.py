"""The report about a proof in words, German and English."""

from collections.abc import Iterator, Mapping, Sequence

from siegelpost.proof.report import Anchor, Check, ProofVerdict, Report
from siegelpost.proof.visible import visible
from siegelpost.toolbox.words import Language, Words, said

# Each read as "<this> failed".
LABELS: Mapping[Check, Words] = {
    Check.CONTAINER: Words("Aufbau der Datei", "Form of the container"),
    Check.KEY: Words("Schlüssel des Büros", "The office's key"),
    Check.KEY_EXPECTED: Words("Schlüssel ist der von Ihnen genannte", "Key is the one you named"),
    Check.MANIFEST: Words("Form des Inhaltsverzeichnisses", "Form of the list of contents"),
    Check.MANIFEST_SIGNATURE: Words("Unterschrift des Inhaltsverzeichnisses", "Signature of the list of contents"),
    Check.MISSING: Words("Keine Datei fehlt", "No file is missing"),
    Check.EXTRA: Words("Keine Datei ist zu viel", "No file is added"),
    Check.CONTENT: Words("Größe und SHA-256 der Datei", "Size and SHA-256 of the file"),
    Check.CHECKPOINT: Words("Siegel", "Checkpoint"),
    Check.EVENT: Words("Form des Ereignisses", "Form of the event"),
    Check.INCLUSION: Words("Ereignis steht im gesiegelten Protokoll", "Event stands in the sealed ledger"),
    Check.OPENINGS: Words("Offengelegte Angaben sind die aufgezeichneten", "Values opened are those recorded"),
    Check.CONSISTENCY: Words("Früheres Siegel wird fortgesetzt", "Earlier checkpoint is continued"),
    Check.DOCUMENT: Words("Dokument ist das gesiegelte", "Document is the one that was sealed"),
    Check.STATEMENT: Words("Angaben folgen aus den Ereignissen", "Statements follow from the events"),
    Check.TIMESTAMP: Words("Zeitstempel", "Time stamp"),
    Check.TIME: Words("Zeiten widersprechen sich nicht", "Times do not contradict each other"),
    Check.YOUR_FILE: Words("In Ihrer Datei steht ein Siegel", "Your file holds a checkpoint"),
    Check.YOUR_CHECKPOINT: Words("Ihr Siegel wird fortgesetzt", "Your checkpoint is continued"),
    Check.SEALS: Words("Kein echtes Siegel widerspricht", "No genuine checkpoint contradicts"),
}
# What no file of a proof can show, each read after "only the office says".
UNPROVEN: Mapping[str, Words] = {
    "nothing-left-out": Words("dass kein Ereignis und kein Dokument fehlt", "that no event and no document is missing"),
    "times": Words(
        "die Uhrzeiten, soweit sie kein Zeitstempel eingrenzt",
        "the times, as far as no time stamp bounds them",
    ),
    "created": Words("wann dieser Nachweis ausgestellt wurde", "when this proof was made"),
    "title": Words("der Titel", "the title"),
    "test": Words("dass es kein Testbetrieb war, oder dass es einer war", "whether it was test operation"),
    "mailed": Words(
        "dass die als gemailt verzeichneten Siegel verschickt wurden",
        "that the checkpoints listed as mailed were sent",
    ),
}
_OPENING: Mapping[ProofVerdict, Words] = {
    ProofVerdict.FAILED: Words(
        "NICHT BESTÄTIGT: {failed} Prüfung(en) fehlgeschlagen.",
        "NOT CONFIRMED: {failed} check(s) failed.",
    ),
    ProofVerdict.CONTRADICTED: Words(
        "WIDERLEGT: Zwei echte Siegel widersprechen sich. Das Protokoll wurde umgeschrieben.",
        "CONTRADICTED: two genuine seals contradict each other. The ledger was rewritten.",
    ),
    ProofVerdict.NO_CHECKPOINT: Words(
        "NICHT VERGLICHEN: In Ihrer Datei steht kein Siegel. Der Nachweis selbst ist unversehrt.",
        "NOT COMPARED: there is no checkpoint in your file. The proof itself is intact.",
    ),
    ProofVerdict.INTACT: Words(
        "UNVERSEHRT, aber von außen nicht verankert: alle {checks} Prüfungen bestanden.",
        "INTACT, but not anchored outside: all {checks} checks passed.",
    ),
    ProofVerdict.ANCHORED: Words(
        "UNVERSEHRT UND VERANKERT bis Ereignis {event}: alle {checks} Prüfungen bestanden.",
        "INTACT AND ANCHORED up to event {event}: all {checks} checks passed.",
    ),
}


def text(report: Report, language: Language) -> str:
    """The report for people. Control characters of the proof's own texts are made visible."""
    verdict = report.verdict
    opening = _OPENING[verdict][language]
    lines = [opening.format(failed=len(report.failures), checks=len(report.findings), event=report.anchored_to)]
    lines += _contradictions(report, language)
    for each in report.failures:
        file, reason = (visible(said(one, language)) for one in (each.file, each.reason))
        lines.append(f"  ✗ {file}: {LABELS[each.check][language]} ({reason})")
    if verdict is ProofVerdict.FAILED:
        lines.append(
            Words(
                "Dieser Nachweis beweist so nichts. Bitten Sie das Büro um eine unveränderte Fassung.",
                "As it is, this proof proves nothing. Ask the office for an unchanged copy.",
            )[language]
        )
    elif verdict is not ProofVerdict.CONTRADICTED:
        lines += [*_told(report, language), *(each[language] for each in _limits(report))]
    return "\n".join(lines)


def _contradictions(report: Report, language: Language) -> Iterator[str]:
    for one in report.contradictions:
        for file, head in one.seals:
            root = head.text.split("\n")[2]
            entries = Words(f"{one.size} Einträge, Wurzel {root}", f"{one.size} entries, root {root}")
            yield f"  {visible(said(file, language))}: {entries[language]}"
    if report.contradictions:
        key = report.verifier.vkey if report.verifier else ""
        yield Words(
            f"  Beide hat der Schlüssel {key} unterschrieben. Heben Sie beide auf: Zusammen beweisen sie das "
            "Umschreiben, auch ohne diesen Nachweis.",
            f"  Both are signed by the key {key}. Keep both: together they prove the rewriting, also without this "
            "proof.",
        )[language]


def _told(report: Report, language: Language) -> Iterator[str]:
    """What a good proof says."""
    if report.manifest is None or report.checkpoint is None or report.verifier is None:
        raise AssertionError("a proof without these parts cannot have passed")
    if report.manifest.test:
        yield Words("TEST – aus dem Testbetrieb, kein echter Vorgang.", "TEST – made in test operation.")[language]
    yield f"  {visible(report.manifest.title)}"
    for event in report.events:
        values = ", ".join(f"{name}: {visible(value)}" for name, value in event.personal.items())
        line = f"  {event.index:>5}  {event.at:%Y-%m-%d %H:%M:%S} UTC  {visible(event.label[language])}"
        yield f"{line}  ({values})" if values else line
    for anchor in report.anchors:
        yield f"  {_anchor(report, anchor)[language]}"
    ledger, key = Words("Protokoll", "Ledger")[language], Words("Schlüssel", "Key")[language]
    yield f"  {ledger}: {visible(report.checkpoint.origin)}, {report.checkpoint.size}"
    yield f"  {key}: {report.verifier.vkey}"
    if not any(each.ok and each.check in (Check.KEY_EXPECTED, Check.YOUR_CHECKPOINT) for each in report.findings):
        yield Words(
            "  Geprüft gegen den Schlüssel im Nachweis selbst. Vergleichen Sie ihn mit dem, den das Büro nennt "
            "(--key), oder prüfen Sie mit einer E-Mail von damals (--checkpoint).",
            "  Checked against the key inside the proof itself. Compare it with the one the office tells you (--key), "
            "or check with an e-mail you got at the time (--checkpoint).",
        )[language]


def _anchor(report: Report, anchor: Anchor) -> Words:
    last = report.last_in(anchor.size)
    covers = (
        Words("kein Ereignis", "no event") if last is None else Words(f"bis Ereignis {last}", f"up to event {last}")
    )
    if anchor.at is None:
        return Words(
            f"Ihr Siegel über {anchor.size} Einträge deckt dieses Protokoll: {covers.de}.",
            f"Your checkpoint of {anchor.size} entries covers this ledger {covers.en}.",
        )
    checked = (
        Words("Name geprüft", "name checked") if anchor.trusted else Words("Name nicht geprüft", "name not checked")
    )
    at, authority = f"{anchor.at:%Y-%m-%d %H:%M:%S}", visible(anchor.authority)
    return Words(
        f"Zeitstempel vom {at} UTC, {covers.de}: Stelle {authority} ({checked.de}; SHA-256 ihres obersten Zertifikats "
        f"{anchor.fingerprint}).",
        f"Time stamp of {at} UTC, {covers.en}: authority {authority} ({checked.en}; SHA-256 of its top certificate "
        f"{anchor.fingerprint}).",
    )


def _limits(report: Report) -> Iterator[Words]:
    """What the reader has to take from the office."""
    yield Words("Allein auf dem Wort des Büros beruht:", "Only the office says:")
    yield from (Words("  - {}", "  - {}").filled(UNPROVEN[each]) for each in report.unproven)
    if report.unanchored:
        numbers = _numbers(report.unanchored)
        yield Words(
            f"  - dass die Ereignisse {numbers} nicht später geschrieben oder geändert wurden: Nichts von außen hält "
            "sie fest",
            f"  - that events {numbers} were not written or changed later: nothing outside holds them",
        )
    if any(not anchor.trusted for anchor in report.anchors):
        yield Words(
            "  - wer die Zeitstempel gemacht hat: Mit --tsa-root und dem Zertifikat der Stelle verankern auch sie",
            "  - who made the time stamps: name the authority's certificate with --tsa-root, and they anchor as well",
        )
    for file in map(visible, report.unnamed):
        yield Words(f"  - {file}: Kein Ereignis nennt diese Datei", f"  - {file}: no event names this file")
    for file, event in sorted(report.absent.items()):
        yield Words(
            f"  - {visible(file)}: Ereignis {event} nennt sie, sie liegt aber nicht bei",
            f"  - {visible(file)}: event {event} names it, but it is not in this proof",
        )
    names = ", ".join(report.not_part)
    yield Words(
        f"Nicht Teil des Nachweises, nur zum Lesen: {names}.", f"Not part of the proof, only for reading: {names}."
    )


def _numbers(indexes: Sequence[int]) -> str:
    shown = ", ".join(map(str, indexes[:12]))
    return shown if len(indexes) <= 12 else f"{shown} … {indexes[-1]}"
