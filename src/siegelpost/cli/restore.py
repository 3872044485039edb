"""``siegelpost restore``: a backup back into an empty data folder."""

from pathlib import Path

import click

from siegelpost.backup.manifest import BackupError
from siegelpost.backup.restore import restore_archive
from siegelpost.cli.common import Refused, bytes_bar, data_option, start_django
from siegelpost.keys import UnsafeError
from siegelpost.settings import configure


@click.command()
@click.argument("archive", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option(
    "--as-it-stands", is_flag=True, help="No archive: the database itself was put back and is older; go on from it."
)
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
@click.pass_context
def restore(ctx: click.Context, archive: Path | None, data: Path | None, as_it_stands: bool, lang: str | None) -> None:
    """Bring the backup ARCHIVE back into an empty data folder, and check it like ``siegelpost fsck``.

    Every file is compared with the backup's manifest before anything is put in place. The old server must not run any
    more: two that go on from one backup would contradict each other.

    With --as-it-stands nothing is brought back: the ledger records that the database lost what was sealed later, and
    goes on. Without a newer database that is the only way on.

    Ends with status 1 if the check finds something.
    """
    if (archive is None) != as_it_stands:
        raise click.UsageError("ARCHIVE oder / or --as-it-stands")
    if archive is None:
        _go_on(data, lang)
    else:
        _bring_back(archive, data, lang)
    from siegelpost.cli.fsck import fsck

    ctx.invoke(fsck, data=data, as_json=False, lang=lang)


def _go_on(data: Path | None, lang: str | None) -> None:
    settings = start_django(data=data)
    from django.utils import translation
    from django.utils.translation import gettext as _

    from siegelpost.backup.ledger_note import NothingLostError, record_as_it_stands

    with translation.override(lang or settings.language):
        try:
            made_at = record_as_it_stands()
        except NothingLostError as error:
            raise click.ClickException(
                _("Die Datenbank setzt das letzte Siegel fort; es ging nichts verloren.")
            ) from error
        except UnsafeError as error:
            raise Refused(error.text(lang or settings.language)) from error
        click.echo(_("Es geht mit der Datenbank weiter, wie sie ist; der Verlust steht im Protokoll."))
        if made_at:
            click.echo(_("Ihr letztes Siegel ist vom %(at)s (UTC).") % {"at": made_at})


def _bring_back(archive: Path, data: Path | None, lang: str | None) -> None:
    try:
        with bytes_bar("Siegelpost") as progress:
            manifest = restore_archive(archive, configure(data=data), progress)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    settings = start_django(data=data)
    from django.utils import translation
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from siegelpost.backup.ledger_note import record
    from siegelpost.mail.outgoing.progress import progress as mails

    with translation.override(lang or settings.language):
        record(manifest)
        click.echo(_("Zurückgeholt: der Stand vom %(at)s (UTC).") % {"at": manifest.made_at})
        if waiting := mails().waiting:
            click.echo(
                ngettext(
                    "%(number)d Mail wartete damals und geht hinaus, sobald der Server läuft.",
                    "%(number)d Mails warteten damals und gehen hinaus, sobald der Server läuft.",
                    waiting,
                )
                % {"number": waiting}
            )
            click.echo(_("Hat der alte Server sie danach noch verschickt, kommen sie ein zweites Mal an."))
