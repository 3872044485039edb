"""A path is searched, not walked: order, copies, strangers and old authorities do not matter."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from tests.support.pki import Authority

from siegelpost.doctor.judge import judge
from siegelpost.doctor.policy import Browser

NAME = "expose.test"
PAST = {"not_before": datetime.now(UTC) - timedelta(days=100), "days": 50}


def test_any_order_of_three_intermediates_will_do() -> None:
    root = Authority.root()
    served = root.intermediate("one").intermediate("two").intermediate("three").issue(NAME)
    for order in permutations(served.above):
        assert judge([served.der, *order], NAME, local_roots=[root.der]).ok


def test_an_expired_old_root_does_not_spoil_the_new_one() -> None:
    old, new = Authority.root("Old", **PAST), Authority.root("New")
    served = new.intermediate().issue(NAME)
    chain = [*served.chain, old.cross_sign(new, **PAST).der, old.der]
    assert judge(chain, NAME, local_roots=[old.der, new.der]).ok
    assert judge(chain, NAME, local_roots=[old.der]).ok is False


def test_the_drawing_shows_the_path_that_was_judged() -> None:
    root = Authority.root("Top")
    judgement = judge(root.intermediate("Middle").issue(NAME).chain, NAME, local_roots=[root.der])
    assert [link.subject for link in judgement.path] == [NAME, "Middle", "Top"]
    assert [link.trusted for link in judgement.path] == [False, False, True]
    assert judgement.path[0].names == (NAME,)
    assert judgement.ends == judgement.path[0].not_after


@pytest.mark.parametrize(("length", "firefox"), [(7, True), (8, True), (9, False), (12, False)])
def test_firefox_ends_at_six_intermediates_and_chromium_does_not(length: int, firefox: bool) -> None:
    root = issuer = Authority.root()
    for level in range(length - 2):
        issuer = issuer.intermediate(f"level {level}")
    verdicts = judge(issuer.issue(NAME).chain, NAME, local_roots=[root.der]).verdicts
    assert verdicts[Browser.CHROMIUM].ok
    assert verdicts[Browser.FIREFOX].ok is firefox


def test_authorities_that_sign_each_other_lead_nowhere_and_end() -> None:
    first, second = Authority.root("First"), Authority.root("Second")
    loop = [first.cross_sign(second).der, second.cross_sign(first).der]
    judgement = judge([second.issue(NAME).der, *loop], NAME)
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_AUTHORITY_INVALID"
    assert judgement.verdicts[Browser.FIREFOX].code == "SEC_ERROR_UNKNOWN_ISSUER"
