"""``siegelpost import``: take over properties from an OpenImmo file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from siegelpost.cli.common import data_option, start_django
from siegelpost.foreign.errors import BusyError
from siegelpost.toolbox.words import SpokenError

if TYPE_CHECKING:
    from siegelpost.estates.imports.results import ImportResult, Line

STYLES = {
    "created": "green",
    "changed": "yellow",
    "unchanged": "dim",
    "archived": "magenta",
    "deleted": "magenta",
    "rejected": "bold red",
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--archive-missing",
    is_flag=True,
    help="Go on although a complete transfer is empty or takes most properties off the market.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def import_(file: Path, data: Path | None, dry_run: bool, archive_missing: bool, as_json: bool) -> None:
    """Take over the properties of FILE (OpenImmo, .xml or .zip with pictures).

    Ends with 0 when everything was taken over, 1 when a property was not, 2 when the file was refused as a whole:
    also one that calls itself complete and names no property, or less than half of those that are here.
    """
    settings = start_django(data=data)
    from django.utils import translation
    from django.utils.translation import gettext as _

    from siegelpost.estates.imports.apply import Journal, import_file
    from siegelpost.estates.openimmo import OpenImmoError

    console = Console(stderr=True, highlight=False)
    with translation.override(settings.language):
        try:
            # A bar only for people: none in pipes, and none before JSON.
            with Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=console,
                transient=True,
                disable=as_json or not console.is_terminal,
            ) as progress:
                task = progress.add_task(escape(file.name), total=None)

                class Bar(Journal):
                    """Shows on the terminal how far the import is."""

                    def waits(self) -> None:
                        console.print(_("Ein anderer Import läuft gerade. Dieser beginnt, sobald der fertig ist."))

                    def begins(self, total: int) -> None:
                        progress.update(task, total=total)

                    def write(self, place: int | None, line: Line) -> None:
                        name = escape((line.title or line.label)[:40])
                        progress.update(task, completed=place, description=name)

                result = import_file(file, actor=None, dry_run=dry_run, archive_missing=archive_missing, journal=Bar())
        except OpenImmoError as error:
            _refuse(error, error.message.key.value, as_json=as_json)
        except BusyError as error:
            _refuse(error, "busy", as_json=as_json)
        if as_json:
            click.echo(json.dumps(result.as_json(settings.language), ensure_ascii=False, indent=2))
        else:
            _print(result, settings.language)
    if result.rejected:
        sys.exit(1)


def _refuse(error: SpokenError, key: str, *, as_json: bool) -> NoReturn:
    if as_json:
        told = {"error": key, "de": error.text("de"), "en": error.text("en")}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        # Both languages: whoever runs commands on a server need not be who reads German.
        click.echo("\n".join((error.text("de"), error.text("en"))), err=True)
    sys.exit(2)


def _print(result: ImportResult, language: str) -> None:
    from django.utils.translation import gettext as _

    console = Console(highlight=False, soft_wrap=True)
    for line in result.lines:
        _print_line(console, line, language)
    for note in result.notes:
        console.print(escape(note.text(language)), style="yellow")
    counts = ", ".join(
        f"{len(lines)} {lines[0].outcome.label}"
        for outcome in result.counts
        if (lines := [line for line in result.lines if line.outcome == outcome])
    )
    console.print(escape(counts) or escape(_("Die Datei enthält kein Objekt.")))
    if result.dry_run:
        console.print(escape(_("Nur eine Vorschau: Es wurde nichts geändert.")), style="bold")


def _print_line(console: Console, line: Line, language: str) -> None:
    style = STYLES[line.outcome.value]
    console.print(f"[{style}]{escape(str(line.outcome.label)):<14}[/] {escape(line.label)}  {escape(line.title)}")
    if line.reason:
        console.print(f"    {escape(line.reason.text(language))}", style="red")
    for change in line.changes:
        arrow = f"{change.before} → {change.after}" if change.before else change.after
        console.print(f"    {escape(change.label)}: {escape(arrow)}")
    for note in line.notes:
        console.print(f"    {escape(note.text(language))}", style="yellow")
