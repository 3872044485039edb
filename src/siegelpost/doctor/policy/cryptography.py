"""Keys and signatures. "since" is compared with the moment of the visit."""

from dataclasses import dataclass
from datetime import UTC, datetime

from siegelpost.doctor.policy.rule import Browser, Rule, Scope

CHROME = frozenset({Browser.CHROMIUM})
MOZILLA = frozenset({Browser.FIREFOX})
APPLE = frozenset({Browser.SAFARI})
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallestRsa(Rule):
    """The fewest bits an RSA key may have, anywhere in the chain but for Apple's leaf rule."""

    bits: int


# Firefox counts whole bytes: 1017 bits are 128 bytes, and pass for 1024.
RSA_SIZES = (
    SmallestRsa(bits=1024, browsers=CHROME, since=LONG_AGO, source="Chromium, net/cert/cert_verify_proc.cc"),
    SmallestRsa(
        bits=2048,
        browsers=CHROME,
        scope=Scope.PUBLIC,
        since=datetime(2014, 1, 1, tzinfo=UTC),
        source="CA/Browser Forum, TLS Baseline Requirements §6.1.5",
    ),
    SmallestRsa(bits=1024, browsers=MOZILLA, since=LONG_AGO, source="Firefox, CertVerifier.h MIN_RSA_BITS_WEAK"),
    SmallestRsa(
        bits=2048,
        browsers=MOZILLA,
        scope=Scope.PUBLIC,
        since=datetime(2014, 1, 1, tzinfo=UTC),
        source="Firefox, CertVerifier.h MIN_RSA_BITS",
    ),
    SmallestRsa(bits=2048, browsers=APPLE, since=datetime(2019, 7, 1, tzinfo=UTC), source="support.apple.com/103769"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Curves(Rule):
    """Elliptic curves: those a certificate in the chain may use, and those the browser offers for the server's own."""

    in_chain: frozenset[str]
    for_server: frozenset[str]


CURVES = (
    Curves(
        in_chain=frozenset({"P-256", "P-384", "P-521"}),
        for_server=frozenset({"P-256", "P-384"}),
        browsers=CHROME,
        since=LONG_AGO,
        source="Chromium, signature algorithms of its ClientHello",
    ),
    Curves(
        in_chain=frozenset({"P-256", "P-384", "P-521"}),
        for_server=frozenset({"P-256", "P-384", "P-521"}),
        browsers=MOZILLA,
        since=LONG_AGO,
        source="Firefox, signature algorithms of its ClientHello",
    ),
    Curves(
        in_chain=frozenset({"P-256", "P-384", "P-521"}),
        for_server=frozenset({"P-256", "P-384", "P-521"}),
        browsers=APPLE,
        since=LONG_AGO,
        source="support.apple.com, App Transport Security",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signatures(Rule):
    """The digests by which certificates in the chain (not the root) may be signed."""

    digests: frozenset[str]


SHA2 = frozenset({"sha256", "sha384", "sha512"})
SIGNATURES = (
    Signatures(digests=SHA2 | {"sha1"}, since=LONG_AGO, source="RFC 3279, RFC 4055, RFC 5758"),
    Signatures(
        digests=SHA2,
        since=datetime(2017, 1, 24, tzinfo=UTC),
        source="Chrome 56, Firefox 51, Safari 10.1: end of SHA-1",
    ),
)

# TLS 1.3 asks every RSA server for a PSS signature with SHA-256, which needs 2 × 32 + 2 bytes of modulus
# (RFC 8017 §9.1).
HANDSHAKE_RSA_BITS = 66 * 8 - 6
