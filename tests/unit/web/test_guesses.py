"""A hundred guesses at once, of each code and each link: never more of them are looked at than are allowed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.test import Client
from tests.support.office import an_agent, an_office, the_guard_says, token_of
from tests.unit.dispatch.registered.test_registered import CLIENT, answer_for, events_of, sent

from siegelpost.certificates import partner_link
from siegelpost.certificates.partner_link import LinkRefusedError, OtherDeviceError
from siegelpost.dispatch.models import CodeBy
from siegelpost.dispatch.registered import decision, second_factor
from siegelpost.office import sign_in
from siegelpost.office.models import Agent, Role
from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Limit
from siegelpost.web import throttle

pytestmark = pytest.mark.django_db(transaction=True)
GUESSES = 100
AT_ONCE = 16
PASSWORD = "vier Wörter sind genug"


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    cache.clear()
    the_guard_says(True, monkeypatch)
    # All in one window: a limit counts anew in the next.
    now = time.time()
    monkeypatch.setattr(throttle, "time", SimpleNamespace(time=lambda: now))


def at_once(guess: Callable[[int], object], *refusals: type[Exception]) -> list[object]:
    """What a hundred guesses gave, of which the refused ones are left out."""

    def one(number: int) -> list[object]:
        try:
            return [guess(number)]
        except refusals:
            return []
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [found for each in pool.map(one, range(GUESSES)) for found in each]


WINDOWS = [limit for limit in vars(limits).values() if isinstance(limit, Limit) and limit.seconds and limit.most < 90]


@pytest.mark.parametrize("limit", WINDOWS, ids=lambda limit: limit.name)
def test_of_each_limit_exactly_as_many_as_it_says(limit: Limit) -> None:
    who = ["203.0.113.9"] * len(limit.by)
    assert len(at_once(lambda _: throttle.spend(limit, *who), throttle.TooOftenError)) == limit.most


def test_a_code_of_a_registered_mail() -> None:
    dispatch = sent(code_by=CodeBy.PHONE).dispatch
    token, answer = token_of(dispatch), answer_for(dispatch, code="0000-0000")
    refusals = (second_factor.WrongCodeError, second_factor.LockedError)
    assert at_once(lambda _: decision.accept(token, answer, CLIENT), *refusals) == []
    assert events_of(dispatch).count("CodeRefused") == second_factor.MOST_TRIES


def test_a_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guess in a session of its own that has the password right."""
    agent = an_agent()
    Agent.objects.filter(pk=agent.pk).update(password=make_password(PASSWORD))
    totp.TOTP.activate(agent, totp.generate_totp_secret())
    looked: list[str] = []
    monkeypatch.setattr(totp.TOTP, "validate_code", lambda _self, code: looked.append(code))

    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        browser.post("/account/login/", {"login": agent.email, "password": PASSWORD}, secure=True)
    at_once(lambda n: browsers[n % 4].post("/account/second-step/", {"code": f"{n:06}"}, secure=True) and None)
    assert 0 < len(looked) <= limits.CODE.most


def test_a_sign_in_link_lets_one_in() -> None:
    token = sign_in.new_link(an_agent(), by=None).rstrip("/").rpartition("/")[2]
    assert len(at_once(lambda _: sign_in.use(token), sign_in.LinkRefusedError)) == 1


def test_a_partners_link_is_bound_to_one_device() -> None:
    _given, link = partner_link.give("IT-Service Brandt", 3, by=an_agent(role=Role.ADMINISTRATOR))
    token = link.rstrip("/").rpartition("/")[2]
    assert len(at_once(lambda _: partner_link.use(token, ""), LinkRefusedError, OtherDeviceError)) == 1


def test_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = an_agent()
    Agent.objects.filter(pk=agent.pk).update(password=make_password(PASSWORD))
    looked: list[str] = []
    monkeypatch.setattr(Agent, "check_password", lambda _self, given: looked.append(given))

    def guess(number: int) -> None:
        Client().post("/account/login/", {"login": agent.email, "password": f"falsch {number}"}, secure=True)

    at_once(guess)
    assert len(looked) == limits.PASSWORD_BY_ACCOUNT.most
