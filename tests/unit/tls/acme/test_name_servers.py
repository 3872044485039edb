"""DNS-01 asks the name servers that the zone names, as far as this machine can; who cannot be asked has no say.

Nothing is passed as ``name_servers`` here: each case is a zone with name servers of its own on loopback.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import dns.name
import pytest
from tests.support import cost
from tests.support.name_server import name_server
from tests.support.strange_servers import over_tcp, serving
from tests.support.zones import DEAD, FORWARDS, LAME, NO_UDP, OLD, View, Zone
from tests.unit.tls.acme.conftest import ZONE, Serve

from siegelpost.tls.acme.challenges import acme_dns
from siegelpost.tls.acme.challenges.dns01 import TRUSTED_AFTER, Records
from siegelpost.tls.acme.challenges.name_servers import NameServer, servers_of
from siegelpost.tls.acme.plan import DnsProvider
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.words import remedy_texts

NAME = f"post.{ZONE}"
RECORD = f"_acme-challenge.{NAME}"
# Nobody listens there, and the machine says so at once, as it does where it has no route.
NOWHERE = "::1"


def records(zone: Zone, *, patience: float = 5, failures: int = 0, **options: str) -> Records:
    return Records(DnsProvider("rfc2136", {"server": zone.server, **options}), patience, failures)


def waited(found: Records) -> float:
    began = time.monotonic()
    found.present(NAME, "value")
    found.wait(lambda: None)
    return time.monotonic() - began


GOOD = View(f"ns1.{ZONE}", ["127.0.0.2"])


@pytest.mark.parametrize(
    "other",
    [
        View(f"ns2.{ZONE}", ["127.0.0.3", NOWHERE]),
        View(f"ns2.{ZONE}", [NOWHERE]),
        View(f"ns2.{ZONE}", ["127.0.0.3"], DEAD),
        View(f"ns2.{ZONE}", ["127.0.0.3"], LAME),
        View(f"ns2.{ZONE}", ["127.0.0.3"], FORWARDS),
        View(f"ns2.{ZONE}", ["127.0.0.3"], NO_UDP),
        View(f"ns2.{ZONE}", []),
    ],
    ids=["an address nowhere", "all addresses nowhere", "dead", "lame", "not of this zone", "no UDP", "no address"],
)
def test_a_name_server_that_cannot_be_asked_has_no_veto(serve: Serve, other: View) -> None:
    """With an AAAA record at a name server and no IPv6 here, or one dead secondary, DNS-01 never came to its end."""
    zone = serve(GOOD, other)
    assert waited(records(zone)) < 4
    assert zone.texts[RECORD] == {"value"}


def test_a_name_server_without_ipv4_is_asked_by_what_there_is(serve: Serve) -> None:
    zone = serve(View(f"ns1.{ZONE}", [NOWHERE, "127.0.0.2"]), View(f"ns2.{ZONE}", [NOWHERE, "127.0.0.3"], NO_UDP))
    assert waited(records(zone)) < 4
    assert all(view.asked for view in zone.views)


def test_a_slow_name_server_is_waited_for(serve: Serve) -> None:
    at = time.monotonic() + 1.5
    zone = serve(GOOD, View(f"ns2.{ZONE}", ["127.0.0.3"], DEAD), arrived=lambda: time.monotonic() > at)
    assert waited(records(zone)) >= 1.4


def test_where_nobody_can_be_asked_the_authority_looks_for_itself(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port 53 blocked outwards: every try ended in the same ten minutes of waiting."""
    monkeypatch.setattr("siegelpost.tls.acme.challenges.dns01.UNSEEN", 0.5)
    zone = serve(View(f"ns1.{ZONE}", ["127.0.0.2"], DEAD), View(f"ns2.{ZONE}", [NOWHERE]), arrived=lambda: False)
    found = records(zone, patience=600)
    assert waited(found) < 6
    code, _ = found.unseen(NAME, "no TXT record")
    assert code is Code.RECORD_NOT_SEEN


def test_where_nobody_can_be_asked_the_own_resolver_may_know(serve: Serve) -> None:
    zone = serve(View(f"ns1.{ZONE}", ["127.0.0.2"], DEAD))
    assert waited(records(zone, patience=600)) < 4


