"""The questions put to the real browsers: every way in which a chain can be odd, one at a time and in pairs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.real.browsers.case import (
    BROKEN,
    CRITICAL,
    EXPIRED,
    FUTURE,
    HOST,
    MUST_STAPLE,
    NOW,
    UNKNOWN,
    UNKNOWN_OID,
    Case,
    Pki,
    Shape,
    ago,
    more,
    only,
    spoiled,
    without,
)
from tests.real.browsers.chains import chains
from tests.real.browsers.names import TREES, names_asked
from tests.support import der, pki, pki_keys
from tests.support.pki import Extension, extension

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
    "algorithms differ": {"inner_algorithm": pki_keys.ecdsa_algorithm("sha384")},
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
        "inner_algorithm": der.sequence(der.oid(pki_keys.RSA_ALGORITHMS["sha256"])),
        "outer_algorithm": der.sequence(der.oid(pki_keys.RSA_ALGORITHMS["sha256"])),
    },
    "null inside only": {"outer_algorithm": der.sequence(der.oid(pki_keys.RSA_ALGORITHMS["sha256"]))},
    "PSS without parameters": {
        "pss": True,
        "inner_algorithm": der.sequence(der.oid(pki_keys.PSS)),
        "outer_algorithm": der.sequence(der.oid(pki_keys.PSS)),
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
        issuer = pki_.under(root, key=pki_keys.key("rsa2048", 7))
        yield Case(f"leaf by RSA: {name}", HOST, issuer.issue(HOST, **shape), (root.der,))


def _issuers() -> Iterator[Case]:
    for name, shape in (ANYWHERE | ISSUER).items():
        pki_ = Pki(f"issuer {name}")
        root = pki_.root()
        served = pki_.under(root, **_named(shape)).issue(HOST)
        yield Case(f"issuer: {name}", HOST, served, (root.der,))
    for name, shape in RSA_SIGNED.items():
        pki_ = Pki(f"rsa issuer {name}")
        root = pki_.root(key=pki_keys.key("rsa2048", 8))
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
    groups = (_leaves, _issuers, _roots, names_asked, chains, _pairs)
    return tuple(case for group in groups for case in group())


EVERY = 5


def selection() -> tuple[Case, ...]:
    """Every fifth case, in an order that takes from all groups: enough for each run, few enough for a minute."""
    return tuple(case for case in every_case()[::EVERY] if case.can_be_served)
