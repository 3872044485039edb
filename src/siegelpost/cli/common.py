"""What several commands share: the ``--data`` option and starting Django."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import DownloadColumn, Progress

from siegelpost.settings import Settings, configure

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder of the installation (setting: data).",
)


def start_django(**options: object) -> Settings:
    """Load the settings with these command-line options and make Django's models usable."""
    settings = configure(**options)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siegelpost.django_settings")
    import django

    django.setup()
    return settings


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