def test_a_name_server_with_old_data_is_waited_for_and_then_named(serve: Serve) -> None:
    """The authority may ask the other one, so it looks; when it then finds nothing, the old one is the cause."""
    zone = serve(GOOD, View(f"ns2.{ZONE}", ["127.0.0.3"], OLD))
    found = records(zone, patience=1.5)
    assert waited(found) >= 1.5
    code, values = found.unseen(NAME, "no TXT record")
    assert code is Code.NOT_PROPAGATED
    assert values["server"] == f"ns2.{ZONE}"
    found.remove()
    assert not zone.texts[RECORD]


def test_a_record_that_no_name_server_gives_yet_stays_for_the_next_try(serve: Serve) -> None:
    """It was taken away after ten minutes, so a provider that takes longer never came to its end."""
    zone = serve(GOOD, arrived=lambda: False)
    found = records(zone, patience=0.5)
    with pytest.raises(AcmeError) as caught:
        waited(found)
    assert caught.value.problem.code is Code.NOT_PROPAGATED
    assert caught.value.problem.values["server"] == f"ns1.{ZONE}"
    found.remove()
    assert zone.texts[RECORD] == {"value"}


def test_behind_split_dns_the_authority_is_let_look_in_the_end(serve: Serve) -> None:
    zone = serve(GOOD, arrived=lambda: False)
    assert waited(records(zone, patience=0.5, failures=TRUSTED_AFTER)) < 4


WILDCARD = {(f"*.{ZONE}", "CNAME"): "abc123.dynamic.invalid."}


def test_a_wildcard_alias_is_not_followed_into_a_strangers_zone(serve: Serve) -> None:
    """``*.makler.test CNAME abc123.dynamic.invalid``: the record went to that provider."""
    zone = serve(GOOD, extra={**WILDCARD, (NAME, "A"): "127.0.0.1"}, writable=(ZONE,))
    found = records(zone)
    found.present(ZONE, "value")
    assert zone.texts == {f"_acme-challenge.{ZONE}": {"value"}}
    found.wait(lambda: None)


ALIAS = "post-makler-test.proofs.invalid"


def test_a_zone_of_the_offices_choosing_needs_no_credentials_for_the_offices_own(serve: Serve) -> None:
    zone = serve(GOOD, extra={(RECORD, "CNAME"): f"{ALIAS}."}, writable=("proofs.invalid",))
    found = records(zone, alias="proofs.invalid")
    found.present(NAME, "value")
    assert zone.texts == {ALIAS: {"value"}}


@pytest.mark.parametrize("there", [{}, WILDCARD], ids=["nothing", "only a wildcard"])
def test_without_the_alias_it_says_which_record_to_enter(serve: Serve, there: dict[tuple[str, str], str]) -> None:
    zone = serve(GOOD, extra=there)
    with pytest.raises(AcmeError) as caught:
        records(zone, alias="proofs.invalid").present(NAME, "value")
    assert caught.value.problem.code is Code.ALIAS_MISSING
    assert f"{RECORD} CNAME {ALIAS}" in remedy_texts(caught.value.problem)[0]
    assert not zone.texts


def test_acme_dns_is_told_the_value_and_nothing_of_ours_is_believed_of_it(serve: Serve) -> None:
    """Its protocol as its README has it: ``POST /update`` with the account in two headers."""
    asked: list[tuple[str, str | None, dict[str, str]]] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["X-Api-User"], body))
            known = self.headers["X-Api-Key"] == "secret"
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(b'{"txt": "value"}' if known else b'{"error": "forbidden"}')
            if known:
                zone.texts.setdefault("abc.proofs.invalid", set()).add(body["txt"])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    zone = serve(GOOD, extra={(RECORD, "CNAME"): "abc.proofs.invalid."})
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        options = {
            "url": f"http://127.0.0.1:{server.server_port}/",
            "username": "u",
            "fulldomain": "abc.proofs.invalid",
        }
        found = Records(DnsProvider("acmedns", {**options, "password": "secret"}), 5)
        found.present(NAME, "value")
        found.wait(lambda: None)
        found.remove()
        with pytest.raises(AcmeError) as caught:
            Records(DnsProvider("acmedns", {**options, "password": "wrong one"}), 5).present(NAME, "value")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked[0] == ("/update", "u", {"subdomain": "abc", "txt": "value"})
    assert caught.value.problem.code is Code.DNS_PROVIDER
    assert "wrong one" not in str(caught.value)


