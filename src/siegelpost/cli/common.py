"""What several commands share: the ``--data`` option and starting Django."""

import os
from pathlib import Path

import click

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
