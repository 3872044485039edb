"""DynDNS2 against a scripted service: every answer of the protocol, and addresses put where routers put them."""

from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from tests.support.dns_services import SECRET, Services, serving

from siegelpost.certificates.dyndns import dyndns2
from siegelpost.certificates.dyndns.pace import PACES, pause
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, RecordType, Written
from siegelpost.toolbox.internet import Address

NEW, OTHER = ip_address("193.0.14.129"), ip_address("193.0.0.1")
NEW_6 = ip_address("2a0f:8::10")
ONE, BOTH = "?hostname=<domain>&myip=<ipaddr>", "?hostname=<domain>&myip=<ipaddr>,<ip6addr>"


@pytest.fixture(scope="module")
def being(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with serving(tmp_path_factory.mktemp("services")) as running:
        yield running


def write(
    being: Services,
    query: str,
    answer: tuple[int, str] = (200, "good"),
    *,
    kind: RecordType = RecordType.A,
    beside: frozenset[Address] | None = None,
) -> Written:
    being.answer = answer
    url = f"{being.base('dyndns2')}/nic/update{query}"
    login = {"password": SECRET} if "<pass>" in query else {"username": "lindenhof", "password": SECRET}
    change = Change("expose.buero.test", kind, NEW if kind is RecordType.A else NEW_6, "", beside)
    return dyndns2.write(being.endpoint("dyndns2", url=url, **login), change)


@pytest.mark.parametrize(
    ("answer", "means", "stops"),
    [
        ((200, "badauth"), Fault.BAD_LOGIN, True),
        ((401, "badauth"), Fault.BAD_LOGIN, True),
        ((401, ""), Fault.BAD_LOGIN, True),
        ((200, "nohost"), Fault.NO_HOST, True),
        ((404, "nohost"), Fault.NO_HOST, True),
        ((200, "notfqdn"), Fault.NO_HOST, True),
        ((200, "!yours"), Fault.NO_HOST, True),
        ((200, "abuse"), Fault.BLOCKED, True),
        ((200, "!donator"), Fault.REFUSED, True),
        ((200, "badagent"), Fault.REFUSED, True),
        ((200, "good 127.0.0.1"), Fault.REFUSED, True),
        ((200, "911"), Fault.OUTAGE, False),
        ((200, "dnserr"), Fault.DNS_ERROR, False),
        ((500, "oops"), Fault.OUTAGE, False),
        ((429, "slow down"), Fault.TOO_OFTEN, False),
        ((200, ""), Fault.NOT_UNDERSTOOD, False),
        ((200, "<html>good</html>"), Fault.NOT_UNDERSTOOD, False),
        ((200, "goodness"), Fault.NOT_UNDERSTOOD, False),
        ((200, "good 193.0.0.1"), Fault.NOT_UNDERSTOOD, False),
    ],
)
def test_each_answer_is_told_apart_and_stops_where_no_try_can_succeed(
    answer: tuple[int, str], means: Fault, stops: bool, being: Services
) -> None:
    with pytest.raises(DnsWriteError) as caught:
        write(being, ONE, answer)
    assert (caught.value.fault, PACES[means].stops) == (means, stops)


def test_911_and_dnserr_are_left_alone_for_half_an_hour_and_ever_longer() -> None:
    for fault in (Fault.OUTAGE, Fault.DNS_ERROR):
        pauses = [pause(fault, failures) for failures in range(1, 8)]
        assert pauses[0] == 1800
        assert pauses == sorted(pauses)
        assert pauses[-1] == 6 * 3600
    assert pause(Fault.TOO_OFTEN, 1, 7200.0) == 7200


@pytest.mark.parametrize("words", ["good", "good 193.0.14.129", "GOOD\n", "good 193.0.14.129,2a0f:8::10", "good: x"])
def test_done_is_what_the_protocol_calls_so(words: str, being: Services) -> None:
    assert write(being, ONE, (200, words)) is Written.CHANGED
    assert write(being, ONE, (200, "nochg 193.0.14.129")) is Written.SAME


def test_the_login_goes_by_its_header_or_into_its_place(being: Services) -> None:
    write(being, ONE)
    assert being.asked[-1] == ("GET", "/nic/update?hostname=expose.buero.test&myip=193.0.14.129".replace("//", "/"))
    assert "authorization" in being.headers[-1]
    assert being.headers[-1]["user-agent"] == "Siegelpost"
    write(being, "?key=<pass>&host=<domain>&ip=<ipaddr>")
    assert being.asked[-1][1].endswith(f"?key={SECRET}&host=expose.buero.test&ip=193.0.14.129")
    assert "authorization" not in being.headers[-1]


def test_where_one_request_says_both_addresses_the_other_stays_or_nothing_is_sent(being: Services) -> None:
    """A service that is told one address alone may delete the other: deSEC and others do."""
    write(being, BOTH, beside=frozenset([NEW_6]))
    assert being.asked[-1][1].endswith("&myip=193.0.14.129,2a0f:8::10")
    write(being, BOTH, beside=frozenset())
    assert being.asked[-1][1].endswith("&myip=193.0.14.129")
    write(being, BOTH, kind=RecordType.AAAA, beside=frozenset())
    assert being.asked[-1][1].endswith("&myip=2a0f:8::10")
    asked = len(being.asked)
    unknown: list[tuple[frozenset[Address] | None, Fault]]
    unknown = [(None, Fault.NO_ZONE), (frozenset([NEW, OTHER]), Fault.SEVERAL)]
    for beside, fault in unknown:
        with pytest.raises(DnsWriteError) as caught:
            write(being, BOTH, kind=RecordType.AAAA, beside=beside)
        assert caught.value.fault is fault
    assert len(being.asked) == asked


def test_nobody_there_is_tried_again(being: Services) -> None:
    at = being.endpoint("dyndns2", url=f"https://127.0.0.1:1/{ONE}", password=SECRET)
    with pytest.raises(DnsWriteError) as caught:
        dyndns2.write(at, Change("expose.buero.test", RecordType.A, NEW, ""))
    assert caught.value.fault is Fault.UNREACHABLE
    assert SECRET not in caught.value.detail
