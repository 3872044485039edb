"""Bytes from a hostile server: the doctor answers, soon, and with nothing but a verdict or its own errors."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, extension

from siegelpost.doctor import judgement_words
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.policy import Browser
from siegelpost.doctor.x509.chain import ChainError
from siegelpost.doctor.x509.names import UnusableNameError

NAME = "expose.test"
AT = datetime.now(UTC)
PLACES = ("leaf", "issuer", "root")
ROOT = Authority.root()
SOUND = ROOT.intermediate(
    path_length=0,
    extensions={"name_constraints": extension("name_constraints", pki.name_constraints([pki.dns("test")]))},
).issue(
    NAME,
    "10.0.0.1",
    extensions={
        "policies": extension("policies", pki.policies("1.2.3.4")),
        "authority_info": extension(
            "authority_info", pki.authority_info(issuer="http://a.test/", ocsp="http://b.test/")
        ),
        "sct_list": extension("sct_list", der.octets(b"\0\0")),
    },
)


def answer(chain: list[bytes], name: str = NAME, roots: tuple[bytes, ...] = (ROOT.der,)) -> None:
    judgement = judge(chain, name, at=AT, local_roots=roots)
    for language in ("de", "en"):
        assert judgement_words.as_text(judgement, language)
        assert judgement_words.as_json(judgement, language)["verdicts"]


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_bytes(chain: list[bytes]) -> None:
    answer(chain, roots=tuple(chain))


@given(st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sound_chain_with_some_bytes_changed(data: st.DataObject) -> None:
    chain = [bytearray(each) for each in (*SOUND.chain, ROOT.der)]
    for _ in range(data.draw(st.integers(1, 4))):
        target = data.draw(st.sampled_from(chain))
        target[data.draw(st.integers(0, len(target) - 1))] = data.draw(st.integers(0, 255))
    changed = [bytes(each) for each in chain]
    answer(changed[:-1], roots=(changed[-1],))


@pytest.mark.parametrize("broken", [b"\x1f\x81\x01", b"\x06\x05\x2a", b"\x00\x00"], ids=["tag", "length", "type"])
@pytest.mark.parametrize("where", PLACES)
def test_a_signature_algorithm_that_cannot_be_read(where: str, broken: bytes) -> None:
    shapes = {place: {"outer_algorithm": der.sequence(broken)} if place == where else {} for place in PLACES}
    root = Authority.root(**shapes["root"])
    chain = root.intermediate(**shapes["issuer"]).issue(NAME, **shapes["leaf"]).chain
    for sent in (list(chain), [*chain, root.der]):
        answer(sent, roots=(root.der,))


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_name(name: str) -> None:
    try:
        answer(list(SOUND.chain), name)
    except UnusableNameError:
        return


@given(st.integers(0, len(SOUND.der)))
def test_cut_off_anywhere(length: int) -> None:
    judgement = judge([SOUND.der[:length] or b"\0", *SOUND.above], NAME, local_roots=[ROOT.der])
    assert judgement.ok is (length == len(SOUND.der))


def took(chain: list[bytes], roots: tuple[bytes, ...] = (ROOT.der,)) -> float:
    start = process_time()
    answer(chain, roots=roots)
    return process_time() - start


def test_ten_thousand_certificates_are_refused_unread() -> None:
    with pytest.raises(ChainError):
        judge([SOUND.der] * 10_000, NAME)
    with pytest.raises(ChainError):
        judge(SOUND.pem * 10_000, NAME)


def test_a_hundred_issuers_of_one_name_that_sign_one_another() -> None:
    """The number of ways through them is beyond counting; the search gives up and says so."""
    members = [Authority.root("Member") for _ in range(10)]
    crossed = [upper.cross_sign(lower).der for upper in members for lower in members if upper is not lower]
    chain = [members[0].issue(NAME).der, *crossed]
    assert took(chain) < 5
    verdict = judge(chain, NAME, local_roots=[ROOT.der]).verdicts[Browser.CHROMIUM]
    assert verdict.state is VerdictState.UNKNOWN
    assert not verdict.ok


def _with_names(*names: str | bytes) -> Certificate:
    return ROOT.issue(NAME, extensions={"names": extension("names", pki.general_names(*names))})


def test_names_of_64_kilobytes() -> None:
    assert took([_with_names("x" * 60_000, NAME).der]) < 1
    assert took([_with_names(*["a.test"] * 7_000, NAME).der]) < 2


def test_64_kilobytes_of_names_against_as_many_constraints() -> None:
    trees = pki.name_constraints([pki.dns(f"n{number}.example") for number in range(2_500)])
    issuer = ROOT.intermediate(extensions={"name_constraints": extension("name_constraints", trees, critical=True)})
    served = issuer.issue(
        NAME, extensions={"names": extension("names", pki.general_names(*(f"n{n}.test" for n in range(4_000))))}
    )
    assert took(list(served.chain)) < 1


def boxes(number: int) -> bytes:
    """A subject of so many mail addresses, and a common name."""
    pairs = [(EMAIL_ADDRESS, der.ia5(f"t{each}@test")) for each in range(number)]
    pairs.append((COMMON_NAME, der.utf8("t0.test")))
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), value)) for kind, value in pairs))


EMAIL_ADDRESS, COMMON_NAME = "1.2.840.113549.1.9.1", "2.5.4.3"


@pytest.mark.parametrize(
    ("names", "mails", "shown"),
    [
        (2048, 2048, ("ERR_CERT_INVALID", "SEC_ERROR_BAD_DER")),
        (2048, 0, ("ERR_CERT_INVALID", None)),
        (0, 2048, ("ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN")),
    ],
)
def test_two_thousand_names_against_four_thousand_constraints_of_the_root(
    names: int, mails: int, shown: tuple[str, str | None]
) -> None:
    """Chains of a public conformance suite held a processor for 51 seconds: each name was held to each constraint.

    The codes are those that real browsers showed.
    """
    permitted = [*(pki.dns(f"t{number}.test") for number in range(2048)), pki.dns("test")]
    trees = pki.name_constraints(permitted, [pki.dns(f"x{number}.test") for number in range(2048)])
    root = Authority.root(extensions={"name_constraints": extension("name_constraints", trees, critical=True)})
    found = extension("names", pki.general_names(*(f"t{number}.test" for number in range(names)))) if names else None
    served = root.issue("t0.test", subject=boxes(mails) if mails else None, extensions={"names": found})
    start = process_time()
    verdicts = judge(served.chain, "t0.test", at=AT, local_roots=[root.der]).verdicts
    assert process_time() - start < 1
    assert (verdicts[Browser.CHROMIUM].code, verdicts[Browser.FIREFOX].code) == shown


def test_nesting_without_end() -> None:
    deep = b""
    for _ in range(10_000):
        deep = der.sequence(deep)
        if len(deep) > 60_000:
            break
    served = ROOT.issue(NAME, extensions={"policies": extension("policies", deep)})
    assert took([served.der]) < 1


def test_a_key_of_thirty_thousand_bits() -> None:
    modulus = der.integer((1 << 30_000) + 1)
    key = der.sequence(
        der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null()),
        der.bit_string(der.sequence(modulus, der.integer(65537))),
    )
    issuer = ROOT.intermediate("Huge", spki=key)
    assert took(list(issuer.issue(NAME).chain)) < 2
