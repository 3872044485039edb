"""The questions put to the real browsers: every way in which a chain can be odd, one at a time and in pairs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.real.browsers.servers import CannotServeError, context_for
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, Extension, extension

HOST = "a.test"
NOW = datetime.now(UTC).replace(microsecond=0)
Shape = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    name: str
    host: str
    served: Certificate
    roots: tuple[bytes, ...]

    @property
    def can_be_served(self) -> bool:
        """Whether OpenSSL will load it into a server. What it refuses no browser can be asked about."""
        try:
            context_for(self.served)
        except CannotServeError:
            return False
        return True


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def only(name: str, value: bytes, *, critical: bool = False) -> Shape:
    """A shape that differs in one extension."""
    return {"extensions": {name: extension(name, value, critical=critical)}}


def without(*names: str) -> Shape:
    return {"extensions": dict.fromkeys(names)}


def more(*extensions: Extension) -> Shape:
    return {"more_extensions": extensions}


def spoiled(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])


UNKNOWN_OID = "1.3.6.1.4.1.55555.1"
UNKNOWN = Extension(UNKNOWN_OID, der.null())
CRITICAL = Extension(UNKNOWN_OID, der.null(), critical=True)
EXPIRED: Shape = {"not_before": ago(100), "days": 50}
FUTURE: Shape = {"not_before": NOW + timedelta(days=10)}
MUST_STAPLE = der.sequence(der.integer(5))
BROKEN = b"\x30\x05\x01"

# What can be odd in the server's certificate as in any other -------------------------------------------------

ANYWHERE: dict[str, Shape] = {
    "expired": EXPIRED,
    "not yet valid": FUTURE,
    "dates reversed": {"not_before": ago(1), "not_after": ago(2)},
    "since 1969": {"not_before": datetime(1969, 1, 1, tzinfo=UTC), "not_after": NOW + timedelta(days=30)},
    "since 1950": {"not_before": datetime(1950, 1, 1, tzinfo=UTC), "not_after": NOW + timedelta(days=30)},
    "until 9999": {"not_before": ago(1), "not_after": der.generalized_time("99991231235959Z")},
    "generalized time before 2050": {
        "not_before": der.generalized_time("20200101000000Z"),
        "not_after": der.generalized_time("20300101000000Z"),
    },
    "UTC time without seconds": {
        "not_before": der.utc_time("2001010000Z"),
        "not_after": der.utc_time("3001010000Z"),
    },
    "time with offset": {
        "not_before": der.utc_time("200101000000+0100"),
        "not_after": der.utc_time("300101000000Z"),
    },
    "leap second": {
        "not_before": der.utc_time("200101000060Z"),
        "not_after": der.utc_time("300101000000Z"),
    },
    "day that is none": {
        "not_before": der.utc_time("200230000000Z"),
        "not_after": der.utc_time("300101000000Z"),
    },
    "serial zero": {"serial": 0},
    "serial negative": {"serial": -5},
    "serial huge": {"serial": 1 << 300},
    "serial padded": {"serial": b"\x00\x01"},
    "unknown extension": more(UNKNOWN),
    "unknown critical extension": more(CRITICAL),
    "bad signature": {"signature": spoiled},
    "signature of nonsense": {"signature": lambda _: b"nonsense"},
    "algorithms differ": {"inner_algorithm": pki.ecdsa_algorithm("sha384")},
    "algorithm with null": {
        "inner_algorithm": der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null()),
        "outer_algorithm": der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null()),
    },
    "RSA 1024": {"key": "rsa1024"},
    "RSA 2048": {"key": "rsa2048"},
    "RSA 2047": {"key": "rsa2047"},
    "RSA 1536": {"key": "rsa1536"},
    "P-384": {"key": "p384"},
    "P-521": {"key": "p521"},
    "no key ids": without("subject_key_id", "authority_key_id"),
    "AKI of somebody else": only("authority_key_id", der.sequence(der.context(0, b"x" * 20, constructed=False))),
    "AKI broken": only("authority_key_id", BROKEN),
    "AKI with issuer alone": only(
        "authority_key_id", der.sequence(der.context(1, pki.directory(pki.distinguished(("CN", "x")))))
    ),
    "SKI broken": only("subject_key_id", b"\x01"),
    "SKI critical": only("subject_key_id", der.octets(b"x" * 20), critical=True),
    "usage empty": only("key_usage", der.bit_string(b"")),
    "usage zero": only("key_usage", der.bit_string(b"\x00")),
    "usage broken": only("key_usage", BROKEN),
    "usage with set unused bits": only("key_usage", b"\x03\x02\x03\xff"),
    "no usage": without("key_usage"),
    "usage not critical": only("key_usage", pki.key_usage("digital_signature", "key_cert_sign", "crl_sign")),
    "purposes broken": only("extended_key_usage", BROKEN),
    "purposes empty": only("extended_key_usage", der.sequence()),
    "purposes critical": only("extended_key_usage", pki.extended_key_usage("server"), critical=True),
    "purpose client": {"uses": ["client"]},
    "purpose any": {"uses": ["any"]},
    "purposes server and client": {"uses": ["server", "client"]},
    "purposes server and OCSP": {"uses": ["server", "ocsp"]},
    "purposes server and code": {"uses": ["server", "code"]},
    "purposes server and time stamp": {"uses": ["server", "time_stamp"]},
    "purpose mail": {"uses": ["email"]},
    "purpose step up": {"uses": ["netscape_step_up"]},
    "no purposes": without("extended_key_usage"),
    "constraints broken": only("basic_constraints", BROKEN, critical=True),
    "no basic constraints": without("basic_constraints"),
    "policies any": only("policies", pki.policies(pki.ANY_POLICY)),
    "policies unknown": only("policies", pki.policies("1.2.3.4")),
    "policies critical": only("policies", pki.policies("1.2.3.4"), critical=True),
    "policies broken": only("policies", BROKEN),
    "policies empty": only("policies", der.sequence()),
    "policies twice": only("policies", pki.policies("1.2.3.4", "1.2.3.4")),
    "policies with unknown qualifier, critical": only(
        "policies",
        der.sequence(der.sequence(der.oid("1.2.3.4"), der.sequence(der.sequence(der.oid("1.2.3.5"), der.utf8("x"))))),
        critical=True,
    ),
    "policy constraints explicit 0": only(
        "policy_constraints", der.sequence(der.context(0, b"\x00", constructed=False)), critical=True
    ),
    "policy constraints empty": only("policy_constraints", der.sequence(), critical=True),
    "inhibit any policy": only("inhibit_any_policy", der.integer(0), critical=True),
    "inhibit any policy broken": only("inhibit_any_policy", BROKEN),
    "policy mappings": only("policy_mappings", der.sequence(der.sequence(der.oid("1.2.3.4"), der.oid("1.2.3.5")))),
    "policy mapping of any": only(
        "policy_mappings", der.sequence(der.sequence(der.oid(pki.ANY_POLICY), der.oid("1.2.3.5")))
    ),
    "must staple": only("tls_feature", MUST_STAPLE),
    "other TLS feature": only("tls_feature", der.sequence(der.integer(17))),
    "TLS feature broken": only("tls_feature", BROKEN),
    "access broken": only("authority_info", BROKEN),
    "access empty": only("authority_info", der.sequence()),
    "access to nowhere": only("authority_info", pki.authority_info(ocsp="http://127.0.0.1:1/")),
    "access URL not ASCII": only(
        "authority_info",
        der.sequence(
            der.sequence(der.oid("1.3.6.1.5.5.7.48.2"), der.context(6, "http://ü/".encode(), constructed=False))
        ),
    ),
    "CRL points broken": only("crl_points", BROKEN),
    "SCT list broken": only("sct_list", BROKEN),
    "SCT list empty": only("sct_list", der.octets(b"\x00\x00")),
    "poisoned": only("ct_poison", der.null(), critical=True),
    "extension twice": more(UNKNOWN, UNKNOWN),
    "key usage twice": more(extension("key_usage", pki.key_usage("digital_signature", "key_cert_sign"))),
    "extension empty": only("key_usage", b""),
    "issuer names": only("issuer_names", pki.general_names("x.test")),
    "issuer names critical": only("issuer_names", pki.general_names("x.test"), critical=True),
    "netscape type critical": more(Extension("2.16.840.1.113730.1.1", der.bit_string(b"\x40", 6), critical=True)),
    "microsoft policies critical": more(
        Extension("1.3.6.1.4.1.311.21.10", pki.policies("1.3.6.1.5.5.7.3.1"), critical=True)
    ),
    "qualified statements": more(Extension("1.3.6.1.5.5.7.1.3", der.sequence(), critical=True)),
    "version 2 with extensions": {"version": der.context(0, der.integer(1))},
    "version 4": {"version": der.context(0, der.integer(3))},
    "version 1 written": {"version": der.context(0, der.integer(0))},
    "version 1": {"version": 1},
    "no extensions": {"extensions_raw": b""},
    "extensions empty": {"extensions_raw": der.context(3, der.sequence())},
    "name constraints": only("name_constraints", pki.name_constraints([pki.dns("test")]), critical=True),
    "name constraints broken": only("name_constraints", BROKEN, critical=True),
    "name constraints empty": only("name_constraints", der.sequence(), critical=True),
    "subject in Latin": {"subject": pki.distinguished(("CN", "a.test"), encode=der.teletex)},
    "subject in BMP": {"subject": pki.distinguished(("CN", "a.test"), encode=der.bmp)},
    "subject printable with @": {
        "subject": der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.tlv(0x13, b"a@test"))))
    },
    "subject broken": {"subject": der.sequence(der.set_of())},
    "criticality written as false": {
        "more_extensions": (
            type(
                "Written",
                (),
                {"encode": lambda _: der.sequence(der.oid(UNKNOWN_OID), der.boolean(False), der.octets(der.null()))},
            )(),
        )
    },
}

LEAF: dict[str, Shape] = {
    "Ed25519": {"key": "ed25519"},
    "Ed448": {"key": "ed448"},
    "DSA": {"key": "dsa"},
    "P-192": {"key": "p192"},
    "P-224": {"key": "p224"},
    "secp256k1": {"key": "k256"},
    "brainpool": {"key": "brainpool256"},
    "RSA 512": {"key": "rsa512"},
    "RSA 1016": {"key": "rsa1016"},
    "RSA 1023": {"key": "rsa1023"},
    "usage for encipherment alone, EC": {"usages": ["key_encipherment"]},
    "usage for encipherment alone, RSA": {"usages": ["key_encipherment"], "key": "rsa2048"},
    "usage for agreement alone": {"usages": ["key_agreement"]},
    "usage to sign certificates": {"usages": ["key_cert_sign"]},
    "usage for all": {"usages": list(pki.KEY_USAGES)},
    "usage not to repudiate": {"usages": ["content_commitment"]},
    "usage to decipher only": {"usages": ["digital_signature", "decipher_only"]},
    "calls itself an authority": {"ca": True, "usages": ["digital_signature"], "uses": ["server"]},
    "authority with path length": only("basic_constraints", pki.basic_constraints(ca=False, path_length=0)),
    "path length 300": only("basic_constraints", pki.basic_constraints(ca=False, path_length=300)),
    "no subject, names not critical": {"subject": pki.distinguished()},
    "no subject, names critical": {"subject": pki.distinguished(), "names_critical": True},
    "names critical": {"names_critical": True},
    "4000 days": {"days": 4000},
    "826 days": {"days": 826},
    "wrong issuer name": {"issuer": "Somebody else"},
    "no issuer name": {"issuer": pki.distinguished()},
    "SHA-384": {"digest": "sha384"},
    "SHA-512": {"digest": "sha512"},
    "SHA-1": {"digest": "sha1"},
    "SHA-224": {"digest": "sha224"},
    "names broken": only("names", BROKEN),
    "names empty": only("names", der.sequence()),
}

# Signed by an RSA key
RSA_SIGNED: dict[str, Shape] = {
    "SHA-1": {"digest": "sha1"},
    "SHA-224": {"digest": "sha224"},
    "SHA-256": {"digest": "sha256"},
    "SHA-512": {"digest": "sha512"},
    "MD5": {"digest": "md5"},
    "PSS": {"pss": True},
    "PSS SHA-512": {"pss": True, "digest": "sha512"},
    "SHA-1, old OID": {
        "digest": "sha1",
        "inner_algorithm": der.sequence(der.oid("1.3.14.3.2.29"), der.null()),
        "outer_algorithm": der.sequence(der.oid("1.3.14.3.2.29"), der.null()),
    },
    "no null": {
        "inner_algorithm": der.sequence(der.oid(pki.RSA_ALGORITHMS["sha256"])),
        "outer_algorithm": der.sequence(der.oid(pki.RSA_ALGORITHMS["sha256"])),
    },
    "null inside only": {"outer_algorithm": der.sequence(der.oid(pki.RSA_ALGORITHMS["sha256"]))},
    "PSS without parameters": {
        "pss": True,
        "inner_algorithm": der.sequence(der.oid(pki.PSS)),
        "outer_algorithm": der.sequence(der.oid(pki.PSS)),
    },
}

ISSUER: dict[str, Shape] = {
    "path length 0": {"path_length": 0},
    "path length 5": {"path_length": 5},
    "path length negative": only("basic_constraints", der.sequence(der.boolean(True), der.integer(-1)), critical=True),
    "path length 128": only("basic_constraints", pki.basic_constraints(ca=True, path_length=128), critical=True),
    "not an authority": only("basic_constraints", pki.basic_constraints(ca=False), critical=True),
    "constraints not critical": only("basic_constraints", pki.basic_constraints(ca=True)),
    "usage without signing certificates": {"usages": ["crl_sign"]},
    "usage with digital signature": {"usages": ["digital_signature", "key_cert_sign", "crl_sign"]},
    "authority written as 1": only("basic_constraints", der.sequence(b"\x01\x01\x01"), critical=True),
    "no subject": {"subject": pki.distinguished()},
    "P-256 signed": {},
}

TREES: dict[str, bytes] = {
    "permits test": pki.name_constraints([pki.dns("test")]),
    "permits .test": pki.name_constraints([pki.dns(".test")]),
    "permits a.test": pki.name_constraints([pki.dns("a.test")]),
    "permits A.TEST": pki.name_constraints([pki.dns("A.TEST")]),
    "permits .a.test": pki.name_constraints([pki.dns(".a.test")]),
    "permits b.test": pki.name_constraints([pki.dns("b.test")]),
    "permits all names": pki.name_constraints([pki.dns("")]),
    "permits test.": pki.name_constraints([pki.dns("test.")]),
    "permits a name with star": pki.name_constraints([pki.dns("*.test")]),
    "excludes test": pki.name_constraints(excluded=[pki.dns("test")]),
    "excludes a.test": pki.name_constraints(excluded=[pki.dns("a.test")]),
    "excludes b.test": pki.name_constraints(excluded=[pki.dns("b.test")]),
    "excludes all names": pki.name_constraints(excluded=[pki.dns("")]),
    "permits test, excludes a.test": pki.name_constraints([pki.dns("test")], [pki.dns("a.test")]),
    "permits a network": pki.name_constraints([pki.network("10.0.0.0/8")]),
    "excludes all networks": pki.name_constraints(excluded=[pki.network("0.0.0.0/0"), pki.network("::/0")]),
    "permits a network of odd length": pki.name_constraints([der.context(7, b"\x0a\x00", constructed=False)]),
    "permits a mask with holes": pki.name_constraints(
        [der.context(7, b"\x0a\x00\x00\x00\xff\x00\xff\x00", constructed=False)]
    ),
    "permits mail": pki.name_constraints([pki.email("example.com")]),
    "permits an URL": pki.name_constraints([pki.uri("example.com")]),
    "excludes other names": pki.name_constraints(excluded=[pki.other_name()]),
    "permits another directory": pki.name_constraints([pki.directory(pki.distinguished(("O", "x")))]),
    "permits the directory": pki.name_constraints([pki.directory(pki.distinguished(("CN", "a.test")))]),
    "permits the directory, printable": pki.name_constraints(
        [pki.directory(pki.distinguished(("CN", "a.test"), encode=der.printable))]
    ),
    "permits the directory in capitals": pki.name_constraints([pki.directory(pki.distinguished(("CN", "A.TEST")))]),
    "excludes another directory": pki.name_constraints(excluded=[pki.directory(pki.distinguished(("O", "x")))]),
    "with a minimum": der.sequence(
        der.context(0, der.sequence(pki.dns("test"), der.context(0, b"\x00", constructed=False)))
    ),
    "permits nothing": der.sequence(der.context(0)),
    "permits a registered id": pki.name_constraints([der.context(8, b"\x2a\x03", constructed=False)]),
    "not ASCII": pki.name_constraints([pki.dns("ü.test".encode())]),
}

NAMES: list[tuple[str, tuple[str | bytes, ...]]] = [
    ("a.test", ("A.TEST",)),
    ("a.test", ("a.test.",)),
    ("a.test.", ("a.test",)),
    ("a.test.", ("a.test.",)),
    ("a.test", ("*.test",)),
    ("a.test", ("*",)),
    ("a.b.test", ("*.b.test",)),
    ("a.b.test", ("*.B.TEST",)),
    ("a.b.test.", ("*.b.test",)),
    ("a.b.test", ("*.b.test.",)),
    ("b.test", ("*.b.test",)),
    ("c.a.b.test", ("*.b.test",)),
    ("a.b.test", ("a.*.test",)),
    ("a.b.test", ("*.*.test",)),
    ("abc.b.test", ("a*.b.test",)),
    ("abc.b.test", ("*c.b.test",)),
    ("xn--bro-hoa.b.test", ("*.b.test",)),
    ("xn--bro-hoa.b.test", ("xn--bro-hoa.b.test",)),
    ("a.xn--bro-hoa.test", ("*.xn--bro-hoa.test",)),
    ("büro.b.test", ("xn--bro-hoa.b.test",)),
    ("büro.b.test", ("büro.b.test".encode(),)),
    ("a_b.c.test", ("a_b.c.test",)),
    ("_a.c.test", ("_a.c.test",)),
    ("a_b.c.test", ("*.c.test",)),
    ("a-.c.test", ("a-.c.test",)),
    ("-a.c.test", ("-a.c.test",)),
    ("siegel.com", ("*.com",)),
    ("siegel.co.uk", ("*.co.uk",)),
    ("a.siegel.co.uk", ("*.siegel.co.uk",)),
    ("siegel.dyndns.org", ("*.dyndns.org",)),
    ("siegel.github.io", ("*.github.io",)),
    ("siegel.fritz.box", ("*.fritz.box",)),
    ("a.myfritz.net", ("*.myfritz.net",)),
    ("siegel.ck", ("*.ck",)),
    ("siegel", ("siegel",)),
    ("siegel.local", ("siegel.local",)),
    ("a.siegel.local", ("*.siegel.local",)),
    ("localhost", ("localhost",)),
    ("127.0.0.1", ("127.0.0.1",)),
    ("127.0.0.1", (pki.dns("127.0.0.1"),)),
    ("127.0.0.1", ("127.0.0.1", pki.dns("127.0.0.1"))),
    ("127.0.0.1", ("127.0.0.2",)),
    ("127.0.0.1", ("a.test",)),
    ("127.0.0.1", (pki.dns("*.0.0.1"),)),
    ("127.0.0.1", (der.context(7, b"\0" * 10 + b"\xff\xff\x7f\0\0\x01", constructed=False),)),
    ("127.0.0.1", (der.context(7, b"\x7f\0\0\x01\xff\xff\xff\xff", constructed=False),)),
    ("[::1]", ("::1",)),
    ("[::1]", (pki.dns("::1"),)),
    ("[::1]", ("127.0.0.1",)),
    ("a.test", ("127.0.0.1",)),
    ("a.test", (pki.email("x@a.test"),)),
    ("a.test", (pki.uri("https://a.test/"),)),
    ("a.test", (pki.other_name(), "a.test")),
    ("a.test", (pki.directory(pki.distinguished(("CN", "x"))), "a.test")),
    ("a.test", (pki.email("ü@a.test"), "a.test")),
    ("a.test", (der.context(8, b"\x2a\x03", constructed=False), "a.test")),
    ("a.test", (der.context(9, b"x", constructed=False), "a.test")),
    ("a.test", (der.context(2, b"", constructed=False), "a.test")),
    ("a.test", ("",)),
    ("a.test", (" a.test",)),
    ("a.test", ("a.test ",)),
    ("a.test", (b"\x82\x08a.test\0x",)),
    ("a.test", ("a..test", "a.test")),
    ("a.test", ("a.test", "a..test")),
    ("a.test", ("ü.test".encode(), "a.test")),
    ("a.test", (pki.dns("ü.test".encode()), "a.test")),
    ("a.test", ("x" * 64 + ".test", "a.test")),
    ("a.test", ("x." * 150 + "test", "a.test")),
    ("a.test", ("https://a.test",)),
    ("a.test", ("a.test:443",)),
    ("a.test", ("*.a.test",)),
    ("www.a.test", ("a.test",)),
    ("a.test", ("www.a.test",)),
    ("1.a.test", ("1.a.test",)),
    ("a.1.test", ("*.1.test",)),
    ("a.test", (*(f"n{number}.test" for number in range(200)), "a.test")),
    ("a.test", (der.context(7, b"\x7f", constructed=False), "a.test")),
]


class Pki:
    """Names that no other case has: browsers remember what they have seen under a name."""

    def __init__(self, case: str) -> None:
        self._case = case

    def root(self, **shape: Any) -> Authority:
        return Authority.root(**{"name": f"Root {self._case}"[:64]} | shape)

    def under(self, issuer: Authority, level: int = 1, **shape: Any) -> Authority:
        return issuer.intermediate(**{"name": f"Issuer {level} {self._case}"[:64]} | shape)


def _named(shape: Shape) -> dict[str, Any]:
    """``subject`` of a shape goes to an authority as its name."""
    found = dict(shape)
    if "subject" in found:
        found["name"] = found.pop("subject")
    return found


def _leaves() -> Iterator[Case]:
    for name, shape in (ANYWHERE | LEAF).items():
        pki_ = Pki(f"leaf {name}")
        root = pki_.root()
        yield Case(f"leaf: {name}", HOST, pki_.under(root).issue(HOST, **shape), (root.der,))
    for name, shape in RSA_SIGNED.items():
        pki_ = Pki(f"rsa leaf {name}")
        root = pki_.root()
        issuer = pki_.under(root, key=pki.key("rsa2048", 7))
        yield Case(f"leaf by RSA: {name}", HOST, issuer.issue(HOST, **shape), (root.der,))


def _issuers() -> Iterator[Case]:
    for name, shape in (ANYWHERE | ISSUER).items():
        pki_ = Pki(f"issuer {name}")
        root = pki_.root()
        served = pki_.under(root, **_named(shape)).issue(HOST)
        yield Case(f"issuer: {name}", HOST, served, (root.der,))
    for name, shape in RSA_SIGNED.items():
        pki_ = Pki(f"rsa issuer {name}")
        root = pki_.root(key=pki.key("rsa2048", 8))
        yield Case(f"issuer by RSA: {name}", HOST, pki_.under(root, **shape).issue(HOST), (root.der,))
    for name, tree in TREES.items():
        for critical in (True, False):
            pki_ = Pki(f"tree {name} {critical}")
            root = pki_.root()
            issuer = pki_.under(root, **only("name_constraints", tree, critical=critical))
            label = f"issuer {'strictly' if critical else 'softly'} {name}"
            yield Case(label, HOST, issuer.issue(HOST), (root.der,))


def _roots() -> Iterator[Case]:
    for name, shape in (ANYWHERE | ISSUER).items():
        if shape.get("subject") == pki.distinguished():
            # An authority without a name would be asked about every other case's nameless issuer.
            continue
        pki_ = Pki(f"root {name}")
        root = pki_.root(**_named(shape))
        yield Case(f"root: {name}", HOST, pki_.under(root).issue(HOST), (root.der,))


def _hosts() -> Iterator[Case]:
    pki_ = Pki("names")
    root = pki_.root()
    issuer = pki_.under(root)
    for host, names in NAMES:
        shown = "+".join(str(each) for each in names[:3])
        yield Case(f"{host} by {shown}"[:90], host, issuer.issue(*names), (root.der,))
    no_names = issuer.issue(subject=HOST, names=None)
    yield Case("common name only", HOST, no_names, (root.der,))
    excluded = pki_.under(root, 2, **only("name_constraints", TREES["permits b.test"], critical=True))
    yield Case("common name outside", HOST, excluded.issue("b.test", subject=HOST), (root.der,))
    yield Case(
        "wildcard in part excluded",
        "x.b.test",
        pki_.under(
            root, 3, **only("name_constraints", pki.name_constraints(excluded=[pki.dns("x.b.test")]), critical=True)
        ).issue("*.b.test"),
        (root.der,),
    )
    yield Case(
        "wildcard wider than permitted",
        "x.b.test",
        pki_.under(
            root, 4, **only("name_constraints", pki.name_constraints([pki.dns("x.b.test")]), critical=True)
        ).issue("*.b.test"),
        (root.der,),
    )
    network = pki_.under(
        root, 5, **only("name_constraints", pki.name_constraints([pki.network("127.0.0.0/8")]), critical=True)
    )
    yield Case("address permitted", "127.0.0.1", network.issue("127.0.0.1"), (root.der,))
    yield Case("name beside permitted address", HOST, network.issue(HOST, "10.0.0.1"), (root.der,))


CHAINS: dict[str, Callable[[Pki], tuple[Certificate, tuple[bytes, ...]]]] = {}


def chain(build: Callable[[Pki], tuple[Certificate, tuple[bytes, ...]]]) -> None:
    CHAINS[build.__name__.strip("_").replace("_", " ")] = build


@chain
def _leaf_directly_from_root(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return root.issue(HOST), (root.der,)


@chain
def _root_sent_along(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    return leaf.with_above(*leaf.above, root.der), (root.der,)


@chain
def _intermediate_missing(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return p.under(root).issue(HOST).with_above(), (root.der,)


@chain
def _second_intermediate_missing(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    lower = p.under(p.under(root), 2)
    return lower.issue(HOST).with_above(lower.der), (root.der,)


@chain
def _wrong_order(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    leaf = p.under(p.under(p.under(root), 2), 3).issue(HOST)
    return leaf.with_above(*reversed(leaf.above)), (root.der,)


@chain
def _everything_twice(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    leaf = p.under(p.under(root), 2).issue(HOST)
    return leaf.with_above(*leaf.above, *leaf.above, leaf.der, root.der, root.der), (root.der,)


@chain
def _strangers_among_them(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    strangers = [Authority.root(f"Stranger {number}").der for number in range(3)]
    return leaf.with_above(*strangers, *leaf.above), (root.der,)


@chain
def _unknown_root(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root()).issue(HOST), ()


@chain
def _unknown_root_sent_along(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    return leaf.with_above(*leaf.above, root.der), ()


@chain
def _unknown_root_and_expired(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root()).issue(HOST, **EXPIRED), ()


@chain
def _unknown_root_and_wrong_name(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root()).issue("b.test"), ()


@chain
def _unknown_root_and_SHA1(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root()).issue(HOST, digest="sha1"), ()


@chain
def _unknown_root_and_MD5(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root(), key=pki.key("rsa2048", 7)).issue(HOST, digest="md5"), ()


@chain
def _unknown_root_and_expired_issuer(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return p.under(p.root(), **EXPIRED).issue(HOST), ()


@chain
def _self_signed(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST), ()


@chain
def _self_signed_authority(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST, ca=True, usages=["digital_signature", "key_cert_sign"]), ()


@chain
def _self_signed_expired(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST, **EXPIRED), ()


@chain
def _self_signed_wrong_name(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed("b.test"), ()


@chain
def _self_signed_wrong_usage(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST, usages=["key_cert_sign"]), ()


@chain
def _self_signed_broken(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST, signature=spoiled), ()


@chain
def _self_signed_without_extensions(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    return pki.self_signed(HOST, version=1), ()


@chain
def _self_issued_by_another_key(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    other = Authority.root("self issued")
    return other.issue(HOST, subject=other.name).with_above(), ()


@chain
def _leaf_is_the_local_root(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    leaf = pki.self_signed(HOST, ca=True, subject="own root", usages=["digital_signature", "key_cert_sign"])
    return leaf, (leaf.der,)


@chain
def _leaf_trusted_but_no_authority(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    leaf = pki.self_signed(HOST, subject="own leaf")
    return leaf, (leaf.der,)


@chain
def _leaf_trusted_without_basic_constraints(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    leaf = pki.self_signed(HOST, subject="own leaf 2", **without("basic_constraints"))
    return leaf, (leaf.der,)


@chain
def _leaf_of_another_trusted_directly(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    leaf = p.under(p.root()).issue(HOST)
    return leaf, (leaf.der,)


@chain
def _trusted_intermediate(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    issuer = p.under(p.root())
    return issuer.issue(HOST), (issuer.der,)


@chain
def _trusted_intermediate_expired(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    issuer = p.under(p.root(), **EXPIRED)
    return issuer.issue(HOST), (issuer.der,)


@chain
def _cross_signed(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der,)


@chain
def _cross_signed_both_known(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der, new.der)


@chain
def _cross_sign_expired_but_root_known(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new, **EXPIRED).der), (old.der, new.der)


@chain
def _old_root_expired_but_new_known(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    old, new = p.root(name="Old " + p._case, **EXPIRED), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der, new.der)


@chain
def _two_issuers_one_expired(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = p.under(root)
    expired = root.cross_sign(issuer, **EXPIRED)
    leaf = issuer.issue(HOST)
    return leaf.with_above(expired.der, issuer.der), (root.der,)


@chain
def _two_issuers_both_bad(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = p.under(root, **EXPIRED)
    other = root.cross_sign(issuer, usages=["crl_sign"])
    return issuer.issue(HOST).with_above(issuer.der, other.der), (root.der,)


@chain
def _two_issuers_both_expired(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = p.under(root, **EXPIRED)
    other = root.cross_sign(issuer, not_before=ago(300), days=30)
    return issuer.issue(HOST).with_above(issuer.der, other.der), (root.der,)


@chain
def _issuer_of_same_name_with_other_key(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    right, wrong = p.under(root), p.under(root)
    leaf = right.issue(HOST)
    return leaf.with_above(wrong.der, right.der), (root.der,)


@chain
def _only_issuer_of_same_name_with_other_key(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    right, wrong = p.under(root), p.under(root)
    return right.issue(HOST).with_above(wrong.der), (root.der,)


@chain
def _root_of_same_name_with_other_key(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    real, other = p.root(), p.root()
    return p.under(real).issue(HOST), (other.der,)


@chain
def _two_roots_of_same_name(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    real, other = p.root(), p.root()
    return p.under(real).issue(HOST), (other.der, real.der)


@chain
def _issuer_name_in_other_string_type(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    name = "Printed " + p._case
    issuer = root.intermediate(name)
    printed = pki.distinguished(("CN", name), encode=der.printable)
    return issuer.issue(HOST, issuer=printed), (root.der,)


@chain
def _issuer_name_in_other_case(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = root.intermediate("case " + p._case)
    return issuer.issue(HOST, issuer="CASE " + p._case), (root.der,)


@chain
def _leaf_as_issuer(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = p.under(root, **only("basic_constraints", pki.basic_constraints(ca=False)), usages=["digital_signature"])
    return issuer.issue(HOST), (root.der,)


@chain
def _version_1_issuer(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return p.under(root, version=1).issue(HOST), (root.der,)


@chain
def _version_1_root(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root(version=1)
    return p.under(root).issue(HOST), (root.der,)


@chain
def _path_length_exceeded(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    upper = p.under(root, path_length=0)
    return p.under(upper, 2).issue(HOST), (root.der,)


@chain
def _root_path_length_exceeded(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root(path_length=0)
    return p.under(root).issue(HOST), (root.der,)


@chain
def _path_length_with_self_issued(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    upper = p.under(root, path_length=0)
    same = upper.intermediate(upper.name)
    return same.issue(HOST), (root.der,)


@chain
def _root_constrained(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root(**only("name_constraints", TREES["permits b.test"], critical=True))
    return p.under(root).issue(HOST), (root.der,)


@chain
def _constraint_above_and_issuer_named_outside(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    upper = p.under(
        root,
        **only("name_constraints", pki.name_constraints([pki.directory(pki.distinguished(("O", "x")))]), critical=True),
    )
    leaf = p.under(upper, 2).issue(HOST, subject=pki.distinguished(("O", "x")))
    return leaf, (root.der,)


@chain
def _explicit_policy_wanted_and_missing(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    wanted = der.sequence(der.context(0, b"\x00", constructed=False))
    issuer = p.under(
        root,
        extensions={
            "policy_constraints": extension("policy_constraints", wanted, critical=True),
            "policies": extension("policies", pki.policies("1.2.3.4")),
        },
    )
    return issuer.issue(HOST), (root.der,)


@chain
def _explicit_policy_wanted_and_there(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    wanted = der.sequence(der.context(0, b"\x00", constructed=False))
    issuer = p.under(
        root,
        extensions={
            "policy_constraints": extension("policy_constraints", wanted, critical=True),
            "policies": extension("policies", pki.policies("1.2.3.4")),
        },
    )
    return issuer.issue(HOST, **only("policies", pki.policies("1.2.3.4"))), (root.der,)


@chain
def _issuer_staples_but_leaf_not(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return p.under(root, **only("tls_feature", MUST_STAPLE)).issue(HOST), (root.der,)


@chain
def _issuer_and_leaf_staple(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    issuer = p.under(root, **only("tls_feature", MUST_STAPLE))
    return issuer.issue(HOST, **only("tls_feature", MUST_STAPLE)), (root.der,)


@chain
def _purpose_any_on_upper_issuer(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return p.under(p.under(root, uses=["any"]), 2).issue(HOST), (root.der,)


@chain
def _purpose_client_on_upper_issuer(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
    root = p.root()
    return p.under(p.under(root, uses=["client"]), 2).issue(HOST), (root.der,)


def _levels(length: int) -> Callable[[Pki], tuple[Certificate, tuple[bytes, ...]]]:
    def build(p: Pki) -> tuple[Certificate, tuple[bytes, ...]]:
        root = issuer = p.root()
        for level in range(length - 2):
            issuer = p.under(issuer, level)
        return issuer.issue(HOST), (root.der,)

    return build


CHAINS |= {f"{length} certificates long": _levels(length) for length in (4, 6, 7, 8, 9, 10, 12)}


def _chains() -> Iterator[Case]:
    for name, build in CHAINS.items():
        served, roots = build(Pki(name))
        yield Case(name, HOST, served, roots)


# Two faults at once -----------------------------------------------------------------------------------------

FAULTS: dict[str, Shape] = {
    "expired": EXPIRED,
    "future": FUTURE,
    "wrong name": {"names": ("b.test",)},
    "no names": {"names": None},
    "client": {"uses": ["client"]},
    "bad usage": {"usages": ["key_cert_sign"]},
    "SHA-1": {"digest": "sha1"},
    "bad signature": {"signature": spoiled},
    "authority": {"ca": True, "usages": ["digital_signature"]},
    "critical": more(CRITICAL),
    "staple": only("tls_feature", MUST_STAPLE),
    "RSA 1024": {"key": "rsa1024"},
    "RSA 1016": {"key": "rsa1016"},
    "reversed": {"not_before": ago(1), "not_after": ago(2)},
    "unknown issuer": {"issuer": "Nobody"},
}


def _pairs() -> Iterator[Case]:
    names = list(FAULTS)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            one, other = FAULTS[first], FAULTS[second]
            if set(one) & set(other):
                continue
            p = Pki(f"pair {first} {second}")
            root = p.root()
            yield Case(f"{first} + {second}", HOST, p.under(root).issue(HOST, **dict(one) | dict(other)), (root.der,))
    for first in names:
        for label, shape in {"issuer expired": EXPIRED, "issuer is none": ISSUER["not an authority"]}.items():
            p = Pki(f"pair {label} {first}")
            root = p.root()
            issuer = p.under(root, **shape)
            yield Case(f"{label} + {first}", HOST, issuer.issue(HOST, **dict(FAULTS[first])), (root.der,))


@cache
def every_case() -> tuple[Case, ...]:
    """All of them; the name tells one from the other."""
    groups = (_leaves, _issuers, _roots, _hosts, _chains, _pairs)
    return tuple(case for group in groups for case in group())


EVERY = 5


def selection() -> tuple[Case, ...]:
    """Every fifth case, in an order that takes from all groups: enough for each run, few enough for a minute."""
    return tuple(case for case in every_case()[::EVERY] if case.can_be_served)
