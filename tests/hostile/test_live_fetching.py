"""Addresses written by strangers: certificates that name where their issuer lies, and names that lead inside."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

import dns.message
import dns.rrset
import pytest
from tests.support import cost
from tests.support.name_server import Zone, name_server
from tests.support.pki import Authority, Certificate, authority_info, extension, to_pem
from tests.support.strange_servers import Listening, Pieces, context_for, over_tcp, over_tls, serving

from siegelpost.doctor.live import FindingId, aia, check
from siegelpost.doctor.live.aia import FetchError, complete, fetch
from siegelpost.doctor.policy import Browser
from siegelpost.toolbox.deadline import Deadline

NAME = "expose.test"
ROOT = Authority.root()
INTERMEDIATE = ROOT.intermediate()


# For the tests that need an answer: this machine has no address on the open internet.
HERE = [ip_network("127.0.0.0/8")]


def http(body: bytes, *, status: str = "200 OK", fields: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.0 " + status.encode() + b"\r\n" + length + fields + b"\r\n" + body


def leaf_naming(url: str) -> Certificate:
    info = extension("authority_info", authority_info(issuer=url))
    return INTERMEDIATE.issue(NAME, more_extensions=[info]).with_above()


@contextmanager
def laid_out(answer: bytes | Pieces) -> Iterator[Listening]:
    with serving(over_tcp(answer)) as server:
        yield server


@pytest.mark.parametrize("body", [INTERMEDIATE.der, INTERMEDIATE.pem.encode()], ids=["DER", "PEM"])
def test_a_missing_intermediate_is_fetched(body: bytes) -> None:
    with laid_out(http(body)) as server:
        leaf = leaf_naming(f"http://127.0.0.1:{server.port}/ca.cer")
        done = complete(leaf.chain, Deadline(3), private=HERE)
    assert done.problem is None
    assert done.chain == (leaf.der, INTERMEDIATE.der)


def test_several_missing_ones_are_fetched_and_the_root_is_left_out() -> None:
    with laid_out(http(ROOT.der)) as above:
        info = extension("authority_info", authority_info(issuer=f"http://127.0.0.1:{above.port}/"))
        second = ROOT.intermediate("Second", more_extensions=[info])
        with laid_out(http(second.der)) as below:
            url = f"http://127.0.0.1:{below.port}/"
            leaf = second.issue(NAME, more_extensions=[extension("authority_info", authority_info(issuer=url))])
            done = complete((leaf.der,), Deadline(3), private=HERE)
    assert done.problem is None
    assert done.chain == (leaf.der, second.der)


def test_a_circle_of_issuers_ends() -> None:
    """Every certificate names the next, and none is the last."""
    served: dict[int, bytes] = {}

    def answer() -> Iterator[bytes]:
        yield http(served[next(numbers)])

    numbers = itertools.count()
    with laid_out(answer) as server:
        url = f"http://127.0.0.1:{server.port}/"
        info = extension("authority_info", authority_info(issuer=url))
        authorities = [Authority.root(f"Number {number}") for number in range(12)]
        for number, (above, below) in enumerate(itertools.pairwise(reversed(authorities))):
            served[len(authorities) - 2 - number] = above.cross_sign(below, more_extensions=[info]).der
        leaf = authorities[0].issue(NAME, more_extensions=[info])
        complete((leaf.der,), Deadline(3), private=HERE)
        assert server.connections == aia.MOST_FETCHES


def test_an_issuer_that_is_itself_ends() -> None:
    with laid_out(lambda: iter([http(again.der)])) as server:
        again = leaf_naming(f"http://127.0.0.1:{server.port}/")
        done = complete(again.chain, Deadline(3), private=HERE)
        assert server.connections == 1
    assert done.problem == "not the issuer"


INSIDE = (
    "http://127.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://localhost:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "http://10.0.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.168.178.1/",
    "http://172.16.0.1/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "file:///etc/passwd",
    "ldap://127.0.0.1/",
    "gopher://127.0.0.1:{port}/",
    "http://",
    "http://:80/",
    "http://127.0.0.1:99999/",
    "http://[",
    "http://expose.test/a b",
    "http://expose.test/\r\nHost: inside",
)


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_inside_the_house_is_fetched(url: str) -> None:
    with laid_out(http(INTERMEDIATE.der)) as server, name_server({}) as resolver:
        with pytest.raises(FetchError):
            fetch(url.format(port=server.port), Deadline(1), resolver=resolver)
        assert server.connections == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "192.168.178.1", "100.64.1.1", "169.254.1.1"])
def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    zone: Zone = {("ca.example.com", "A"): (60, (address,))}
    with laid_out(http(INTERMEDIATE.der)) as server, name_server(zone) as resolver:
        with pytest.raises(FetchError, match="private"):
            fetch(f"http://ca.example.com:{server.port}/", Deadline(1), resolver=resolver)
        assert server.connections == 0


def test_one_inner_address_among_public_ones_spoils_them_all() -> None:
    zone: Zone = {
        ("ca.example.com", "A"): (60, ("93.184.216.34",)),
        ("ca.example.com", "AAAA"): (60, ("::ffff:10.0.0.1",)),
    }
    with name_server(zone) as resolver, pytest.raises(FetchError, match="private"):
        fetch("http://ca.example.com/", Deadline(1), resolver=resolver)


def test_a_name_is_asked_for_once() -> None:
    """A name that changes its mind between looking and connecting gains nothing: what was checked is connected to."""
    asked: list[dns.message.Message] = []

    def at_first_here(query: dns.message.Message) -> dns.message.Message:
        address = "127.0.0.1" if not asked else "127.0.0.2"
        asked.append(query)
        response = dns.message.make_response(query, recursion_available=True)
        response.answer.append(dns.rrset.from_text("ca.example.com.", 0, "IN", "A", address))
        return response

    with laid_out(http(INTERMEDIATE.der)) as server, name_server({("ca.example.com", "A"): at_first_here}) as resolver:
        url = f"http://ca.example.com:{server.port}/"
        assert fetch(url, Deadline(2), resolver=resolver, private=HERE) == INTERMEDIATE.der
    assert len(asked) == 1


def test_a_redirect_is_not_followed() -> None:
    with laid_out(http(INTERMEDIATE.der)) as inside:
        location = b"Location: http://127.0.0.1:%d/\r\n" % inside.port
        with laid_out(http(b"", status="302 Found", fields=location)) as server, pytest.raises(FetchError, match="302"):
            fetch(f"http://127.0.0.1:{server.port}/", Deadline(2), private=HERE)
        assert inside.connections == 0


def slowly() -> Iterator[bytes]:
    for byte in http(INTERMEDIATE.der):
        yield bytes([byte])
        time.sleep(0.2)


BODIES: dict[str, bytes | Pieces] = {
    "endless body": lambda: itertools.chain([b"HTTP/1.0 200 OK\r\n\r\n"], itertools.repeat(bytes(16_384))),
    "endless headers": lambda: itertools.chain([b"HTTP/1.0 200 OK\r\n"], itertools.repeat(b"a: b\r\n")),
    "huge length": b"HTTP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n" + bytes(200_000),
    "drips": slowly,
    "no HTTP": bytes(1000),
    "nothing": b"",
}


@pytest.mark.parametrize("answer", BODIES.values(), ids=BODIES)
def test_a_strange_answer_ends_in_bounds(answer: bytes | Pieces) -> None:
    watch = cost.Stopwatch()
    with laid_out(answer) as server, pytest.raises(FetchError):
        fetch(f"http://127.0.0.1:{server.port}/", Deadline(1), private=HERE)
    assert watch.seconds < 3.0  # the deadline is one second


@pytest.mark.parametrize("body", [b"", b"\x30", b"\x30\x80" * 500, b"-----BEGIN CERTIFICATE-----\n!!", bytes(60_000)])
def test_what_is_no_certificate_is_said_to_be_so(body: bytes) -> None:
    with laid_out(http(body)) as server:
        done = complete(leaf_naming(f"http://127.0.0.1:{server.port}/").chain, Deadline(2), private=HERE)
    assert done.problem is not None
    assert done.fetched == ()


def test_a_live_check_fetches_nothing_from_inside() -> None:
    with laid_out(http(INTERMEDIATE.der)) as inside:
        leaf = leaf_naming(f"http://127.0.0.1:{inside.port}/ca.cer")
        with serving(over_tls(context_for(leaf))) as server:
            report = check(NAME, connect_to=("127.0.0.1", server.port), local_roots=[to_pem(ROOT.der)])
        assert inside.connections == 0
    assert report.ok is False
    assert FindingId.CHAIN_NOT_FETCHABLE in [each.id for each in report.findings]
    assert report.verdicts[Browser.FIREFOX].code == "SEC_ERROR_UNKNOWN_ISSUER"


@pytest.mark.parametrize(("kind", "address"), [("A", "127.0.0.1"), ("AAAA", "::1"), ("AAAA", "::ffff:127.0.0.1")])
def test_a_foreign_name_does_not_lead_the_check_inside(kind: str, address: str) -> None:
    zone: Zone = {("office.example.de", kind): (300, (address,))}
    with (
        serving(over_tls(context_for(INTERMEDIATE.issue("office.example.de")))) as server,
        name_server(zone) as resolver,
    ):
        report = check(f"office.example.de:{server.port}", resolver=resolver, timeout=5)
        assert server.connections == 0
    assert report.ok is None
    assert FindingId.ADDRESS_PRIVATE_NOT_ASKED in [each.id for each in report.findings]


def test_our_own_name_may_lead_inside() -> None:
    """Split DNS: within the office, the office's server has an inner address."""
    certificate = INTERMEDIATE.issue("office.example.de")
    zone: Zone = {("office.example.de", "A"): (300, ("127.0.0.1",))}
    with serving(over_tls(context_for(certificate))) as server, name_server(zone) as resolver:
        report = check(
            f"office.example.de:{server.port}",
            resolver=resolver,
            local_roots=[ROOT.pem],
            expected_fingerprints=["00" * 32],
        )
    assert report.ok is True
    assert FindingId.ADDRESS_PRIVATE in [each.id for each in report.findings]


