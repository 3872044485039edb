"""``siegelpost fsck``: check a whole installation."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal, cast

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from siegelpost.cli.common import data_option, start_installed
from siegelpost.toolbox.words import Words


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the findings (setting: language).")
@click.pass_context
def fsck(ctx: click.Context, data: Path | None, as_json: bool, lang: str | None) -> None:
    """Recompute the ledger and compare everything that depends on it: database, keys, states, pages, mails, files.

    Ends with status 0 if all is well, 1 if something is not, 2 if there is nothing to check.
    """
    settings = start_installed(data)
    language = cast(Literal["de", "en"], lang or settings.language)
    from django.db import DatabaseError

    from siegelpost.ledger import fsck as installation
    from siegelpost.ledger.models import Checkpoint, Event
    from siegelpost.proof import timestamp

    installation.register(timestamp.CHECK)
    findings: list[installation.FsckFinding] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    try:
        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bars:
            for check in installation.checks():
                task = bars.add_task(check.label[language], total=1)

                def progress(done: int, total: int, task: TaskID = task) -> None:
                    bars.update(task, completed=done, total=total)

                findings += installation.run(check, progress)
                bars.update(task, completed=1, total=1)
        counts = (
            Event.objects.count(),
            Event.objects.filter(leaf_index__isnull=True).count(),
            Checkpoint.objects.count(),
        )
    except DatabaseError as error:
        if not findings:
            raise click.UsageError(f"Datenbank nicht lesbar / cannot read the database: {error}") from error
        counts = (0, 0, 0)
    bad = sum(not finding.remark for finding in findings)
    if as_json:
        summary = {"ok": not bad} | dict(zip(("events", "waiting", "checkpoints"), counts, strict=True))
        rows = [asdict(finding) for finding in findings]
        click.echo(json.dumps(summary | {"findings": rows}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{'–' if finding.remark else '✗'} {finding.text(language)}")
        click.echo(_summary(language, *counts, bad))
    ctx.exit(1 if bad else 0)


def _summary(language: str, events: int, waiting: int, checkpoints: int, findings: int) -> str:
    result = Words("Alles in Ordnung.", "All is well.")
    if findings:
        result = Words(f"{findings} Auffälligkeit(en).", f"{findings} finding(s).")
    return Words(
        f"{result.de} {events} Ereignisse, davon {waiting} noch nicht gesiegelt, {checkpoints} Siegel.",
        f"{result.en} {events} events, {waiting} of them not sealed yet, {checkpoints} checkpoints.",
    )[language]
