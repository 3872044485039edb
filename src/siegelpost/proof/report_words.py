"""The report about a proof in words, German and English."""

from collections.abc import Iterator, Mapping, Sequence

from siegelpost.proof.reasons import said, said_of_file
from siegelpost.proof.report import NOT_PART, Anchor, Check, Report, Verdict
from siegelpost.proof.visible import visible
from siegelpost.words import Language

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
    Check.DOCUMENT: ("Dokument ist das gesiegelte", "Document is the one that was sealed"),
    Check.STATEMENT: ("Angaben folgen aus den Ereignissen", "Statements follow from the events"),
    Check.TIMESTAMP: ("Zeitstempel", "Time stamp"),
    Check.TIME: ("Zeiten widersprechen sich nicht", "Times do not contradict each other"),
    Check.YOUR_FILE: ("In Ihrer Datei steht ein Siegel", "Your file holds a checkpoint"),
    Check.YOUR_CHECKPOINT: ("Ihr Siegel wird fortgesetzt", "Your checkpoint is continued"),
    Check.SEALS: ("Kein echtes Siegel widerspricht", "No genuine checkpoint contradicts"),
}
# What no file of a proof can show: (German, English), each read after "only the office says".
UNPROVEN: Mapping[str, tuple[str, str]] = {
    "nothing-left-out": ("dass kein Ereignis und kein Dokument fehlt", "that no event and no document is missing"),
    "times": (
        "die Uhrzeiten, soweit sie kein Zeitstempel eingrenzt",
        "the times, as far as no time stamp bounds them",
    ),
    "created": ("wann dieser Nachweis ausgestellt wurde", "when this proof was made"),
    "title": ("der Titel", "the title"),
    "test": ("dass es kein Testbetrieb war, oder dass es einer war", "whether it was test operation"),
    "mailed": (
        "dass die als gemailt verzeichneten Siegel verschickt wurden",
        "that the checkpoints listed as mailed were sent",
    ),
}
_OPENING: Mapping[Verdict, tuple[str, str]] = {
    Verdict.FAILED: (
        "NICHT BESTÄTIGT: {failed} Prüfung(en) fehlgeschlagen.",
        "NOT CONFIRMED: {failed} check(s) failed.",
    ),
    Verdict.CONTRADICTED: (
        "WIDERLEGT: Zwei echte Siegel widersprechen sich. Das Protokoll wurde umgeschrieben.",
        "CONTRADICTED: two genuine seals contradict each other. The ledger was rewritten.",
    ),
    Verdict.NO_CHECKPOINT: (
        "NICHT VERGLICHEN: In Ihrer Datei steht kein Siegel. Der Nachweis selbst ist unversehrt.",
        "NOT COMPARED: there is no checkpoint in your file. The proof itself is intact.",
    ),
    Verdict.INTACT: (
        "UNVERSEHRT, aber von außen nicht verankert: alle {checks} Prüfungen bestanden.",
        "INTACT, but not anchored outside: all {checks} checks passed.",
    ),
    Verdict.ANCHORED: (
        "UNVERSEHRT UND VERANKERT bis Ereignis {event}: alle {checks} Prüfungen bestanden.",
        "INTACT AND ANCHORED up to event {event}: all {checks} checks passed.",
    ),
}


def text(report: Report, language: Language) -> str:
    """The report for people. Control characters of the proof's own texts are made visible."""
    en = language == "en"
    verdict = report.verdict
    opening = _OPENING[verdict][en]
    lines = [opening.format(failed=len(report.failures), checks=len(report.findings), event=report.anchored_to)]
    if verdict is Verdict.CONTRADICTED:
        lines += _contradictions(report, en)
    lines += [
        f"  ✗ {visible(said_of_file(each.file, language))}: {LABELS[each.check][en]}"
        f" ({visible(said(each.reason, language))})"
        for each in report.failures
    ]
    if verdict is Verdict.FAILED:
        lines.append(
            "As it is, this proof proves nothing. Ask the office for an unchanged copy."
            if en
            else "Dieser Nachweis beweist so nichts. Bitten Sie das Büro um eine unveränderte Fassung."
        )
    if verdict in {Verdict.FAILED, Verdict.CONTRADICTED}:
        return "\n".join(lines)
    return "\n".join([*lines, *_told(report, language), *_limits(report, en)])


def _contradictions(report: Report, en: bool) -> Iterator[str]:
    for one in report.contradictions:
        for file, head in one.seals:
            name = said_of_file(file, "en" if en else "de")
            root = head.text.split("\n")[2]
            yield (
                f"  {visible(name)}: {one.size} entries, root {root}"
                if en
                else f"  {visible(name)}: {one.size} Einträge, Wurzel {root}"
            )
    key = report.verifier.vkey if report.verifier else ""
    yield (
        f"  Both are signed by the key {key}. Keep both: together they prove the rewriting, also without this proof."
        if en
        else f"  Beide hat der Schlüssel {key} unterschrieben. Heben Sie beide auf: Zusammen beweisen sie das "
        "Umschreiben, auch ohne diesen Nachweis."
    )


