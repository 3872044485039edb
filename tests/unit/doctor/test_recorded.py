"""What Debian's Chromium and Firefox answered when they were last asked about every case, kept beside the cases."""

import json
from collections import Counter

import pytest
from tests.real.browsers.cases import every_case
from tests.real.browsers.test_oracle import ANSWERS

from siegelpost.doctor.judge import judge
from siegelpost.doctor.policy import Browser
from siegelpost.foreign import wire
from siegelpost.foreign.table import BY_FUNCTION


@pytest.mark.timeout(300)
def test_the_doctor_still_says_what_the_browsers_showed() -> None:
    answers = json.loads(ANSWERS.read_text())["answers"]
    judging = BY_FUNCTION["siegelpost.doctor.judge:judge"]
    asked, exact = Counter[Browser](), Counter[Browser]()
    for case in every_case():
        judgement = judge(case.served.chain, case.host, local_roots=case.roots)
        # As it comes back from where strangers' chains are judged.
        packed = wire.packed(judgement, judging.answer)
        assert packed is not None
        assert wire.unpacked(packed, judging.answers_of) == judgement
        for name, shown in answers.get(case.name, {}).items():
            browser = Browser(name)
            verdict = judgement.verdicts[browser]
            assert verdict.ok == (shown == "ok"), (case.name, browser, shown, verdict.code)
            asked[browser] += 1
            exact[browser] += shown == ("ok" if verdict.ok else verdict.code)
    for browser in (Browser.CHROMIUM, Browser.FIREFOX):
        assert asked[browser] > 600
        assert exact[browser] >= 0.99 * asked[browser]
