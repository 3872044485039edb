"""Roots that one browser no longer believes for new certificates, or does not have at all, by the browsers' own lists.

The roots that most browsers ship come from the package certifi, which has Mozilla's list. What differs stands here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from siegelpost.doctor.policy.distrust import CHROME, MOZILLA, Distrust
from siegelpost.doctor.policy.rule import Rule, Scope

CHROME_STORE = "Chrome Root Store, version 36 (net/data/ssl/chrome_root_store/root_store.textproto)"
MOZILLA_STORE = "Mozilla, NSS certdata.txt, CKA_NSS_SERVER_DISTRUST_AFTER"


def _chrome(authority: str, year: int, month: int, day: int, *roots: str) -> Distrust:
    since = datetime(year, month, day, 23, 59, 59, tzinfo=UTC)
    return Distrust(authority=authority, roots=frozenset(roots), browsers=CHROME, since=since, source=CHROME_STORE)


def _mozilla(authority: str, since: datetime, *roots: str) -> Distrust:
    return Distrust(authority=authority, roots=frozenset(roots), browsers=MOZILLA, since=since, source=MOZILLA_STORE)


PHASED_OUT = (
    _chrome(
        "Buypass",
        2025,
        10,
        31,
        "9a114025197c5bb95d94e63d55cd43790847b646b23cdf11ada4a00eff15fb48",  # Buypass Class 2 Root CA
        "edf7ebbca27a2a384d387b7d4010c666e2edb4843e4c29b4ae1d5b9332e6b24d",  # Buypass Class 3 Root CA
    ),
    _chrome(
        "Izenpe",
        2026,
        4,
        14,
        "2530cc8e98321502bad96f9b1fba1b099e2d299e0f4548bb914f363bc0d4531f",  # Izenpe.com
    ),
    _chrome(
        "D-TRUST, T-TeleSec",
        2026,
        5,
        28,
        "49e7a442acf0ea6287050054b52564b650e4f49e42e348d6aa38e039e957b1c1",  # D-TRUST Root Class 3 CA 2 2009
        "eec5496b988ce98625b934092eec2908bed0b0f316c2d4730c84eaf1f3d34881",  # D-TRUST Root Class 3 CA 2 EV 2009
        "91e2f5788d5810eba7ba58737de1548a8ecacd014598bc0b143e041b17052552",  # T-TeleSec GlobalRoot Class 2
        "fd73dad31c644ff1b43bef0ccdda96710b9cd9875eca7e31707af3e96d522bbd",  # T-TeleSec GlobalRoot Class 3
    ),
    _chrome(
        "Certigna, SSL.com",
        2026,
        6,
        14,
        "d48d3d23eedb50a459e55197601c27774b9d7b18c94d5a059511a10250b93168",  # Certigna Root CA
        "22a2c1f7bded704cc1e701b5f408c310880fe956b5de2a4a44f99c873a25a7c8",  # SSL.com EV Root ECC
        "2e7bf16cc22485a7bbe2aa8696750761b0ae39be3b2fe9d0cc6d4ef73491425c",  # SSL.com EV Root RSA R2
        "3417bb06cc6007da1b961c920b8ab4ce3fad820e4aa30b9acbc4a74ebdcebc65",  # SSL.com Root ECC
        "85666a562ee0be5ce925c1d8890a6f76a87ec16d4d7d5f29ea7419cf20123b69",  # SSL.com Root RSA
    ),
    _chrome(
        "DigiCert",
        2026,
        6,
        30,
        "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988",  # DigiCert Trusted Root G4
    ),
    _chrome(
        "DigiCert, TWCA",
        2026,
        9,
        14,
        "7d05ebb682339f8c9451ee094eebfefa7953a114edb2f44949452fab7d2fc185",  # DigiCert Assured ID Root G2
        "7e37cb8b4c47090cab36551ba6f45db840680fba166a952db100717f43053fc2",  # DigiCert Assured ID Root G3
        "59769007f7685d0fcd50872f9f95d5755a5b2b457d81f3692b610a98672f0e1b",  # TWCA Global Root CA
    ),
    _chrome(
        "SwissSign",
        2027,
        6,
        14,
        "193144f431e0fddb740717d4de926a571133884b4360d30e272913cbe660ce41",  # SwissSign RSA TLS Root CA 2022 - 1
    ),
    _chrome(
        "D-TRUST, Telekom Security",
        2027,
        8,
        30,
        "08170d1aa36453901a2f959245e347db0c8d37abaabc56b81aa100dc958970db",  # D-TRUST EV Root CA 1 2020
        "8e8221b2e7d4007836a1672f0dcc299c33bc07d316f132fa1a206d587150f1ce",  # D-TRUST EV Root CA 2 2023
        "578af4ded0853f4e5998db4aeaf9cbea8d945f60b620a38d1a3c13b2bc7ba8e1",  # Telekom Security TLS ECC Root 2020
        "efc65cadbb59adb6efe84da22311b35624b71b3b1ea0da8b6655174ec8978646",  # Telekom Security TLS RSA Root 2023
    ),
    _chrome(
        "D-TRUST",
        2027,
        9,
        14,
        "e59aaa816009c22bff5b25bad37df306f049797c1f81d85ab089e657bd8f0044",  # D-TRUST BR Root CA 1 2020
        "0552e6f83fdf65e8fa9670e666df28a4e21340b510cbe52566f97c4fb94b2bd1",  # D-TRUST BR Root CA 2 2023
    ),
    _mozilla(
        "Chunghwa Telecom",
        datetime(2025, 4, 15, 23, 59, 59, tzinfo=UTC),
        "c0a6f4dc63a24bfdcf54ef2a6a082a0a72de35803e2ff5ff527ae5d87206dfd5",  # ePKI Root
    ),
    _mozilla(
        "e-commerce monitoring",
        datetime(2024, 6, 30, tzinfo=UTC),
        "9a296a5182d1d451a2e37f439b74daafa267523329f90f9a0d2007c334e23c9a",  # GLOBALTRUST 2020
    ),
    _mozilla(
        "TrustCor",
        datetime(2022, 11, 30, tzinfo=UTC),
        "d40e9c86cd8fe468c1776959f49ea774fa548684b6c406f3909261f4dce2575c",  # RootCert CA-1
        "0753e940378c1bd5e3836e395daea5cb839e5046f1bd0eae1951cf10fec7c965",  # RootCert CA-2
        "5a885db19c01d912c5759388938cafbbdf031ab2d48e91ee15589b42971d039c",  # ECA-1
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlisted(Rule):
    """Roots that a browser does not ship. "since" is compared with the moment of the visit."""

    scope: Scope = Scope.PUBLIC
    roots: frozenset[str]


UNLISTED = (
    # Chrome once shipped these; by the day of this list it no longer did.
    Unlisted(
        roots=frozenset(
            {
                "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",  # Starfield Services Root - G2
                "bfd88fe1101c41ae3e801bf8be56350ee9bad1a6b9bd515edc5c6d5b8711ac44",  # TWCA Root Certification Authority
                "8a866fd1b276b57e578e921c65828a2bed58e9f2f288054134b7f1f4bfc9cc74",  # QuoVadis Root CA 1 G3
                "30d0895a9a448a262091635522d1f52010b5867acae12c78ef958fd4f4389f2f",  # IdenTrust Public Sector Root CA 1
                "b676f2eddae8775cd36cb0f63cd1d4603961f49e6265ba013a2f0307b6d0b804",  # Certum Trusted Network CA 2
                "a040929a02ce53b4acf4f2ffc6981ce4496f755e6d45fe0b2a692bcd52523f36",  # HARICA RootCA 2015
                "44b545aa8a25e65a73ca15dc27fc36d24c1cb9953a066539b11582dc487b4833",  # HARICA ECC RootCA 2015
            }
        ),
        browsers=CHROME,
        since=datetime(2026, 9, 1, tzinfo=UTC),
        source=CHROME_STORE,
    ),
    # Chrome has not taken these in so far.
    Unlisted(
        roots=frozenset(
            {
                "f3896f88fe7c0a882766a7fa6ad2749fb57a7f3e98fb769c1fa7b09c2c44d5ae",  # BJCA Global Root CA1
                "574df6931e278039667b720afdc1600fc27eb66dd3092979fb73856487212882",  # BJCA Global Root CA2
                "e0d3226aeb1163c2e48ff9be3b50b4c6431be7bb1eacc5c36b5d5ec509039a08",  # TrustAsia Global Root CA G3
                "be4b56cb5056c0136a526df444508daa36a0b54f42e4ac38f72af470e479654c",  # TrustAsia Global Root CA G4
                "4b009c1034494f9ab56bba3ba1d62731fc4d20d8955adcec10a925607261e338",  # SecureSign Root CA14
                "e778f0f095fe843729cd1a0082179e5314a9c291442805e1fb1d8fb6b8886c3a",  # SecureSign Root CA15
                "1435f225c5d252d7a21948cc3ce62aecfa88001e3dd72d1cc3555100eb372f93",  # SECOM TLS RSA Root CA 2024
                "6ab2ab75f51cb4f4f0156203fbf6f646232f514be059f62833308b82b4d72db1",  # SECOM TLS ECC Root CA 2024
                "098e08a91dbbf77478b96cceb89b1413a5da37b7c862606a955deb07179f4326",  # Telia EC TLS Root CA v3
                "d13db1294c45ebc6fc86c6bbf69fa29bdfe692dff7c713c243c7a956c6a2284c",  # Telia RSA TLS Root CA v3
            }
        ),
        browsers=CHROME,
        since=datetime(2000, 1, 1, tzinfo=UTC),
        source=CHROME_STORE,
    ),
)
