"""``siegelpost cert``: the certificates of this installation; a running server follows at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from siegelpost.certificates.installed import house, open_store
from siegelpost.cli.cert_dyndns import dyndns
from siegelpost.cli.cert_obtain import describe, obtain_
from siegelpost.cli.cert_words import NOTHING_STORED, ORDERED, SERVED
from siegelpost.cli.common import Refused, by_whom, data_option
from siegelpost.doctor import judgement_words
from siegelpost.doctor.texts.language import fill
from siegelpost.settings import configure, load
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.bought import Comparison, NotImportableError, take_in, weigh, weigh_back
from siegelpost.tls.csr import RequestKey, Requests
from siegelpost.tls.refusals import NOTHING_CHANGED, ONLY_STORED, RefusalReason
from siegelpost.tls.store import Store, StoreError
from siegelpost.tls.store_guard import last_loss

_json = click.option("--json", "as_json", is_flag=True, help="Print the certificates as JSON.")
_anyway = click.option("--anyway", is_flag=True, help="Confirm that it shall be served although it is worse.")
_key_type = click.option(
    "--key-type",
    type=click.Choice([each.value for each in RequestKey]),
    default=RequestKey.P256.value,
    show_default=True,
    help="Kind of key.",
)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def cert() -> None:
    """Show, order, import and change the certificate."""


@cert.command()
@data_option
@_json
def status(data: Path | None, as_json: bool) -> None:
    """List every stored certificate, say which are served, and what is ordered."""
    _show(open_store(configure(data=data)), as_json)


@cert.command()
@click.argument("names", nargs=-1)
@_key_type
@click.option("--organisation", default="", help="The office's registered name, for certificates that carry it.")
@click.option("--city", default="", help="Its seat, likewise.")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the request as JSON.")
def csr(names: tuple[str, ...], key_type: str, organisation: str, city: str, data: Path | None, as_json: bool) -> None:
    """Make a key and print the request (CSR) to order a certificate with, for NAMES or the public one.

    The key never leaves this installation; ``import`` finds it when the certificate comes.
    """
    settings = configure(data=data)
    with _refusals():
        request = Requests(open_store(settings)).make(
            names or [settings.public_host], RequestKey(key_type), organisation=organisation, city=city
        )
    if as_json:
        shown = {"id": request.id, "names": request.names, "key_type": request.key_type, "csr": request.csr_pem}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        click.echo(request.csr_pem, nl=False)


@cert.command("import")
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--key", type=_file, help="The private key, if no file holds it and no request made here waits.")
@click.option("--password-file", type=_file, help="Holds the password of the key or of the PKCS #12 file.")
@click.option("--activate", is_flag=True, help="Serve it from now on.")
@_anyway
@data_option
@_json
def import_(
    files: tuple[Path, ...],
    key: Path | None,
    password_file: Path | None,
    activate: bool,
    anyway: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Store a bought certificate from PEM, DER, PKCS #7 and PKCS #12 files, in any order.

    The doctor judges it first, for the public address: if a browser would refuse it, nothing is stored. One that is
    worse than the present one is stored, and activated only with --anyway.
    """
    settings = configure(data=data)
    store = open_store(settings)
    contents = [file.read_bytes() for file in (*files, *([key] if key else []))]
    passwords = [password_file.read_bytes().rstrip(b"\r\n")] if password_file else []
    with _refusals():
        taken = take_in(store, contents, passwords, house(settings))
    if activate:
        with _refusals(stored=taken.stored.id):
            _must_be_as_good(taken.weighed, anyway)
            store.activate(taken.stored.id, by=by_whom())
    _show(store, as_json)


@cert.command()
@click.argument("id")
@_anyway
@data_option
@_json
def activate(id: str, anyway: bool, data: Path | None, as_json: bool) -> None:
    """Serve this stored certificate from now on."""
    settings = configure(data=data)
    store = open_store(settings)
    with _refusals():
        _must_be_as_good(weigh(store, id, house(settings)), anyway)
        store.activate(id, by=by_whom())
    _show(store, as_json)


@cert.command()
@_anyway
@data_option
@_json
def rollback(anyway: bool, data: Path | None, as_json: bool) -> None:
    """Serve again what was served before the last change."""
    settings = configure(data=data)
    store = open_store(settings)
    with _refusals():
        if weighed := weigh_back(store, house(settings)):
            _must_be_as_good(weighed, anyway)
        store.rollback(by=by_whom())
    _show(store, as_json)


def _must_be_as_good(weighed: Comparison, anyway: bool) -> None:
    if weighed.losses and not anyway:
        raise NotImportableError(RefusalReason.WORSE, losses=" ".join(weighed.told(load().language)))


@contextmanager
def _refusals(stored: str = "") -> Iterator[None]:
    language = load().language
    try:
        yield
    except StoreError as error:
        judgement = error.judgement if isinstance(error, NotImportableError) else None
        said = [error.text(language), judgement_words.as_text(judgement, language) if judgement else ""]
        said.append(fill(ONLY_STORED if stored else NOTHING_CHANGED, language, {"id": stored}))
        raise Refused("\n\n".join(filter(None, said))) from error


def _show(store: Store, as_json: bool) -> None:
    served = [each.id for each in store.current()]
    stored = store.history()
    requests = Requests(store).pending()
    if as_json:
        rows = [each.as_json() | {"served": each.id in served} for each in stored]
        ordered: list[dict[str, Any]] = [
            {"id": each.id, "names": each.names, "created_at": each.created_at.isoformat()} for each in requests
        ]
        automatic = acme_status(store).as_json()
        shown = {
            "generation": store.generation,
            "certificates": rows,
            "requests": ordered,
            "automatic": automatic,
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for each in stored:
        mark = "*" if each.id in served else " "
        click.echo(
            f"{mark} {each.id}  {each.source}  {each.key_type}  {each.not_after:%Y-%m-%d}  {', '.join(each.names)}"
        )
    for request in requests:
        click.echo(f"… {request.id}  {request.key_type}  {request.created_at:%Y-%m-%d}  {', '.join(request.names)}")
    language = load().language
    click.echo((SERVED if stored else NOTHING_STORED)[language])
    if requests:
        click.echo(ORDERED[language])
    if loss := last_loss(store):
        click.echo(loss.text(language))
        for step in loss.remedies(language):
            click.echo(f"  – {step}")
    for line in describe(acme_status(store), language):
        click.echo(line)


cert.add_command(obtain_)
cert.add_command(dyndns)
