"""Whole checks against servers on loopback: what the report says of each way to be set up."""

import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from tests.support import cost
from tests.support.name_server import Zone, name_server
from tests.support.pki import Authority, Certificate, self_signed
from tests.support.printed import printed
from tests.support.strange_servers import (
    PAGE,
    certificate_message,
    context_for,
    over_tcp,
    over_tls,
    records,
    server_hello,
    serving,
)

from siegelpost.doctor.live import FindingId, LiveReport, Severity, check, report_words
from siegelpost.doctor.live import LiveReport as TlsLiveReport
from siegelpost.doctor.live import check as tls_check
from siegelpost.doctor.policy import Browser

NAME = "expose.test"
ROOT = Authority.root()
ISSUER = ROOT.intermediate()
GOOD = ISSUER.issue(NAME, "::1", "127.0.0.1")
INTERMEDIATE_PROFILE = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"


def ids(report: LiveReport) -> set[FindingId]:
    return {each.id for each in report.findings}


def ask(certificate: Certificate = GOOD, answer: bytes = PAGE, **options: Any) -> LiveReport:
    with serving(over_tls(context_for(certificate, ciphers=INTERMEDIATE_PROFILE), answer)) as server:
        return check(NAME, connect_to=("127.0.0.1", server.port), local_roots=[ROOT.pem], **options)


def page(*fields: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *fields, "Connection: close", "", "")).encode()


def test_a_sound_server_is_ok_within_two_seconds() -> None:
    watch = cost.Stopwatch()
    report = ask()
    assert watch.seconds < 2
    assert report.ok is True
    assert all(verdict.ok for verdict in report.verdicts.values())
    assert report.chain == GOOD.chain
    assert report.chain_pem == GOOD.chain_pem
    assert report.fingerprint == sha256(GOOD.der).hexdigest()
    assert [each.outcome for each in report.addresses] == ["answered"]
    assert FindingId.TLS_GOOD in ids(report)
    has_it = ssl.OPENSSL_VERSION_INFO >= (3, 5)
    assert (FindingId.TLS_HYBRID in ids(report), FindingId.TLS_NO_HYBRID in ids(report)) == (has_it, not has_it)
    assert not [each for each in report.findings if each.severity is Severity.BAD]


def test_the_public_face() -> None:
    assert tls_check is check
    assert TlsLiveReport is LiveReport


def test_the_name_is_what_is_judged_and_not_where_it_is_connected_to() -> None:
    report = ask(ISSUER.issue("other.test"))
    assert report.ok is False
    assert report.verdicts[Browser.CHROMIUM].code == "ERR_CERT_COMMON_NAME_INVALID"
    assert report.verdicts[Browser.FIREFOX].code == "SSL_ERROR_BAD_CERT_DOMAIN"


def test_the_moment_can_be_given() -> None:
    report = ask(at=datetime.now(UTC) + timedelta(days=100))
    assert report.verdicts[Browser.FIREFOX].code == "SEC_ERROR_EXPIRED_CERTIFICATE"
    with pytest.raises(ValueError, match="time zone"):
        check(NAME, at=datetime.now())  # noqa: DTZ005 - that is the mistake


def test_a_chain_that_openssl_cannot_read_is_judged_all_the_same() -> None:
    """The certificates are taken from the wire, not from a library that gives up on them."""
    broken = ISSUER.issue(NAME, tail=b"\x05\x00")
    report = _served_raw(broken)
    assert report.chain[0] == broken.der
    assert report.ok is False
    assert report.judgement is not None


def _served_raw(certificate: Certificate) -> LiveReport:
    """Over TLS 1.2 by hand, because OpenSSL would not serve it either."""
    hello = server_hello() + b"".join(records(certificate_message(certificate.chain)))
    with serving(over_tcp(hello, stay=0.3)) as server:
        return check(NAME, connect_to=("127.0.0.1", server.port), local_roots=[ROOT.pem], timeout=5)


