"""``siegelpost doctor``: what each browser will say about a certificate, why, and what to do."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.text import Text

from siegelpost.cli import doctor_data
from siegelpost.doctor import judgement_words
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement, VerdictState
from siegelpost.doctor.judgement_words import JudgementWords
from siegelpost.doctor.live import report_words, revocation_words
from siegelpost.doctor.live.revocation import Revocation, RevocationState, ask, fetched
from siegelpost.doctor.policy import knowledge
from siegelpost.doctor.policy.logs import moment
from siegelpost.doctor.texts import criteria as texts
from siegelpost.doctor.texts.weak_keys import WEAKNESSES
from siegelpost.doctor.x509.chain import MOST_AUTHORITIES, ChainError, as_certificates, from_pem
from siegelpost.doctor.x509.names import UnusableNameError
from siegelpost.doctor.x509.trust import public_authorities
from siegelpost.misconfigured import MisconfiguredError
from siegelpost.settings import load
from siegelpost.toolbox.words import LANGUAGES

FINE, WARNS, UNTOLD = 0, 1, 2
DATA = "data"

# One line of a batch. A hundred certificates of the largest size take less.
LONGEST_LINE = 16 * 1024 * 1024

file_argument = click.Path(exists=True, dir_okay=False, path_type=Path)


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; without a time zone it is UTC."""

    name = "ISO-TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return moment(value)
        except ValueError:
            self.fail(f"{value!r} is no moment like 2026-11-23T12:00:00Z", param, ctx)


