"""What browsers offer in their ClientHello, and Mozilla's intermediate profile: dated data, numbers from IANA.

The browsers' lists are read off the real programs; a test holds them equal to those that are installed. They leave
out what never decides whether a server answers (GREASE, encrypted hello, post-quantum key shares).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from siegelpost.doctor.live.hello import TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, Offer
from siegelpost.doctor.policy import Browser

AS_OF = date(2026, 11, 23)

_AEAD = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8)
# Chromium 156, Debian 12.
CHROMIUM = Offer(
    versions=(TLS_1_3, TLS_1_2),
    ciphers=(0x1301, 0x1302, 0x1303, *_AEAD, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035),
    groups=(0x11EC, 0x001D, 0x0017, 0x0018),
    signatures=(0x0904, 0x0905, 0x0906, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
)
# Firefox ESR 153, Debian 12.
FIREFOX = Offer(
    versions=(TLS_1_3, TLS_1_2),
    ciphers=(
        *(0x1301, 0x1303, 0x1302, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C, 0xC030, 0xC00A),
        *(0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035),
    ),
    groups=(0x11EC, 0x001D, 0x0017, 0x0018, 0x0019, 0x0100, 0x0101),
    signatures=(0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201),
)
# Safari cannot be run here: after Apple's documentation, App Transport Security and TLS in "Apple Platform Security".
SAFARI = Offer(
    versions=(TLS_1_3, TLS_1_2),
    ciphers=(
        *(0x1301, 0x1302, 0x1303, 0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xC02F, 0xCCA8),
        *(0xC00A, 0xC009, 0xC014, 0xC013, 0x009D, 0x009C, 0x0035, 0x002F),
    ),
    groups=(0x11EC, 0x001D, 0x0017, 0x0018, 0x0019),
    signatures=(0x0403, 0x0804, 0x0401, 0x0503, 0x0603, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201),
)
BROWSERS: Mapping[Browser, Offer] = MappingProxyType(
    {Browser.CHROMIUM: CHROMIUM, Browser.FIREFOX: FIREFOX, Browser.SAFARI: SAFARI}
)

# Mozilla, Server Side TLS, guidelines 5.7, "intermediate": TLS 1.2 and 1.3 with these suites and no others.
INTERMEDIATE: Mapping[int, str] = MappingProxyType(
    {
        0x1301: "TLS_AES_128_GCM_SHA256",
        0x1302: "TLS_AES_256_GCM_SHA384",
        0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256",
        0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
        0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384",
        0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
        0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305",
        0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
        0x009E: "DHE-RSA-AES128-GCM-SHA256",
        0x009F: "DHE-RSA-AES256-GCM-SHA384",
        0xCCAA: "DHE-RSA-CHACHA20-POLY1305",
    }
)
# Broken: no secrecy (NULL), no identity (anonymous), or breakable (export, single DES, RC4, 3DES).
BROKEN: Mapping[int, str] = MappingProxyType(
    {
        0x0001: "NULL-MD5",
        0x0002: "NULL-SHA",
        0x003B: "NULL-SHA256",
        0xC006: "ECDHE-ECDSA-NULL-SHA",
        0xC010: "ECDHE-RSA-NULL-SHA",
        0x0018: "ADH-RC4-MD5",
        0x001B: "ADH-DES-CBC3-SHA",
        0x0034: "ADH-AES128-SHA",
        0x003A: "ADH-AES256-SHA",
        0xC018: "AECDH-AES128-SHA",
        0xC019: "AECDH-AES256-SHA",
        0x0003: "EXP-RC4-MD5",
        0x0008: "EXP-DES-CBC-SHA",
        0x0009: "DES-CBC-SHA",
        0x0015: "EDH-RSA-DES-CBC-SHA",
        0x0004: "RC4-MD5",
        0x0005: "RC4-SHA",
        0xC007: "ECDHE-ECDSA-RC4-SHA",
        0xC011: "ECDHE-RSA-RC4-SHA",
        0x000A: "DES-CBC3-SHA",
        0x0016: "DHE-RSA-DES-CBC3-SHA",
        0xC008: "ECDHE-ECDSA-DES-CBC3-SHA",
        0xC012: "ECDHE-RSA-DES-CBC3-SHA",
    }
)
# Outside the profile, though not broken: CBC, and RSA key exchange without forward secrecy.
DATED: Mapping[int, str] = MappingProxyType(
    {
        0xC009: "ECDHE-ECDSA-AES128-SHA",
        0xC00A: "ECDHE-ECDSA-AES256-SHA",
        0xC013: "ECDHE-RSA-AES128-SHA",
        0xC014: "ECDHE-RSA-AES256-SHA",
        0xC023: "ECDHE-ECDSA-AES128-SHA256",
        0xC024: "ECDHE-ECDSA-AES256-SHA384",
        0xC027: "ECDHE-RSA-AES128-SHA256",
        0xC028: "ECDHE-RSA-AES256-SHA384",
        0x0033: "DHE-RSA-AES128-SHA",
        0x0039: "DHE-RSA-AES256-SHA",
        0x0067: "DHE-RSA-AES128-SHA256",
        0x006B: "DHE-RSA-AES256-SHA256",
        0x009C: "AES128-GCM-SHA256",
        0x009D: "AES256-GCM-SHA384",
        0x002F: "AES128-SHA",
        0x0035: "AES256-SHA",
        0x003C: "AES128-SHA256",
        0x003D: "AES256-SHA256",
    }
)
SUITES: Mapping[int, str] = MappingProxyType({**BROKEN, **DATED, **INTERMEDIATE})

_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100)
_SIGNATURES = (*FIREFOX.signatures, 0x0807)
_OLD_SUITES = (*DATED, *BROKEN)


def _only(version: int, ciphers: tuple[int, ...]) -> Offer:
    return Offer((version,), ciphers, _GROUPS, _SIGNATURES)


# X25519MLKEM768, which no quantum computer will break (draft-ietf-tls-ecdhe-mlkem; OpenSSL from 3.5 on offers it).
HYBRID = 0x11EC
# Questions beside the browsers': each is one short connection.
QUESTIONS: Mapping[str, Offer] = MappingProxyType(
    {
        "tls_1_0": _only(TLS_1_0, _OLD_SUITES),
        "tls_1_1": _only(TLS_1_1, _OLD_SUITES),
        "tls_1_2": _only(TLS_1_2, tuple(suite for suite in INTERMEDIATE if suite > 0x1303 or suite < 0x1301)),
        "tls_1_3": _only(TLS_1_3, (0x1301, 0x1302, 0x1303)),
        "hybrid": Offer((TLS_1_3,), (0x1301, 0x1302, 0x1303), (HYBRID,), _SIGNATURES),
        "broken_suites": _only(TLS_1_2, tuple(BROKEN)),
        "dated_suites": _only(TLS_1_2, tuple(DATED)),
    }
)
