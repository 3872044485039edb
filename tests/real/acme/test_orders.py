"""Orders at a real authority, Debian's pebble: every challenge, names, wildcard and address, and Chromium looks."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import dns.resolver
import pytest
from tests.support.acme_office import NAME, Office, Visit, office, visitor
from tests.support.acme_servers import HOSTILE, NORMAL, Pebble, pebble
from tests.support.dynamic_dns import API_KEY, KEY_NAME, KEY_SECRET, Zone, dynamic_dns

from siegelpost.doctor.x509.chain import from_pem
from siegelpost.tls.acme.plan import Challenge, DnsProvider, KeyType, Plan

ADDRESS = "127.0.0.1"
pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.timeout(600)]


@dataclass
class Scene:
    office: Office
    zone: Zone
    authority: Pebble
    visit: Visit

    def plan(self, kind: str) -> Plan:
        """One of the kinds below."""
        names, challenge, provider = KINDS[kind]
        servers = (self.zone.server,)
        providers = {
            "rfc2136": DnsProvider(
                "rfc2136", {"server": self.zone.server, "key_name": KEY_NAME, "key_secret": KEY_SECRET}, servers
            ),
            "lexicon": DnsProvider(
                "powerdns", {"pdns_server": f"http://{ADDRESS}:{self.zone.api_port}", "auth_token": API_KEY}, servers
            ),
            "": None,
        }
        return Plan(names, (self.authority.authority,), challenge, dns=providers[provider], contact="post@office.test")


HTTP, ALPN, DNS = (Challenge.HTTP_01,), (Challenge.TLS_ALPN_01,), (Challenge.DNS_01,)
KINDS: dict[str, tuple[tuple[str, ...], tuple[Challenge, ...], str]] = {
    "http-01, a name": ((NAME,), HTTP, ""),
    "http-01, an address": ((ADDRESS,), HTTP, ""),
    "http-01, name and address": (("www.office.test", ADDRESS), HTTP, ""),
    "tls-alpn-01, a name": ((NAME,), ALPN, ""),
    "tls-alpn-01, an address": ((ADDRESS,), ALPN, ""),
    "tls-alpn-01, three names": ((NAME, "www.office.test", "post.office.test"), ALPN, ""),
    "dns-01 by rfc2136, a wildcard": (("*.office.test",), DNS, "rfc2136"),
    "dns-01 by rfc2136, a name and its wildcard": ((NAME, "*.office.test"), DNS, "rfc2136"),
    "dns-01 by lexicon, a name": ((NAME,), DNS, "lexicon"),
    "wildcard by dns-01, address by http-01": (("*.office.test", ADDRESS), (*DNS, *HTTP), "rfc2136"),
}
# Each of its parts is there in another.
LEFT_TO_THE_SOAK = {
    "http-01, a name",
    "http-01, an address",
    "tls-alpn-01, three names",
    "dns-01 by rfc2136, a wildcard",
}


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    environment: dict[str, str] = request.param
    with (
        office(tmp_path, processes=2) as an_office,
        dynamic_dns(NAME) as zone,
        pebble(
            tmp_path / "pebble",
            http_port=an_office.http_port,
            tls_port=an_office.tls_port,
            name_server=zone.server,
            environment=environment,
        ) as authority,
    ):
        an_office.roots = from_pem(authority.root())
        # dns-lexicon asks this machine's resolver for the zone: here that is the tests' name server.
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [ADDRESS], zone.port
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        with visitor(tmp_path / "browser", an_office.roots) as visit:
            yield Scene(an_office, zone, authority, visit)


def obtained(scene: Scene, plan: Plan) -> None:
    """The order succeeds, Chromium opens every name without a warning, and nothing is left lying about."""
    ids = scene.office.obtain(plan)
    assert len(ids) == len(plan.key_types)
    store = scene.office.store
    assert set(store.get(ids[0]).names) == set(plan.names)
    scene.office.wait_until_served(ids[0])
    for name in plan.names[-2:]:
        host = name.replace("*", "any", 1)
        assert scene.visit(f"https://{host}:{scene.office.tls_port}/") == "ok", name
    assert not [file for file in (store.folder / "challenges").rglob("*") if file.is_file()]
    assert not any(scene.zone.texts.values())


@pytest.mark.parametrize("scene", [NORMAL], indirect=True, ids=["pebble"])
def test_every_kind_of_order_succeeds_and_chromium_opens_the_page(scene: Scene) -> None:
    assert scene.visit(f"https://{NAME}:{scene.office.tls_port}/") == "ERR_CERT_AUTHORITY_INVALID", "self-signed"
    for kind in set(KINDS) - LEFT_TO_THE_SOAK:
        obtained(scene, scene.plan(kind))
    both = replace(scene.plan("tls-alpn-01, a name"), key_types=(KeyType.ECDSA, KeyType.RSA))
    obtained(scene, both)
    assert {each.key_type for each in scene.office.store.current() if each.names == (NAME,)} == {"ecdsa", "rsa"}


@pytest.mark.parametrize("scene", [HOSTILE], indirect=True, ids=["hostile pebble"])
def test_orders_survive_an_authority_that_refuses_nine_of_ten_nonces_and_sleeps(scene: Scene) -> None:
    scene.zone.late = 3
    for kind in ("tls-alpn-01, a name", "dns-01 by rfc2136, a name and its wildcard"):
        obtained(scene, scene.plan(kind))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", [NORMAL, HOSTILE], indirect=True, ids=["pebble", "hostile pebble"])
def test_fifty_orders_in_a_row(scene: Scene) -> None:
    kinds = list(KINDS) * (50 // len(KINDS))
    random.shuffle(kinds)
    for kind in kinds:
        obtained(scene, scene.plan(kind))
    assert len(kinds) == 50
    assert len([each for each in scene.office.store.history() if not each.self_signed]) == 50
