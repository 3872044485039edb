"""What a restored installation owes its ledger; separate from the restoring, which needs no database."""

from django.core.management import call_command
from django.db import transaction

from siegelpost.backup.manifest import Manifest
from siegelpost.ledger import log
from siegelpost.ledger.events import EventKind


def record(manifest: Manifest) -> None:
    """Bring the database up to date with this version, and write down that it comes from a backup.

    Whoever holds a checkpoint of the time after the backup finds the reason here why this ledger does not continue it.
    """
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        log.append(
            EventKind.BACKUP_RESTORED,
            subject="office",
            data={"made_at": manifest.made_at, "checkpoint": manifest.checkpoint},
        )
