"""``siegelpost serve``: the server."""

import errno
import sys
from pathlib import Path

import click
from django.db import OperationalError

from siegelpost.backup import leftovers
from siegelpost.cli.common import Refused, data_option
from siegelpost.keys import UnsafeError
from siegelpost.settings import configure
from siegelpost.toolbox.words import Words

_NOT_STARTED = Words("Der Server kann nicht starten", "The server cannot start")
_WHAT_TO_DO = {
    errno.EADDRINUSE: Words(
        "Ein anderes Programm belegt den Port; vielleicht läuft Siegelpost schon. Beenden Sie es, oder nehmen Sie mit "
        "--port einen anderen.",
        "Another program holds the port; perhaps Siegelpost is running already. End it, or take another port with "
        "--port.",
    ),
    errno.EACCES: Words(
        "Ports unter 1024 darf nur öffnen, wer das Recht dazu hat: siehe docs/operations.de.md.",
        "Ports below 1024 take a right of their own: see docs/operations.md.",
    ),
}


@click.command()
@data_option
@click.option("--host", help="Address to listen on (setting: host).")
@click.option("--port", type=int, help="HTTPS port (setting: port).")
@click.option("--http-port", type=int, help="Plain-HTTP port that only redirects (setting: http_port).")
@click.option("--workers", type=int, help="Worker processes (setting: workers).")
def serve(data: Path | None, host: str | None, port: int | None, http_port: int | None, workers: int | None) -> None:
    """Run the server: HTTPS, workers and jobs. Ctrl-C or SIGTERM ends it, with requests finished."""
    settings = configure(data=data, host=host, port=port, http_port=http_port, workers=workers)
    from siegelpost.server import run

    leftovers.remove_from(settings.data)
    try:
        sys.exit(run.serve(settings, click.echo))
    except OperationalError as error:
        what = Words("Die Datenbank antwortet nicht", "The database does not answer")[settings.language]
        raise Refused(f"{_NOT_STARTED[settings.language]}. {what}: {error}") from error
    except UnsafeError as error:
        raise Refused(f"{_NOT_STARTED[settings.language]}. {error.text(settings.language)}") from error
    except OSError as error:
        what_to_do = _WHAT_TO_DO.get(error.errno or 0, Words("", ""))[settings.language]
        raise Refused(f"{_NOT_STARTED[settings.language]}: {error}. {what_to_do}".rstrip()) from error
