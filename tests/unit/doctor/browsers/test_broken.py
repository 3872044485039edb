"""What no browser takes for a certificate is never called good, and told with the browser's own code.

The codes are those that Debian's Chromium and Firefox showed when such chains were served to them.
"""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.real.browsers.broken import resigned
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, Extension, extension

from siegelpost.doctor.browsers import firefox_decoder
from siegelpost.doctor.der import Reader
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.x509.chain import from_pem

NAME = "expose.test"
OK = None
BAD_FORMAT, INVALID, PROTOCOL = "ERR_SSL_SERVER_CERT_BAD_FORMAT", "ERR_CERT_INVALID", "ERR_SSL_PROTOCOL_ERROR"
NOT_DECODED, BAD_DER, UNKNOWN = "SEC_ERROR_LIBRARY_FAILURE", "SEC_ERROR_BAD_DER", "SEC_ERROR_UNKNOWN_ISSUER"
ROOT = Authority.root()


def codes(judgement: Judgement) -> tuple[str | None, str | None]:
    return judgement.verdicts[Browser.CHROMIUM].code, judgement.verdicts[Browser.FIREFOX].code


def judged(served: Certificate, root: bytes = ROOT.der) -> tuple[str | None, str | None]:
    return codes(judge(served.chain, NAME, local_roots=[root]))


QUALIFIED = der.sequence(der.sequence(der.oid("1.3.6.1.4.1.55555.2"), der.null()))
EC_KEY = der.oid("1.2.840.10045.2.1")
NO_OID = der.sequence(b"\x06\x00", der.octets(b"\x05\x00"))


def extensions_and(more: bytes) -> bytes:
    """The usual extensions of a leaf, and one that is written by hand."""
    usual = [
        extension("key_usage", pki.key_usage("digital_signature"), critical=True),
        extension("names", pki.general_names(NAME)),
        extension("extended_key_usage", pki.extended_key_usage("server")),
    ]
    return der.context(3, der.sequence(*(each.encode() for each in usual), more))


def policy(oid: str) -> dict[str, Any]:
    return {"extensions": {"policies": extension("policies", der.sequence(der.sequence(der.oid(oid), QUALIFIED)))}}


@pytest.mark.parametrize(
    ("shape", "chromium", "firefox"),
    [
        ({"serial": b"\x00\x00\x01"}, OK, "MOZILLA_PKIX_ERROR_INVALID_INTEGER_ENCODING"),
        ({"serial": b"\xff\xff\x01"}, OK, "MOZILLA_PKIX_ERROR_INVALID_INTEGER_ENCODING"),
        ({"serial": b""}, OK, NOT_DECODED),
        (policy(pki.ANY_POLICY), INVALID, OK),
        (policy("1.2.3.4"), OK, OK),
        ({"extensions_raw": extensions_and(NO_OID)}, OK, NOT_DECODED),
        ({"extensions_raw": extensions_and(b"\x30\x00")}, INVALID, NOT_DECODED),
        (
            {"extensions_raw": extensions_and(extension("policies", b"").encode())},
            INVALID,
            "SEC_ERROR_EXTENSION_VALUE_INVALID",
        ),
        ({"extensions_raw": der.context(3, der.octets(b""))}, PROTOCOL, NOT_DECODED),
        (
            {"spki": der.sequence(der.sequence(der.oid("1.2.840.10045.2.1")), der.bit_string(b"x"), b"\x05\x00")},
            PROTOCOL,
            NOT_DECODED,
        ),
        ({"more_extensions": [Extension("1.2.3", bytes(66_000))]}, OK, BAD_DER),
    ],
    ids=lambda value: "" if isinstance(value, dict) else None,
)
def test_a_broken_certificate_of_the_server(shape: dict[str, Any], chromium: str | None, firefox: str | None) -> None:
    """An empty OID, a serial number in too many bytes, an unknown qualifier: one of both browsers refuses each."""
    shown = judged(ROOT.intermediate().issue(NAME, **shape))
    assert shown == (chromium, firefox)