CIRCLE: Zone = {
    ("office.example.de", "CNAME"): (60, ("b.example.de.",)),
    ("b.example.de", "CNAME"): (60, ("office.example.de.",)),
}
LONG_ROW: Zone = {
    **{(f"n{number}.example.de", "CNAME"): (60, (f"n{number + 1}.example.de.",)) for number in range(30)},
    ("office.example.de", "CNAME"): (60, ("n0.example.de.",)),
}


@pytest.mark.parametrize("zone", [CIRCLE, LONG_ROW], ids=["circle", "long row"])
def test_names_in_a_circle_end(zone: Zone) -> None:
    watch = cost.Stopwatch()
    with name_server(zone) as resolver:
        report = check("office.example.de", resolver=resolver, timeout=5)
    assert watch.seconds < 5
    assert report.ok is False
    assert FindingId.DNS_LOOP in [each.id for each in report.findings]


def test_many_addresses_are_not_all_tried() -> None:
    zone: Zone = {("office.example.de", "A"): (300, tuple(f"127.0.1.{number}" for number in range(1, 50)))}
    with name_server(zone) as resolver:
        report = check("office.example.de:1", resolver=resolver, expected_fingerprints=[])
    assert len(report.addresses) == 4


def test_a_silent_name_server_is_given_up_in_time() -> None:
    zone: Zone = {("office.example.de", "ANY"): lambda query: None}
    watch = cost.Stopwatch()
    with name_server(zone) as resolver:
        report = check("office.example.de", resolver=resolver)
    assert watch.seconds < 6
    assert report.ok is None
    assert FindingId.DNS_FAILED in [each.id for each in report.findings]
