"""``siegelpost cert dyndns``: how dynamic DNS stands, and a look at once. It is set up on the page *Umgebung*."""

import json
from pathlib import Path
from typing import Any

import click

from siegelpost.cli.cert_words import DYNDNS_NONE, DYNDNS_OFF, DYNDNS_ON
from siegelpost.cli.common import data_option, start_installed
from siegelpost.doctor.texts.language import fill
from siegelpost.settings import Settings

_json = click.option("--json", "as_json", is_flag=True, help="Print how it stands as JSON.")


@click.group()
def dyndns() -> None:
    """Show dynamic DNS, or look at once; it is set up in the office, on the page Umgebung."""


@dyndns.command()
@data_option
@_json
def status(data: Path | None, as_json: bool) -> None:
    """Say how each record stood at the last look.

    Ends with status 1 while one that is kept does not stand right.
    """
    _show(start_installed(data), as_json)


@dyndns.command()
@data_option
@_json
def now(data: Path | None, as_json: bool) -> None:
    """Look at once, write what differs, and say how it stands.

    What a service refused is not tried again before somebody has changed something. Ends as status does.
    """
    settings = start_installed(data)
    from siegelpost.certificates.dyndns import upkeep

    upkeep.keep(at_once=True)
    _show(settings, as_json)


def _show(settings: Settings, as_json: bool) -> None:
    from django.utils import translation

    from siegelpost.certificates.dyndns import page

    with translation.override(settings.language):
        found = page.summary()
        lines = found.lines if found else []
        if as_json:
            shown: dict[str, Any] = {"name": found.name if found else None, "on": bool(found and found.on)}
            shown["records"] = [_row(each) for each in lines]
            click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        elif found is None:
            click.echo(DYNDNS_NONE[settings.language])
        else:
            click.echo(fill(DYNDNS_ON if found.on else DYNDNS_OFF, settings.language, {"name": found.name}))
            for each in lines:
                click.echo(
                    f"{each.kind:4}  {each.state:4}  {each.standing or '?'}  {' '.join(each.sentences)}".rstrip()
                )
    if found and found.on and found.state != "good":
        raise click.exceptions.Exit(1)


def _row(line: Any) -> dict[str, Any]:
    moments = {name: getattr(line, name) for name in ("written_at", "looked_at", "next_at")}
    return {
        "type": line.kind,
        "state": line.state,
        "stopped": line.stopped,
        "standing": line.standing,
        "written": line.address,
        "said": [*line.sentences, *([line.detail] if line.detail else [])],
        **{name: at.isoformat() if at else None for name, at in moments.items()},
    }
