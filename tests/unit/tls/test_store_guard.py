"""The store's folder, kept in memory and put back."""

import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.pki import Authority

from siegelpost.tls.csr import RequestKey, Requests
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store, UnusableError
from siegelpost.tls.store_guard import Kept, last_loss

NAME = "office.test"
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "tls")
    key, chain = self_signed([NAME])
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)
    return store


def everything(folder: Path) -> dict[str, bytes]:
    left_out = {"lock", "lost.json"}
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name not in left_out
    }


def test_everything_is_put_back_with_its_rights(store: Store) -> None:
    Requests(store).make([NAME], RequestKey.P256)
    kept = Kept(store)
    assert not kept.look(NOW)
    before = everything(store.folder)
    shutil.rmtree(store.folder)
    assert kept.look(NOW)
    assert everything(store.folder) == before
    assert {file.stat().st_mode & 0o077 for file in store.folder.rglob("*")} == {0}
    loss = last_loss(store)
    assert loss
    assert loss.at == NOW
    assert not kept.look(NOW), "once is enough"


def test_what_was_done_since_is_kept_too(store: Store) -> None:
    kept = Kept(store)
    kept.look(NOW)
    given = Authority.root().issue(NAME)
    store.activate(store.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)
    kept.look(NOW)
    served = store.current()
    shutil.rmtree(store.folder)
    kept.look(NOW)
    assert store.current() == served
    assert store.generation == 2


def test_a_removal_that_is_seen_half_way_is_undone_as_a_whole(store: Store) -> None:
    Requests(store).make([NAME], RequestKey.P256)
    kept = Kept(store)
    kept.look(NOW)
    before = everything(store.folder)
    shutil.rmtree(store.folder / "requests")
    assert not kept.look(NOW)
    shutil.rmtree(store.folder)
    assert kept.look(NOW)
    assert everything(store.folder) == before


def test_a_removal_that_goes_on_meanwhile_does_not_win(store: Store) -> None:
    Requests(store).make([NAME], RequestKey.P256)
    kept = Kept(store)
    kept.look(NOW)
    before = everything(store.folder)
    store.active_file.unlink()
    assert kept.look(NOW)
    shutil.rmtree(store.folder / "requests")
    kept.look(NOW)
    assert everything(store.folder) == before


def test_another_store_that_was_put_in_its_place_holds(store: Store, tmp_path: Path) -> None:
    kept = Kept(store)
    kept.look(NOW)
    other = Store(tmp_path / "other")
    given = Authority.root().issue(NAME)
    other.activate(other.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)
    store.folder.rename(tmp_path / "taken-away")
    other.folder.rename(store.folder)
    before = everything(store.folder)
    assert not kept.look(NOW)
    assert everything(store.folder) == before
    assert last_loss(store) is None


def test_a_new_passphrase_made_in_the_gap_does_not_lock_the_keys_out(store: Store) -> None:
    kept = Kept(store)
    kept.look(NOW)
    (served,) = store.current()
    shutil.rmtree(store.folder)
    store.passphrase()
    assert kept.look(NOW + timedelta(seconds=1))
    assert store.activate(served.id).ids == (served.id,)


@pytest.mark.parametrize("looked", [0, 1, 12])
def test_a_new_passphrase_made_half_way_or_afterwards_does_not_either(store: Store, looked: int) -> None:
    """A removal that took the passphrase first, or went on after everything was put back."""
    kept = Kept(store)
    kept.look(NOW)
    (served,) = store.current()
    passphrase = store.folder / "passphrase"
    for _ in range(looked):
        shutil.rmtree(store.folder)
        assert kept.look(NOW)
    passphrase.write_bytes(b"another")  # by a process that found none
    (store.folder / "acme").mkdir()
    assert kept.look(NOW)
    assert store.activate(served.id).ids == (served.id,)
    shutil.rmtree(store.folder)
    assert kept.look(NOW)
    assert store.activate(served.id).ids == (served.id,)


def test_where_there_are_keys_no_new_passphrase_is_made(store: Store) -> None:
    (served,) = store.current()
    (store.folder / "passphrase").unlink()
    with pytest.raises(UnusableError):
        store.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), served.id)
    with pytest.raises(FileNotFoundError):
        store.passphrase()


def test_it_is_told_until_something_else_is_activated(store: Store) -> None:
    kept = Kept(store)
    kept.look(NOW)
    shutil.rmtree(store.folder)
    kept.look(NOW)
    loss = last_loss(store)
    assert loss
    assert str(store.folder) in loss.remedies("de")[0]
    assert loss.text("de") != loss.text("en")
    given = Authority.root().issue(NAME)
    store.activate(store.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)
    assert last_loss(store) is None