def test_both_families_are_tried_and_reported() -> None:
    with serving(over_tls(context_for(GOOD)), "127.0.0.1") as server:
        zone: Zone = {
            ("expose.buero.de", "A"): (300, ("127.0.0.1",)),
            ("expose.buero.de", "AAAA"): (300, ("::1",)),
        }
        with name_server(zone) as resolver:
            watch = cost.Stopwatch()
            report = check(
                f"expose.buero.de:{server.port}", resolver=resolver, local_roots=[ROOT.pem], expected_fingerprints=[]
            )
            assert watch.seconds < 2
    assert [each.outcome for each in report.addresses] == ["answered", "connect_refused"]
    assert FindingId.AAAA_LEADS_NOWHERE in ids(report)


def test_the_worst_address_decides() -> None:
    """Half of the recipients get the old server."""
    old = self_signed("expose.buero.de")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as place:
        port = place.getsockname()[1]
    with serving(over_tls(context_for(ISSUER.issue("expose.buero.de"))), port=port) as good:
        assert good.port == port
        with serving(over_tls(context_for(old)), "::1", port=port):
            zone: Zone = {
                ("expose.buero.de", "A"): (300, ("127.0.0.1",)),
                ("expose.buero.de", "AAAA"): (300, ("::1",)),
            }
            with name_server(zone) as resolver:
                report = check(
                    f"expose.buero.de:{port}", resolver=resolver, local_roots=[ROOT.pem], expected_fingerprints=[]
                )
    assert report.ok is False
    assert FindingId.ADDRESSES_DIFFER in ids(report)
    assert report.chain == (old.der,)


def test_resolve_replaces_the_dns() -> None:
    with serving(over_tls(context_for(GOOD))) as server:
        report = check(f"{NAME}:{server.port}", resolve={NAME.upper() + ".": "127.0.0.1"}, local_roots=[ROOT.pem])
    assert report.ok is True
    assert FindingId.DNS_GIVEN in ids(report)


@pytest.mark.parametrize("target", ["127.0.0.1", "[::1]", "localhost"])
def test_addresses_and_this_machine_can_be_asked(target: str) -> None:
    certificate = ISSUER.issue("localhost", "127.0.0.1", "::1")
    with serving(over_tls(context_for(certificate)), "::1" if ":" in target else "127.0.0.1") as server:
        report = check(f"https://{target}:{server.port}", local_roots=[ROOT.pem])
    assert report.ok is True


def test_nobody_at_home_is_not_known_to_be_wrong() -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    report = check(f"127.0.0.1:{port}")
    assert report.ok is None
    assert FindingId.ADDRESS_SILENT in ids(report)


@pytest.mark.parametrize(
    ("expected", "subject", "finding"),
    [
        ([sha256(GOOD.der).hexdigest()], None, FindingId.CERTIFICATE_OURS),
        ([":".join(f"{byte:02X}" for byte in sha256(GOOD.der).digest())], None, FindingId.CERTIFICATE_OURS),
        (["00" * 32], None, FindingId.CERTIFICATE_OF_PROXY),
        (["00" * 32], "fritz.box", FindingId.CERTIFICATE_OF_ROUTER),
        (["00" * 32], "irgendwer", FindingId.CERTIFICATE_OTHER),
    ],
    ids=["ours", "ours, as OpenSSL writes it", "a proxy's", "a router's", "somebody's"],
)
def test_who_answers_is_told(expected: list[str], subject: str | None, finding: FindingId) -> None:
    certificate = GOOD if subject is None else self_signed("other.test", subject=subject)
    report = ask(certificate, expected_fingerprints=expected)
    assert finding in ids(report)


def test_our_own_port_is_knocked_at() -> None:
    with serving(over_tcp(b"")) as here:
        assert FindingId.PORT_OPEN_HERE in ids(ask(own_port=here.port))
        closed = here.port
    assert FindingId.PORT_CLOSED_HERE in ids(ask(own_port=closed))


def dated(before: timedelta = timedelta()) -> bytes:
    """What a server answers whose clock is this far behind; to be made when it is asked."""
    return page(f"Date: {format_datetime(datetime.now(UTC) - before, usegmt=True)}")