@click.command()
@click.argument("target", required=False, metavar="[URL or HOST:PORT]")
@click.option("--chain", type=file_argument, help="Judge this PEM file instead of a running server.")
@click.option("--name", help="The name or address that visitors will open (with --chain).")
@click.option("--root", "roots", type=file_argument, multiple=True, help="PEM of a locally trusted authority.")
@click.option("--at", type=Moment(), help="Judge as of this moment instead of now.")
@click.option("--batch", is_flag=True, help="Read one JSON object per line, answer with one per line.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--revocation", is_flag=True, help="Ask the authorities, too, whether they took certificates back.")
@click.option("--update", metavar="FILE or URL", help="With data: take newer knowledge over from there.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="de", help="Language of causes and remedies.")
def doctor(
    target: str | None,
    chain: Path | None,
    name: str | None,
    roots: tuple[Path, ...],
    at: datetime | None,
    batch: bool,
    as_json: bool,
    update: str | None,
    revocation: bool,
    lang: str,
) -> None:
    """Say what Chrome, Firefox and Safari will show, why, and what to do.

    Without a URL or HOST:PORT this installation's own public address is asked. "siegelpost doctor data" says of what
    day the doctor's knowledge of logs and authorities is, and takes newer knowledge over with --update; its exit
    status is 0, 1 for knowledge older than half a year, 2 for a file that was not taken over.

    Exit status: 0 every browser accepts, 1 one would warn, 2 it could not be told.
    """
    if target == DATA:
        sys.exit(doctor_data.run(update, load(), lang, as_json=as_json))
    with suppress(MisconfiguredError):  # a chain can be judged all the same
        knowledge.use(load().data / "doctor")
    if update is not None:
        raise click.UsageError("--update belongs to: siegelpost doctor data")
    if batch:
        answer_batch(sys.stdin.buffer, sys.stdout, lang)
        return
    try:
        local_roots = [root for path in roots for root in from_pem(path.read_bytes(), most=MOST_AUTHORITIES)]
    except ChainError as error:
        raise click.UsageError(f"--root: {error}") from error
    if chain is not None:
        if not name:
            raise click.UsageError("--chain needs --name: a certificate is only ever right for a name.")
        sys.exit(_judge_file(chain, name, local_roots, at, as_json=as_json, asks=revocation, language=lang))
    sys.exit(_ask_server(target, local_roots, at, as_json=as_json, asks=revocation, language=lang))


def _judge_file(
    path: Path, name: str, roots: list[bytes], at: datetime | None, *, as_json: bool, asks: bool, language: str
) -> int:
    try:
        content = path.read_bytes()
        judgement = judge(content, name, at=at, local_roots=roots)
    except (ChainError, UnusableNameError) as error:
        if as_json:
            click.echo(json.dumps({"name": name, "error": str(error)}, ensure_ascii=False))
        else:
            click.echo(f"{path}: {error}", err=True)
        return UNTOLD
    answers = _revocations(as_certificates(content), roots, at) if asks else None
    if as_json:
        _say(judgement_words.as_json(judgement, language), answers, language)
    else:
        show(judgement, language)
        _show_revocations(answers, language)
    return _status(judgement.ok, answers)


def _revocations(chain: list[bytes], roots: list[bytes], at: datetime | None) -> list[Revocation]:
    """What the authorities say of the chain."""
    known = [*roots, *public_authorities().blobs]
    with suppress(MisconfiguredError):
        return ask(chain, fetched(load().private_networks), roots=known, at=at)
    return ask(chain, fetched(), roots=known, at=at)


def _say(said: dict[str, Any], answers: list[Revocation] | None, language: str) -> None:
    more = {} if answers is None else {"revocation": revocation_words.as_json(answers, language)}
    click.echo(json.dumps(said | more, ensure_ascii=False, indent=2))


def _show_revocations(answers: list[Revocation] | None, language: str) -> None:
    if answers is not None:
        click.echo("\n" + "\n".join(revocation_words.lines(answers, language)))


def _status(ok: bool | None, answers: list[Revocation] | None) -> int:
    """What was taken back is no good, whatever browsers do about it today."""
    revoked = any(each.state is RevocationState.REVOKED for each in answers or ())
    return WARNS if revoked else exit_status(ok)


def exit_status(ok: bool | None) -> int:
    """0 fine, 1 would warn, 2 could not tell."""
    return {True: FINE, False: WARNS, None: UNTOLD}[ok]


def _ask_server(
    target: str | None, roots: list[bytes], at: datetime | None, *, as_json: bool, asks: bool, language: str
) -> int:
    """Ask a running server; everything about that is in ``siegelpost.doctor.live``."""
    from siegelpost.cli import doctor_live

    report = doctor_live.ask(target, roots, at)
    answers = _revocations(list(report.chain), roots, at) if asks else None
    if as_json:
        _say(report_words.as_json(report, language), answers, language)
    else:
        doctor_live.show(report, language)
        _show_revocations(answers, language)
    return _status(report.ok, answers)


COLOURS = {VerdictState.OK: "green", VerdictState.REFUSED: "red", VerdictState.UNKNOWN: "yellow"}


def show(judgement: Judgement, language: str, console: Console | None = None) -> None:
    """The judgement with colours where the terminal has some."""
    console = console or Console(highlight=False, soft_wrap=True)
    words = JudgementWords(judgement, language)
    for criterion in judgement.criteria:
        colour = {True: "green", False: "red", None: "yellow"}[criterion.met]
        console.print(Text(f"● {words.criterion(criterion)}", style=colour))
    console.print(Text(words.why_not_years(), style="dim"))
    told: dict[str, Any] = {}
    for verdict in judgement.verdicts.values():
        console.print()
        console.print(Text(words.headline(verdict), style=f"bold {COLOURS[verdict.state]}"))
        for finding in verdict.findings:
            sentence = words.follows(finding) if finding.follows else words.cause(finding)
            console.print(Text(f"  {sentence}"))
        if verdict.findings:
            told.setdefault(verdict.findings[0].cause, verdict.findings[0])
    for finding in told.values():
        console.print()
        console.print(Text(texts.REMEDY[language], style="bold"))
        for number, step in enumerate(words.remedy(finding), 1):
            console.print(Text(f"  {number}. {step}"))
    if judgement.weakness:
        console.print()
        console.print(Text(WEAKNESSES[judgement.weakness][language], style="bold red"))
    console.print()
    for each in judgement.unknown:
        console.print(Text(words.unknown(each), style="yellow"))
    console.print(Text(judgement_words.knowledge_text(judgement.at, language), style="dim"))


def answer_batch(source: IO[bytes], target: IO[str], language: str) -> None:
    """One answer line per line that is asked. A broken line gets an error of its own and stops nothing."""
    for line in _lines(source):
        target.write(json.dumps(_answer(line, language), ensure_ascii=False) + "\n")
        target.flush()


def _lines(source: IO[bytes]) -> Iterator[bytes | None]:
    """The lines; None for one that is too long to be read."""
    while line := source.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                continue
            yield None
        elif line.strip():
            yield line


def _answer(line: bytes | None, language: str) -> dict[str, Any]:
    asked: Any = {}
    try:
        if line is None:
            raise ValueError(f"line longer than {LONGEST_LINE} bytes")
        asked = json.loads(line)
        if not isinstance(asked, dict):
            asked = {}
            raise ValueError("the line is no JSON object")  # noqa: TRY004 - bad input, not a bug
        judgement = judge(
            _text(asked, "chain_pem"),
            _text(asked, "name"),
            at=moment(_text(asked, "at")) if asked.get("at") else None,
            local_roots=from_pem(_text(asked, "root_pem", ""), most=MOST_AUTHORITIES),
        )
    except (ValueError, RecursionError) as error:
        return {"id": asked.get("id"), "error": str(error) or type(error).__name__}
    return {"id": asked.get("id")} | judgement_words.as_json(judgement, language)


def _text(asked: dict[str, Any], key: str, default: str | None = None) -> str:
    value = asked.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{key} is missing or no text")  # noqa: TRY004 - bad input, not a bug
    return value
