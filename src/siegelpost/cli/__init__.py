"""The ``siegelpost`` command; each subcommand lives in a module of its own and is imported only when it runs."""

from importlib import import_module
from typing import Any

import click

from siegelpost import __version__
from siegelpost.keys import UnsafeError

# name of the command -> (module, one-line help shown without importing it)
COMMANDS = {
    "serve": ("serve", "Run the server: HTTPS, workers and jobs."),
    "demo": ("demo", "Walk the main job once with a sample office, then stay up."),
    "config": ("config", "Check the settings without starting, or show where each was said."),
    "doctor": ("doctor", "Say what each browser will say about a certificate, why, and what to do."),
    "cert": ("cert", "Show, import and change the certificate."),
    "import": ("import_", "Import properties from an OpenImmo file."),
    "verify": ("verify", "Check a proof offline."),
    "gate-rules": ("gate_rules", "Print the rules of the gate as a table for a lawyer."),
    "backup": ("backup", "Write a backup of the whole installation into one file."),
    "restore": ("restore", "Bring a backup back into an empty data folder."),
    "fsck": ("fsck", "Check a whole installation: ledger, files, states."),
    "checklist": ("checklist", "Go through the security of this installation."),
    "sign-in": ("sign_in", "Print a one-time sign-in link for somebody who lost every other way in."),
    "manage": ("manage", "Run one of Django's management commands (for developers)."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called: ``verify`` must not need what ``serve`` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"siegelpost.cli.{module}"), module)
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake of ours, found by the first test
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Say in a sentence what none of the commands has said itself: settings that are wrong, a stopped ledger."""
        try:
            return super().invoke(ctx)
        except UnsafeError as error:
            raise click.ClickException(str(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="siegelpost")
def main() -> None:
    """Siegelpost: secure exposés and registered e-mail for estate agents."""
