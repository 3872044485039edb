"""An account that no longer holds: it is replaced once, the renewal goes on, and somebody is told."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.fake_acme import HARM, FakeAuthority
from tests.unit.tls.acme.conftest import Office

from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.state import renewed_accounts
from siegelpost.tls.store import Store

Harm = Callable[[Office, FakeAuthority], None]


def files(office: Office) -> tuple[Path, Path]:
    (key,) = office.store.folder.glob("acme/accounts/*/key.pem")
    return key, key.with_name("account.json")


def forgotten(office: Office, fake: FakeAuthority) -> None:
    fake.accounts.clear()


def forgotten_without_a_word(office: Office, fake: FakeAuthority) -> None:
    """As Caddy 2.6 does: an order of an account that it does not know is answered by 500 and ``{}``."""
    known = set(fake.accounts.values())
    fake.accounts.clear()
    fake.harm = lambda path: (500, b"{}") if path == "/new-order" and not set(fake.accounts.values()) - known else None


def deactivated(office: Office, fake: FakeAuthority) -> None:
    fake.deactivated.update(fake.accounts.values())


def key_lost(office: Office, fake: FakeAuthority) -> None:
    files(office)[0].unlink()


def key_empty(office: Office, fake: FakeAuthority) -> None:
    files(office)[0].write_bytes(b"")


def key_of_another_house(office: Office, fake: FakeAuthority) -> None:
    key, _ = files(office)
    key.write_bytes(Store(office.store.folder, b"of another house").seal(office.store.unseal(key.read_bytes())))


def address_empty(office: Office, fake: FakeAuthority) -> None:
    files(office)[1].write_bytes(b"")


def folder_lost(office: Office, fake: FakeAuthority) -> None:
    for file in files(office):
        file.unlink()


def key_changed_elsewhere(office: Office, fake: FakeAuthority) -> None:
    """A key roll-over (RFC 8555 § 7.3.5) of which this machine knows nothing."""
    (url,) = fake.accounts.values()
    fake.accounts.clear()
    other = {"crv": "P-256", "kty": "EC", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}
    fake.accounts[json.dumps({**other, "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}, sort_keys=True)] = url


HARMS = [
    forgotten,
    forgotten_without_a_word,
    deactivated,
    key_lost,
    key_empty,
    key_of_another_house,
    address_empty,
    folder_lost,
]
HARMS += [key_changed_elsewhere]


@pytest.mark.parametrize(("harm", "ari"), [*((each, False) for each in HARMS), (deactivated, True), (key_lost, True)])
def test_the_renewal_goes_on_with_another_account(due: Office, fake: FakeAuthority, harm: Harm, ari: bool) -> None:
    """A deactivated account, a lost or damaged key, a key of another: each try ended alike until the certificate ran
    out. And after any change of the account the authority refuses what an order says it replaces.
    """
    if ari:
        fake.window = lambda each: (fake.now() - timedelta(days=2), fake.now() - timedelta(days=1))
    harm(due, fake)
    (new,) = due.look()
    assert [each.id for each in due.store.current()] == [new]
    assert len(fake.issued) == 2, "one certificate more"
    assert due.status.failures == 0
    due.clock.forward(days=61)
    assert due.look(), "and the account that there is now is kept"
    assert not renewed_accounts(due.store) or len(fake.accounts) <= 2


@pytest.mark.parametrize("harm", [deactivated, key_empty])
def test_why_it_was_replaced_is_kept_and_the_old_key_too(due: Office, fake: FakeAuthority, harm: Harm) -> None:
    before = files(due)[0].read_bytes()
    harm(due, fake)
    due.look()
    told = renewed_accounts(due.store)[fake.directory]
    assert told.at == due.clock()
    assert ("unauthorized" if harm is deactivated else "cannot be opened") in told.why
    assert files(due)[0].with_name("key-before.pem").read_bytes() == (before if harm is deactivated else b"")


def test_a_refusal_that_is_not_the_accounts_fault_makes_one_account_a_day(due: Office, fake: FakeAuthority) -> None:
    """Authorities allow few new accounts in some hours: trying one at each retry would use them up."""
    problem = json.dumps({"type": HARM + "unauthorized", "detail": "your network is not welcome"}).encode()
    fake.harm = lambda path: (403, problem) if path == "/new-order" else None
    for _ in range(8):
        with pytest.raises(AcmeError) as caught:
            due.look(asked=True)
        assert caught.value.problem.code is Code.ACCOUNT_GONE
        assert "not welcome" in caught.value.problem.values["detail"]
        due.clock.forward(hours=1)
    assert len(fake.accounts) == 2
    due.clock.forward(days=1)
    fake.harm = lambda path: None
    assert due.look()


def test_another_contact_changes_nothing_but_the_contact(due: Office, fake: FakeAuthority) -> None:
    """Renewals failed after the e-mail address had been changed (NixOS/nixpkgs#190493)."""
    due.plan(fake, contact="new@office.invalid")
    assert due.look()
    assert len(fake.accounts) == 1


def test_a_contact_that_is_refused_is_left_out(office: Office, fake: FakeAuthority) -> None:
    fake.takes_contact = lambda contact: False
    office.plan(fake, contact="post@office.invalid")
    assert office.look()
