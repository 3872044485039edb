"""Bringing the database up to date: never by an older program, and never without a copy of how it was.

The copies lie in the folder ``backups`` of the data folder, the last :data:`KEPT` of them for :data:`AGE`, lest who was
erased since stays readable there. They are of the database alone, for a migration changes nothing else.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from siegelpost.backup import database, leftovers
from siegelpost.backup.manifest import BackupError, migrations
from siegelpost.keys import UnsafeError
from siegelpost.settings import Settings, load
from siegelpost.toolbox.durable import move_durably

log = structlog.get_logger(__name__)

FOLDER, KEPT, AGE = "backups", 3, timedelta(days=30)
_STAMP = "%Y%m%dT%H%M%SZ"
# Packages that earlier versions had in the database; what their steps were is not asked.
_FORMER = frozenset({"django_tasks_database"})


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


class NotCopiedError(UnsafeError):
    """The database could not be copied, and so was not brought up to date."""

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(
            f"Vor der Aktualisierung wird die Datenbank nach {folder} kopiert, und das ging nicht ({error}). Sie wurde "
            "deshalb nicht aktualisiert; es wurde nichts verändert. Schaffen Sie Platz, oder beheben Sie, was dort "
            "steht, und starten Sie neu.",
            f"Before the update the database is copied to {folder}, and that failed ({error}). So it was not updated; "
            "nothing was changed. Make room, or mend what is said there, and start again.",
        )


def refuse_newer() -> None:
    """Ask which steps the database has gone, and change nothing.

    Raises:
        NewerDatabaseError: it has some that this version does not know.
        django.db.DatabaseError: it does not answer.
    """
    known = set(migrations())
    ours = {step.partition(".")[0] for step in known}
    # What other packages call their steps is theirs; but one that is not here came with a newer version.
    others = {each.label for each in apps.get_app_configs()} | _FORMER
    applied = MigrationRecorder(connection).applied_migrations()
    unknown = [
        f"{room}.{name}"
        for room, name in applied
        if (f"{room}.{name}" not in known if room in ours else room not in others)
    ]
    if unknown:
        raise NewerDatabaseError(sorted(unknown))


def bring_up_to_date(settings: Settings) -> None:
    """Run what steps are missing, after a copy was made of a database that has gone some already.

    Raises:
        NewerDatabaseError: as :func:`refuse_newer`.
        NotCopiedError: no copy could be made. Nothing was changed.
    """
    refuse_newer()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if executor.loader.applied_migrations:
        first, _ = plan[0]
        copied = keep_copy(settings, f"{first.app_label}.{first.name}")
        log.info("the database was copied before it is brought up to date", copy=str(copied))
    log.info("the database is brought up to date")
    call_command("migrate", interactive=False, verbosity=0)


def keep_copy(settings: Settings, step: str) -> Path:
    """Copy the database into the data folder, in the name of the ``step`` it has not gone yet; drop what is too old.

    Of several copies before the same step only the newest stays, so that an update that fails at each start does not
    push out the copy of before it.

    Raises:
        NotCopiedError: there is none now, and those of before are still there.
    """
    folder = settings.data / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with leftovers.scratch(settings.data, leftovers.BACKING_UP) as scratch:
            made = database.copy(settings, scratch)
            made.chmod(0o600)
            target = folder / f"{datetime.now(UTC):{_STAMP}}-before-{step}{made.suffix}"
            move_durably(made, target)
    except (BackupError, OSError) as error:
        raise NotCopiedError(folder, error) from error
    for old in folder.glob(f"*-before-{step}{target.suffix}"):
        if old != target:
            old.unlink(missing_ok=True)
    for old in sorted(folder.glob("*-before-*"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def forget_copies() -> None:
    """Delete copies of before an update that are older than :data:`AGE`, by the moment in their names."""
    oldest = f"{datetime.now(UTC) - AGE:{_STAMP}}"
    for copy in (load().data / FOLDER).glob("*-before-*"):
        if copy.name < oldest:
            copy.unlink(missing_ok=True)
