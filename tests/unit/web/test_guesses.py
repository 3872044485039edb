"""A hundred guesses at once, of each code, password and link: never more of them are looked at than are allowed.

Nobody may guess for ever what is short. What has 128 random bits or more needs no limit for that: of it is tried that
it is so long, and that a guess costs one look at an index, by a hash.
"""

import base64
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.office import a_contact, a_withdrawal, an_agent, an_office, the_guard_says, token_of
from tests.unit.dispatch.registered.test_registered import CLIENT, answer_for, events_of, sent
from tests.unit.estates.intake.scene import an_account
from tests.unit.toolbox.test_limits import TABLE, calls

from siegelpost.certificates import partner_link
from siegelpost.certificates.partner_link import LinkRefusedError, OtherDeviceError
from siegelpost.contacts import calendar_feed, consents
from siegelpost.dispatch import links
from siegelpost.dispatch.models import CodeBy, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_confirmation, withdrawal_receipt
from siegelpost.dispatch.registered import decision, second_factor
from siegelpost.estates.intake import accounts
from siegelpost.estates.intake_models import Way
from siegelpost.office import sign_in, tokens
from siegelpost.office.models import Agent, Language, Role
from siegelpost.portal import entrance
from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Limit
from siegelpost.web import throttle
from siegelpost.web.secret_addresses import routes

pytestmark = pytest.mark.django_db(transaction=True)
GUESSES = 100
PATIENCE = 500  # seconds
ENOUGH_BITS = 128
PASSWORD = "vier Wörter sind genug"


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    cache.clear()
    the_guard_says(True, monkeypatch)
    # All in one window: a limit counts anew in the next.
    now = time.time()
    monkeypatch.setattr(throttle, "time", SimpleNamespace(time=lambda: now))
    if connection.vendor == "sqlite":  # on a slow machine the last of a hundred that write waits long
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", PATIENCE)


def at_once(guess: Callable[[int], object], *refusals: type[Exception]) -> list[object]:
    """What a hundred guesses gave that begin together, of which the refused ones are left out."""
    together = Barrier(GUESSES)

    def one(number: int) -> list[object]:
        together.wait()
        try:
            return [guess(number)]
        except refusals:
            return []
        finally:
            connection.close()

    with ThreadPoolExecutor(GUESSES) as pool:
        return [found for each in pool.map(one, range(GUESSES)) for found in each]


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[object]:
    """Every call of this function, which goes on as before."""
    looked: list[object] = []
    really = getattr(owner, name)

    def look(*given: object) -> object:
        looked.append(given)
        return really(*given)

    monkeypatch.setattr(owner, name, look)
    return looked


def with_a_password(**fields: Any) -> Agent:
    agent = an_agent(**fields)
    Agent.objects.filter(pk=agent.pk).update(password=make_password(PASSWORD))
    return agent


def password_given(agent: Agent) -> Client:
    """A browser of which the password was right."""
    browser = Client()
    browser.post("/account/login/", {"login": agent.email, "password": PASSWORD}, secure=True)
    return browser


def secret_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


WINDOWS = [limit for limit in TABLE.values() if limit.seconds and limit.most < 90]


@pytest.mark.parametrize("limit", WINDOWS, ids=lambda limit: limit.name)
def test_of_each_limit_exactly_as_many_as_it_says(limit: Limit) -> None:
    who = ["203.0.113.9"] * len(limit.by)
    assert len(at_once(lambda _: throttle.spend(limit, *who), throttle.TooOftenError)) == limit.most


# Codes


@pytest.mark.parametrize("opened", [False, True], ids=["accepting", "seeing it again"])
def test_a_code_of_a_registered_mail(opened: bool) -> None:
    dispatch = sent(code_by=CodeBy.PHONE).dispatch
    token, answer = token_of(dispatch), answer_for(dispatch, code="0000-0000")
    if opened:
        with transaction.atomic():
            right = answer_for(dispatch, code=second_factor.issue(dispatch))
        decision.accept(token, right, CLIENT)
    refusals = (second_factor.WrongCodeError, second_factor.LockedError)

    def guess(_number: int) -> object:
        return decision.unlock(token, answer.code) if opened else decision.accept(token, answer, CLIENT)

    assert at_once(guess, *refusals) == []
    assert events_of(dispatch).count("CodeRefused") == second_factor.MOST_TRIES


