"""What several commands share: the ``--data`` option and starting Django."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import DownloadColumn, Progress

from siegelpost.keys import UnsafeError
from siegelpost.settings import Settings, configure, load
from siegelpost.toolbox.words import Words

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder of the installation (setting: data).",
)


def start_django(**options: object) -> Settings:
    """Load the settings with these command-line options and make Django's models usable.

    Raises:
        Refused: a key is missing that the database depends on, or may depend on; or a newer version has used it.
    """
    settings = configure(**options)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siegelpost.django_settings")
    import django

    try:
        django.setup()
        _refuse_newer_database(settings)
    except UnsafeError as error:
        raise Refused(error.text(settings.language)) from error
    return settings


def start_installed(data: Path | None) -> Settings:
    """Like :func:`start_django`, for commands about an installation that is there.

    Raises:
        click.UsageError: there is none.
    """
    settings = start_django(data=data)
    if settings.database_url is None and not settings.database_path.exists():
        raise click.UsageError(
            f"{settings.database_path}: keine Installation. / There is no installation in this data folder."
        )
    return settings


def _refuse_newer_database(settings: Settings) -> None:
    """Before anything is read or written; whether there is a database at all, and answers, is the command's to say."""
    from django.db import DatabaseError

    from siegelpost.backup.update import refuse_newer

    if settings.database_url or settings.database_path.exists():
        with suppress(DatabaseError):
            refuse_newer()


@contextmanager
def bytes_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; gives the function that is told the bytes done, and those in all."""
    with Progress(
        *Progress.get_default_columns(), DownloadColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(label, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told


def by_whom() -> str:
    """Who sits at the command line, for the ledger: the account on this machine."""
    try:
        return f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # as in a container, where the number has no name
        return f"os:{os.getuid()}"


class Refused(click.ClickException):
    """Something was not done; the message is in the language of the installation, and so is the word before it."""

    def show(self, file: IO[Any] | None = None) -> None:
        word = Words("Fehler", "Error")[load().language]
        click.echo(f"{word}: {self.format_message()}", file=file, err=file is None)
