"""The address is enough: a table, the DNS (scripted), and a file over real HTTPS say where the servers are."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import dns.rcode
import pytest
from tests.support.name_server import Zone, name_server
from tests.support.pki import Authority
from tests.support.strange_servers import context_for, over_tls, serving

from siegelpost.mail.discovery import autoconfig, presets
from siegelpost.mail.discovery.autoconfig import NamedServer, NoSettingsError
from siegelpost.mail.discovery.find import Origin, Settings, settings_of
from siegelpost.mail.discovery.presets import Hint
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import load
from siegelpost.toolbox import outgoing
from siegelpost.toolbox.addresses import AddressError
from siegelpost.toolbox.deadline import Deadline

DOMAIN = "makler-roth.test"
ADDRESS = f"Buero@{DOMAIN}"
TLS, STARTTLS = SmtpSecurity.TLS, SmtpSecurity.STARTTLS


def mx(*servers: str) -> Zone:
    return {(DOMAIN, "MX"): (60, tuple(f"{10 * number} {server}." for number, server in enumerate(servers, 1)))}


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No web address is asked unless a test serves one."""
    monkeypatch.setattr(autoconfig, "URLS", ())


def found(zone: Zone, address: str = ADDRESS) -> Settings:
    with name_server(zone) as resolver:
        return settings_of(address, resolver)


@pytest.mark.parametrize(
    ("address", "provider", "smtp", "imap", "user"),
    [
        ("roth@gmx.de", "GMX", ("mail.gmx.net", 465), "imap.gmx.net", "roth@gmx.de"),
        ("makler.roth@web.de", "WEB.DE", ("smtp.web.de", 465), "imap.web.de", "makler.roth"),
        ("roth@t-online.de", "Telekom", ("securesmtp.t-online.de", 465), "secureimap.t-online.de", "roth@t-online.de"),
        ("roth@posteo.de", "Posteo", ("posteo.de", 465), "posteo.de", "roth@posteo.de"),
        ("roth@googlemail.com", "Google", ("smtp.gmail.com", 465), "imap.gmail.com", "roth@googlemail.com"),
    ],
)
def test_an_address_of_a_providers_own_domain_needs_no_dns(
    address: str, provider: str, smtp: tuple[str, int], imap: str, user: str
) -> None:
    said = settings_of(address)
    assert said.smtp is not None
    assert said.imap is not None
    assert (said.origin, said.provider) == (Origin.DOMAIN, provider)
    assert (said.smtp.host, said.smtp.port, said.smtp.user) == (*smtp, user)
    assert (said.imap.host, said.imap.port, said.imap.security) == (imap, 993, TLS)


@pytest.mark.parametrize(
    ("server", "provider", "smtp", "sign_in_with"),
    [
        ("mx00.kundenserver.de", "IONOS", "smtp.ionos.de", ""),
        ("smtpin.rzone.de", "STRATO", "smtp.strato.de", ""),
        ("w0123abc.kasserver.com", "all-inkl.com", "w0123abc.kasserver.com", ""),
        ("www123.your-server.de", "Hetzner", "mail.your-server.de", ""),
        ("mx2fd3.netcup.net", "netcup", "mx2fd3.netcup.net", ""),
        ("mxlb.ispgateway.de", "domainfactory", "sslout.df.eu", ""),
        ("makler-roth-test.mail.protection.outlook.com", "Microsoft 365", "smtp.office365.com", "microsoft"),
        ("makler-roth-test.o-v1.mx.microsoft", "Microsoft 365", "smtp.office365.com", "microsoft"),
        ("aspmx.l.google.com", "Google", "smtp.gmail.com", "google"),
        ("smtp.google.com", "Google", "smtp.gmail.com", "google"),
    ],
)
def test_who_takes_the_domains_mail_is_its_provider(server: str, provider: str, smtp: str, sign_in_with: str) -> None:
    said = found(mx(server, "backup.example.test"))
    assert (said.origin, said.where, said.provider) == (Origin.MX, server, provider)
    assert said.smtp is not None
    assert (said.smtp.host, said.smtp.user, said.sign_in_with) == (smtp, ADDRESS, sign_in_with)


