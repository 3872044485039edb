"""``siegelpost cert``: the certificates of this installation; a running server follows at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from siegelpost.cli.common import data_option
from siegelpost.server.certificates import open_store
from siegelpost.settings import Settings, configure
from siegelpost.tls import Source, Store, StoreError, as_certificates, judge, read_bought

_json = click.option("--json", "as_json", is_flag=True, help="Print the certificates as JSON.")
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def cert() -> None:
    """Show, import and change the certificate."""


@cert.command()
@data_option
@_json
def status(data: Path | None, as_json: bool) -> None:
    """List every stored certificate and say which are served."""
    _show(open_store(configure(data=data)), as_json)


@cert.command("import")
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--key", type=_file, help="The private key, if none of the files holds it.")
@click.option("--password-file", type=_file, help="Holds the password of the key or of the PKCS #12 file.")
@click.option("--activate", is_flag=True, help="Serve it from now on.")
@data_option
@_json
def import_(
    files: tuple[Path, ...],
    key: Path | None,
    password_file: Path | None,
    activate: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Store a bought certificate from PEM, DER, PKCS #7 and PKCS #12 files, in any order.

    The doctor judges it first, for the public address: if a browser would refuse it, nothing is stored.
    """
    settings = configure(data=data)
    store = open_store(settings)
    contents = [file.read_bytes() for file in (*files, *([key] if key else []))]
    with _refusals():
        pair = read_bought(contents, [password_file.read_bytes().rstrip(b"\r\n")] if password_file else [])
        _must_be_accepted(pair.chain_pem, settings)
        stored = store.add(pair.chain_pem, pair.key_pem, Source.IMPORTED)
        if activate:
            store.activate(stored.id)
    _show(store, as_json)


@cert.command()
@click.argument("id")
@data_option
@_json
def activate(id: str, data: Path | None, as_json: bool) -> None:
    """Serve this stored certificate from now on."""
    store = open_store(configure(data=data))
    with _refusals():
        store.activate(id)
    _show(store, as_json)


@cert.command()
@data_option
@_json
def rollback(data: Path | None, as_json: bool) -> None:
    """Serve again what was served before the last change."""
    store = open_store(configure(data=data))
    with _refusals():
        store.rollback()
    _show(store, as_json)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise click.ClickException(f"{error}. Nothing was changed.") from error


def _must_be_accepted(chain_pem: str, settings: Settings) -> None:
    roots = [each for root in settings.trust_roots for each in as_certificates(root.read_bytes())]
    judgement = judge(chain_pem, settings.public_host, local_roots=roots)
    if judgement.ok is False:
        raise click.ClickException(f"{judgement.text(settings.language)}\n\nNothing was changed.")


def _show(store: Store, as_json: bool) -> None:
    served = [each.id for each in store.current()]
    stored = store.history()
    if as_json:
        rows = [json.loads(each.to_json()) | {"served": each.id in served} for each in stored]
        click.echo(json.dumps({"generation": store.generation, "certificates": rows}, ensure_ascii=False, indent=2))
        return
    for each in stored:
        mark = "*" if each.id in served else " "
        click.echo(
            f"{mark} {each.id}  {each.source}  {each.key_type}  {each.not_after:%Y-%m-%d}  {', '.join(each.names)}"
        )
    click.echo("* is served." if stored else "There is no certificate yet.")
