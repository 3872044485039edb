"""Each service against a scripted one after its documentation: what is changed, and what is left alone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address

import pytest
from tests.support.dns_services import SECRET, ZONE, Services, serving

from siegelpost.certificates.dyndns import services
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, RecordType, Written

NAME, OTHERS = f"expose.{ZONE}", {(f"*.{ZONE}", "A"): (60, ["8.8.8.8"]), (f"mail.{ZONE}", "A"): (900, ["8.8.4.4"])}
OPTIONS = {
    "desec": {"token": SECRET},
    "hetzner": {"token": SECRET},
    "ionos": {"api_key": SECRET},
    "inwx": {"user": "lindenhof", "pass": SECRET},
}
INTERFACES = sorted(OPTIONS)
NEW, OLD = ip_address("193.0.14.129"), "193.0.0.1"
NEW_6, OLD_6 = ip_address("2a0f:8::10"), "2a0f:9::10"
Write = Callable[..., Written]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with serving(tmp_path_factory.mktemp("services")) as being:
        yield being


@pytest.fixture
def being(running: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    fresh = Services(running.port, running.root)
    for name, value in vars(fresh).items():
        setattr(running, name, value)
    running.records |= OTHERS
    for key in OPTIONS:
        monkeypatch.setitem(services.SERVICES, key, replace(services.SERVICES[key], base=running.base(key)))
    return running


@pytest.fixture
def write(being: Services) -> Write:
    def writing(service: str, kind: RecordType = RecordType.A, *, probe: bool = False, **wrong: str) -> Written:
        address = NEW if kind is RecordType.A else NEW_6
        change = Change(wrong.pop("name", NAME), kind, address, wrong.pop("zone", ZONE))
        return services.write(service, OPTIONS[service] | wrong, change, being.settings, probe=probe)

    return writing


@pytest.mark.parametrize("kind", RecordType)
@pytest.mark.parametrize("service", INTERFACES)
def test_one_record_is_changed_its_ttl_is_kept_and_all_others_stay(
    service: str, kind: RecordType, being: Services, write: Write
) -> None:
    being.records |= {(NAME, "A"): (7200, [OLD]), (NAME, "AAAA"): (4000, [OLD_6]), (NAME, "TXT"): (60, ["x"])}
    before = dict(being.records)
    assert write(service, kind) is Written.CHANGED
    address = str(NEW if kind is RecordType.A else NEW_6)
    assert being.records == before | {(NAME, kind.value): (before[NAME, kind.value][0], [address])}
    assert write(service, kind) is Written.SAME
    assert len(being.changes) == 1 + (2 if service == "inwx" else 0), "the second time it only looked"


@pytest.mark.parametrize("service", INTERFACES)
def test_the_zones_own_name_is_changed_too(service: str, being: Services, write: Write) -> None:
    being.records |= {(ZONE, "A"): (7200, [OLD])}
    assert write(service, name=ZONE) is Written.CHANGED
    assert being.records == OTHERS | {(ZONE, "A"): (7200, [str(NEW)])}


@pytest.mark.parametrize("service", INTERFACES)
def test_a_name_that_only_a_wildcard_covers_gets_a_record_of_its_own(
    service: str, being: Services, write: Write
) -> None:
    assert write(service) is Written.CHANGED
    ttl, values = being.records.pop((NAME, "A"))
    assert values == [str(NEW)]
    assert 60 <= ttl <= 3600
    assert being.records == OTHERS


@pytest.mark.parametrize("service", INTERFACES)
def test_of_several_records_none_is_touched(service: str, being: Services, write: Write) -> None:
    being.records |= {(NAME, "A"): (7200, [OLD, "193.0.0.2"])}
    before = dict(being.records)
    with pytest.raises(DnsWriteError) as caught:
        write(service)
    assert caught.value.fault is Fault.SEVERAL
    assert being.records == before


@pytest.mark.parametrize("service", INTERFACES)
def test_a_probe_tells_a_wrong_login_and_changes_nothing(service: str, being: Services, write: Write) -> None:
    being.records |= {(NAME, "A"): (7200, [OLD])}
    before = dict(being.records)
    assert write(service, probe=True) is Written.SAME
    assert write(service, RecordType.AAAA, probe=True) is Written.SAME
    wrong = {next(iter(reversed(OPTIONS[service]))): "another-secret"}
    with pytest.raises(DnsWriteError) as caught:
        write(service, probe=True, **wrong)
    assert caught.value.fault is Fault.BAD_LOGIN
    assert "another-secret" not in caught.value.detail
    assert being.records == before


@pytest.mark.parametrize("service", INTERFACES)
def test_a_zone_that_the_account_does_not_hold_is_no_host(service: str, write: Write) -> None:
    with pytest.raises(DnsWriteError) as caught:
        write(service, zone="fremd.test", name="expose.fremd.test")
    assert caught.value.fault is Fault.NO_HOST


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (429, Fault.TOO_OFTEN),
        (500, Fault.OUTAGE),
        (503, Fault.OUTAGE),
        (400, Fault.REFUSED),
        (302, Fault.NOT_UNDERSTOOD),
    ],
)
@pytest.mark.parametrize("service", INTERFACES)
def test_what_a_status_means_and_how_long_it_wants_to_be_left_alone(
    service: str, status: int, fault: Fault, being: Services, write: Write
) -> None:
    being.fails, being.retry_after = (status, f'{{"detail": "{SECRET}"}}'), "900"
    with pytest.raises(DnsWriteError) as caught:
        write(service)
    assert (caught.value.fault, caught.value.pause) == (fault, 900.0)
    assert SECRET not in caught.value.detail, "whatever a service repeats, the login is not kept"


@pytest.mark.parametrize(
    "nonsense", ["", "<html>", "[]", "{}", "null", '{"zone": 1}', '{"records": 7}', '{"code": "x"}', "[" * 100_000]
)
@pytest.mark.parametrize("service", INTERFACES)
def test_nonsense_is_never_taken_for_done(service: str, nonsense: str, being: Services, write: Write) -> None:
    being.fails = (200, nonsense)
    with pytest.raises(DnsWriteError) as caught:
        write(service)
    assert caught.value.fault in (Fault.NOT_UNDERSTOOD, Fault.NO_HOST)
    assert being.records == OTHERS


def test_what_python_makes_of_a_services_numbers_and_nesting_is_no_accident_of_ours(
    being: Services, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endless number and nested lists came through as errors that nobody catches: the round ended with them."""
    deep = json.loads("[" * 900 + "]" * 900)
    for answer in (lambda: int(json.loads("1e999")), lambda: nested(deep, 200), lambda: [][0]):
        row = replace(services.SERVICES["desec"], write=lambda *_, answer=answer, **_given: answer())
        monkeypatch.setitem(services.SERVICES, "desec", row)
        with pytest.raises(DnsWriteError) as caught:
            write("desec")
        assert caught.value.fault is Fault.NOT_UNDERSTOOD


