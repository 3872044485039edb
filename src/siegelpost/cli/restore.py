"""``siegelpost restore``: a backup back into an empty data folder."""

from pathlib import Path

import click

from siegelpost.backup import restoring
from siegelpost.backup.manifest import BackupError
from siegelpost.cli.common import bytes_bar, data_option, start_django
from siegelpost.settings import configure


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
@click.pass_context
def restore(ctx: click.Context, archive: Path, data: Path | None, lang: str | None) -> None:
    """Bring the backup ARCHIVE back into an empty data folder, and check it like `siegelpost fsck`.

    Every file is compared with the backup's manifest before anything is put in place. The old server must not run any
    more: two that go on from one backup would contradict each other.

    Ends with status 1 if the check finds something.
    """
    try:
        with bytes_bar("Siegelpost") as progress:
            manifest = restoring.restore(archive, configure(data=data), progress)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    settings = start_django(data=data)
    from django.utils import translation
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from siegelpost.backup.recording import record
    from siegelpost.mail.progress import progress as mails

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
    from siegelpost.cli.fsck import fsck

    ctx.invoke(fsck, data=data, as_json=False, lang=lang)