def test_a_name_that_only_looks_like_a_providers_is_nobodys() -> None:
    """A suffix is a name's end after a dot; ``evilkundenserver.de`` is somebody else's."""
    said = found(mx("mx.evilkundenserver.de", "kundenserver.de.evil.test"))
    assert (said.origin, said.provider, said.smtp) == (Origin.NOWHERE, "", None)


def test_a_filter_hides_the_provider_and_that_is_said() -> None:
    said = found(mx("mx01.hornetsecurity.com"))
    assert (said.origin, said.behind_filter, said.complete) == (Origin.NOWHERE, True, True)


def test_the_domains_own_records() -> None:
    zone: Zone = {
        **mx(f"mail.{DOMAIN}"),
        (f"_submissions._tcp.{DOMAIN}", "SRV"): (60, (f"20 0 465 second.{DOMAIN}.", f"10 5 466 first.{DOMAIN}.")),
        (f"_submission._tcp.{DOMAIN}", "SRV"): (60, (f"0 0 587 third.{DOMAIN}.",)),
        (f"_imaps._tcp.{DOMAIN}", "SRV"): (60, ("0 0 993 imap.elsewhere.test.",)),
    }
    said = found(zone)
    assert said.smtp == NamedServer(f"first.{DOMAIN}", 466, TLS, ADDRESS), "TLS before STARTTLS, by priority"
    assert said.imap == NamedServer("imap.elsewhere.test", 993, TLS, ADDRESS)
    assert (said.origin, said.elsewhere) == (Origin.SRV, ("imap.elsewhere.test",))


@pytest.mark.parametrize("target", ["0 0 0 .", "0 0 587 .", "0 0 0 mail.makler-roth.test."])
def test_a_record_that_says_there_is_no_such_service(target: str) -> None:
    zone = {(f"_submission._tcp.{DOMAIN}", "SRV"): (60, (target,))}
    assert found(zone).smtp is None


def test_submission_alone_is_with_starttls() -> None:
    said = found({(f"_submission._tcp.{DOMAIN}", "SRV"): (60, (f"0 0 587 mail.{DOMAIN}.",))})
    assert said.smtp == NamedServer(f"mail.{DOMAIN}", 587, STARTTLS, ADDRESS)
    assert said.imap is None


def test_a_dns_that_does_not_answer_is_no_no() -> None:
    said = found({(DOMAIN, "MX"): dns.rcode.SERVFAIL})
    assert (said.origin, said.complete) == (Origin.NOWHERE, False)
    assert found({}).complete


def test_umlauts_in_the_domain_and_what_is_no_address() -> None:
    zone = {("xn--mller-kva.test", "MX"): (60, ("10 mx00.kundenserver.de.",))}
    assert found(zone, "post@müller.test").provider == "IONOS"
    with pytest.raises(AddressError):
        settings_of("no address")


XML = """<?xml version="1.0"?>
<clientConfig version="1.1"><!-- how we do it --><emailProvider id="makler-roth.test">
<domain>makler-roth.test</domain><displayName>Roth</displayName>
<incomingServer type="pop3"><hostname>pop.makler-roth.test</hostname><port>995</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
<incomingServer type="imap"><hostname>plain.makler-roth.test</hostname><port>143</port><socketType>plain</socketType>
<username>%EMAILADDRESS%</username></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username><authentication>OAuth2</authentication>
<authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.makler-roth.test</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username><authentication>password-encrypted</authentication></outgoingServer>
</emailProvider></clientConfig>"""


def test_a_file_in_mozillas_form() -> None:
    said = autoconfig.read(XML.encode(), ADDRESS)
    assert said.imap == NamedServer(f"imap.{DOMAIN}", 993, TLS, "Buero")
    assert said.smtp == NamedServer(f"smtp.{DOMAIN}", 587, STARTTLS, ADDRESS)


SERVER = (
    "<a><outgoingServer type='smtp'><hostname>{}</hostname><port>{}</port><socketType>{}</socketType>"
    "</outgoingServer></a>"
)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no xml",
        "<clientConfig>",
        "<clientConfig/>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/"><a/>',
        SERVER.format("mail.test", 25, "plain"),
        SERVER.format("mail.test", 0, "SSL"),
        SERVER.format("mail.test", "99999999999", "SSL"),
        SERVER.format("mail.test", "٤٦٥", "SSL"),
        SERVER.format("localhost", 465, "SSL"),
        SERVER.format("a b.test", 465, "SSL"),
        SERVER.format("", 465, "SSL"),
        XML.replace("SSL", "plain").replace("STARTTLS", "plain"),
        "<a>" * 30_000,
    ],
)
def test_a_file_that_names_nothing_usable(content: str) -> None:
    with pytest.raises(NoSettingsError):
        autoconfig.read(content.encode(), ADDRESS)


