"""What the checklist says about the sender's domain, asked from a real name server on this machine."""

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from siegelpost.mail.domain.records import Level, RecordFinding, examine, resolver
from siegelpost.mail.models import SigningKey

Zone = dict[tuple[str, str], list[str]]
Ask = Callable[..., dict[str, RecordFinding]]
GOOD: Zone = {
    ("office.test", "MX"): ["10 mx.office.test."],
    ("office.test", "TXT"): ['"v=spf1 include:_spf.prov" "ider.test -all"', '"unrelated"'],
    ("selector1._domainkey.office.test", "TXT"): ['"v=DKIM1; k=rsa; p=MIIB"'],
    ("_dmarc.office.test", "TXT"): ['"v=DMARC1; p=reject"'],
}


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Examine ``office.test`` as this zone describes it; a name with the text SILENCE is never answered."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    zone: Zone = {}

    def serve() -> None:
        while True:
            data, client = server.recvfrom(4096)
            if data == b"end":
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            key = (question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype))
            records = zone.get(key, [])
            if records == ["SILENCE"]:
                continue
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            if records:
                reply.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", key[1], records))
            elif not any(name == key[0] for name, _ in zone):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(reply.to_wire(), client)

    thread = Thread(target=serve, daemon=True)
    thread.start()

    def examined(given: Zone, own: SigningKey | None = None) -> dict[str, RecordFinding]:
        zone.clear()
        zone.update(given)
        local = dns.resolver.Resolver(configure=False)
        local.nameservers, local.port = ["127.0.0.1"], server.getsockname()[1]
        return {finding.about: finding for finding in examine("office.test", resolver(local), own)}

    yield examined
    server.sendto(b"end", server.getsockname())
    thread.join(10)
    server.close()


def test_a_domain_in_order(ask: Ask) -> None:
    found = ask(GOOD)
    assert {about: finding.level for about, finding in found.items()} == dict.fromkeys(
        ["MX", "SPF", "DKIM", "DMARC"], Level.GOOD
    )
    assert found["SPF"].record == "v=spf1 include:_spf.provider.test -all"
    assert all(finding.remedy == "" for finding in found.values())


def test_a_domain_that_says_nothing(ask: Ask) -> None:
    found = ask({})
    assert [found[about].level for about in ("MX", "SPF", "DMARC")] == [Level.BAD] * 3
    assert found["DKIM"].level == Level.UNKNOWN, "a key may lie under a name that nobody can guess"
    assert all(str(finding.remedy) for finding in found.values())


@pytest.mark.parametrize(
    ("about", "name", "kind", "records", "level"),
    [
        ("SPF", "office.test", "TXT", ['"v=spf1 +all"'], Level.BAD),
        ("SPF", "office.test", "TXT", ['"v=spf1 mx all"'], Level.BAD),
        ("SPF", "office.test", "TXT", ['"v=spf1 -all"', '"v=spf1 mx -all"'], Level.BAD),
        ("SPF", "office.test", "TXT", ['"v=spf10 -all"'], Level.BAD),
        ("SPF", "office.test", "TXT", ['"v=spf1 mx ?all"'], Level.WEAK),
        ("SPF", "office.test", "TXT", ['"V=SPF1 redirect=provider.test"'], Level.GOOD),
        ("DMARC", "_dmarc.office.test", "TXT", ['"v=DMARC1; p=none; rua=mailto:x@office.test"'], Level.WEAK),
        ("DMARC", "_dmarc.office.test", "TXT", ['"v=DMARC1; p=maybe"'], Level.BAD),
        (
            "DMARC",
            "_dmarc.office.test",
            "TXT",
            ['"v=DMARC1 ; p = quarantine ; rua = mailto:x@office.test"'],
            Level.GOOD,
        ),
        ("DMARC", "_dmarc.office.test", "TXT", ['"v=DMARC1"'], Level.BAD),
        ("DMARC", "_dmarc.office.test", "TXT", ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"'], Level.BAD),
        ("DKIM", "selector1._domainkey.office.test", "TXT", ['"v=DKIM1; p="'], Level.UNKNOWN),
        ("MX", "office.test", "MX", ["0 ."], Level.BAD),
        ("MX", "office.test", "MX", ["SILENCE"], Level.UNKNOWN),
    ],
)
def test_what_is_wrong_is_named(about: str, name: str, kind: str, records: list[str], level: Level, ask: Ask) -> None:
    found = ask({**GOOD, (name, kind): records})
    assert found[about].level == level
    others = {finding.level for key, finding in found.items() if key != about}
    assert others == {Level.GOOD}


@pytest.mark.parametrize(("record", "level"), [("p=reject; sp=none", Level.WEAK), ("p=reject", Level.GOOD)])
def test_below_the_organisation_its_word_for_what_lies_below_counts(record: str, level: Level) -> None:
    found = examine("mail.office.test", lambda name, _kind: [f"v=DMARC1; {record}"] * (name == "_dmarc.office.test"))
    assert {one.about: one.level for one in found}["DMARC"] == level


OURS = "sp20261126._domainkey.office.test"
RECORD = '"v=DKIM1; k=rsa; p=MIIB" "IjAN"'
NO_OTHER = {key: records for key, records in GOOD.items() if "_domainkey" not in key[0]}


@pytest.mark.parametrize(
    ("signing", "records", "other", "level", "words"),
    [
        (True, [RECORD], False, Level.GOOD, "werden hier signiert"),
        (True, [RECORD], True, Level.GOOD, "werden hier signiert"),
        (True, [], True, Level.BAD, "fehlt der Eintrag"),
        (True, ['"v=DKIM1; p=MIIBxxxx"'], False, Level.BAD, "fehlt der Eintrag"),
        (True, ['"v=DKIM1; p="'], False, Level.BAD, "fehlt der Eintrag"),
        (True, [RECORD, RECORD.replace("I", "J")], False, Level.BAD, "fehlt der Eintrag"),
        (False, [RECORD], False, Level.WEAK, "wird aber nicht benutzt"),
        (False, [RECORD], True, Level.GOOD, "hat einen Schlüssel"),
        (False, [], False, Level.UNKNOWN, "Unter den üblichen Namen"),
        (True, ["SILENCE"], True, Level.UNKNOWN, "nicht geantwortet"),
    ],
)
def test_the_offices_own_key_is_looked_for_first(
    signing: bool, records: list[str], other: bool, level: Level, words: str, ask: Ask
) -> None:
    own = SigningKey(domain="office.test", selector="sp20261126", public="MIIBIjAN", signing=signing)
    zone = {**(GOOD if other else NO_OTHER), (OURS, "TXT"): records}
    found = ask(zone, own)["DKIM"]
    assert (found.level, words in str(found.text)) == (level, True), found.text
    assert (found.record == OURS) == (level is Level.WEAK or (signing and level is not Level.UNKNOWN))
