"""The certificate store: whole or not at all, activated together, one step back."""

import json
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.pki import Authority, Certificate
from tests.support.pki import self_signed as signed_by_itself

from siegelpost.tls.store import (
    KeyMismatchError,
    NothingBeforeError,
    NotStoredError,
    NotWritableError,
    Source,
    Store,
    Stored,
    UnusableError,
)

ROOT = Authority.root()
NAME = "office.test"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tls")


def add(store: Store, given: Certificate, source: Source = Source.IMPORTED) -> Stored:
    return store.add(given.chain_pem, given.key_pem, source)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.name != "lock"}


def test_what_is_known_of_a_certificate_is_kept(store: Store) -> None:
    given = ROOT.intermediate().issue(NAME, "www.office.test", "192.0.2.7")
    stored = add(store, given)
    assert stored.names == (NAME, "www.office.test", "192.0.2.7")
    assert stored.key_type == "ecdsa"
    assert stored.valid_at(datetime.now(UTC))
    assert not stored.valid_at(stored.not_after + timedelta(seconds=1))
    assert stored.not_after.tzinfo is UTC
    assert store.history() == [stored]
    assert Store(store.folder).get(stored.id) == stored
    assert store.chain_pem(stored.id) == given.chain_pem


def test_nothing_is_served_before_it_is_activated(store: Store) -> None:
    stored = add(store, ROOT.issue(NAME))
    assert store.generation == 0
    active = store.activate(stored.id)
    assert (active.generation, active.ids) == (1, (stored.id,))
    assert store.current() == [stored]


def test_private_keys_are_encrypted_and_nobody_else_may_read_them(store: Store) -> None:
    given = ROOT.issue(NAME)
    add(store, given)
    secret = "".join(given.key_pem.splitlines()[1:-1])
    for file, content in everything(store.folder).items():
        assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600, file
        assert secret[:40].encode() not in content.replace(b"\n", b"")
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    (key,) = store.folder.rglob("key.pem")
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_passphrase_from_outside_leaves_none_in_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "tls", b"from the environment")
    stored = add(store, ROOT.issue(NAME))
    store.activate(stored.id)
    assert not (store.folder / "passphrase").exists()
    with pytest.raises(UnusableError):
        Store(tmp_path / "tls", b"another").activate(stored.id)
    assert store.generation == 1


def test_a_key_of_another_certificate_is_refused_by_both_fingerprints(store: Store) -> None:
    add(store, ROOT.issue(NAME))
    before = everything(store.folder)
    with pytest.raises(KeyMismatchError) as caught:
        store.add(ROOT.issue(NAME).chain_pem, ROOT.issue(NAME).key_pem, Source.IMPORTED)
    assert len([word for word in str(caught.value).replace(",", "").split() if len(word) == 64]) == 2
    assert everything(store.folder) == before


@pytest.mark.parametrize(
    ("chain", "key"),
    [
        ("", ROOT.issue(NAME).key_pem),
        ("nonsense", "nonsense"),
        (ROOT.issue(NAME).chain_pem, "nonsense"),
        (ROOT.issue(NAME).chain_pem[:-60], ROOT.issue(NAME).key_pem),
        ((ed := ROOT.issue(NAME, key="ed25519")).chain_pem, ed.key_pem),
    ],
)
def test_what_cannot_be_read_is_refused(store: Store, chain: str, key: str) -> None:
    with pytest.raises(UnusableError):
        store.add(chain, key, Source.IMPORTED)
    assert store.history() == []


def test_the_same_certificate_is_stored_once(store: Store) -> None:
    given = ROOT.issue(NAME)
    assert add(store, given) == add(store, given)
    assert len(store.history()) == 1


def test_rsa_and_ecdsa_side_by_side(store: Store) -> None:
    rsa, ecdsa = add(store, ROOT.issue(NAME, key="rsa2048")), add(store, ROOT.issue(NAME))
    assert rsa.key_type == "rsa"
    store.activate(ecdsa.id, rsa.id)
    assert store.current() == [ecdsa, rsa]


