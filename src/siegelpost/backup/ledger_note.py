"""What a restored installation owes its ledger; separate from the restoring, which needs no database."""

from django.core.management import call_command
from django.db import transaction

from siegelpost.backup.manifest import Manifest
from siegelpost.ledger import anchor, installation, log
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.models import Checkpoint, Installation


class NothingLostError(Exception):
    """The database continues the newest seal: there is no loss to record."""


def record(manifest: Manifest) -> None:
    """Bring the database up to date with this version, and write down that it comes from a backup, which is its copy.

    Whoever holds a checkpoint of the time after the backup finds the reason here why this ledger does not continue it.
    """
    call_command("migrate", interactive=False, verbosity=0)
    _record({"made_at": manifest.made_at, "checkpoint": manifest.checkpoint})


def record_as_it_stands() -> str:
    """Write down that the database itself was put back, without what was sealed later, and go on from it.

    Returns:
        When the newest seal in it was made, as ISO 8601; empty when there is none.

    Raises:
        NothingLostError: it continues the newest seal.
        siegelpost.keys.UnsafeError: the keys are not those of this database.
    """
    lost = anchor.read()
    newest = Checkpoint.objects.order_by("-size").first()
    try:
        anchor.require_continued(lost, newest)
    except anchor.WoundBackError:
        if known := Installation.objects.filter(pk=1).first():
            installation.compare(known.keys)
        made_at = newest.at.isoformat(timespec="seconds") if newest else ""
        _record({"made_at": made_at, "checkpoint": newest.note if newest else None, "lost": lost})
        return made_at
    raise NothingLostError


def _record(data: dict[str, JSON]) -> None:
    with transaction.atomic():
        log.append(EventKind.BACKUP_RESTORED, subject="office", data=data)
    # After it: whoever dies in between has to record the loss once more, and never goes on without.
    anchor.begin_anew()