def test_an_issuer_that_nss_cannot_decode_is_a_failure_of_the_library() -> None:
    """The doctor called a chain good for Firefox whose intermediate has an extension without a name."""
    raw = der.context(3, der.sequence(extension("basic_constraints", pki.basic_constraints(ca=True)).encode(), NO_OID))
    issuer = ROOT.intermediate(extensions_raw=raw)
    assert judged(issuer.issue(NAME)) == (OK, NOT_DECODED)
    assert not firefox_decoder.decodes(issuer.der)


@pytest.mark.parametrize(
    "algorithm",
    [der.oid("1.2.840.10045.3.1.7"), EC_KEY + b"\x26\x01\x2a", EC_KEY + der.utf8("x")],
    ids=["a curve as the algorithm", "a curve of another type", "a text as the curve"],
)
def test_a_key_that_is_none(algorithm: bytes) -> None:
    """No server can have it, so it is not one that no browser offers to take."""
    spki = der.sequence(der.sequence(algorithm), der.bit_string(b"\4" + bytes(64)))
    assert judged(ROOT.intermediate().issue(NAME, spki=spki)) == (PROTOCOL, "SSL_ERROR_EXTRACT_PUBLIC_KEY_FAILURE")


def attribute(kind: str, tag: int, content: bytes) -> bytes:
    """An RDN with a value of any type."""
    return der.set_of(der.sequence(der.oid(kind), der.tlv(tag, content)))


COMMON, LOCALITY, ORGANISATION, UNIT, NUMBER = "2.5.4.3", "2.5.4.7", "2.5.4.10", "2.5.4.11", "2.5.4.5"


@pytest.mark.parametrize(
    ("rdns", "shown"),
    [
        (attribute(COMMON, 0x85, b"x"), (BAD_FORMAT, NOT_DECODED)),
        (attribute(COMMON, 0x02, b"x"), (BAD_FORMAT, OK)),
        (attribute(COMMON, 0x12, b"1"), (BAD_FORMAT, OK)),
        (attribute(UNIT, 0x30, b""), (BAD_FORMAT, OK)),
        (attribute(ORGANISATION, 0x0C, b"x") + attribute(ORGANISATION, 0x04, b"y"), (BAD_FORMAT, OK)),
        (attribute(COMMON, 0x0C, b"x") + attribute(COMMON, 0x04, b"y"), (OK, OK)),
        (attribute(LOCALITY, 0x0C, b"x") + attribute(LOCALITY, 0x04, b"y"), (OK, OK)),
        (attribute(NUMBER, 0x04, b"x"), (OK, OK)),
        (attribute(NUMBER, 0x13, b"a@b"), (INVALID, OK)),
        (attribute(COMMON, 0x14, b"\xff"), (OK, OK)),
    ],
)
def test_a_name_that_chromium_cannot_keep(rdns: bytes, shown: tuple[str | None, str | None]) -> None:
    """The doctor called chains good for Chromium whose common name is an integer, a number or an octet string."""
    assert judged(ROOT.intermediate().issue(NAME, subject=der.sequence(rdns))) == shown


def test_the_name_of_an_issuer_that_chromium_cannot_keep() -> None:
    issuer = ROOT.intermediate(der.sequence(attribute(ORGANISATION, 0x04, b"x")))
    assert judged(issuer.issue(NAME))[0] == BAD_FORMAT


OCSP, ISSUERS = der.oid("1.3.6.1.5.5.7.48.1"), der.oid("1.3.6.1.5.5.7.48.2")
PLACE = der.tlv(0x86, b"http://b.test/")


