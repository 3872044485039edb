"""``siegelpost manage``: Django's own management commands, for developers and for emergencies."""

from pathlib import Path

import click

from siegelpost.cli.common import data_option, start_django


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@data_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(data: Path | None, arguments: tuple[str, ...]) -> None:
    """Run a Django management command, for example ``siegelpost manage check``."""
    start_django(data=data)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["siegelpost manage", *arguments])
