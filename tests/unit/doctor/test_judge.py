"""One case per kind of fault: what each browser says, and what the doctor calls it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, distinguished, extension

from siegelpost.doctor import judgement_words
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509.chain import ChainError
from siegelpost.doctor.x509.names import UnusableNameError

NAME = "expose.test"
NOW = datetime.now(UTC)
PAST: dict[str, Any] = {"not_before": NOW - timedelta(days=100), "days": 50}

Build = Callable[[Authority], Certificate]
CASES: dict[str, tuple[Build, str | None, str | None, Cause | None]] = {
    "sound": (lambda root: root.intermediate().issue(NAME), None, None, None),
    "expired": (
        lambda root: root.intermediate().issue(NAME, **PAST),
        "ERR_CERT_DATE_INVALID",
        "SEC_ERROR_EXPIRED_CERTIFICATE",
        Cause.EXPIRED,
    ),
    "issuer expired": (
        lambda root: root.intermediate(**PAST).issue(NAME),
        "ERR_CERT_DATE_INVALID",
        "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
        Cause.EXPIRED_ISSUER,
    ),
    "not yet valid": (
        lambda root: root.intermediate().issue(NAME, not_before=NOW + timedelta(days=2)),
        "ERR_CERT_DATE_INVALID",
        "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
        Cause.NOT_YET_VALID,
    ),
    "another name": (
        lambda root: root.intermediate().issue("other.test"),
        "ERR_CERT_COMMON_NAME_INVALID",
        "SSL_ERROR_BAD_CERT_DOMAIN",
        Cause.WRONG_NAME,
    ),
    "no names": (
        lambda root: root.intermediate().issue(subject=NAME, names=None),
        "ERR_CERT_COMMON_NAME_INVALID",
        "SSL_ERROR_BAD_CERT_DOMAIN",
        Cause.NO_NAMES,
    ),
    "self-signed": (
        lambda root: pki.self_signed(NAME),
        "ERR_CERT_AUTHORITY_INVALID",
        "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
        Cause.SELF_SIGNED,
    ),
    "stranger": (
        lambda root: Authority.root("Stranger").issue(NAME),
        "ERR_CERT_AUTHORITY_INVALID",
        "SEC_ERROR_UNKNOWN_ISSUER",
        Cause.UNKNOWN_AUTHORITY,
    ),
    "for clients": (
        lambda root: root.intermediate().issue(NAME, uses=["client"]),
        "ERR_CERT_INVALID",
        "SEC_ERROR_INADEQUATE_CERT_TYPE",
        Cause.WRONG_PURPOSE,
    ),
    "SHA-1": (
        lambda root: root.intermediate().issue(NAME, digest="sha1"),
        "ERR_CERT_INVALID",
        "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED",
        Cause.OLD_SIGNATURE,
    ),
    "usage of an authority": (
        lambda root: root.intermediate().issue(NAME, usages=["key_cert_sign"]),
        "ERR_SSL_KEY_USAGE_INCOMPATIBLE",
        "SEC_ERROR_INADEQUATE_KEY_USAGE",
        Cause.WRONG_KEY_USAGE,
    ),
    "no subject": (
        lambda root: root.intermediate().issue(NAME, subject=pki.distinguished()),
        "ERR_CERT_INVALID",
        None,
        Cause.MALFORMED,
    ),
    "authority as server": (
        lambda root: root.intermediate().issue(NAME, ca=True, usages=["digital_signature"], uses=["server"]),
        None,
        "MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY",
        Cause.IS_AUTHORITY,
    ),
    "P-521": (
        lambda root: root.intermediate().issue(NAME, key="p521"),
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        None,
        Cause.KEY_NOT_OFFERED,
    ),
    "Ed25519": (
        lambda root: root.intermediate().issue(NAME, key="ed25519"),
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "SSL_ERROR_NO_CYPHER_OVERLAP",
        Cause.KEY_NOT_OFFERED,
    ),
    "must staple": (
        lambda root: root.intermediate().issue(
            NAME, extensions={"tls_feature": extension("tls_feature", b"\x30\x03\x02\x01\x05")}
        ),
        None,
        "MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING",
        Cause.STAPLE_MISSING,
    ),
    "outside of the issuer's names": (
        lambda root: root.intermediate(
            extensions={
                "name_constraints": extension(
                    "name_constraints", pki.name_constraints([pki.dns("other.test")]), critical=True
                )
            }
        ).issue(NAME),
        "ERR_CERT_INVALID",
        "SEC_ERROR_CERT_NOT_IN_NAME_SPACE",
        Cause.NAME_NOT_ALLOWED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_browser_has_its_own_code(case: str) -> None:
    build, chromium, firefox, cause = CASES[case]
    root = Authority.root()
    judgement = judge(build(root).chain, NAME, local_roots=[root.der])
    verdicts = judgement.verdicts
    assert verdicts[Browser.CHROMIUM].code == chromium
    assert verdicts[Browser.FIREFOX].code == firefox
    told = {verdict.findings[0].cause for verdict in verdicts.values() if verdict.findings}
    assert cause is None or cause in told
    assert judgement.ok is (case == "sound")


def test_the_fault_that_the_browser_shows_leads_and_the_other_follows() -> None:
    root = Authority.root()
    judgement = judge(root.issue("other.test", **PAST).chain, NAME, local_roots=[root.der])
    for verdict in judgement.verdicts.values():
        assert [finding.cause for finding in verdict.findings] == [Cause.WRONG_NAME, Cause.EXPIRED]
        assert [finding.follows for finding in verdict.findings] == [False, True]


def test_a_missing_intermediate_is_told_from_an_unknown_authority() -> None:
    root = Authority.root()
    served = root.intermediate().issue(
        NAME,
        extensions={"authority_info": extension("authority_info", pki.authority_info(issuer="http://ca.test/i"))},
    )
    verdict = judge(served.with_above().chain, NAME, local_roots=[root.der]).verdicts[Browser.CHROMIUM]
    assert verdict.findings[0].cause is Cause.MISSING_INTERMEDIATE


def test_the_moment_decides() -> None:
    root = Authority.root()
    chain = root.issue(NAME, days=90).chain
    later = judge(chain, NAME, local_roots=[root.der], at=NOW + timedelta(days=91))
    assert later.ok is False
    assert {verdict.findings[0].cause for verdict in later.verdicts.values()} == {Cause.EXPIRED}


def test_criteria_are_always_there_and_say_how_many_days_are_left() -> None:
    root = Authority.root()
    judgement = judge(root.issue(NAME, days=10).chain, NAME, local_roots=[root.der])
    assert [criterion.met for criterion in judgement.criteria] == [True, True, True]
    assert judgement.criteria[1].values["days"] == 9
    assert "endet aber in 9 Tagen" in judgement_words.as_text(judgement, "de")
    assert "200" in judgement_words.as_text(judgement, "en")
    wrong = judge(pki.self_signed("other.test", **PAST).chain, NAME)
    assert [criterion.met for criterion in wrong.criteria] == [False, False, False]


def test_safari_alone_holds_local_authorities_to_825_days() -> None:
    root = Authority.root()
    verdicts = judge(root.issue(NAME, days=826).chain, NAME, local_roots=[root.der]).verdicts
    assert verdicts[Browser.CHROMIUM].state is VerdictState.OK
    assert verdicts[Browser.FIREFOX].state is VerdictState.OK
    assert verdicts[Browser.SAFARI].findings[0].cause is Cause.VALID_TOO_LONG


def test_safari_is_unknown_where_the_others_disagree_and_apple_is_silent() -> None:
    root = Authority.root()
    chain = root.issue(NAME, ca=True, usages=["digital_signature"], uses=["server"]).chain
    judgement = judge(chain, NAME, local_roots=[root.der])
    assert judgement.verdicts[Browser.SAFARI].state is VerdictState.UNKNOWN
    assert judgement.verdicts[Browser.SAFARI].code is None
    assert not judgement.verdicts[Browser.SAFARI].ok


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "exp\0se", "x" * 2000, "a..b?"])
def test_what_is_no_name_is_an_error(name: str) -> None:
    with pytest.raises(UnusableNameError):
        judge(pki.self_signed(NAME).chain, name)


def test_an_empty_chain_is_an_error() -> None:
    with pytest.raises(ChainError):
        judge("no certificate in here", NAME)


def test_a_moment_without_time_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        judge(pki.self_signed(NAME).chain, NAME, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_pem_der_and_rows_of_der_are_the_same_chain() -> None:
    root = Authority.root()
    served = root.issue(NAME)
    judgements = [judge(form, NAME, local_roots=[root.der]) for form in (served.chain_pem, served.der, [served.der])]
    assert all(judgement.ok for judgement in judgements)


def test_an_added_authority_is_found_only_under_its_name_as_it_is_written() -> None:
    """Chromium on Linux asks its database byte by byte for those, but compares the names of shipped ones as words."""
    root = Authority.root(distinguished(("CN", "An Authority")))
    for spelled in (distinguished(("CN", "AN authority")), distinguished(("CN", "An Authority"), encode=der.printable)):
        middle = root.intermediate("Middle", issuer=spelled)
        served = middle.issue("a.test")
        added = judge(served.chain, "a.test", roots=(), local_roots=[root.der])
        assert added.verdicts[Browser.CHROMIUM].code == "ERR_CERT_AUTHORITY_INVALID"
        assert (
            judge([*served.chain, root.der], "a.test", roots=(), local_roots=[root.der]).verdicts[Browser.CHROMIUM].ok
        )
        shipped = judge(served.chain, "a.test", roots=[root.der])
        assert shipped.verdicts[Browser.CHROMIUM].code == "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED"