@pytest.mark.parametrize("codes", [totp.TOTP, RecoveryCodes], ids=["of the app", "for an emergency"])
def test_a_second_factor(codes: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guess in a session of its own that has the password right. allauth counted in a cache that forgets, and with
    a lock that some did not get: of what is allowed less was looked at.
    """
    agent = with_a_password()
    totp.TOTP.activate(agent, totp.generate_totp_secret())
    RecoveryCodes.activate(agent)
    looked = counted(monkeypatch, codes, "validate_code")
    browsers = [password_given(agent) for _ in range(4)]
    at_once(lambda n: browsers[n % 4].post("/account/second-step/", {"code": f"{n:06}"}, secure=True) and None)
    assert len(looked) == limits.CODE.most


def test_a_second_factor_asked_again_shares_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = with_a_password()
    browser = password_given(agent)
    totp.TOTP.activate(agent, totp.generate_totp_secret())
    looked = counted(monkeypatch, totp.TOTP, "validate_code")
    entering = password_given(agent)
    doors = [(browser, "/account/confirm/code/"), (entering, "/account/second-step/")]

    def guess(number: int) -> None:
        door, address = doors[number % 2]
        door.post(address, {"code": f"{number:06}"}, secure=True)

    at_once(guess)
    assert len(looked) == limits.CODE.most


# Passwords


def test_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = with_a_password()
    looked: list[object] = []
    monkeypatch.setattr(Agent, "check_password", lambda _self, given: looked.append(given))

    def guess(number: int) -> None:
        Client().post("/account/login/", {"login": agent.email, "password": f"falsch {number}"}, secure=True)

    at_once(guess)
    assert len(looked) == limits.PASSWORD_BY_ACCOUNT.most


CHANGE = {"password1": "fünf andere Wörter gehen auch", "password2": "fünf andere Wörter gehen auch"}
SIGNED_IN = {
    "confirming": ("/account/confirm/", "password", {}),
    "changing": ("/account/password/", "oldpassword", CHANGE),
}


@pytest.mark.parametrize(("address", "field", "others"), SIGNED_IN.values(), ids=SIGNED_IN)
def test_a_password_in_a_session_left_open(
    address: str, field: str, others: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a new one is chosen, five a minute were looked at beside those of the sign-in, and the sixth was told so by
    a bare page in English.
    """
    browser = password_given(with_a_password())
    looked: list[object] = []
    monkeypatch.setattr(Agent, "check_password", lambda _self, given: looked.append(given))
    given = at_once(
        lambda number: browser.post(address, {field: f"falsch {number}", **others}, secure=True).status_code
    )
    assert set(given) == {200}
    assert len(looked) == limits.PASSWORD_BY_DEVICE.most


def test_a_program_s_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """By HTTPS, FTP and SFTP: the two latter ask one function, and all three have one count."""
    account, _password = an_account()
    looked = counted(monkeypatch, accounts, "let_in")

    def guess(number: int) -> object:
        if number % 3:
            return entrance.let_in(account.login, f"wrong{number}", "127.0.0.1", (Way.FTPS, Way.SFTP)[number % 3 - 1])
        given = base64.b64encode(f"{account.login}:wrong{number}".encode()).decode()
        address = f"/intake/{account.login}/x.zip"
        answer = Client().put(address, b"x", headers={"Authorization": f"Basic {given}"}, secure=True)
        assert answer.status_code in (401, 429)
        return None

    assert at_once(guess) == [None] * GUESSES
    assert len(looked) == limits.INTAKE.most
    assert len(accounts._LETTERS) ** accounts._PASSWORD_LENGTH >= 2**120


# Links


def test_a_sign_in_link_lets_one_in() -> None:
    token = secret_of(sign_in.new_link(an_agent(), by=None))
    assert len(at_once(lambda _: sign_in.use(token), sign_in.LinkRefusedError)) == 1


def test_a_partners_link_is_bound_to_one_device() -> None:
    _given, link = partner_link.give("IT-Service Brandt", 3, by=an_agent(role=Role.ADMINISTRATOR))
    token = secret_of(link)
    assert len(at_once(lambda _: partner_link.use(token, ""), LinkRefusedError, OtherDeviceError)) == 1


# Where wrong links are counted: what looks at them, the address, and how many are looked at.
COUNTED: dict[str, tuple[object, str, str, Limit]] = {
    "sign-in": (sign_in, "find", "/sign-in/{}/", limits.SIGN_IN_LINK),
    "hand-over": (partner_link, "find", "/handover/{}/", limits.HAND_OVER_LINK),
    "receipt": (withdrawal_receipt, "find", "/widerruf/{}/beleg/", limits.RECIPIENT_ACT),
}


@pytest.mark.parametrize(("owner", "name", "address", "limit"), COUNTED.values(), ids=COUNTED)
def test_wrong_links_are_counted_by_where_they_come_from(
    owner: object, name: str, address: str, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = counted(monkeypatch, owner, name)
    found = at_once(lambda number: Client().get(address.format(f"falsch{number}"), secure=True).status_code)
    assert set(found) <= {404, 429}
    assert len(looked) == limit.most


def test_acts_by_wrong_links_are_counted_by_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = counted(monkeypatch, links, "token_hash")
    acts = ("", "annehmen/", "antwort/", "code/", "sprache/")
    address = "/s/falsch{}/{}"

    def guess(number: int) -> int:
        fields = {"stamp": "x", "interest": "none", "language": "en"}
        return Client().post(address.format(number, acts[number % len(acts)]), fields, secure=True).status_code

    found = at_once(guess)
    assert [found.count(404), found.count(429)] == [limits.RECIPIENT_ACT.most, GUESSES - limits.RECIPIENT_ACT.most]
    assert len(set(looked)) == limits.RECIPIENT_ACT.most


def _recipient() -> str:
    return token_of(sent().dispatch)


def _consent() -> str:
    with transaction.atomic():
        return consents.ask(a_contact(), "Ja, gern.", Language.GERMAN, asked_in="", client={})[1]


def _confirmation() -> str:
    token, hashed = tokens.new_token()
    Withdrawal.objects.filter(pk=a_withdrawal().pk).update(confirm_hash=hashed)
    return token


# Links that are as long as a key: how one comes about, what looks at one, and how that says that there is none.
LONG: dict[str, tuple[Callable[[], str], Callable[[str], object], type[Exception] | None]] = {
    "s/": (_recipient, links.find, links.LinkUnknownError),
    "einwilligung/": (_consent, consents.find, consents.ConsentUnknownError),
    "widerruf/": (_confirmation, withdrawal_confirmation.find, withdrawal_confirmation.ConfirmationUnknownError),
    "calendar/": (lambda: calendar_feed.new_feed(an_agent()), calendar_feed.whose, None),
    "sign-in/": (lambda: secret_of(sign_in.new_link(an_agent(), by=None)), sign_in.find, sign_in.LinkRefusedError),
    "handover/": (
        lambda: secret_of(partner_link.give("IT", 3, by=an_agent(role=Role.ADMINISTRATOR))[1]),
        partner_link.find,
        LinkRefusedError,
    ),
}


@pytest.mark.parametrize(("make", "find", "refusal"), LONG.values(), ids=LONG)
def test_a_link_is_as_long_as_a_key_and_looked_up_by_its_hash(
    make: Callable[[], str], find: Callable[[str], object], refusal: type[Exception] | None
) -> None:
    token = make()
    bits = len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) * 8
    assert ENOUGH_BITS <= bits == tokens.TOKEN_BYTES * 8
    with CaptureQueriesContext(connection) as asked:
        assert find(token)
    assert len(asked) == 1
    assert "_hash" in asked[0]["sql"]
    assert token not in asked[0]["sql"]
    guesses = at_once(lambda number: find(f"{number:032}"), *([refusal] if refusal else []))
    assert not any(guesses)


def test_what_is_signed_is_signed_with_a_key_as_long() -> None:
    token = withdrawal_receipt.address_of(a_withdrawal())
    assert withdrawal_receipt.find(token)
    signature = token.rpartition(":")[2]
    assert len(base64.urlsafe_b64decode(signature + "=")) * 8 >= ENOUGH_BITS
    wrong = token.removesuffix(signature)

    def guess(number: int) -> object:
        return withdrawal_receipt.find(f"{wrong}{number:043}")

    assert at_once(guess, withdrawal_receipt.ReceiptUnknownError) == []


def test_every_secret_address_is_among_them() -> None:
    assert {route.partition("<secret:")[0] for route in routes() if "<secret:" in route} == set(LONG)


# Every place where something is held against a secret, and the test of this file that shows that it cannot be guessed.
LINK, ONE_PASSWORD = "test_a_link_is_as_long_as_a_key_and_looked_up_by_its_hash", "test_a_program_s_password"
HELD = {
    "certificates/partner_link.py: token_hash(device)": LINK,  # of the same length as the link
    "certificates/partner_link.py: token_hash(token)": LINK,
    "contacts/calendar_feed.py: token_hash(token)": LINK,
    "contacts/consents.py: token_hash(token)": LINK,
    "dispatch/links.py: token_hash(token)": LINK,
    "dispatch/recipient/withdrawal_confirmation.py: token_hash(token)": LINK,
    "dispatch/recipient/withdrawal_receipt.py: signing.loads": "test_what_is_signed_is_signed_with_a_key_as_long",
    "dispatch/registered/second_factor.py: hmac.compare_digest": "test_a_code_of_a_registered_mail",
    "estates/intake/accounts.py: hmac.compare_digest": ONE_PASSWORD,
    "estates/intake/accounts.py: token_hash(password.encode(errors='surrogatepass').decode(errors='replace'))": (
        ONE_PASSWORD
    ),
    "office/sign_in.py: token_hash(token)": LINK,
    "web/lane.py: token_hash(token)": LINK,
    "web/office/account.py: super().authenticate": "test_a_password",
    "web/office/sign_in_forms.py: adapter.reauthenticate": "test_a_password_in_a_session_left_open",
    "web/office/sign_in_forms.py: super().clean_code()": "test_a_second_factor",
}
# The rest, and why nobody guesses there.
ELSEWHERE = {
    "cases/viewings.py: token_hash(token)": "of a link that was found before",
    "dispatch/checks/mails.py: token_hash(secret)": "siegelpost fsck, which has what it compares",
    "dispatch/links.py: hmac.compare_digest": "the mark of a form: a whole HMAC with SHA-256, behind a link",
    "estates/intake/accounts.py: token_hash(password)": "kept, not compared",
    "mail/accounts/registration.py: secrets.compare_digest": "192 bits, and only for who is signed in",
    "office/tokens.py: token_hash(token)": "kept, not compared",
    "web/lane.py: hmac.compare_digest": "of /metrics, chosen by who installs: it opens numbers, and no door",
    "web/password_guard.py: signing.loads": "a whole HMAC with SHA-256; it lets nobody in",
    "web/return_path.py: hmac.compare_digest": "a whole HMAC with SHA-256; it lets nobody in",
}


def test_every_place_where_a_secret_is_compared_is_known() -> None:
    compared = calls(
        "compare_digest", "check_password", "validate_code", "authenticate", "reauthenticate", "clean_code"
    )
    named = {re.sub(r"(?<=\w)\((?!\)).*", "", each) for each in compared | calls("loads")}
    named = {each for each in named if "loads" not in each or each.endswith("signing.loads")}
    ours = {each for each in named if not each.startswith("mail/incoming/imap_line.py")}  # there we give a password
    assert calls("token_hash") | ours == HELD.keys() | ELSEWHERE.keys()
    assert not HELD.keys() & ELSEWHERE.keys()
    assert {name for name in HELD.values() if name not in globals()} == set()