@contextmanager
def answering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, name: str = f"autoconfig.{DOMAIN}"
) -> Iterator[None]:
    """A web server on loopback that bears the domain's name, over real TLS."""
    house = Authority.root("House authority")
    root = tmp_path / "house.pem"
    root.write_text(house.pem)
    settings = load().model_copy(update={"private_networks": [ip_network("127.0.0.0/8")], "trust_roots": [root]})
    monkeypatch.setattr(autoconfig, "load", lambda: settings)
    monkeypatch.setattr(outgoing, "of_the_system", lambda _host, _deadline: [ip_address("127.0.0.1")])
    with serving(over_tls(context_for(house.issue(name)), answer)) as server:
        monkeypatch.setattr(autoconfig, "URLS", (f"https://autoconfig.{{domain}}:{server.port}/mail/config-v1.1.xml",))
        yield


def http(body: str, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body.encode())}\r\n{more}\r\n{body}".encode()


def test_the_domains_file_is_asked_over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(tmp_path, monkeypatch, http(XML)):
        said = found(mx(f"mail.{DOMAIN}"))
    assert (said.origin, said.elsewhere) == (Origin.AUTOCONFIG, ())
    assert said.where.startswith(f"https://autoconfig.{DOMAIN}")
    assert "buero" not in said.where.lower(), "the address is told to nobody"
    assert said.smtp == NamedServer(f"smtp.{DOMAIN}", 587, STARTTLS, ADDRESS)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (http(XML), "autoconfig.somebody-else.test"),
        (http("", "302 Found", "Location: https://127.0.0.1/\r\n"), f"autoconfig.{DOMAIN}"),
        (http(XML, "404 Not Found"), f"autoconfig.{DOMAIN}"),
        (http(XML + " " * 70_000), f"autoconfig.{DOMAIN}"),
        (b"no http", f"autoconfig.{DOMAIN}"),
    ],
    ids=["another name", "a redirect", "not found", "too long", "no http"],
)
def test_what_is_not_believed(answer: bytes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(tmp_path, monkeypatch, answer, name):
        assert autoconfig.ask(DOMAIN, ADDRESS, Deadline(3)) is None


def test_an_address_of_the_house_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain may point its name at 127.0.0.1: then nothing is asked there."""
    with answering(tmp_path, monkeypatch, http(XML)):
        strict = load().model_copy(update={"private_networks": []})
        monkeypatch.setattr(autoconfig, "load", lambda: strict)
        assert autoconfig.ask(DOMAIN, ADDRESS, Deadline(3)) is None


def test_every_row_of_the_table_can_be_used() -> None:
    assert len({each.name for each in presets.PRESETS}) == len(presets.PRESETS) >= 20
    for each in presets.PRESETS:
        assert each.smtp[2] in {TLS, STARTTLS}, each
        assert each.smtp[1] == (465 if each.smtp[2] is TLS else 587), each
        assert each.domains or each.mx, each
        assert bool(each.source) or not each.sure, f"{each.name}: nobody's word"
        assert set(each.hints) <= set(presets.HINTS)
        assert (each.sign_in_with != "") == (Hint.SIGN_IN in each.hints)
    names = [name for each in presets.PRESETS for name in each.domains]
    assert len(names) == len(set(names))


def test_the_documentation_has_the_table() -> None:
    page = (Path(__file__).parents[4] / "docs/mail-account.md").read_text()
    for each in presets.PRESETS:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {each.name} |")]
        wanted = [each.source or "remembered", *each.hints, *({each.smtp[0], each.imap} - {presets.THE_MX})]
        allowance = each.allowance
        wanted += [str(number) for number in (allowance.per_minute, allowance.per_hour, allowance.per_day) if number]
        assert [word for word in wanted if word not in row] == []
        assert each.sure != ("not sure" in row)
