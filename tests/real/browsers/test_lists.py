"""The doctor's lists of logs and roots against those that Debian's browsers have compiled in."""

from datetime import UTC, datetime

import pytest
from tests.real.browsers.test_oracle import need
from tools.browser_lists import PROGRAMS, Program, log_differences, root_differences

from siegelpost.doctor.policy import Browser


@pytest.mark.browser
@pytest.mark.real
@pytest.mark.parametrize("browser", PROGRAMS)
def test_the_doctor_refuses_no_log_and_no_root_that_the_browser_has(browser: Browser) -> None:
    """Sixteen logs that both browsers had taken in were still called strangers here, and good certificates refused."""
    need("chromium", "firefox-esr")
    program, at = Program.at(PROGRAMS[browser]), datetime.now(UTC)
    assert len(program.certificates) > 50
    found = [*log_differences(program, at), *root_differences(program, browser, at)]
    assert [difference.text for difference in found if difference.refuses] == []
