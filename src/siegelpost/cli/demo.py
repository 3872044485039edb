"""``siegelpost demo``: the main job once, visibly; then a server to click through."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from siegelpost.settings import Settings, configure
from siegelpost.toolbox.words import Words

MAILBOX = "mailbox"


ENDED = Words(
    "Kein Terminal, daher endet die Vorführung hier; mit --stay bleibt sie zum Durchklicken.",
    "No terminal, so the demonstration ends here; with --stay it stays up to be clicked through.",
)


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/demo"),
    show_default=True,
    help="Data folder of the demonstration; kept, so that a second walk adds a second dispatch.",
)
@click.option("--port", type=int, default=8443, show_default=True, help="HTTPS port on localhost.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of the steps.")
@click.option("--stay/--no-stay", default=None, help="Stay up after the walk; by default if there is a terminal.")
def demo(data: Path, port: int, lang: str, stay: bool | None) -> None:
    """Walk the main job once with a sample office, then stay up.

    Ends with status 0 if every step succeeded, else 1.
    """
    console = Console(soft_wrap=True)
    mailbox = data.absolute() / MAILBOX
    from siegelpost.mail import sink

    with sink.running(mailbox) as smtp_port:
        settings = configure(
            data=data.absolute(),
            host="127.0.0.1",
            port=port,
            public_url=f"https://localhost:{port}",
            workers=1,
            demo_mailbox=mailbox,
            smtp_host="127.0.0.1",
            smtp_port=smtp_port,
            smtp_security="none",
            log_level="WARNING",
        )
        with _server(settings) as sign_in:
            worked = _walk(console, settings, mailbox, lang)
            if stay if stay is not None else sys.stdin.isatty():
                _stay(console, settings, sign_in, lang)
            else:
                console.print(ENDED[lang])
    sys.exit(0 if worked else 1)


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """The real server in a process of its own; gives what it printed first (its address, the sign-in link)."""
    log = settings.data / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "siegelpost", "serve"], stdout=out, stderr=subprocess.STDOUT, env=os.environ
        )
    from siegelpost.demo.ready import wait_until_ready
    from siegelpost.demo.steps import StepFailedError

    try:
        wait_until_ready(settings, process, log)
    except StepFailedError as error:
        process.kill()
        click.echo(error, err=True)
        sys.exit(1)
    try:
        yield log.read_text(encoding="utf-8", errors="replace")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _walk(console: Console, settings: Settings, mailbox: Path, language: str) -> bool:
    from siegelpost.cli.common import start_django

    start_django()
    from siegelpost.demo.steps import StepFailedError, Steps
    from siegelpost.demo.walk import walk

    steps = Steps(console, language)
    try:
        walk(steps, settings, mailbox)
    except StepFailedError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return False
    return True


def _stay(console: Console, settings: Settings, sign_in: str, language: str) -> None:
    words = Words(
        "\nZum Anklicken (das Zertifikat ist selbstsigniert, der Browser warnt zu Recht):\n{}\nPostfach: {}/mailbox/\n"
        "Ende mit Strg-C.",
        "\nTo click (the certificate is self-signed, the browser warns rightly):\n{}\nMailbox: {}/mailbox/\n"
        "Ctrl-C ends it.",
    )
    console.print(words[language].format(sign_in.strip(), settings.public_address), highlight=False)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print()
