"""``siegelpost verify``: check a proof offline. Needs no installation, no database and no network."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from siegelpost.proof import reasons
from siegelpost.proof.known_checkpoints import checkpoints_in
from siegelpost.proof.report import Check, ProofVerdict
from siegelpost.proof.report_words import text
from siegelpost.proof.verify import verify as check

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

# 2 is click's own, for wrong use.
STATUS = {
    ProofVerdict.INTACT: 0,
    ProofVerdict.ANCHORED: 0,
    ProofVerdict.FAILED: 1,
    ProofVerdict.CONTRADICTED: 3,
    ProofVerdict.NO_CHECKPOINT: 4,
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("proof", type=click.Path(exists=True, path_type=Path))
@click.option("--key", metavar="VKEY", help="The key the office is known by; the proof must carry this one.")
@click.option(
    "--checkpoint",
    "given",
    type=_FILE,
    multiple=True,
    help="A checkpoint you have from elsewhere: the note, the e-mail (.eml) that carried it, or another proof of the "
    "same office. May be repeated.",
)
@click.option(
    "--tsa-root",
    "roots",
    type=_FILE,
    multiple=True,
    help="The certificate (PEM or DER) of a time-stamping authority that you trust; each time stamp must lead to one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report; by default the proof's own.")
@click.pass_context
def verify(
    ctx: click.Context,
    proof: Path,
    key: str | None,
    given: tuple[Path, ...],
    roots: tuple[Path, ...],
    as_json: bool,
    lang: str | None,
) -> None:
    """Check a PROOF (the zip, or the folder it was unpacked to).

    Ends with status 0 if every check passed; with 1 if one failed, and the report then names the file and the check;
    with 3 if two genuine checkpoints of the office contradict each other; with 4 if the proof is good, but a file
    given as --checkpoint holds none.
    """
    spoken = lang or os.environ.get("SIEGELPOST_LANGUAGE", "de")
    checkpoints = [(path, checkpoints_in(path.read_bytes())) for path in given]
    notes = [note for _, found in checkpoints for note in found]
    report = check(proof, key=key, checkpoints=notes, roots=_certificates(roots, spoken))
    for path, found in checkpoints:
        if not found:
            report.failed(Check.YOUR_FILE, path.name, reasons.NO_CHECKPOINT)
    language = lang or (report.manifest.language if report.manifest else spoken)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(text(report, cast(Literal["de", "en"], language)))
    ctx.exit(STATUS[report.verdict])


def _certificates(paths: tuple[Path, ...], language: str) -> list["Certificate"]:
    if not paths:
        return []
    from siegelpost.proof.token import TokenError, read_roots  # loaded only where it is needed

    try:
        return [root for path in paths for root in read_roots(path.read_bytes())]
    except TokenError as error:
        raise click.BadParameter(error.reason[language], param_hint="--tsa-root") from error
