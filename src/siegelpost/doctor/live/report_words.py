"""A live report in words and as JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from siegelpost.doctor import judgement_words
from siegelpost.doctor.judgement import Verdict, VerdictState
from siegelpost.doctor.judgement_words import JudgementWords
from siegelpost.doctor.live import sentences
from siegelpost.doctor.live.findings import FindingId, LiveFinding, Severity
from siegelpost.doctor.live.report import LiveReport
from siegelpost.doctor.live.verdicts import LiveVerdict
from siegelpost.doctor.texts import fill

_GRAVEST = (Severity.BAD, Severity.WARN, Severity.UNKNOWN, Severity.OK)


def sentence(finding: LiveFinding, language: str) -> str:
    """What was found, in one sentence or two."""
    return fill(sentences.FINDINGS[finding.id].sentence, language, finding.facts)


def steps(finding: LiveFinding, language: str) -> list[str]:
    """What to do about it, or how to find it out; empty when nothing is to be done."""
    return [fill(step.text, language, finding.facts) for step in sentences.FINDINGS[finding.id].steps]


def headline(report: LiveReport, language: str) -> str:
    good = sentences.ALL_GOOD_AS_FAR_AS_KNOWN if unknown(report, language) else sentences.ALL_GOOD
    text = {True: good, False: sentences.SOME_BAD, None: sentences.NOT_TOLD}[report.ok]
    return fill(text, language, {"host": report.host})


def verdict_line(report: LiveReport, verdict: LiveVerdict, language: str) -> str:
    """One browser's verdict in one line."""
    words = words_of(report, language)
    if verdict.judged is not None and words is not None:
        return words.headline(verdict.judged)
    text = sentences.BROWSER_UNKNOWN if verdict.state is VerdictState.UNKNOWN else sentences.BROWSER_STOPPED
    return fill(text, language, {"browser": verdict.browser.shown, "code": _code(verdict, language)})


def _code(verdict: LiveVerdict, language: str) -> str | None:
    shown = sentences.SAFARI.get(verdict.code or "")
    return shown[language] if shown else verdict.code


def words_of(report: LiveReport, language: str) -> JudgementWords | None:
    """The judge's words, with this server's own addresses in the remedies."""
    if report.judgement is None:
        return None
    return JudgementWords(report.judgement, language, [str(each.address) for each in report.addresses])


def unknown(report: LiveReport, language: str) -> list[str]:
    """What old knowledge cannot tell of the chain that is called good."""
    words = words_of(report, language)
    return [words.unknown(each) for each in words.judgement.unknown] if words else []


def by_gravity(report: LiveReport) -> list[LiveFinding]:
    """The findings, the gravest first."""
    return sorted(report.findings, key=lambda finding: _GRAVEST.index(finding.severity))


def leading(report: LiveReport, verdict: LiveVerdict) -> LiveFinding | None:
    """The live finding that decides a verdict, if it is not the judge's."""
    return next((each for each in report.findings if each.id is verdict.stopped), None)


def as_json(report: LiveReport, language: str) -> dict[str, Any]:
    """Plain values only. ``verdicts`` hold ``ok``, ``code``, ``cause``, ``remedy``, as those of a judged chain do."""
    judged = judgement_words.as_json(report.judgement, language) if report.judgement else {}
    return {
        "host": report.host,
        "port": report.port,
        "ok": report.ok,
        "unknown": judged.get("unknown", []),
        "checked_at": _plain(report.checked_at),
        "duration": round(report.duration, 3),
        "fingerprint": report.fingerprint,
        "chain_pem": report.chain_pem,
        "completed_pem": report.completed_pem,
        "verdicts": {
            browser.value: _verdict(report, verdict, language) for browser, verdict in report.verdicts.items()
        },
        "criteria": judged.get("criteria", []),
        "path": judged.get("path", []),
        "ends": judged.get("ends"),
        "public": judged.get("public"),
        "weakness": judged.get("weakness"),
        "knowledge": judgement_words.knowledge_json(report.checked_at, language),
        "addresses": [
            {
                "address": str(each.address),
                "outcome": each.outcome,
                "milliseconds": each.milliseconds,
                "fingerprint": each.fingerprint,
            }
            for each in report.addresses
        ],
        "findings": [
            {
                "id": each.id.value,
                "severity": each.severity.value,
                "text": sentence(each, language),
                "remedy": steps(each, language),
                "facts": _plain(each.facts),
            }
            for each in report.findings
        ],
    }


def _verdict(report: LiveReport, verdict: LiveVerdict, language: str) -> dict[str, Any]:
    words = words_of(report, language)
    if verdict.judged is not None and words is not None:
        return _judged(words, verdict.judged)
    finding = leading(report, verdict) or LiveFinding(verdict.stopped or FindingId.HANDSHAKE_BROKEN)
    return {
        "ok": verdict.ok,
        "state": verdict.state.value,
        "code": _code(verdict, language),
        "cause": sentence(finding, language),
        "remedy": steps(finding, language),
    }


def _judged(words: JudgementWords, verdict: Verdict) -> dict[str, Any]:
    found = verdict.findings[0] if verdict.findings else None
    return {
        "ok": verdict.ok,
        "state": verdict.state.value,
        "code": words.code(verdict),
        "cause": words.cause(found) if found else None,
        "remedy": words.remedy(found) if found else [],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
