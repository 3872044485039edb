"""The written order in which a certificate is chosen, step by step."""

import asyncio
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support import cost
from tests.support.pki import Authority, Certificate
from tests.support.pki import self_signed as signed_by_itself

from siegelpost.tls.front.live_certificates import Choice, StoreContexts
from siegelpost.tls.front.tls_context import ACME_TLS, server_context
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store, Stored

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = "192.0.2.1"
ROOT = Authority.root()


def one(
    id: str, *names: str, source: Source = Source.ACME, key: str = "ecdsa", ends: int = 30, begins: int = -1
) -> Stored:
    """A certificate that is valid from and until so many days from now."""
    day = timedelta(days=1)
    return Stored(id, source, names, key, "", NOW + begins * day, NOW + ends * day, id, NOW)


def ids(name: str | None, *certificates: Stored, address: str = HERE) -> tuple[str, ...]:
    return Choice(certificates, NOW).ids(name, address)


HERSELF = one("self", "a.test", source=Source.SELF_SIGNED)


@pytest.mark.parametrize(
    ("name", "certificates", "chosen"),
    [
        # 2. the name itself, before a wildcard
        ("a.test", [one("w", "*.test"), one("x", "a.test")], ("x",)),
        ("a.test", [one("x", "a.test"), one("later", "a.test")], ("x",)),
        # 3. a wildcard, for one label only
        ("b.a.test", [one("x", "a.test"), one("w", "*.a.test")], ("w",)),
        ("c.b.a.test", [one("x", "a.test"), one("w", "*.a.test")], ("x",)),
        ("b.a.test", [one("old", "b.a.test", ends=-1), one("w", "*.a.test")], ("w",)),
        # 4. and 5. outside the validity, before another name
        ("a.test", [one("x", "b.test"), one("old", "a.test", ends=-1)], ("old",)),
        ("b.a.test", [one("x", "b.test"), one("soon", "*.a.test", begins=1)], ("soon",)),
        # 6. no name: the address
        (None, [one("x", "a.test"), one("ip", HERE)], ("ip",)),
        # 7. the first that is valid
        (None, [one("x", "a.test"), one("y", "b.test")], ("x",)),
        ("z.test", [one("old", "a.test", ends=-1), one("x", "b.test"), HERSELF], ("x",)),
        # 8. what was valid last
        ("z.test", [one("older", "a.test", ends=-2), one("old", "b.test", ends=-1), HERSELF], ("old",)),
        # 9. the self-signed one, only when nothing else is there
        ("a.test", [HERSELF], ("self",)),
        ("a.test", [HERSELF, one("x", "b.test")], ("x",)),
        ("a.test", [HERSELF, one("old", "b.test", ends=-1)], ("old",)),
        ("a.test", [], ()),
        # both key types
        ("a.test", [one("e", "a.test"), one("r", "a.test", key="rsa"), one("e2", "a.test")], ("e", "r")),
        (None, [one("e", "a.test"), one("r", "a.test", key="rsa")], ("e", "r")),
        ("z.test", [one("e", "a.test"), one("r", "b.test", key="rsa")], ("e",)),
    ],
)
def test_the_order(name: str | None, certificates: list[Stored], chosen: tuple[str, ...]) -> None:
    assert ids(name, *certificates) == chosen


def test_the_choice_holds_until_a_validity_begins_or_ends() -> None:
    assert Choice([one("x", "a.test", ends=3), one("y", "a.test", begins=2)], NOW).until == NOW + timedelta(days=2)


# With real certificates


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tls")


def activate(store: Store, *given: Certificate, source: Source = Source.IMPORTED) -> None:
    store.activate(*(store.add(each.chain_pem, each.key_pem, source).id for each in given))


def served(contexts: StoreContexts, name: str = "a.test", ciphers: str | None = None) -> bytes:
    """The certificate a client gets from the chosen context, by a handshake in memory."""
    context = contexts.choose(name, (), HERE)
    assert context is not None
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_mode = ssl.CERT_NONE
    if ciphers:
        client_context.maximum_version = ssl.TLSVersion.TLSv1_2
        client_context.set_ciphers(ciphers)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.getpeercert(binary_form=True) or b""


def test_each_client_gets_the_key_type_it_can_use(store: Store) -> None:
    ecdsa, rsa = ROOT.issue("a.test"), ROOT.issue("a.test", key="rsa2048")
    activate(store, ecdsa, rsa)
    contexts = StoreContexts(store)
    contexts.refresh()
    assert served(contexts) == ecdsa.der
    assert served(contexts, ciphers="ECDHE-RSA-AES128-GCM-SHA256") == rsa.der


