"""Every key that lies with the certificates is tried: theirs, those of requests, those of accounts at authorities."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support.pki import Authority

from siegelpost.certificates import checks
from siegelpost.certificates.installed import open_store
from siegelpost.ledger import fsck
from siegelpost.ledger.inspection import FsckFinding
from siegelpost.settings import load
from siegelpost.tls.acme.plan import LETS_ENCRYPT, Plan, save_plan
from siegelpost.tls.csr import RequestKey, Requests
from siegelpost.tls.store import Source, Store

ISSUING = Authority.root()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Two certificates, a request, an account and a plan with a secret."""
    monkeypatch.setenv("SIEGELPOST_DATA", str(tmp_path))
    load.cache_clear()
    made = open_store(load())
    for name in ("one.office.test", "two.office.test"):
        given = ISSUING.issue(name)
        made.add(given.chain_pem, given.key_pem, Source.IMPORTED)
    Requests(made).make(["office.example"], RequestKey.P256)
    account = made.folder / "acme/accounts/0123456789abcdef"
    account.mkdir(parents=True)
    (account / "key.pem").write_bytes(made.seal(ec.generate_private_key(ec.SECP256R1())))
    authority = replace(LETS_ENCRYPT, eab_key_id="id", eab_hmac="c2VjcmV0")
    save_plan(made, Plan(names=("office.example",), authorities=(authority,)))
    yield made
    monkeypatch.undo()
    load.cache_clear()


def found() -> list[FsckFinding]:
    return list(checks.run(lambda done, total: None))


def files(store: Store, pattern: str) -> list[Path]:
    return sorted(store.folder.glob(pattern))


def swap(store: Store) -> None:
    one, two = files(store, "certificates/*/key.pem")
    shutil.copy(two, one)


def of_another(pattern: str) -> Callable[[Store], object]:
    """The key sealed with another installation's passphrase."""

    def does(store: Store) -> None:
        sealed = Store(store.folder / "elsewhere", b"other").seal(ec.generate_private_key(ec.SECP256R1()))
        files(store, pattern)[0].write_bytes(sealed)

    return does


TAMPERINGS: dict[str, tuple[Callable[[Store], object], str]] = {
    "the account's key": (of_another("acme/accounts/*/key.pem"), "acme/accounts/0123456789abcdef/key.pem"),
    "a request's key": (of_another("requests/*/key.pem"), "requests/"),
    "a certificate's key": (of_another("certificates/*/key.pem"), "certificates/"),
    "two keys exchanged": (swap, "certificates/"),
    "a certificate emptied": (lambda s: files(s, "certificates/*/chain.pem")[0].write_bytes(b""), "certificates/"),
    "another passphrase": (lambda s: (s.folder / "passphrase").write_bytes(b"another"), "acme/plan.json"),
    "no passphrase": (lambda s: (s.folder / "passphrase").unlink(), "acme/accounts/0123456789abcdef/key.pem"),
    "a passphrase for all to read": (lambda s: (s.folder / "passphrase").chmod(0o644), "passphrase"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_is_found_and_the_file_named(name: str, store: Store) -> None:
    """The key of the account at the authority was of another installation, and fsck said that all was well."""
    assert found() == []
    tampers, where = TAMPERINGS[name]
    tampers(store)
    assert any(where in finding.where for finding in found()), found()


def test_looking_makes_no_passphrase(store: Store) -> None:
    """Also where every certificate is gone: what is left was sealed with the one that is lost."""
    (store.folder / "passphrase").unlink()
    shutil.rmtree(store.folder / "certificates")
    assert len(found()) == 3, "the request's, the account's, the plan's"
    with pytest.raises(FileNotFoundError):
        store.passphrase()


def test_it_belongs_to_the_whole_check() -> None:
    assert "certificates" in {check.name for check in fsck.checks()}
