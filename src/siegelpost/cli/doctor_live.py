"""What ``siegelpost doctor`` does with a running server: ask it, and show the answer in colours."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.judgement_words import knowledge_text
from siegelpost.doctor.live import LiveReport, Severity, check, report_words, sentences, target
from siegelpost.doctor.live.verdicts import LiveVerdict
from siegelpost.doctor.texts import criteria
from siegelpost.doctor.texts.weak_keys import WEAKNESSES
from siegelpost.settings import Settings, load
from siegelpost.tls.store import Store

COLOURS = {VerdictState.OK: "green", VerdictState.REFUSED: "red", VerdictState.UNKNOWN: "yellow"}
_MARKS = {
    Severity.BAD: ("✗", "red"),
    Severity.WARN: ("!", "yellow"),
    Severity.UNKNOWN: ("?", "cyan"),
    Severity.OK: ("✓", "green"),
}


def ask(wanted: str | None, roots: Sequence[bytes], at: datetime | None) -> LiveReport:
    """Ask a server; without a name this installation's own, at its public address.

    The settings about the network (``resolve``, ``trust_roots``) hold for every server; what is known of this
    installation's certificates only for its own.
    """
    settings = load()
    address = wanted or settings.public_address
    own = _is_own(address, settings)
    return check(
        address,
        local_roots=[*roots, *(root.read_bytes() for root in settings.trust_roots)],
        at=at,
        resolve=settings.resolve,
        expected_fingerprints=_fingerprints(settings) if own else None,
        own_port=settings.port if own else None,
    )


def _is_own(address: str, settings: Settings) -> bool:
    """Only a public address that was set is known to be this installation's."""
    try:
        asked, public = target.parse(address), target.parse(settings.public_address)
    except target.TargetError:
        return False
    return settings.public_url is not None and (asked.name, asked.port) == (public.name, public.port)


def _fingerprints(settings: Settings) -> list[str] | None:
    """Those of the certificates in use; behind a proxy its certificate is shown instead, as it should be."""
    if settings.trusted_proxies or settings.proxy_listen:
        return None
    return [each.fingerprint for each in Store(settings.data / "tls").current()] or None


def show(report: LiveReport, language: str, console: Console | None = None) -> None:
    """The three criteria, each browser with cause and remedy, then what else was found."""
    console = console or Console(highlight=False, soft_wrap=True)
    colour = {True: "green", False: "red", None: "yellow"}[report.ok]
    console.print(Text(report_words.headline(report, language), style=f"bold {colour}"))
    console.print()
    _show_criteria(report, language, console)
    remedies: dict[str, list[str]] = {}
    for verdict in report.verdicts.values():
        console.print(
            Text(report_words.verdict_line(report, verdict, language), style=f"bold {COLOURS[verdict.state]}")
        )
        for cause, steps in _causes(report, verdict, language):
            if cause not in remedies:
                console.print(Text(f"  {cause}"))
            remedies.setdefault(cause, steps)
    _show_steps(criteria.REMEDY[language], [step for each in remedies.values() for step in each], console)
    console.print()
    console.print(Text(sentences.SURROUNDINGS[language], style="bold"))
    found = report_words.by_gravity(report)
    for finding in found:
        mark, style = _MARKS[finding.severity]
        console.print(Text(f"  {mark} {report_words.sentence(finding, language)}", style=style))
    told = {step for each in remedies.values() for step in each}
    more = [step for finding in found for step in report_words.steps(finding, language) if step not in told]
    _show_steps(sentences.MORE_STEPS[language], more, console)
    if report.judgement and report.judgement.weakness:
        console.print(Text(WEAKNESSES[report.judgement.weakness][language], style="bold red"))
    for each in report_words.unknown(report, language):
        console.print(Text(each, style="yellow"))
    console.print(Text(knowledge_text(report.checked_at, language), style="dim"))


def _show_criteria(report: LiveReport, language: str, console: Console) -> None:
    words = report_words.words_of(report, language)
    if report.judgement is None or words is None:
        return
    for criterion in report.judgement.criteria:
        colour = {True: "green", False: "red", None: "yellow"}[criterion.met]
        console.print(Text(f"● {words.criterion(criterion)}", style=colour))
    console.print(Text(words.why_not_years(), style="dim"))
    console.print()


def _causes(report: LiveReport, verdict: LiveVerdict, language: str) -> list[tuple[str, list[str]]]:
    """Each cause with its remedy; the one that leads comes first, and the only one whose remedy is told."""
    words = report_words.words_of(report, language)
    if verdict.judged is not None and words is not None:
        return [
            (words.follows(each), []) if each.follows else (words.cause(each), words.remedy(each))
            for each in verdict.judged.findings
        ]
    finding = report_words.leading(report, verdict)
    return [(report_words.sentence(finding, language), report_words.steps(finding, language))] if finding else []


def _show_steps(title: str, steps: Sequence[str], console: Console) -> None:
    if not steps:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for number, step in enumerate(dict.fromkeys(steps), 1):
        console.print(Text(f"  {number}. {step}"))
