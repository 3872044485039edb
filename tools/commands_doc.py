"""Write ``docs/commands.md`` from the commands themselves: ``python -m tools.commands_doc > docs/commands.md``."""

import inspect
import sys
from collections.abc import Iterator

import click

from siegelpost.cli import main as siegelpost

HEAD = """\
# Commands

Every command of `siegelpost`, with every option. `siegelpost COMMAND --help` says the same in a terminal.

This page is written by `make docs` from the code.
"""


def commands(group: click.Group = siegelpost, path: str = "siegelpost") -> Iterator[tuple[str, click.Command]]:
    """Each command with its full name; groups come before their own commands."""
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None  # noqa: S101 - it was listed
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def _option(parameter: click.Parameter, context: click.Context) -> str:
    record = parameter.get_help_record(context)
    if record is None:
        return ""
    left, meaning = record
    return f"- `{left}`: {meaning}" if meaning else f"- `{left}`"


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    options = [line for parameter in command.params if (line := _option(parameter, context))]
    parts = [f"## {name}", f"    {usage}", text, "\n".join(options)]
    return "\n\n".join(part for part in parts if part)


def page() -> str:
    """The whole page."""
    return "\n\n".join([HEAD.rstrip(), *(_section(name, command) for name, command in commands())]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
