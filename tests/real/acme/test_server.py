"""The whole server: asked by the command line, kept by the jobs process, and never self-signed again."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support import serving
from tests.support.acme_servers import Pebble, pebble
from tests.support.dynamic_dns import dynamic_dns
from tests.support.installations import COMMAND, Installation
from tests.support.knocking import Knocking
from tests.support.pki import Authority, Certificate
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.tls.acme import draft as drafts
from siegelpost.tls.acme.plan import KeyType, Plan, load_plan, save_plan
from siegelpost.tls.acme.progress import progress
from siegelpost.tls.acme.renewal import request_renewal, requested
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
EAB = {"office-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}


@pytest.fixture
def first_start(serve: Serve) -> Server:
    """A server as it is after its first start, with its self-signed certificate."""
    return serve(certificate=None, workers=2)


@pytest.fixture
def authority_of(first_start: Server, tmp_path: Path) -> Iterator[Pebble]:
    """It wants a customer account, and is trusted by the office's visitors."""
    http, https = first_start.http_port, first_start.port
    with dynamic_dns(NAME) as zone:
        server = zone.server
        with pebble(tmp_path / "pebble", http_port=http, tls_port=https, name_server=server, eab=EAB) as running:
            roots = tmp_path / "root.pem"
            roots.write_text(roots.read_text() + running.root())
            yield running


def cert(server: Server, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``siegelpost cert`` with the settings of the running server."""
    installation = server.installation
    environment = installation.environment(
        port=str(server.port),
        public_url=server.url,
        trust_roots=json.dumps([str(installation.data.parent / "root.pem")]),
        language="en",
    )
    return subprocess.run(
        [COMMAND, "cert", *arguments], env=environment, capture_output=True, text=True, timeout=200, check=False
    )


def test_from_the_first_start_to_a_page_without_warning_by_one_command(
    first_start: Server, authority_of: Pebble, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(authority_of.ca_bundle)
    (tmp_path / "hmac").write_text(EAB["office-1"] + "\n")
    given: list[str | Path] = [
        "obtain",
        "--authority",
        authority_of.directory,
        "--ca-bundle",
        tmp_path / "ca.pem",
        "--json",
    ]
    refused = cert(first_start, *given)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["problem"]["code"] == "eab_missing"

    told = cert(first_start, *given[:-1], "--eab-key-id", "office-1", "--eab-hmac-file", tmp_path / "hmac")
    assert told.returncode == 0, told.stderr
    assert "will be renewed by itself" in told.stdout
    assert "Serve it from now on" in told.stderr
    first_start.trust = authority_of.root()
    until(lambda: first_start.get("/health/ready").status == 200, forgive=(OSError,))
    assert authority_of.log.read_text().count("Added order") == 1, "the jobs process did not order beside it"

    status = json.loads(cert(first_start, "status", "--json").stdout)
    assert status["automatic"]["plan"]["names"] == [NAME]
    assert status["automatic"]["progress"]["state"] == "done"
    assert status["automatic"]["served"] == [each["id"] for each in status["certificates"] if each["served"]]
    assert EAB["office-1"] not in json.dumps(status)

    dry = cert(first_start, "obtain", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "Nothing was changed" in dry.stdout

    bought_is_kept(first_start, authority_of, tmp_path)

    # Saving a plan is all it takes: the jobs process does what is due, without anybody waiting for it.
    store = Store(first_start.installation.data / "tls")
    plan = load_plan(store)
    assert plan
    save_plan(store, replace(plan, names=(NAME, "127.0.0.1"), key_types=(KeyType.ECDSA, KeyType.RSA)))
    until(lambda: (found := progress(store)) and len(found.certificates) == 2 and found.state == "done")
    assert acme_status(store).problem is None


def bought_is_kept(server: Server, authority: Pebble, folder: Path) -> None:
    """A certificate that somebody has bought and put in is not thrown out by the next round, until they say so."""
    ours = Authority.root()
    paid = ours.issue(NAME, days=189)
    (folder / "root.pem").write_text((folder / "root.pem").read_text() + ours.pem)
    (folder / "paid.pem").write_text(paid.chain_pem + paid.key_pem)
    put_in = cert(server, "import", "--activate", "--anyway", folder / "paid.pem")
    assert put_in.returncode == 0, put_in.stderr
    assert "it is not replaced while it is valid" in put_in.stdout
    orders = authority.log.read_text().count("Added order")
    store = Store(server.installation.data / "tls")
    (kept,) = store.current()
    for _ in range(2):
        request_renewal(store)
        until(lambda: not requested(store))
    assert cert(server, "obtain").returncode == 1
    assert store.current() == [kept]
    assert authority.log.read_text().count("Added order") == orders, "nothing was even ordered"
    instead = cert(server, "obtain", "--instead")
    assert instead.returncode == 0, instead.stderr
    assert [each.source for each in store.current()] == [Source.ACME]


def prepared(installation: Installation, good: Certificate, state: str) -> str:
    """A store that holds an old self-signed certificate and a good one; the good one's fingerprint."""
    store = Store(installation.data / "tls")
    key, chain = self_signed([NAME])
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)
    stored = store.add(good.chain_pem, good.key_pem, Source.ACME)
    if state == "killed before it was activated":
        save_plan(store, Plan((NAME,)))
        begun = drafts.begin(store, KeyType.ECDSA, "https://authority.test/dir", "", (NAME,), stored.added_at)
        drafts.keep(store, begun, stored=stored.id)
    else:
        store.activate(stored.id)
    if state == "it is lost which was served":
        store.active_file.unlink()
    return stored.fingerprint


@pytest.mark.parametrize("state", ["served before", "it is lost which was served", "killed before it was activated"])
def test_a_node_that_starts_while_a_good_certificate_exists_never_shows_the_self_signed_one(
    serve: Serve,
    installation: Installation,
    trusted_certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
) -> None:
    good = prepared(installation, trusted_certificate, state)
    ports = [free_port(), free_port()]
    waiting = iter(ports)
    monkeypatch.setattr(serving, "free_port", lambda: next(waiting))
    knocking = Knocking(ports[0])
    try:
        server = serve(certificate=None, workers=2, resolve="{}")
        until(lambda: len(knocking.shown) > 50)
    finally:
        knocking.stop()
    assert set(knocking.shown) == {good}
    server.forgive("no certificate was obtained")
