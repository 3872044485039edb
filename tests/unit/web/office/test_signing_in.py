"""Signing in: codes, and guessing that stops the guesser and nobody else."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from tests.support.office import an_agent, an_office

from siegelpost.ledger.models import Event
from siegelpost.office import sign_in as sign_in_links
from siegelpost.office.models import Agent, Role
from siegelpost.toolbox import limits
from siegelpost.web import password_guard, throttle

pytestmark = pytest.mark.django_db
PASSWORD = "vier Wörter sind genug"
SIGN_IN, SECOND_STEP = "/account/login/", "/account/second-step/"
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.66"


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Agent:
    # All in one window: a limit counts anew in the next.
    now = time.time()
    monkeypatch.setattr(throttle, "time", SimpleNamespace(time=lambda: now))
    an_office()
    cache.clear()
    made = an_agent()
    made.password = make_password(PASSWORD)
    made.save()
    return made


def sign_in(
    agent: Agent, password: str = PASSWORD, *, at: str = HERE, client: Client | None = None
) -> HttpResponseBase:
    return (client or Client()).post(SIGN_IN, {"login": agent.email, "password": password}, secure=True, REMOTE_ADDR=at)


def is_in(response: HttpResponseBase) -> bool:
    return response.status_code == 302 and response.headers["Location"] == "/"


# Codes


@pytest.fixture
def secret(agent: Agent) -> str:
    made: str = totp.generate_totp_secret()
    totp.TOTP.activate(agent, made)
    return made


def second_step(agent: Agent, code: str) -> HttpResponseBase:
    client = Client()
    first = sign_in(agent, client=client)
    assert first.headers["Location"].startswith(SECOND_STEP)
    return client.post(SECOND_STEP, {"code": code}, secure=True, REMOTE_ADDR=HERE)


def code_at(secret: str, moment: float) -> str:
    made: str = totp.format_hotp_value(totp.hotp_value(secret, int(moment) // 30))
    return made


@pytest.mark.parametrize("off", [-40, 0, 40])
def test_a_code_of_a_clock_that_is_40_seconds_off(off: int, agent: Agent, secret: str) -> None:
    assert is_in(second_step(agent, code_at(secret, time.time() + off)))


@pytest.mark.parametrize("off", [-150, 150])
def test_a_code_of_a_clock_that_is_minutes_off_is_refused(off: int, agent: Agent, secret: str) -> None:
    assert second_step(agent, code_at(secret, time.time() + off)).status_code == 200


def test_a_code_works_once_as_long_as_it_lives(agent: Agent, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    code = code_at(secret, began + 40)
    assert is_in(second_step(agent, code))
    # Half a minute later it would still be right for a slow clock, and is spent all the same.
    later = began + 35
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: later)
    assert second_step(agent, code).status_code == 200


def test_each_recovery_code_works_once(agent: Agent, secret: str) -> None:
    codes = RecoveryCodes.activate(agent).generate_codes()
    assert len(codes) == 10
    for code in codes:
        assert is_in(second_step(agent, code)), code
    for code in codes[:3]:
        assert second_step(agent, code).status_code == 200, code
    kept = Authenticator.objects.get(user=agent, type=Authenticator.Type.RECOVERY_CODES)
    assert not any(code in str(kept.data) for code in codes)


# Guessing


def fail(agent: Agent, times: int, *, at: str, client: Client | None = None) -> None:
    for number in range(times):
        assert sign_in(agent, f"falsch {number}", at=at, client=client).status_code == 200


def test_guessing_stops_the_guesser_and_not_the_colleague(agent: Agent) -> None:
    fail(agent, limits.PASSWORD_BY_ACCOUNT.most, at=ELSEWHERE)
    refused = sign_in(agent, at=ELSEWHERE)
    assert refused.status_code == 200
    assert "zu viele falsche Passwörter" in refused.content.decode()  # type: ignore[attr-defined]  # streams nothing
    assert is_in(sign_in(agent, at=HERE))


def test_a_known_device_gets_in_even_where_the_guesser_sits(agent: Agent) -> None:
    known = Client()
    assert is_in(sign_in(agent, at=ELSEWHERE, client=known))
    known.post("/account/logout/", secure=True)
    fail(agent, limits.PASSWORD_BY_ACCOUNT.most, at=ELSEWHERE)
    assert not is_in(sign_in(agent, at=ELSEWHERE))
    assert is_in(sign_in(agent, at=ELSEWHERE, client=known))


def test_a_known_device_may_not_guess_for_ever(agent: Agent) -> None:
    known = Client()
    sign_in(agent, client=known)
    known.post("/account/logout/", secure=True)
    fail(agent, limits.PASSWORD_BY_DEVICE.most, at=HERE, client=known)
    assert not is_in(sign_in(agent, client=known))


def test_a_device_is_known_for_its_own_account_only(agent: Agent) -> None:
    other = an_agent()
    known = Client()
    sign_in(agent, client=known)
    known.post("/account/logout/", secure=True)
    fail(other, limits.PASSWORD_BY_ACCOUNT.most, at=HERE, client=known)
    assert "zu viele" in sign_in(other, client=known).content.decode()  # type: ignore[attr-defined]  # streams nothing


def test_a_stranger_fills_no_cache_that_forgets_which_codes_were_spent(agent: Agent) -> None:
    """Each address that tried a passkey took a line of it; from 300 lines on it forgot others, which codes were tried
    among the first.
    """
    for number in range(3):
        at = f"2001:db8:1:{number}::1"
        Client().post("/account/passkeys/login/", {"credential": "{}"}, secure=True, REMOTE_ADDR=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache")
        assert cursor.fetchone() == (0,)


def test_a_made_up_device_is_not_known(agent: Agent) -> None:
    client = Client()
    client.cookies[password_guard.COOKIE] = "WyJhIiwiYiJd:1xxxxx:made-up"
    fail(agent, limits.PASSWORD_BY_ACCOUNT.most, at=HERE, client=client)
    assert not is_in(sign_in(agent, client=client))


def test_trying_one_password_on_many_accounts_stops_too(agent: Agent) -> None:
    for number in range(limits.PASSWORD_BY_SOURCE.most):
        nobody = {"login": f"nobody{number}@lindenhof.test", "password": "Sommer2026!"}
        Client().post(SIGN_IN, nobody, secure=True, REMOTE_ADDR=ELSEWHERE)
    assert not is_in(sign_in(agent, at=ELSEWHERE))


def test_right_passwords_are_not_counted(agent: Agent) -> None:
    for _ in range(limits.PASSWORD_BY_ACCOUNT.most + 2):
        assert is_in(sign_in(agent, at=HERE))


def test_one_ipv6_customer_is_one_source(agent: Agent) -> None:
    for number in range(limits.PASSWORD_BY_ACCOUNT.most):
        fail(agent, 1, at=f"2001:db8:1:2::{number + 1}")
    assert not is_in(sign_in(agent, at="2001:db8:1:2:ffff::1"))
    assert is_in(sign_in(agent, at="2001:db8:1:3::1"))


# Devices


def test_one_device_is_signed_out_and_the_other_stays(agent: Agent) -> None:
    phone, laptop = Client(), Client()
    for client in (phone, laptop):
        sign_in(agent, client=client)
        client.get("/account/", secure=True)
    lost = UserSession.objects.get(session_key=phone.session.session_key)
    laptop.post(f"/account/devices/{lost.pk}/end/", secure=True)
    assert phone.get("/account/", secure=True).status_code == 302
    assert laptop.get("/account/", secure=True).status_code == 200


# Links


def by_link(agent: Agent, **made: Any) -> tuple[Client, HttpResponseBase]:
    path = "/" + sign_in_links.new_link(agent, **{"by": None, **made}).split("/", 3)[3]
    client = Client()
    client.get(path, secure=True)
    return client, client.post(path, secure=True, REMOTE_ADDR=HERE)


def ways() -> list[dict[str, Any]]:
    kinds = ("SignInLinkMade", "AgentSignedIn", "SecondFactorRemoved")
    events = Event.objects.filter(kind__in=kinds).order_by("id")
    return [{"event": one.kind, **json.loads(bytes(one.leaf))["data"]} for one in events]


def test_a_link_asks_for_the_second_factor_there_is_and_names_who_made_it(agent: Agent, secret: str) -> None:
    """An administrator made a link and acted as any agent, past the codes, and the ledger named the agent alone."""
    boss = an_agent(role=Role.ADMINISTRATOR)
    client, first = by_link(agent, by=boss)
    assert first.headers["Location"].startswith(SECOND_STEP)
    assert client.get("/contacts/", secure=True).status_code == 302, "not in yet"
    assert client.post(SECOND_STEP, {"code": "000000"}, secure=True).status_code == 200
    assert is_in(client.post(SECOND_STEP, {"code": code_at(secret, time.time())}, secure=True))
    assert client.get("/contacts/", secure=True).status_code == 200
    name = {"agent": str(agent.public_id)}
    assert ways() == [
        {"event": "SignInLinkMade", **name, "by": str(boss.public_id), "past_second_factor": False},
        {"event": "AgentSignedIn", **name, "way": "link+mfa"},
    ]


def test_the_links_made_stand_on_the_persons_page_and_on_their_own(agent: Agent) -> None:
    boss = an_agent(role=Role.ADMINISTRATOR, name="Uta Chefin")
    client, entered = by_link(agent, by=boss)
    assert is_in(entered)
    of_boss = Client()
    of_boss.force_login(boss)
    for page in (
        client.get("/account/", secure=True),
        of_boss.get(f"/settings/people/{agent.public_id}/", secure=True),
    ):
        text = page.content.decode()
        assert "von Uta Chefin" in text
        assert "benutzt am" in text
    assert ways()[-1]["way"] == "link"


def test_only_a_command_on_the_server_leads_past_the_second_factor_and_says_so(agent: Agent, secret: str) -> None:
    client, entered = by_link(agent, past_second_factor=True)
    assert is_in(entered)
    assert client.get("/contacts/", secure=True).status_code == 200
    assert ways()[0] == {
        "event": "SignInLinkMade", "agent": str(agent.public_id), "by": "server", "past_second_factor": True
    }  # fmt: skip


def test_a_lost_second_factor_is_taken_away_by_the_administration_and_that_is_kept(agent: Agent, secret: str) -> None:
    boss = an_agent(role=Role.ADMINISTRATOR)
    of_boss = Client()
    of_boss.force_login(boss)
    page = f"/settings/people/{agent.public_id}/"
    assert "Passkeys und Codes entfernen" in of_boss.get(page, secure=True).content.decode()
    assert of_boss.post(f"{page}second-factor/", secure=True).status_code == 302
    assert is_in(sign_in(agent))
    assert ways()[0] == {
        "event": "SecondFactorRemoved", "agent": str(agent.public_id), "by": str(boss.public_id)
    }  # fmt: skip


def test_who_came_by_a_link_may_choose_a_password_without_the_old_one_and_nobody_else(agent: Agent) -> None:
    client, _ = by_link(agent)
    assert client.get("/account/first-access/", secure=True).status_code == 200
    other = Client()
    assert is_in(sign_in(agent, client=other))
    assert other.get("/account/first-access/", secure=True).status_code == 302


def test_the_fields_say_what_they_take_and_are_called_as_here(agent: Agent, secret: str) -> None:
    """The sign-in offered no kept name and no passkey, and a phone its letters for a code of digits; the labels were
    another program's, in its own style.
    """
    client = Client(headers={"accept-language": "en"})
    door = client.get(SIGN_IN, secure=True).content.decode()
    assert 'autocomplete="username webauthn"' in door
    assert "E-mail address" in door
    assert 'data-shows="id_password"' in door
    sign_in(agent, client=client)
    code = client.get(SECOND_STEP, secure=True).content.decode()
    assert 'autocomplete="one-time-code" inputmode="numeric"' in code
    client.force_login(agent)
    changed = client.get("/account/password/", secure=True).content.decode()
    assert "Bisheriges Passwort" in changed  # a German agent
    assert changed.count('autocomplete="new-password"') == 2
