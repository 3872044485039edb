"""Everything that has to be there before the first process answers."""

import os
from typing import TYPE_CHECKING

import structlog

from siegelpost.keys import UnsafeError
from siegelpost.server.first_certificate import ensure_certificate
from siegelpost.settings import Settings

if TYPE_CHECKING:  # Django's models need the settings first
    from django.db.migrations.loader import MigrationLoader

log = structlog.get_logger(__name__)


class NewerDatabaseError(UnsafeError):
    """A newer version of this program has worked with the database."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__(
            f"Die Datenbank hat schon eine neuere Version von Siegelpost benutzt (unbekannt: {', '.join(steps)}). "
            "Diese hier würde an ihr scheitern; es wurde nichts verändert. Installieren Sie die neuere Version wieder, "
            "oder holen Sie die Sicherung von vor der Aktualisierung zurück.",
            f"A newer version of Siegelpost has used the database already (unknown: {', '.join(steps)}). This one "
            "would fail on it; nothing was changed. Install the newer version again, or restore the backup of before "
            "the update.",
        )


def prepare(settings: Settings) -> str | None:
    """Make the data folder, the keys, the database and a certificate as far as they are missing.

    Django has to be set up afterwards in this process only once: this does it.

    Returns:
        The one-time link for the first administrator, while there is none with a password.

    Raises:
        siegelpost.keys.UnsafeError: a key is missing, the database belongs to another data folder, was wound back, or
            is that of a newer version. Nothing was changed.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data.chmod(0o700)
    if ensure_certificate(settings):
        log.info("a self-signed certificate was made; browsers will warn of it until there is a trusted one")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siegelpost.django_settings")
    import django

    django.setup()
    _migrate()
    from siegelpost.ledger import installation

    installation.settle()
    from siegelpost.office.sign_in import first_sign_in_link

    link = first_sign_in_link()
    from django.db import connections

    connections.close_all()  # a connection must not be shared with a forked process
    return link


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    _refuse_newer(executor.loader)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        log.info("the database is brought up to date")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _refuse_newer(loader: "MigrationLoader") -> None:
    """
    Raises:
        NewerDatabaseError: the database has steps of our own rooms that this version does not have.
    """
    from django.apps import apps

    own = {each.label for each in apps.get_app_configs() if each.name.startswith("siegelpost.")}
    known = loader.disk_migrations or {}
    unknown = [step for step in loader.applied_migrations or {} if step[0] in own and step not in known]
    if unknown:
        raise NewerDatabaseError(sorted(".".join(step) for step in unknown))
