"""``siegelpost backup``: the whole installation in one file."""

from pathlib import Path

import click
from rich.filesize import decimal

from siegelpost.cli.common import bytes_bar, data_option, start_installed


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language (setting: language).")
def backup(target: Path, data: Path | None, lang: str | None) -> None:
    """Write a backup of the whole installation to TARGET (a .tar.gz): database, files, keys, certificates.

    The server may run meanwhile. TARGET holds every secret of the installation: keep it as safe as the server itself,
    and somewhere else. An existing file is never overwritten. Where the database is damaged or was wound back, or a key
    is missing, no backup is made: keep the earlier ones.
    """
    settings = start_installed(data)
    from django.db import Error
    from django.utils import translation
    from django.utils.translation import gettext as _

    from siegelpost.backup.archive import look_first, write
    from siegelpost.backup.manifest import BackupError

    with translation.override(lang or settings.language), bytes_bar(_("Sichern")) as progress:
        try:
            look_first()
            manifest = write(settings, target, progress)
        except (BackupError, OSError, Error) as error:
            raise click.ClickException(str(error)) from error
        values = {"target": target, "files": len(manifest.files), "size": decimal(target.stat().st_size)}
        click.echo(_("Gesichert: %(target)s, %(files)s Dateien, %(size)s.") % values)
        click.echo(_("Die Datei enthält alle Schlüssel. Bewahren Sie sie so sicher auf wie den Server selbst."))
