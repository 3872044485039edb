"""``siegelpost verify``: check a proof offline. Needs no installation, no database and no network."""

import json
import os
from pathlib import Path
from typing import Literal, cast

import click

from siegelpost.proof.given import checkpoints_in
from siegelpost.proof.report import Check
from siegelpost.proof.verify import verify as check


@click.command()
@click.argument("proof", type=click.Path(exists=True, path_type=Path))
@click.option("--key", metavar="VKEY", help="The key the office is known by; the proof must carry this one.")
@click.option(
    "--checkpoint",
    "given",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint you have from elsewhere: the note, or the e-mail (.eml) that carried it. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report; by default the proof's own.")
@click.pass_context
def verify(
    ctx: click.Context, proof: Path, key: str | None, given: tuple[Path, ...], as_json: bool, lang: str | None
) -> None:
    """Check a PROOF (the zip, or the folder it was unpacked to).

    Ends with status 0 if every check passed, and 1 if one failed; the report then names the file and the check.
    """
    checkpoints = [(path, checkpoints_in(path.read_bytes())) for path in given]
    report = check(proof, key=key, checkpoints=[note for _, notes in checkpoints for note in notes])
    for path, notes in checkpoints:
        if not notes:
            report.failed(Check.YOUR_CHECKPOINT, path.name, "no checkpoint in it")
    language = lang or (report.manifest.language if report.manifest else os.environ.get("SIEGELPOST_LANGUAGE", "de"))
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(report.text(cast(Literal["de", "en"], language)))
    ctx.exit(0 if report.ok else 1)
