"""A judgement in words and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from siegelpost.doctor.judgement import (
    ChainLink,
    Criterion,
    CriterionKind,
    Judgement,
    JudgementFinding,
    Unknown,
    Verdict,
    VerdictState,
)
from siegelpost.doctor.policy import Browser, knowledge
from siegelpost.doctor.texts import CAUSES, STEPS, fill
from siegelpost.doctor.texts import criteria as texts
from siegelpost.doctor.texts import knowledge as texts_knowledge
from siegelpost.doctor.texts.weak_keys import WEAKNESSES
from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class JudgementWords:
    """Puts a judgement into one language. ``addresses`` are the server's, for the remedies that name them."""

    judgement: Judgement
    language: str = "de"
    addresses: Sequence[str] = ()

    def _fill(self, text: Words, values: Mapping[str, Any]) -> str:
        addresses = tuple(self.addresses) or texts.NO_ADDRESS[self.language]
        return fill(text, self.language, {"name": self.judgement.name, "addresses": addresses} | dict(values))

    def cause(self, finding: JudgementFinding) -> str:
        """The cause in one sentence."""
        return self._fill(CAUSES[finding.cause].sentence, finding.values)

    def remedy(self, finding: JudgementFinding) -> list[str]:
        """The steps that mend it, in their order."""
        return [self._fill(STEPS[step].text, finding.values) for step in CAUSES[finding.cause].steps]

    def code(self, verdict: Verdict) -> str | None:
        """The browser's code; Safari's sentence in this language."""
        if verdict.code is None or verdict.browser is not Browser.SAFARI:
            return verdict.code
        return texts.SAFARI_SENTENCE[self.language]

    def criterion(self, criterion: Criterion) -> str:
        table = texts.CRITERIA[criterion.kind]
        key = {True: "met", False: "not_met", None: "unknown"}[criterion.met]
        if criterion.met and criterion.kind is CriterionKind.DATE and criterion.values.get("soon"):
            key = "soon"
        return self._fill(table[key], criterion.values)

    def why_not_years(self) -> str:
        """Why certificates for years can no longer be bought."""
        return self._fill(texts.WHY_NOT_YEARS, self.judgement.criteria[1].values)

    def headline(self, verdict: Verdict) -> str:
        text = {
            VerdictState.OK: texts.ACCEPTS_AS_FAR_AS_KNOWN if self.judgement.unknown else texts.ACCEPTS,
            VerdictState.REFUSED: texts.REFUSES,
            VerdictState.UNKNOWN: texts.UNKNOWN,
        }
        return self._fill(text[verdict.state], {"browser": verdict.browser.shown, "code": self.code(verdict)})

    def unknown(self, one: Unknown) -> str:
        """What cannot be told, and why."""
        return self._fill(texts_knowledge.UNKNOWN[one.kind], {"authority": one.authority, "days": one.days})

    def follows(self, finding: JudgementFinding) -> str:
        return self._fill(texts.FOLLOWS, {"cause": self.cause(finding)})


def as_text(judgement: Judgement, language: str) -> str:
    """The criteria first, then each browser with cause and remedy."""
    words = JudgementWords(judgement, language)
    lines = [words.criterion(criterion) for criterion in judgement.criteria]
    lines += [words.why_not_years(), ""]
    told: list[JudgementFinding] = []
    for verdict in judgement.verdicts.values():
        lines.append(words.headline(verdict))
        for finding in verdict.findings:
            lines.append("  " + (words.follows(finding) if finding.follows else words.cause(finding)))
        if verdict.findings and verdict.findings[0] not in told:
            told.append(verdict.findings[0])
    causes = set()
    for finding in told:
        if finding.cause in causes:
            continue
        causes.add(finding.cause)
        lines += ["", texts.REMEDY[language]]
        lines += [f"  {number}. {step}" for number, step in enumerate(words.remedy(finding), 1)]
    if judgement.weakness:
        lines += ["", WEAKNESSES[judgement.weakness][language]]
    lines += ["", *map(words.unknown, judgement.unknown), knowledge_text(judgement.at, language)]
    return "\n".join(lines)


def as_json(judgement: Judgement, language: str) -> dict[str, Any]:
    """The whole judgement as plain values."""
    words = JudgementWords(judgement, language)
    return {
        "name": judgement.name,
        "at": _moment(judgement.at),
        "ok": judgement.ok,
        "unknown": [{"key": each.kind.value, "text": words.unknown(each)} for each in judgement.unknown],
        "public": judgement.public,
        "ends": _moment(judgement.ends),
        "verdicts": {browser.value: _verdict(words, verdict) for browser, verdict in judgement.verdicts.items()},
        "criteria": [
            {"kind": each.kind.value, "met": each.met, "text": words.criterion(each)} for each in judgement.criteria
        ],
        "path": [_link(words, link) for link in judgement.path],
        "weakness": _weakness(judgement, language),
        "knowledge": knowledge_json(judgement.at, language),
    }


def knowledge_json(at: datetime, language: str) -> dict[str, Any]:
    """Of what day the doctor's knowledge is, and whether that is long ago at this moment."""
    known = knowledge.current()
    return {"day": _moment(known.day), "old": known.is_old(at), "text": knowledge_text(at, language)}


def knowledge_text(at: datetime, language: str) -> str:
    """Of what day the knowledge is, and what to do where it is old."""
    return texts_knowledge.age(knowledge.current(), at, language)


def _weakness(judgement: Judgement, language: str) -> dict[str, str] | None:
    found = judgement.weakness
    return {"key": found.value, "text": WEAKNESSES[found][language]} if found else None


def _verdict(words: JudgementWords, verdict: Verdict) -> dict[str, Any]:
    leading = verdict.findings[0] if verdict.findings else None
    return {
        "ok": verdict.ok,
        "state": verdict.state.value,
        "code": words.code(verdict),
        "cause": words.cause(leading) if leading else None,
        "remedy": words.remedy(leading) if leading else [],
        "key": leading.cause.value if leading else None,
        "follows": [
            {"key": each.cause.value, "code": each.code, "cause": words.cause(each)} for each in verdict.findings[1:]
        ],
    }


def _link(words: JudgementWords, link: ChainLink) -> dict[str, Any]:
    blaming = [
        (verdict, finding)
        for verdict in words.judgement.verdicts.values()
        for finding in verdict.findings
        if finding.blamed == link.fingerprint
    ]
    return {
        "state": _link_state(words.judgement, [verdict.state for verdict, _finding in blaming]),
        "faults": list(dict.fromkeys(words.cause(finding) for _verdict, finding in blaming)),
        "subject": link.subject,
        "issuer": link.issuer,
        "serial": link.serial,
        "not_before": _moment(link.not_before),
        "not_after": _moment(link.not_after),
        "key": link.key,
        "sha256": link.fingerprint,
        "trusted": link.trusted,
        "public": link.public,
        "sent": link.sent,
        "names": list(link.names),
    }


def _link_state(judgement: Judgement, blamed_by: Sequence[VerdictState]) -> str | None:
    """The gravest word on one certificate; None for one without a fault on a way that leads to no authority."""
    for state in (VerdictState.REFUSED, VerdictState.UNKNOWN):
        if state in blamed_by:
            return state.value
    return VerdictState.OK.value if judgement.path[-1].trusted else None


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
