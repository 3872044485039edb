"""Answers to validations: given to whom they belong, and to no strange question."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from tests.support.dynamic_dns import KEY_NAME, KEY_SECRET, Zone, dynamic_dns

from siegelpost.tls.acme.challenges import challenge_contexts, clear, http01, tlsalpn01, tokens
from siegelpost.tls.acme.challenges.dns01 import Records
from siegelpost.tls.acme.plan import DnsProvider
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store

TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
AUTHORIZATION = f"{TOKEN}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tls")


def test_a_token_is_answered_while_it_is_presented(store: Store) -> None:
    answer = tokens(Store(store.folder))
    assert answer(TOKEN) is None
    http01.present(store, TOKEN, AUTHORIZATION)
    assert answer(TOKEN) == AUTHORIZATION
    http01.remove(store, TOKEN)
    assert answer(TOKEN) is None


@pytest.mark.parametrize(
    "token", ["", "../plan.json", "../../acme/plan.json", "a" * 19, "x" * 300, f"{TOKEN}\n", "é" * 30]
)
def test_no_other_file_is_answered(store: Store, token: str) -> None:
    assert tokens(store)(token) is None
    with pytest.raises(ValueError, match="no token"):
        http01.present(store, token, AUTHORIZATION)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("office.test", "office.test"),
        ("192.0.2.7", "7.2.0.192.in-addr.arpa"),
        ("2001:db8::1", "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa"),
    ],
)
def test_the_challenge_certificate_is_that_of_the_rfc(store: Store, name: str, asked: str) -> None:
    """RFC 8737 § 3 and RFC 8738 § 6."""
    contexts = challenge_contexts(store)
    assert contexts(asked) is None
    tlsalpn01.present(store, name, AUTHORIZATION, NOW)
    assert isinstance(contexts(asked), ssl.SSLContext)
    assert contexts(asked) is contexts(asked), "read once"
    (file,) = (store.folder / "challenges" / "tls-alpn-01").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    identifier = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31"))
    assert identifier.critical
    assert isinstance(identifier.value, x509.UnrecognizedExtension)
    assert identifier.value.value == b"\x04\x20" + sha256(AUTHORIZATION.encode()).digest()
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each.value) for each in names] == [name]
    tlsalpn01.present(store, name, AUTHORIZATION + "2", NOW)
    tlsalpn01.remove(store, name)
    assert contexts(asked) is None


@pytest.mark.parametrize("name", ["", ".", "..", "../plan", "a/b", "office.test\0", "*.office.test", "x" * 300])
def test_strange_names_touch_no_file(store: Store, name: str) -> None:
    assert challenge_contexts(store)(name) is None


def test_what_a_killed_order_left_is_taken_away(store: Store) -> None:
    clear(store)
    http01.present(store, TOKEN, AUTHORIZATION)
    tlsalpn01.present(store, "office.test", AUTHORIZATION, NOW)
    clear(store)
    assert tokens(store)(TOKEN) is None
    assert challenge_contexts(store)("office.test") is None


@pytest.fixture
def zone() -> Iterator[Zone]:
    with dynamic_dns("office.test") as running:
        yield running


def provider(zone: Zone, **changed: str) -> DnsProvider:
    options = {"server": zone.server, "key_name": KEY_NAME, "key_secret": KEY_SECRET, **changed}
    return DnsProvider("rfc2136", options, (zone.server,))


def test_records_come_are_waited_for_and_go(zone: Zone) -> None:
    zone.late = 2
    records = Records(provider(zone), patience=30)
    records.present("office.test", "one")
    records.present("*.office.test", "two")
    looks: list[int] = []
    records.wait(lambda: looks.append(1))
    assert zone.texts["_acme-challenge.office.test"] == ["one", "two"]
    assert len(looks) == 2
    records.remove()
    assert not any(zone.texts.values())


def test_a_wrong_key_is_told_without_the_key(zone: Zone) -> None:
    wrong = "d3JvbmcgLSB2ZXJ5IHdyb25nIQ=="
    with pytest.raises(AcmeError) as caught:
        Records(provider(zone, key_secret=wrong)).present("office.test", "one")
    assert caught.value.problem.code is Code.DNS_PROVIDER
    assert wrong not in str(caught.value)
    assert not any(zone.texts.values())


def test_a_record_that_does_not_arrive_is_named(zone: Zone) -> None:
    zone.late = 1000
    records = Records(provider(zone), patience=0.5)
    records.present("office.test", "one")
    with pytest.raises(AcmeError) as caught:
        records.wait(lambda: None)
    assert caught.value.problem.code is Code.NOT_PROPAGATED
    assert caught.value.problem.values["record"] == "_acme-challenge.office.test"


def test_an_unknown_provider_is_told(zone: Zone) -> None:
    with pytest.raises(AcmeError) as caught:
        Records(DnsProvider("nobody", {"zone": "office.test"}, (zone.server,))).present("office.test", "one")
    assert caught.value.problem.code is Code.DNS_PROVIDER
