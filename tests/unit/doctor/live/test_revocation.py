"""Lists of what authorities took back: believed when signed, of today, and about this certificate."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, extension

from siegelpost.doctor.live import revocation_words as texts
from siegelpost.doctor.live.revocation import ListError, Revocation, RevocationState, Why, ask
from siegelpost.doctor.policy import Browser

AT = datetime.now(UTC).replace(microsecond=0)
ISSUERS, ROOTS = "http://ca.test/1.crl", "http://ca.test/root.crl"


def points(*urls: str) -> dict[str, Any]:
    listed = [der.sequence(der.context(0, der.context(0, pki.uri(url)))) for url in urls]
    return {"extensions": {"crl_points": extension("crl_points", der.sequence(*listed))}}


ROOT = Authority.root()
ISSUER = ROOT.intermediate(**points(ROOTS))
SERVED = ISSUER.issue("office.test", **points(ISSUERS))


def list_of(
    issuer: Authority,
    *revoked: Certificate,
    at: datetime = AT,
    days: float = 7,
    reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise,
    piece: x509.IssuingDistributionPoint | None = None,
    signer: Authority | None = None,
) -> bytes:
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=x509.load_der_x509_certificate(issuer.der).subject,
        last_update=at - timedelta(hours=1),
        next_update=at + timedelta(days=days),
    )
    for each in revoked:
        number = x509.load_der_x509_certificate(each.der).serial_number
        entry = x509.RevokedCertificateBuilder(number, at - timedelta(days=2))
        builder = builder.add_revoked_certificate(
            (entry.add_extension(x509.CRLReason(reason), critical=False) if reason else entry).build()
        )
    if piece is not None:
        builder = builder.add_extension(piece, critical=True)
    key: Any = load_pem_private_key((signer or issuer).key_pem.encode(), None)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def piece(url: str | None = None, *, users: bool = False, authorities: bool = False) -> x509.IssuingDistributionPoint:
    names = [x509.UniformResourceIdentifier(url)] if url else None
    return x509.IssuingDistributionPoint(names, None, users, authorities, None, False, False)


@dataclass
class Lists:
    """What lies where; notes what was fetched."""

    there: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.there:
            raise ListError(Why.NOT_REACHED)
        return self.there[url]


def answers(lists: Lists, chain: tuple[bytes, ...] = SERVED.chain, at: datetime = AT) -> list[Revocation]:
    return ask(chain, lists, roots=[ROOT.der], at=at)


def test_the_servers_certificate_and_the_intermediate_are_both_asked_about() -> None:
    lists = Lists({ISSUERS: list_of(ISSUER), ROOTS: list_of(ROOT)})
    assert [(each.state, each.authority) for each in answers(lists)] == [
        (RevocationState.GOOD, False),
        (RevocationState.GOOD, True),
    ]
    assert lists.asked == [ISSUERS, ROOTS]


@pytest.mark.parametrize("which", ["own", "intermediate"])
def test_what_was_taken_back_is_told_with_day_reason_and_what_browsers_do(which: str) -> None:
    own = which == "own"
    lists = Lists(
        {ISSUERS: list_of(ISSUER, *([SERVED] if own else [])), ROOTS: list_of(ROOT, *([] if own else [ISSUER]))}
    )
    found = answers(lists)[0 if own else 1]
    assert (found.state, found.reason, found.since) == (
        RevocationState.REVOKED,
        "keyCompromise",
        AT - timedelta(days=2),
    )
    for language in ("de", "en"):
        said = texts.effects(found, language)
        assert set(said) == set(Browser)
        assert ("CRLite" in said["firefox"]) is own
        assert ("OneCRL" in said["firefox"]) is not own
        assert "keyCompromise" in texts.sentence(found, language)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: list_of(ISSUER, SERVED, signer=ROOT), Why.NOT_THE_ISSUERS),
        (lambda: list_of(ROOT, SERVED), Why.NOT_THE_ISSUERS),
        (lambda: list_of(ISSUER, SERVED, at=AT - timedelta(days=30)), Why.OLD),
        (lambda: list_of(ISSUER, SERVED, at=AT + timedelta(days=1)), Why.OLD),
        (lambda: list_of(ISSUER, piece=piece("http://ca.test/2.crl")), Why.ANOTHER_PIECE),
        (lambda: list_of(ISSUER, piece=piece(authorities=True)), Why.ANOTHER_PIECE),
        (lambda: b"hello", Why.UNREADABLE),
        (lambda: b"", Why.UNREADABLE),
    ],
    ids=[
        "forged",
        "of another",
        "of last month",
        "of tomorrow",
        "another shard",
        "about authorities",
        "text",
        "nothing",
    ],
)
def test_a_list_that_says_nothing_about_it_leaves_the_answer_open(content: Callable[[], bytes], why: Why) -> None:
    found = answers(Lists({ISSUERS: content()}))[0]
    assert (found.state, found.why) == (RevocationState.UNKNOWN, why)
    assert texts.sentence(found, "de") != texts.sentence(found, "en")


@pytest.mark.parametrize("about", [piece(ISSUERS), piece(users=True), piece(ISSUERS, users=True)])
def test_the_piece_that_is_about_it_is_believed(about: x509.IssuingDistributionPoint) -> None:
    """Authorities cut their lists into pieces; the certificate names the one it would stand in."""
    assert answers(Lists({ISSUERS: list_of(ISSUER, SERVED, piece=about)}))[0].state is RevocationState.REVOKED


def test_the_next_place_is_asked_when_the_first_does_not_answer() -> None:
    twice = ISSUER.issue("office.test", **points("http://gone.test/x", ISSUERS))
    lists = Lists({ISSUERS: list_of(ISSUER)})
    assert answers(lists, twice.chain)[0].state is RevocationState.GOOD
    assert lists.asked[:2] == ["http://gone.test/x", ISSUERS]


def test_without_a_list_or_an_issuer_nothing_is_claimed() -> None:
    bare = ISSUER.issue("office.test")
    assert answers(Lists(), bare.chain)[0].why is Why.NO_LIST
    assert ask(SERVED.chain[:1], Lists(), at=AT)[0].why is Why.NO_ISSUER
    assert ask([b"hello"], Lists(), at=AT) == []
    assert answers(Lists())[0].why is Why.NOT_REACHED