def _told(report: Report, language: Language) -> Iterator[str]:
    """What a good proof says."""
    if report.manifest is None or report.checkpoint is None or report.verifier is None:
        raise AssertionError("a proof without these parts cannot have passed")
    en = language == "en"
    if report.manifest.test:
        yield "TEST – made in test operation." if en else "TEST – aus dem Testbetrieb, kein echter Vorgang."
    yield f"  {visible(report.manifest.title)}"
    for event in report.events:
        values = ", ".join(f"{name}: {visible(value)}" for name, value in event.personal.items())
        line = f"  {event.index:>5}  {event.at:%Y-%m-%d %H:%M:%S} UTC  {visible(event.label[language])}"
        yield f"{line}  ({values})" if values else line
    for anchor in report.anchors:
        yield f"  {_anchor(report, anchor, en)}"
    yield f"  {'Ledger' if en else 'Protokoll'}: {visible(report.checkpoint.origin)}, {report.checkpoint.size}"
    yield f"  {'Key' if en else 'Schlüssel'}: {report.verifier.vkey}"
    if not any(each.ok and each.check in (Check.KEY_EXPECTED, Check.YOUR_CHECKPOINT) for each in report.findings):
        yield (
            "  Checked against the key inside the proof itself. Compare it with the one the office tells you (--key), "
            "or check with an e-mail you got at the time (--checkpoint)."
            if en
            else "  Geprüft gegen den Schlüssel im Nachweis selbst. Vergleichen Sie ihn mit dem, den das Büro nennt "
            "(--key), oder prüfen Sie mit einer E-Mail von damals (--checkpoint)."
        )


def _anchor(report: Report, anchor: Anchor, en: bool) -> str:
    last = report.last_in(anchor.size)
    covers = (
        ("no event" if en else "kein Ereignis")
        if last is None
        else (f"up to event {last}" if en else f"bis Ereignis {last}")
    )
    if anchor.at is None:
        return (
            f"Your checkpoint of {anchor.size} entries covers this ledger {covers}."
            if en
            else f"Ihr Siegel über {anchor.size} Einträge deckt dieses Protokoll: {covers}."
        )
    checked = (
        ("name checked" if en else "Name geprüft")
        if anchor.trusted
        else ("name not checked" if en else "Name nicht geprüft")
    )
    return (
        f"Time stamp of {anchor.at:%Y-%m-%d %H:%M:%S} UTC, {covers}: authority {visible(anchor.authority)} ({checked}; "
        f"SHA-256 of its top certificate {anchor.fingerprint})."
        if en
        else f"Zeitstempel vom {anchor.at:%Y-%m-%d %H:%M:%S} UTC, {covers}: Stelle {visible(anchor.authority)} "
        f"({checked}; SHA-256 ihres obersten Zertifikats {anchor.fingerprint})."
    )


def _limits(report: Report, en: bool) -> Iterator[str]:
    """What the reader has to take from the office."""
    yield "Only the office says:" if en else "Allein auf dem Wort des Büros beruht:"
    yield from (f"  - {UNPROVEN[each][en]}" for each in report.unproven)
    late = report.unanchored
    if late:
        numbers = _numbers(late)
        yield (
            f"  - that events {numbers} were not written or changed later: nothing outside holds them"
            if en
            else f"  - dass die Ereignisse {numbers} nicht später geschrieben oder geändert wurden: "
            "Nichts von außen hält sie fest"
        )
    if any(not anchor.trusted for anchor in report.anchors):
        yield (
            "  - who made the time stamps: name the authority's certificate with --tsa-root, and they anchor as well"
            if en
            else "  - wer die Zeitstempel gemacht hat: Mit --tsa-root und dem Zertifikat der Stelle verankern auch sie"
        )
    for file in report.unnamed:
        yield f"  - {visible(file)}: " + ("no event names this file" if en else "Kein Ereignis nennt diese Datei")
    for file, event in sorted(report.absent.items()):
        yield (
            f"  - {visible(file)}: event {event} names it, but it is not in this proof"
            if en
            else f"  - {visible(file)}: Ereignis {event} nennt sie, sie liegt aber nicht bei"
        )
    names = ", ".join(NOT_PART)
    yield (
        f"Not part of the proof, only for reading: {names}."
        if en
        else f"Nicht Teil des Nachweises, nur zum Lesen: {names}."
    )


def _numbers(indexes: Sequence[int]) -> str:
    shown = ", ".join(map(str, indexes[:12]))
    return shown if len(indexes) <= 12 else f"{shown} … {indexes[-1]}"
