"""What is to be kept trusted: checked, and kept with its secrets sealed."""

import stat
from pathlib import Path

import pytest

from siegelpost.tls.acme.plan import (
    Authority,
    Challenge,
    DnsProvider,
    KeyType,
    Plan,
    forget_plan,
    load_plan,
    plan_changed_at,
    save_plan,
)
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store

WHOLE = Plan(
    names=("office.test", "*.office.test", "192.0.2.7"),
    authorities=(
        Authority("https://one.test/dir", profile="shortlived", eab_key_id="kid", eab_hmac="c2VjcmV0LWhtYWM"),
        Authority("https://two.test/dir", ca_bundle="-----BEGIN CERTIFICATE-----"),
    ),
    challenges=(Challenge.DNS_01, Challenge.HTTP_01),
    dns=DnsProvider("rfc2136", {"server": "ns.test", "key_secret": "dG9wLXNlY3JldA=="}, ("192.0.2.53:5353",)),
    contact="post@office.test",
    key_types=(KeyType.ECDSA, KeyType.RSA),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tls")


def test_a_plan_is_kept_as_it_was_and_its_secrets_are_sealed(store: Store) -> None:
    assert load_plan(store) is None
    assert save_plan(store, WHOLE) == WHOLE
    assert load_plan(Store(store.folder)) == WHOLE
    file = store.folder / "acme" / "plan.json"
    content = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    for secret in ("c2VjcmV0LWhtYWM", "dG9wLXNlY3JldA"):
        assert secret not in content
        assert secret not in repr(WHOLE)


def test_another_passphrase_reads_no_plan(tmp_path: Path) -> None:
    save_plan(Store(tmp_path, b"one"), WHOLE)
    assert load_plan(Store(tmp_path, b"another")) is None


def test_a_plan_can_be_forgotten(store: Store) -> None:
    save_plan(store, WHOLE)
    assert plan_changed_at(store)
    forget_plan(store)
    assert load_plan(store) is None
    assert plan_changed_at(store) == 0
    forget_plan(store)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"names": 3}', '{"names": ["a.test"]}'])
def test_a_damaged_plan_is_none(store: Store, content: str) -> None:
    save_plan(store, WHOLE)
    (store.folder / "acme" / "plan.json").write_text(content)
    assert load_plan(store) is None


def test_names_are_kept_as_certificates_write_them(store: Store) -> None:
    plan = Plan((" Büro.Beispiel.TEST. ", "büro.beispiel.test", "2001:DB8::0:1", "[2001:db8::1]"))
    assert save_plan(store, plan).names == ("xn--bro-hoa.beispiel.test", "2001:db8::1")


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(()), Code.NO_NAME),
        (Plan(("office",)), Code.BAD_NAME),
        (Plan(("under score.test",)), Code.BAD_NAME),
        (Plan(("*.*.office.test",)), Code.BAD_NAME),
        (Plan(("a" * 64 + ".test",)), Code.BAD_NAME),
        (Plan(("../office.test",)), Code.BAD_NAME),
        (Plan(("*.office.test",)), Code.WILDCARD_NEEDS_DNS),
        (Plan(("office.test",), challenges=(Challenge.DNS_01,)), Code.DNS_PROVIDER_MISSING),
        (Plan(("192.0.2.7",), challenges=(Challenge.DNS_01,), dns=DnsProvider("ionos")), Code.ADDRESS_NEEDS_PORT),
        (Plan(("office.test",), authorities=()), Code.NO_AUTHORITY),
        (Plan(("office.test",), authorities=(Authority("http://plain.test/dir"),)), Code.NO_AUTHORITY),
    ],
)
def test_a_plan_that_cannot_work_is_refused_and_the_earlier_one_stays(store: Store, plan: Plan, code: Code) -> None:
    save_plan(store, WHOLE)
    with pytest.raises(AcmeError) as caught:
        save_plan(store, plan)
    assert caught.value.problem.code is code
    assert load_plan(store) == WHOLE
