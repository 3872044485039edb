"""``siegelpost checklist``: the security checklist, filled in by the machine."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from siegelpost.cli.common import data_option, start_django


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the checklist as JSON.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
@click.pass_context
def checklist(ctx: click.Context, data: Path | None, as_json: bool, lang: str | None) -> None:
    """Go through the security of this installation: what is in order, what is not, and what to do.

    Exit status: 0 nothing is wrong, 1 something is, 2 something could not be told.
    """
    settings = start_django(data=data)
    if settings.database_url is None and not settings.database_path.exists():
        raise click.UsageError(
            f"{settings.database_path}: keine Installation. / There is no installation in this data folder."
        )
    from django.utils import translation

    from siegelpost.checklist.check import State
    from siegelpost.checklist.table import whole

    with translation.override(lang or settings.language):
        found = whole()
        if as_json:
            click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        else:
            console = Console(highlight=False, soft_wrap=True)
            colours = {State.OK: "green", State.WARN: "yellow", State.UNKNOWN: "yellow", State.BAD: "red"}
            for line in found.lines:
                if line.result is None:
                    continue
                state = line.result.state
                console.print(Text(f"● {line.check.label} ({state.label})", style=f"bold {colours[state]}"))
                console.print(Text(f"  {line.result.cause}"))
                for fact in line.result.facts:
                    console.print(Text(f"    {fact}", style="dim"))
                for step in line.result.remedy:
                    console.print(Text(f"  → {step}"))
    ctx.exit({State.BAD: 1, State.UNKNOWN: 2}.get(found.state, 0))
