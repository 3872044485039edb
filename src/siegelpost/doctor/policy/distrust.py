"""Roots that a browser still ships but no longer believes for new certificates."""

from dataclasses import dataclass
from datetime import UTC, datetime

from siegelpost.doctor.policy.rule import Browser, Rule, Scope

CHROME = frozenset({Browser.CHROMIUM})
MOZILLA = frozenset({Browser.FIREFOX})
APPLE = frozenset({Browser.SAFARI})


@dataclass(frozen=True, kw_only=True, slots=True)
class Distrust(Rule):
    """What was issued later than ``since`` is refused.

    "Issued" means the first entry in a public log for Chrome, and the certificate's first day for others.
    ``roots`` are SHA-256 fingerprints in hexadecimal.
    """

    scope: Scope = Scope.PUBLIC
    authority: str
    roots: frozenset[str]


ENTRUST = frozenset(
    {
        "02ed0eb28c14da45165c566791700d6451d7fb56f0b2ab1d3b8eb070e56edff5",  # Entrust Root - EC1
        "43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339",  # Entrust Root - G2
        "6dc47172e01cbcb0bf62580d895fe2b8ac9ad4f873801e0c10b9c837d21eb177",  # Entrust.net (2048)
        "73c176434f1bc6d5adf45b0e76e727287c8de57616c1e6e6141a2b2cbc7d8e4c",  # Entrust Root
        "db3517d1f6732a2d5ab97c533ec70779ee3270a62fb4ac4238372460e6f01e88",  # Entrust Root - G4
        "0376ab1d54c5f9803ce4b2e201a0ee7eef7b57b636e8a93c9b8d4860c96f5fa7",  # AffirmTrust Commercial
        "0a81ec5a929777f145904af38d5d509f66b5e2c58fcdb531058b0e17f3f0b41b",  # AffirmTrust Networking
        "70a73f7f376b60074248904534b11482d5bf0e698ecc498df52577ebf2e93b9a",  # AffirmTrust Premium
        "bd71fdf6da97e4cf62d1647add2581b07d79adf8397eb4ecba9c5e8488821423",  # AffirmTrust Premium ECC
    }
)
CHUNGHWA = frozenset(
    {
        "c0a6f4dc63a24bfdcf54ef2a6a082a0a72de35803e2ff5ff527ae5d87206dfd5",  # ePKI Root
        "f015ce3cc239bfef064be9f1d2c417e1a0264a0a94be1f0c8d121864eb6949cc",  # HiPKI Root - G1
    }
)
NETLOCK = frozenset(
    {"6c61dac3a2def031506be036d2a6fe401994fbd13df9c8d466599274c446ec98"}  # NetLock Arany
)

DISTRUSTED = (
    Distrust(
        authority="Entrust",
        roots=ENTRUST,
        browsers=CHROME,
        since=datetime(2024, 11, 11, 23, 59, 59, tzinfo=UTC),
        source="security.googleblog.com/2024/06/sustaining-digital-certificate-security.html",
    ),
    Distrust(
        authority="Entrust",
        roots=ENTRUST,
        browsers=APPLE,
        since=datetime(2024, 11, 15, 23, 59, 59, tzinfo=UTC),
        source="support.apple.com/121668",
    ),
    Distrust(
        authority="Entrust",
        roots=ENTRUST,
        browsers=MOZILLA,
        since=datetime(2024, 11, 30, 23, 59, 59, tzinfo=UTC),
        source="Mozilla's dev-security-policy list, 31 July 2024",
    ),
    Distrust(
        authority="Chunghwa Telecom",
        roots=CHUNGHWA,
        browsers=CHROME,
        since=datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC),
        source="security.googleblog.com/2025/05/sustaining-digital-certificate-security-chrome-root-store-changes.html",
    ),
    Distrust(
        authority="NetLock",
        roots=NETLOCK,
        browsers=CHROME,
        since=datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC),
        source="security.googleblog.com/2025/05/sustaining-digital-certificate-security-chrome-root-store-changes.html",
    ),
)