@pytest.mark.parametrize(
    ("entries", "chromium", "firefox"),
    [
        (der.sequence(b"\x06\x00", PLACE), OK, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(OCSP, PLACE) + der.sequence(b"\x06\x00", PLACE), OK, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(ISSUERS, b"\x05\x01x"), OK, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(ISSUERS, b"\x00\x00"), INVALID, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(ISSUERS, b"\x05\x00"), OK, OK),
        (der.sequence(OCSP, der.tlv(0x86)), OK, OK),
        (der.sequence(OCSP, der.tlv(0x86, b"\0http://b.test/")), OK, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(OCSP, der.tlv(0x86, b"h" * 1025)), OK, "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"),
        (der.sequence(OCSP, der.tlv(0x86, b"h" * 1024)), OK, OK),
        (der.sequence(ISSUERS, der.tlv(0x86, b"\0")), OK, OK),
        (der.sequence(OCSP, PLACE) + der.sequence(OCSP, der.tlv(0x86, b"\0")), OK, OK),
        (
            der.sequence(OCSP, der.tlv(0x82, b"b")) + der.sequence(OCSP, der.tlv(0x86, b"\0")),
            OK,
            "SEC_ERROR_CERT_BAD_ACCESS_LOCATION",
        ),
        (b"", INVALID, OK),
    ],
)
def test_where_to_ask_of_a_certificate(entries: bytes, chromium: str | None, firefox: str | None) -> None:
    """The doctor called chains good for Firefox that name a way to ask without a name."""
    access = {"authority_info": extension("authority_info", der.sequence(entries))}
    assert judged(ROOT.intermediate().issue(NAME, extensions=access)) == (chromium, firefox)


CHAINS = json.loads((Path(__file__).parent / "minimised.json").read_text())


@pytest.mark.parametrize("case", CHAINS, ids=[case["id"] for case in CHAINS])
def test_whole_chains_as_they_were_served(case: dict[str, str]) -> None:
    """Each with what both browsers showed at that moment; three of them the doctor called otherwise."""
    moment, roots = datetime.fromisoformat(case["at"]), from_pem(case["root_pem"])
    judgement = judge(case["chain_pem"], case["name"], at=moment, local_roots=roots)
    shown = [None if case[browser] == "OK" else case[browser] for browser in ("chromium", "firefox")]
    assert list(codes(judgement)) == shown


def test_what_nobody_needs_may_be_broken() -> None:
    served = ROOT.intermediate().issue(NAME)
    for extra in (
        b"hello",
        b"\x30\x03\x02\x01\x01",
        Authority.root(more_extensions=[Extension("1.2.3", bytes(66_000))]).der,
    ):
        assert judged(replace(served, above=(*served.above, extra))) == (OK, OK)


@pytest.mark.parametrize(
    ("kilobytes", "shown"),
    [(90, (OK, OK)), (110, (PROTOCOL, OK)), (140, (PROTOCOL, "SSL_ERROR_RX_MALFORMED_HANDSHAKE"))],
)
def test_more_than_a_browser_reads_ends_the_handshake(kilobytes: int, shown: tuple[str | None, str | None]) -> None:
    """The doctor called chains good that are longer than Chromium, and then Firefox, reads at all."""
    served = ROOT.intermediate().issue(NAME)
    ballast = [
        Authority.root(f"B{n}", more_extensions=[Extension("1.2.3", bytes(9_400))]).der for n in range(kilobytes // 10)
    ]
    assert judged(replace(served, above=(*served.above, *ballast))) == shown


def test_two_hundred_certificates_are_still_judged() -> None:
    served = ROOT.intermediate().issue(NAME)
    assert judged(replace(served, above=(*served.above, *(Authority.root(f"R{n}").der for n in range(200))))) == (
        OK,
        OK,
    )


def test_a_leaf_that_has_its_issuers_name_and_is_excluded_by_it() -> None:
    """Firefox tries the leaf as its own issuer, too, and having met two faults says that it knows no issuer."""
    name = pki.distinguished(("CN", NAME))
    trees = extension("name_constraints", pki.name_constraints([], [pki.dns(NAME)]), critical=True)
    root = Authority.root(name, extensions={"name_constraints": trees})
    assert judged(root.issue(NAME), root.der) == (INVALID, UNKNOWN)
    sound = Authority.root(name)
    assert judged(sound.issue(NAME), sound.der) == (OK, OK)


def test_a_key_that_is_no_point_of_its_curve_is_called_good_for_no_browser() -> None:
    """Of the right length and form: Firefox was said to open the page, and ends the handshake."""
    served = ROOT.issue(NAME, key="p256")
    at = served.der.index(bytes.fromhex("03420004")) + 10
    bent = served.der[:at] + bytes([served.der[at] ^ 1]) + served.der[at + 1 :]
    tbs = Reader(Reader(bent).value(0x30)).whole(0x30)
    assert judged(replace(served, der=resigned(tbs, ROOT.key))) == (PROTOCOL, "SEC_ERROR_BAD_SIGNATURE")
