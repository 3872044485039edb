"""``siegelpost sign-in``: a way back in, for one account, once."""

import pytest
from click.testing import CliRunner
from tests.support.office import an_agent

from siegelpost.cli import main
from siegelpost.office import sign_in

pytestmark = pytest.mark.django_db


def test_a_link_for_somebody_who_is_locked_out() -> None:
    agent = an_agent()
    first = CliRunner().invoke(main, ["sign-in", agent.email.upper()])
    second = CliRunner().invoke(main, ["sign-in", agent.email])
    assert (first.exit_code, second.exit_code) == (0, 0)
    tokens = [ended.output.strip().rstrip("/").rpartition("/")[2] for ended in (first, second)]
    with pytest.raises(sign_in.LinkRefusedError):
        sign_in.use(tokens[0])
    assert sign_in.use(tokens[1]).agent == agent
    with pytest.raises(sign_in.LinkRefusedError):
        sign_in.use(tokens[1])


def test_nobody_and_nobody_any_more() -> None:
    agent = an_agent()
    agent.is_active = False
    agent.save()
    for email in (agent.email, "nobody@example.test"):
        ended = CliRunner().invoke(main, ["sign-in", email])
        assert ended.exit_code == 1
        assert "kein Zugang" in ended.output
