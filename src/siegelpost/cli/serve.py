"""``siegelpost serve``: the server."""

import sys
from pathlib import Path

import click

from siegelpost.cli.common import data_option
from siegelpost.settings import configure


@click.command()
@data_option
@click.option("--host", help="Address to listen on (setting: host).")
@click.option("--port", type=int, help="HTTPS port (setting: port).")
@click.option("--http-port", type=int, help="Plain-HTTP port that only redirects (setting: http_port).")
@click.option("--workers", type=int, help="Worker processes (setting: workers).")
def serve(data: Path | None, host: str | None, port: int | None, http_port: int | None, workers: int | None) -> None:
    """Run the server: HTTPS, workers and jobs. Ctrl-C or SIGTERM ends it, with requests finished."""
    settings = configure(data=data, host=host, port=port, http_port=http_port, workers=workers)
    from siegelpost.server import serving

    try:
        sys.exit(serving.serve(settings, click.echo))
    except OSError as error:
        raise click.ClickException(
            f"Der Server kann nicht starten: {error}. / The server cannot start: {error}."
        ) from error
