"""Further servers of the office, real ones on loopback: what is said of their certificates, and what cannot be told."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from tests.support.imap import imap_server
from tests.support.name_server import Zone, name_server
from tests.support.pki import Authority, Certificate, self_signed
from tests.support.smtp import HANG_UP, Hear, Say, mailbox, scripted
from tests.support.strange_servers import PAGE, context_for, over_tls, serving

from siegelpost.certificates.watched import dane
from siegelpost.certificates.watched.dane import Dane
from siegelpost.certificates.watched.look import Sighting, Watcher, WatchState, look
from siegelpost.certificates.watched.services import Service
from siegelpost.doctor.x509.certificate import parse
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

NOW = datetime.now(UTC)
ROOT = Authority.root()
ISSUER = ROOT.intermediate()
MAIL, DOMAIN = "mail.lindenhof.test", "lindenhof.test"
GOOD = ISSUER.issue(MAIL, f"mta-sts.{DOMAIN}", "www.lindenhof.test", days=80)
LOOPBACK = (ip_network("127.0.0.0/8"),)


def here(_host: str, _deadline: Deadline) -> Sequence[Address]:
    return [ip_address("127.0.0.1")]


def seen(service: Service, host: str, port: int, **how: Any) -> Sighting:
    given: dict[str, Any] = {"roots": (ROOT.der,), "private": LOOPBACK, "lookup": here} | how
    return look(Watcher(**given), service, host, port, NOW)


def german(found: Sighting) -> str:
    return " ".join(words.de for words in found.remarks)


@contextmanager
def smtp(folder: Path, certificate: Certificate | None) -> Iterator[int]:
    """A real mail server, with STARTTLS where it has a certificate."""
    options: dict[str, Any] = {"tls_context": context_for(certificate)} if certificate else {}
    with mailbox(folder, **options) as server:
        yield server.port


def test_a_site_is_judged_by_the_browsers_rules_and_its_end_is_known() -> None:
    with serving(over_tls(context_for(GOOD), PAGE)) as server:
        found = seen(Service.HTTPS, "www.lindenhof.test", server.port)
        assert (found.state, found.remarks) == (WatchState.GOOD, ())
        assert found.ends is not None
        assert abs(found.ends - NOW - timedelta(days=80)) < timedelta(days=2)
        other = seen(Service.HTTPS, "shop.lindenhof.test", server.port)
        assert other.state is WatchState.BAD
        assert "shop.lindenhof.test" in german(other)


@pytest.mark.parametrize("service", [Service.SMTP, Service.SUBMISSION])
def test_a_mail_server_is_asked_as_mail_servers_are(service: Service, tmp_path: Path) -> None:
    with smtp(tmp_path, GOOD) as port, name_server({}) as resolver:
        found = seen(service, MAIL, port, resolver=resolver)
    assert (found.state, found.remarks) == (WatchState.GOOD, ())
    assert found.ends is not None


def test_a_mail_server_with_another_name_or_an_old_certificate_is_bad(tmp_path: Path) -> None:
    with smtp(tmp_path, GOOD) as port:
        wrong = seen(Service.SUBMISSION, "mx.lindenhof.test", port)
    assert wrong.state is WatchState.BAD
    assert "mx.lindenhof.test" in german(wrong)
    old = ISSUER.issue(MAIL, not_before=NOW - timedelta(days=100), days=90)
    with smtp(tmp_path, old) as port:
        ended = seen(Service.SUBMISSION, MAIL, port)
    assert ended.state is WatchState.BAD
    assert ended.ends is not None
    assert ended.ends < NOW


def test_a_mail_server_without_encryption_says_so(tmp_path: Path) -> None:
    with smtp(tmp_path, None) as port:
        found = seen(Service.SMTP, MAIL, port)
    assert found.state is WatchState.BAD
    assert "STARTTLS" in german(found)


def test_a_mailbox_is_asked_over_tls() -> None:
    with imap_server(context_for(GOOD), "a", "b") as server:
        found = seen(Service.IMAPS, MAIL, server.port)
        assert seen(Service.IMAPS, "imap.lindenhof.test", server.port).state is WatchState.BAD
    assert found.state is WatchState.GOOD


def test_what_cannot_be_seen_is_unknown_and_no_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for service in (Service.HTTPS, Service.SMTP, Service.IMAPS, Service.MTA_STS):
        assert seen(service, MAIL, port).state is WatchState.UNKNOWN, service

    def nowhere(_host: str, _deadline: Deadline) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "nothing")

    assert seen(Service.SMTP, MAIL, port, lookup=nowhere).state is WatchState.UNKNOWN
    with scripted(Say("SSH-2.0-OpenSSH_9.2"), HANG_UP) as server:
        assert seen(Service.SMTP, MAIL, server.port).state is WatchState.UNKNOWN


def test_an_inner_network_is_asked_only_where_the_office_named_it() -> None:
    with serving(over_tls(context_for(GOOD), PAGE)) as server:
        other_port = seen(Service.HTTPS, "www.lindenhof.test", server.port, private=())
        usual_port = seen(Service.HTTPS, "www.lindenhof.test", 443, private=())
        assert server.connections == 0
    for found in (other_port, usual_port):
        assert found.state is WatchState.UNKNOWN
        assert "private_networks" in german(found)
    assert "inneres Netz" in german(usual_port)


def test_what_was_slipped_in_before_the_encryption_is_no_handshake() -> None:
    steps = (Say("220 hi"), Hear("EHLO"), Say("250-hi\r\n250 STARTTLS"), Hear("STARTTLS"), Say("220 go\r\n250 mine"))
    with scripted(*steps, HANG_UP) as server:
        assert seen(Service.SUBMISSION, MAIL, server.port).state is WatchState.UNKNOWN


@pytest.mark.parametrize(("answer", "state"), [("454 later", WatchState.UNKNOWN), ("502 never", WatchState.BAD)])
def test_encryption_that_is_not_there_now_may_be_tomorrow(answer: str, state: WatchState) -> None:
    steps = (Say("220 hi"), Hear("EHLO"), Say("250 STARTTLS"), Hear("STARTTLS"), Say(answer))
    with scripted(*steps, HANG_UP) as server:
        assert seen(Service.SUBMISSION, MAIL, server.port).state is state


# MTA-STS ------------------------------------------------------------------------------------------------------------

ENFORCED = f"version: STSv1\r\nmode: enforce\r\nmx: {MAIL}\r\nmx: *.backup.test\r\nmax_age: 604800\r\n"
ZONE: Zone = {
    (f"_mta-sts.{DOMAIN}", "TXT"): (60, ('"v=STSv1; id=20261101;"',)),
    (DOMAIN, "MX"): (60, (f"10 {MAIL}.", "20 a.backup.test.")),
}


def policy(
    text: str, zone: Zone, tmp_path: Path, *, status: str = "200 OK", media: str = "text/plain; charset=utf-8"
) -> Sighting:
    root = tmp_path / "root.pem"
    root.write_text(ROOT.pem)
    body = text.encode()
    fields = f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\nConnection: close"
    answer = f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + body
    with serving(over_tls(context_for(GOOD), answer)) as server, name_server(zone) as resolver:
        return seen(Service.MTA_STS, DOMAIN, server.port, resolver=resolver, root_files=(root,))


def test_a_policy_that_fits_the_mail_servers_is_good(tmp_path: Path) -> None:
    found = policy(ENFORCED, ZONE, tmp_path)
    assert (found.state, found.remarks) == (WatchState.GOOD, ())
    assert found.ends is not None


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        (ENFORCED.replace(f"mx: {MAIL}\r\n", ""), ZONE, MAIL),
        (ENFORCED, {**ZONE, (DOMAIN, "MX"): (60, ("10 b.a.backup.test.",))}, "b.a.backup.test"),
        (ENFORCED, {key: value for key, value in ZONE.items() if key[1] != "TXT"}, "_mta-sts"),
        ("<html>", ZONE, "mta-sts.txt"),
        (ENFORCED.replace("max_age: 604800", ""), ZONE, "mta-sts.txt"),
        (ENFORCED.replace("enforce", "streng"), ZONE, "mta-sts.txt"),
    ],
    ids=["a server is missing", "one label only", "no record", "no policy", "no age", "no mode"],
)
def test_what_keeps_mail_away_is_bad(text: str, zone: Zone, said: str, tmp_path: Path) -> None:
    found = policy(text, zone, tmp_path)
    assert found.state is WatchState.BAD
    assert said in german(found)


def test_a_policy_that_is_not_there_is_bad_and_one_that_only_tests_is_told(tmp_path: Path) -> None:
    assert policy("", ZONE, tmp_path, status="404 Not Found").state is WatchState.BAD
    testing = policy(ENFORCED.replace("enforce", "testing"), ZONE, tmp_path)
    assert testing.state is WatchState.GOOD
    assert "testing" in german(testing)


@pytest.mark.parametrize("media", ["text/html", "", "text/plainly", "application/octet-stream"])
def test_a_policy_in_another_dress_is_bad(media: str, tmp_path: Path) -> None:
    """It was called good whatever it came as; senders that look at the media type pass over it (RFC 8461 § 3.2)."""
    found = policy(ENFORCED, ZONE, tmp_path, media=media)
    assert found.state is WatchState.BAD
    assert "text/plain" in german(found)


def test_a_dns_that_is_silent_leaves_it_open(tmp_path: Path) -> None:
    zone: Zone = dict.fromkeys(ZONE, dns.rcode.SERVFAIL)
    found = policy(ENFORCED, zone, tmp_path)
    assert found.state is WatchState.GOOD
    assert "nicht feststellbar" in german(found)


# DANE ---------------------------------------------------------------------------------------------------------------


def vouched(record: str, query: dns.message.Message) -> dns.message.Message:
    """An answer of a resolver that checks DNSSEC."""
    response = dns.message.make_response(query, recursion_available=True)
    response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TLSA", record))
    response.flags |= dns.flags.AD
    return response


def record(usage: int, selector: int, certificate: bytes) -> str:
    part = parse(certificate).key_info if selector else certificate
    return f"{usage} {selector} 1 {sha256(part).hexdigest()}"


OWN = self_signed(MAIL)


@pytest.mark.parametrize(
    ("text", "chain", "said"),
    [
        (record(3, 1, GOOD.der), GOOD.chain, Dane.MATCHES),
        (record(3, 0, GOOD.der), GOOD.chain, Dane.MATCHES),
        (record(2, 0, ISSUER.der), GOOD.chain, Dane.ANCHORED),
        (record(3, 1, ISSUER.der), GOOD.chain, Dane.DIFFERS),
        (record(2, 1, GOOD.der), GOOD.chain, Dane.DIFFERS),
        (record(1, 1, GOOD.der), GOOD.chain, Dane.UNUSABLE),
    ],
)
def test_the_dns_names_the_certificate_or_another(text: str, chain: tuple[bytes, ...], said: Dane) -> None:
    with name_server({(f"_25._tcp.{MAIL}", "TLSA"): partial(vouched, text)}) as resolver:
        assert dane.ask(MAIL, 25, chain, Deadline(5), resolver).dane is said


def test_dane_vouches_only_where_somebody_on_this_machine_checks_dnssec(tmp_path: Path) -> None:
    """Whoever stands between can set the flag, too."""
    text = record(3, 1, OWN.der)
    with name_server({(f"_25._tcp.{MAIL}", "TLSA"): (60, (text,))}) as resolver:
        assert dane.ask(MAIL, 25, OWN.chain, Deadline(5), resolver).dane is Dane.NOT_VOUCHED
    assert dane._is_here("::1")
    assert not dane._is_here("192.168.178.1")
    assert not dane._is_here("https://dns.example/")
    with smtp(tmp_path, OWN) as port:
        zone: Zone = {(f"_{port}._tcp.{MAIL}", "TLSA"): partial(vouched, text)}
        with name_server(zone) as resolver:
            good = seen(Service.SMTP, MAIL, port, resolver=resolver)
        with name_server({}) as resolver:
            bad = seen(Service.SMTP, MAIL, port, resolver=resolver)
        with name_server(dict.fromkeys(zone, (60, (text,)))) as resolver:
            open_ = seen(Service.SMTP, MAIL, port, resolver=resolver)
    assert good.state is WatchState.GOOD
    assert bad.state is open_.state is WatchState.BAD
    assert "DANE: nicht feststellbar" in german(open_)


def test_a_certificate_that_the_dns_does_not_name_is_bad_however_good_it_is(tmp_path: Path) -> None:
    with smtp(tmp_path, GOOD) as port:
        zone: Zone = {(f"_{port}._tcp.{MAIL}", "TLSA"): partial(vouched, record(3, 1, OWN.der))}
        with name_server(zone) as resolver:
            found = seen(Service.SMTP, MAIL, port, resolver=resolver)
    assert found.state is WatchState.BAD
    assert "DANE" in german(found)


def test_an_authority_that_the_dns_names_vouches_for_names_and_dates_that_are_right(tmp_path: Path) -> None:
    """RFC 7672 §3.1.2: only a certificate that is named itself needs neither."""
    stranger = Authority.root("Stranger").intermediate("Of the house")
    sound = stranger.issue(MAIL)
    wrong = stranger.issue("other.test")
    old = stranger.issue(MAIL, not_before=NOW - timedelta(days=100), days=90)
    states = []
    for number, served in enumerate((sound, wrong, old)):
        with smtp(tmp_path / str(number), served) as port:
            zone: Zone = {(f"_{port}._tcp.{MAIL}", "TLSA"): partial(vouched, record(2, 1, stranger.der))}
            with name_server(zone) as resolver:
                states.append(seen(Service.SMTP, MAIL, port, resolver=resolver).state)
    assert states == [WatchState.GOOD, WatchState.BAD, WatchState.BAD]