def test_a_new_certificate_takes_the_place_of_those_it_makes_needless(store: Store) -> None:
    made_here = add(store, signed_by_itself(NAME), Source.SELF_SIGNED)
    other = add(store, ROOT.issue("other.test"))
    old = add(store, ROOT.issue(NAME))
    wide = add(store, ROOT.issue(NAME, "www.office.test"))
    store.activate(made_here.id)
    store.activate(other.id, old.id)
    assert store.current() == [other, old], "the self-signed one is gone at once"
    store.activate(wide.id)
    assert store.current() == [wide, other]
    assert store.generation == 3


def test_one_step_back_and_one_more(store: Store) -> None:
    first, second, third = (add(store, ROOT.issue(NAME)) for _ in range(3))
    for each in (first, second, third):
        store.activate(each.id)
    assert store.rollback().ids == (second.id,)
    assert store.rollback().ids == (first.id,)
    assert store.generation == 5
    with pytest.raises(NothingBeforeError):
        store.rollback()
    assert store.current() == [first]


def test_activating_what_is_not_there_changes_nothing(store: Store) -> None:
    stored = add(store, ROOT.issue(NAME))
    store.activate(stored.id)
    for wrong in ("20261123T000000-abcdef", "../../etc", "", ".new-1"):
        with pytest.raises(NotStoredError):
            store.activate(wrong)
    assert (store.generation, store.current()) == (1, [stored])


def test_activating_what_was_damaged_changes_nothing(store: Store) -> None:
    good, bad = add(store, ROOT.issue(NAME)), add(store, ROOT.issue(NAME))
    store.activate(good.id)
    (store.folder / "certificates" / bad.id / "key.pem").write_text("damaged")
    with pytest.raises(UnusableError):
        store.activate(bad.id)
    assert store.current() == [good]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"generation": 1}', '{"generation":1,"ids":5,"before":[]}'])
def test_a_lost_pointer_leaves_the_latest_certificates(store: Store, content: str | None) -> None:
    older, newer = add(store, ROOT.issue(NAME)), add(store, ROOT.issue(NAME))
    store.activate(older.id)
    store.active_file.unlink()
    if content is not None:
        store.active_file.write_text(content)
    assert store.current() == [newer, older]


def test_a_lost_certificate_leaves_the_others(store: Store) -> None:
    gone, left = add(store, ROOT.issue(NAME)), add(store, ROOT.issue(NAME))
    store.activate(gone.id)
    (store.folder / "certificates" / gone.id / "about.json").unlink()
    assert store.current() == [left]


def test_a_disk_that_is_full_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = add(store, ROOT.issue(NAME))
    other = add(store, ROOT.issue(NAME))
    store.activate(stored.id)
    before = everything(store.folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("siegelpost.toolbox.durable.os.fsync", full)
    actions: list[Callable[[], object]] = [lambda: add(store, ROOT.issue(NAME)), lambda: store.activate(other.id)]
    for action in actions:
        with pytest.raises(OSError, match="No space"):
            action()
    monkeypatch.undo()
    assert everything(store.folder) == before


def test_the_pointer_stays_small(store: Store) -> None:
    ids = [add(store, ROOT.issue(NAME)).id for _ in range(3)]
    for turn in range(40):
        store.activate(ids[turn % 3])
    assert store.active_file.stat().st_size < 2_000
    assert len(json.loads(store.active_file.read_text())["before"]) == 20


def test_many_who_activate_at_once_each_make_a_generation(tmp_path: Path) -> None:
    ids = [add(Store(tmp_path), ROOT.issue(NAME)).id for _ in range(2)]

    def turn() -> None:
        own = Store(tmp_path)
        for number in range(20):
            own.activate(ids[number % 2])

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Store(tmp_path).generation == 80


def test_what_a_killed_process_left_half_written_is_taken_away(store: Store) -> None:
    first = add(store, ROOT.issue(NAME))
    left = store.folder / "certificates" / ".new-0123456789abcdef"
    left.mkdir()
    (left / "key.pem").write_text("half a key")
    assert store.history() == [first]
    add(store, ROOT.issue(NAME))
    assert not left.exists()


def test_the_store_tries_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.self_test()
    assert [file.name for file in store.folder.iterdir()] == []
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"something else")
    with pytest.raises(NotWritableError):
        store.self_test()
