"""``siegelpost checklist``: the security checklist, filled in by the machine."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from siegelpost.cli.common import data_option, start_installed

if TYPE_CHECKING:
    from siegelpost.checklist.filing import Signed
    from siegelpost.checklist.table import Checklist


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the checklist as JSON.")
@click.option("--sign", is_flag=True, help="Keep the list as PDF and record it in the ledger.")
@click.option(
    "--pdf", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write the list as PDF to this file."
)
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
@click.pass_context
def checklist(
    ctx: click.Context, data: Path | None, as_json: bool, sign: bool, pdf: Path | None, lang: str | None
) -> None:
    """Go through the security of this installation: what is in order, what is not, and what to do.

    Exit status: 0 nothing is wrong, 1 something is, 2 something could not be told.
    """
    settings = start_installed(data)
    from django.utils import translation

    from siegelpost.checklist import filing
    from siegelpost.checklist.check import CheckState
    from siegelpost.checklist.paper import as_pdf
    from siegelpost.checklist.table import whole
    from siegelpost.office.current import the_office

    with translation.override(lang or settings.language):
        found = whole()
        kept = filing.sign(found, by=filing.COMMAND_LINE) if sign else None
        if pdf:
            pdf.write_bytes(as_pdf(found, the_office().name))
        if as_json:
            click.echo(json.dumps(found.as_json() | _kept(kept), ensure_ascii=False, indent=2))
        else:
            _show(found, kept)
    ctx.exit({CheckState.BAD: 1, CheckState.UNKNOWN: 2}.get(found.state, 0))


def _kept(kept: "Signed | None") -> dict[str, str]:
    return {"pdf_sha256": kept.sha256} if kept else {}


def _show(found: "Checklist", kept: "Signed | None") -> None:
    from django.utils.translation import gettext as _

    from siegelpost.checklist.check import CheckState
    from siegelpost.checklist.paper import summary

    console = Console(highlight=False, soft_wrap=True)
    colours = {CheckState.OK: "green", CheckState.WARN: "yellow", CheckState.UNKNOWN: "yellow", CheckState.BAD: "red"}
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
    console.print()
    console.print(Text(summary(found), style=f"bold {colours[found.state]}"))
    if kept:
        console.print(Text(_("Festgehalten, SHA-256 der PDF-Datei: %(hash)s") % {"hash": kept.sha256}))
