"""Renewal information, ``replaces`` and profiles, against an authority that holds us to RFC 9773."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from tests.support.fake_acme import Certificate, FakeAuthority
from tests.support.fake_issuer import certificate_id
from tests.unit.tls.acme.conftest import Office

from siegelpost.tls.acme import ari
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme.plan import KeyType, load_plan, save_plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Reason
from siegelpost.tls.selfsigned import self_signed

# The certificate of RFC 9773, appendix A.
APPENDIX_A = """-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
"""


def middle(certificate: Certificate) -> tuple[datetime, datetime]:
    """A window of two days around the middle of the lifetime."""
    leaf = certificate.leaf
    half = leaf.not_valid_before_utc + (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / 2
    return half - timedelta(days=1), half + timedelta(days=1)


def test_the_identifier_is_that_of_the_rfc() -> None:
    assert ari.certificate_id(APPENDIX_A) == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"


def test_the_window_decides_and_the_moment_within_is_chosen_once(office: Office, fake: FakeAuthority) -> None:
    fake.window = middle
    office.plan(fake)
    (first,) = office.look()
    office.look()
    state = states.load(office.store)
    window = state.windows[first]
    start, end = middle(fake.issued[0])
    assert (window.start, window.end) == (start, end)
    assert start <= window.chosen <= end
    for _ in range(5):
        office.clock.forward(hours=7)
        office.look()
        assert states.load(office.store).windows[first].chosen == window.chosen
    assert len(fake.orders) == 1

    office.clock.at = window.chosen - timedelta(seconds=1)
    office.look()
    assert len(fake.orders) == 1
    office.clock.at = window.chosen
    (second,) = office.look()
    assert [each.replaces for each in fake.orders] == [None, certificate_id(fake.issued[0].leaf)]
    assert fake.issued[0].replaced_by is fake.orders[1]
    assert [each.id for each in office.store.current()] == [second]
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    keys = {each.leaf.public_key().public_bytes(*form) for each in fake.issued}
    assert len(keys) == 2, "a new key for each certificate"


def test_a_window_moved_into_the_past_renews_at_once(office: Office, fake: FakeAuthority) -> None:
    """As after an incident: certificates will be revoked (§ 4.2)."""
    fake.window = middle
    fake.retry_after = "3600"
    office.plan(fake)
    office.look()
    office.look()
    now = office.clock()
    fake.window = lambda certificate: (
        (now - timedelta(days=2), now - timedelta(days=1)) if certificate.order.number == 0 else middle(certificate)
    )
    office.clock.forward(hours=6)
    assert office.look()
    assert len(fake.orders) == 2
    office.clock.forward(minutes=61)
    assert office.look() == (), "once"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("1", 60), ("3600", 3600), ("99999999", 24 * 3600), ("nonsense", 6 * 3600), ("", 6 * 3600)],
)
def test_how_often_to_ask_is_kept_within_limits(office: Office, fake: FakeAuthority, asked: str, kept: int) -> None:
    """§ 4.3.2: neither every second nor never again."""
    fake.window, fake.retry_after = middle, asked
    office.plan(fake)
    (id,) = office.look()
    office.look()
    asking = sum("renewal-info" in each for each in fake.requests)
    assert states.load(office.store).windows[id].ask_again_at == office.clock() + timedelta(seconds=kept)
    office.clock.forward(seconds=kept - 1)
    office.look()
    assert sum("renewal-info" in each for each in fake.requests) == asking
    office.clock.forward(seconds=1)
    office.look()
    assert sum("renewal-info" in each for each in fake.requests) == asking + 1


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense",
        b"{}",
        b'{"suggestedWindow": {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}}',
        b'{"suggestedWindow": {"start": "2026-01-01T00:00:00", "end": "2026-01-02T00:00:00"}}',
        b'{"suggestedWindow": {"start": 1, "end": 2}}',
    ],
)
def test_renewal_information_without_sense_leaves_the_usual_third(
    office: Office, fake: FakeAuthority, answer: bytes
) -> None:
    fake.window = middle
    fake.harm = lambda path: (200, answer) if "renewal-info" in path else None
    office.plan(fake)
    office.look()
    office.look()
    leaf = fake.issued[0].leaf
    third = leaf.not_valid_after_utc - (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / 3
    assert abs((office.status.next_try_at or office.clock()) - third) < timedelta(seconds=2)
    office.clock.at = third + timedelta(minutes=1)
    assert office.look()


def test_what_was_replaced_already_is_ordered_without(office: Office, fake: FakeAuthority) -> None:
    """§ 5: the server answers 409 alreadyReplaced; the office needs its certificate all the same."""
    fake.window = middle
    office.plan(fake)
    office.look()
    office.look()
    fake.issued[0].replaced_by = fake.orders[0]
    office.clock.at = middle(fake.issued[0])[1]
    assert office.look()
    assert fake.orders[-1].replaces is None


def test_an_authority_without_renewal_information_is_not_asked_and_hears_no_replaces(
    office: Office, fake: FakeAuthority
) -> None:
    office.plan(fake)
    office.look()
    office.clock.forward(days=70)
    assert office.look()
    assert not any("renewal-info" in each for each in fake.requests)
    assert [each.replaces for each in fake.orders] == [None, None]


def test_another_authority_hears_no_replaces_of_what_it_did_not_issue(
    office: Office, fake: FakeAuthority, make_fake: Callable[..., FakeAuthority]
) -> None:
    fake.window = middle
    office.plan(fake)
    office.look()
    other = make_fake("other", window=middle)
    office.roots += other.roots
    office.plan(other)
    office.clock.forward(days=70)
    assert office.look()
    assert other.orders[0].replaces is None


def test_each_key_type_replaces_its_own(office: Office, fake: FakeAuthority) -> None:
    fake.window = middle
    office.plan(fake, key_types=(KeyType.ECDSA, KeyType.RSA))
    assert len(office.look()) == 2
    office.look()
    office.clock.at = middle(fake.issued[0])[1]
    assert len(office.look()) == 2
    replaced = [certificate_id(each.leaf) for each in fake.issued[:2]]
    assert [each.replaces for each in fake.orders[2:]] == replaced


def test_the_profile_is_asked_for_and_an_unknown_one_is_told(office: Office, fake: FakeAuthority) -> None:
    plan = office.plan(fake)
    save_plan(office.store, replace(plan, authorities=(replace(fake.authority, profile="shortlived"),)))
    (id,) = office.look()
    stored = office.store.get(id)
    assert stored.not_after - stored.not_before == timedelta(hours=160)
    assert office.status.reason is Reason.RENEWAL
    assert load_plan(office.store)

    save_plan(office.store, replace(plan, authorities=(replace(fake.authority, profile="forever"),)))
    with pytest.raises(AcmeError) as caught:
        office.look(again=True)
    assert caught.value.problem.code is Code.PROFILE_UNKNOWN
    assert [each.id for each in office.store.current()] == [id]


def test_a_certificate_without_key_identifier_has_no_renewal_information() -> None:
    assert ari.certificate_id(self_signed(["office.test"])[1]) == ""