def test_a_new_generation_makes_new_contexts_and_leaves_the_old_ones_alone(store: Store) -> None:
    first, second = ROOT.issue("a.test"), ROOT.issue("a.test")
    activate(store, first)
    contexts = StoreContexts(store)
    contexts.refresh()
    before = contexts.choose("a.test", (), HERE)
    assert not contexts.outdated()
    activate(store, second)
    assert contexts.outdated()
    contexts.refresh()
    assert not contexts.outdated()
    assert contexts.choose("a.test", (), HERE) is not before
    assert served(contexts) == second.der


def test_it_is_noticed_within_two_seconds(store: Store) -> None:
    activate(store, ROOT.issue("a.test"))
    contexts = StoreContexts(store)
    contexts.refresh()
    second = ROOT.issue("a.test")

    async def watch() -> None:
        watching = asyncio.create_task(contexts.watch())
        await asyncio.sleep(0.1)
        activate(store, second)
        watch = cost.Stopwatch()
        async with asyncio.timeout(30):
            while contexts.generation < 2:
                await asyncio.sleep(0.01)
        assert watch.seconds < 2
        watching.cancel()

    asyncio.run(watch())
    assert served(contexts) == second.der


def test_when_the_folder_is_gone_what_was_served_still_is(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    given = ROOT.issue("a.test")
    activate(store, given)
    contexts = StoreContexts(store)
    contexts.refresh()
    store.folder.rename(store.folder.with_name("gone"))
    assert contexts.outdated()
    contexts.refresh()
    assert served(contexts) == given.der
    assert "still is" in caplog.text


def test_a_good_certificate_is_found_though_the_pointer_is_lost(store: Store) -> None:
    given = ROOT.issue("a.test")
    activate(store, signed_by_itself("a.test"), source=Source.SELF_SIGNED)
    activate(store, given)
    store.active_file.unlink()
    contexts = StoreContexts(store)
    contexts.refresh()
    assert served(contexts) == given.der
    assert not contexts.self_signed


def test_a_damaged_certificate_is_left_out_and_another_is_served(store: Store) -> None:
    first, second = ROOT.issue("a.test"), ROOT.issue("a.test")
    activate(store, first)
    activate(store, second)
    (store.folder / "certificates" / store.active().ids[0] / "key.pem").write_text("damaged")
    contexts = StoreContexts(store)
    contexts.refresh()
    assert served(contexts) == first.der


def test_only_a_validation_gets_a_challenge_certificate(store: Store) -> None:
    activate(store, ROOT.issue("a.test"))
    challenge = server_context()
    contexts = StoreContexts(store, {"a.test": challenge}.get)
    contexts.refresh()
    assert contexts.choose("a.test", (ACME_TLS,), HERE) is challenge
    assert contexts.choose("b.test", (ACME_TLS,), HERE) is None
    for protocols in ((), (b"h2", b"http/1.1"), (b"h2", ACME_TLS)):
        assert contexts.choose("a.test", protocols, HERE) is not challenge


def test_a_removal_that_has_come_half_way_shows_nobody_the_self_signed_one(store: Store) -> None:
    given = ROOT.issue("a.test")
    activate(store, signed_by_itself("a.test"), source=Source.SELF_SIGNED)
    activate(store, given)
    contexts = StoreContexts(store)
    contexts.refresh()
    shutil.rmtree(store.folder / "certificates" / store.active().ids[0])
    contexts.refresh()
    assert served(contexts) == given.der
    store.active_file.unlink()
    contexts.refresh()
    assert served(contexts) == given.der


def test_a_pointer_that_is_lost_first_does_not_let_a_store_that_is_begun_anew_win(store: Store) -> None:
    given = ROOT.issue("a.test")
    activate(store, given)
    contexts = StoreContexts(store)
    contexts.refresh()
    store.active_file.unlink()
    contexts.refresh()
    shutil.rmtree(store.folder)
    activate(store, signed_by_itself("a.test"), source=Source.SELF_SIGNED)
    contexts.refresh()
    assert served(contexts) == given.der


def test_whoever_goes_back_to_the_self_signed_one_gets_it(store: Store) -> None:
    by_itself = signed_by_itself("a.test")
    activate(store, by_itself, source=Source.SELF_SIGNED)
    activate(store, ROOT.issue("a.test"))
    contexts = StoreContexts(store)
    contexts.refresh()
    store.rollback()
    contexts.refresh()
    assert served(contexts) == by_itself.der


def test_a_store_that_was_begun_anew_does_not_take_a_good_ones_place(store: Store) -> None:
    given = Authority.root().issue("office.test")
    for _ in range(2):
        store.activate(store.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)
    contexts = StoreContexts(store)
    contexts.refresh()
    good = contexts.certificates
    shutil.rmtree(store.folder)
    key, chain = self_signed(["office.test"])
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)
    contexts.refresh()
    assert contexts.certificates == good