HEADERS: dict[str, tuple[Callable[[], bytes], FindingId]] = {
    "HSTS": (partial(page, "Strict-Transport-Security: max-age=63072000"), FindingId.HSTS),
    "no HSTS": (page, FindingId.HSTS_MISSING),
    "to http": (partial(page, "Location: http://expose.test/", status="301 Moved"), FindingId.REDIRECT_TO_HTTP),
    "elsewhere": (partial(page, "Location: https://login.example/", status="302 Found"), FindingId.REDIRECT_ELSEWHERE),
    "clock differs": (partial(dated, timedelta(hours=1)), FindingId.CLOCK_DIFFERS),
    "same machine": (dated, FindingId.CLOCK_UNKNOWN),
}


@pytest.mark.parametrize(("answer", "finding"), HEADERS.values(), ids=HEADERS)
def test_headers_are_read(answer: Callable[[], bytes], finding: FindingId) -> None:
    report = ask(answer=answer())
    assert finding in ids(report)
    assert report.ok is True


def test_hsts_with_a_refused_certificate_is_a_trap() -> None:
    report = ask(self_signed(NAME), page("Strict-Transport-Security: max-age=63072000"))
    assert FindingId.HSTS_WITH_REFUSED in ids(report)


def test_nobody_is_told_to_switch_hsts_on_while_it_would_be_a_trap() -> None:
    """A new office was told to switch on what its server switches on by itself with the first trusted certificate."""
    assert FindingId.HSTS_MISSING not in ids(ask(self_signed(NAME), page()))


@pytest.mark.parametrize(
    ("ciphers", "version", "finding"),
    [
        ("ECDHE+AES128@SECLEVEL=0", None, FindingId.SUITES_DATED),
        (INTERMEDIATE_PROFILE, ssl.TLSVersion.TLSv1_2, FindingId.TLS_1_3_MISSING),
        (INTERMEDIATE_PROFILE, None, FindingId.TLS_GOOD),
        ("ALL:COMPLEMENTOFALL:@SECLEVEL=0", None, FindingId.SUITES_BROKEN),
    ],
)
def test_the_profile_is_measured(ciphers: str, version: ssl.TLSVersion | None, finding: FindingId) -> None:
    context = context_for(GOOD, ciphers=ciphers)
    if version:
        context.maximum_version = version
    with serving(over_tls(context)) as server:
        report = check(NAME, connect_to=("127.0.0.1", server.port), local_roots=[ROOT.pem])
    assert finding in ids(report)
    assert report.ok is True


def test_old_versions_that_are_offered_are_named() -> None:
    """A server that answers TLS 1.0 to those who know nothing better, and TLS 1.3 to browsers."""
    modern = over_tls(context_for(GOOD))
    old = over_tcp(server_hello(version=0x0301, cipher=0xC009))

    def handle(connection: socket.socket) -> None:
        hello = connection.recv(2048, socket.MSG_PEEK)
        (old if hello[9:11] < b"\x03\x03" else modern)(connection)

    with serving(handle) as server:
        report = check(NAME, connect_to=("127.0.0.1", server.port), local_roots=[ROOT.pem])
    found = next(each for each in report.findings if each.id is FindingId.TLS_OLD_OFFERED)
    assert found.facts["versions"] == ("TLS 1.0", "TLS 1.1")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_json_has_the_form_of_a_judged_chain_and_more(language: str) -> None:
    report = ask(self_signed(NAME))
    found = json.loads(json.dumps(report_words.as_json(report, language)))
    assert found["ok"] is False
    for browser in ("chromium", "firefox", "safari"):
        verdict = found["verdicts"][browser]
        assert verdict["ok"] is False
        assert verdict["code"]
        assert verdict["cause"]
        assert verdict["remedy"]
    assert found["fingerprint"] == report.fingerprint
    assert {each["severity"] for each in found["findings"]} <= {"ok", "warn", "bad", "unknown"}
    assert printed(report, language).count("\n") > 5
