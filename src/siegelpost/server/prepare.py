"""Everything that has to be there before the first process answers."""

import os
from pathlib import Path

import structlog

from siegelpost.server.first_certificate import ensure_certificate
from siegelpost.settings import Settings
from siegelpost.toolbox import unnamed_visitors

log = structlog.get_logger(__name__)


def prepare(settings: Settings) -> str | None:
    """Make the data folder, the keys, the database and a certificate as far as they are missing.

    Django has to be set up afterwards in this process only once: this does it.

    Returns:
        The one-time link for the first administrator, while there is none with a password.

    Raises:
        siegelpost.keys.UnsafeError: a key is missing, the database belongs to another data folder, was wound back, is
            that of a newer version, or could not be copied before an update. Nothing was changed.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data.chmod(0o700)
    if ensure_certificate(settings):
        log.info("a self-signed certificate was made; browsers will warn of it until there is a trusted one")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siegelpost.django_settings")
    import django

    django.setup()
    from django.core.management import call_command

    from siegelpost.backup import update
    from siegelpost.ledger import installation
    from siegelpost.web.body import waiting_folder

    update.bring_up_to_date(settings)
    call_command("createcachetable", verbosity=0)
    _forget_bodies(waiting_folder(settings.data))
    unnamed_visitors.forget(settings.data)

    installation.settle()
    from siegelpost.office.sign_in import first_sign_in_link

    link = first_sign_in_link()
    from django.db import connections

    connections.close_all()  # a connection must not be shared with a forked process
    return link


def _forget_bodies(folder: Path) -> None:
    """Where the file system knows no files without names, a death at the wrong moment leaves one with a name."""
    for left in folder.glob("*"):
        left.unlink(missing_ok=True)