def nested(said: object, calls: int) -> str:
    return nested(said, calls - 1) if calls else str(said)


def test_a_login_at_the_end_of_what_is_shown_is_not_cut_before_it_is_blotted(being: Services, write: Write) -> None:
    """An answer was cut at 300 bytes first: of a token that stood there the beginning was kept, shown and mailed."""
    for before in range(len(SECRET)):
        being.fails = (500, "x" * before + SECRET * 40)
        with pytest.raises(DnsWriteError) as caught:
            write("desec")
        assert SECRET[:3] not in caught.value.detail


@pytest.mark.parametrize("said", ["nan", "inf", "-5", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400])
def test_a_pause_that_is_none_is_not_kept(said: str, being: Services, write: Write) -> None:
    being.fails, being.retry_after = (429, ""), said
    with pytest.raises(DnsWriteError) as caught:
        write("desec")
    assert caught.value.pause in (None, 24 * 3600)


def test_inwx_ends_its_session_and_says_that_a_second_factor_is_in_the_way(being: Services, write: Write) -> None:
    being.records |= {(NAME, "A"): (7200, [OLD])}
    assert write("inwx") is Written.CHANGED
    assert being.sessions == []
    being.second_factor = True
    with pytest.raises(DnsWriteError) as caught:
        write("inwx")
    assert caught.value.fault is Fault.SECOND_FACTOR
    assert being.sessions == []


def test_nothing_is_asked_inside_the_house_unless_the_settings_name_it(being: Services) -> None:
    strict = being.settings.model_copy(update={"private_networks": []})
    with pytest.raises(DnsWriteError) as caught:
        services.write("desec", OPTIONS["desec"], Change(NAME, RecordType.A, NEW, ZONE), strict)
    assert caught.value.fault is Fault.UNREACHABLE
    assert "private" in caught.value.detail
    assert being.asked == []


def test_without_a_zone_no_interface_is_asked(being: Services, write: Write) -> None:
    with pytest.raises(DnsWriteError) as caught:
        write("desec", zone="")
    assert caught.value.fault is Fault.NO_ZONE
    assert being.asked == []