def test_what_acme_dns_says_without_end_is_not_waited_for() -> None:
    """Its whole answer was read first, and up to 200 letters of it shown, our key included if it repeats that."""

    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 401 no\r\n\r\nX-Api-Key: secret "
        yield from itertools.repeat(b"x" * 65_536)

    with serving(over_tcp(endless)) as server:
        login = {"username": "u", "password": "secret", "fulldomain": "abc.proofs.invalid"}
        with pytest.raises(AcmeError) as caught:
            acme_dns.publish({**login, "url": f"http://127.0.0.1:{server.port}"}, "value")
    assert "HTTP 401" in str(caught.value.problem.values)
    assert "secret" not in str(caught.value.problem.values)


@pytest.mark.parametrize(
    ("name", "zone_name"), [(NAME, RECORD), (f"a.b.{ZONE}", ZONE)], ids=["a zone of its own", "deep in a zone"]
)
def test_the_record_goes_into_the_zone_that_holds_it(serve: Serve, name: str, zone_name: str) -> None:
    """NS records at the challenge's name (go-acme/lego#1597), and names of several labels (tobychui/zoraxy#991)."""
    zone = serve(GOOD, writable=(zone_name,))
    records(zone).present(name, "value")
    assert zone.texts == {f"_acme-challenge.{name}": {"value"}}


def test_an_alias_of_its_own_is_followed(serve: Serve) -> None:
    target = "post.acme.invalid"
    zone = serve(GOOD, extra={**WILDCARD, (RECORD, "CNAME"): f"{target}."}, writable=("acme.invalid",))
    found = records(zone)
    found.present(NAME, "value")
    assert zone.texts == {target: {"value"}}


def test_the_own_zone_is_tried_when_the_aliass_zone_is_refused(serve: Serve) -> None:
    """An alias that was left over from another provider; ours lets a record be written over it."""
    zone = serve(GOOD, extra={(RECORD, "CNAME"): "post.acme.invalid."}, writable=(ZONE,))
    found = records(zone)
    found.present(NAME, "value")
    assert zone.texts == {RECORD: {"value"}}


def test_when_every_place_is_refused_the_first_is_named(serve: Serve) -> None:
    zone = serve(GOOD, extra={(RECORD, "CNAME"): "post.acme.invalid."}, writable=("other.test",))
    with pytest.raises(AcmeError) as caught:
        records(zone).present(NAME, "value")
    assert caught.value.problem.code is Code.DNS_PROVIDER


@pytest.mark.parametrize(
    ("addresses", "inside"),
    [
        (("192.168.0.2",), True),
        (("64:ff9b::c0a8:2", "2002:c0a8:2::1"), True),
        (("fec0::2",), True),
        (("192.168.0.2", "2a01:4f8::2"), False),
        (("127.0.0.2", "::ffff:127.0.0.2"), False),
        ((), False),
    ],
)
def test_a_name_server_of_the_house_is_known_in_every_dress(addresses: tuple[str, ...], inside: bool) -> None:
    """The standard library saw through none of them: with split DNS such a one was waited for, or believed."""
    assert NameServer("ns.buero.test", tuple((address, 53) for address in addresses)).inside is inside


def test_a_zone_with_hundreds_of_name_servers_is_not_waited_for_all_day() -> None:
    """Each that leads nowhere was looked up in turn, for up to 20 s: a zone of 200 held the jobs for an hour."""
    silent = {(f"ns{number}.{ZONE}", kind): lambda _query: None for number in range(200) for kind in ("A", "AAAA")}
    many = {(f"ns.{ZONE}", "A"): (60, tuple(f"192.0.2.{number}" for number in range(100)))}
    names = tuple(f"ns{number}.{ZONE}." for number in range(200))
    with name_server(
        {**silent, **many, (ZONE, "NS"): (60, names), ("few.test", "NS"): (60, (f"ns.{ZONE}.",))}
    ) as asked:
        asked.lifetime = 0.3  # enough for the one that answers
        watch = cost.Stopwatch()
        found = servers_of(dns.name.from_text(ZONE), asked)
        assert watch.seconds < 12
        assert 13 <= len(found) <= 16
        assert not any(each.addresses for each in found)
        [one] = servers_of(dns.name.from_text("few.test"), asked)
        assert len(one.addresses) == 8
