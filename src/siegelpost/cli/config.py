"""``siegelpost config``: what the settings say, where each was said, and whether the server could start with them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from pydantic_core import to_jsonable_python

from siegelpost.cli.common import data_option
from siegelpost.misconfigured import MisconfiguredError
from siegelpost.settings import Settings, configure, content_of_file, said_in
from siegelpost.toolbox.words import Words

_HIDDEN = "********"
# Secret besides those whose type says so.
_SECRETS = frozenset({"metrics_token", "database_url"})
_DEFAULT = Words("Vorgabe", "default")
_MARKS = {"fault": "✗", "hint": "!", "good": "✓"}
language_option = click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group()
def config() -> None:
    """Look at the settings of this installation, without starting anything."""


@config.command()
@data_option
@json_option
@language_option
@click.pass_context
def check(ctx: click.Context, data: Path | None, as_json: bool, lang: str | None) -> None:
    """Check everything about the configuration that can be checked without starting the server.

    Settings, rights of folders and keys, database, ports, certificate files, public address, mail. Changes nothing; run
    it as the account that the server runs under.

    Exit status: 0 nothing stands against a start (there may be hints), 1 something does.
    """
    try:
        settings = configure(data=data)
    except MisconfiguredError as error:
        language = lang or "de"
        rows = [{"check": "settings", "state": "fault", "text": words[language]} for words in error.mistakes]
    else:
        language = lang or settings.language
        rows = list(_looked(settings, language))
    good = all(row["state"] != "fault" for row in rows)
    if as_json:
        click.echo(json.dumps({"ok": good, "checks": rows}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(f"{_MARKS[row['state']]} {row['text']}")
    ctx.exit(0 if good else 1)


def _looked(settings: Settings, language: str) -> Iterator[dict[str, str]]:
    from siegelpost.server.configuration import CHECKS

    for each in CHECKS:
        try:
            found = list(each.look(settings))
        except OSError as error:
            yield {"check": each.name, "state": "fault", "text": f"{each.title[language]}: {error}"}
            continue
        for finding in found:
            yield {"check": each.name, "state": finding.weight.value, "text": finding.what[language]}
        if not found:
            yield {"check": each.name, "state": "good", "text": each.title[language]}


@config.command()
@data_option
@json_option
@language_option
def show(data: Path | None, as_json: bool, lang: str | None) -> None:
    """Show every setting with its value and where it was said: option, variable, line of the file, default.

    Passwords and tokens are not shown.
    """
    settings = configure(data=data)
    content, language = content_of_file(), lang or settings.language
    rows = {
        name: {"value": _shown(name, getattr(settings, name)), "from": (said_in(name, content) or _DEFAULT)[language]}
        for name in Settings.model_fields
    }
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for name, row in rows.items():
        click.echo(f"{name} = {json.dumps(row['value'], ensure_ascii=False)}  ({row['from']})")


def _shown(name: str, value: object) -> Any:
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else ""
    return _HIDDEN if value and name in _SECRETS else to_jsonable_python(value)
