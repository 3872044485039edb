"""Limits before the real server with two worker processes: exact to the count, with all requests at once.

Of a limit by where somebody comes from, the visitor is one in whatever spelling the address comes: as proxies write it,
and from a socket for both families, where the system maps it. Of one by something else it does not matter from where
the tries come. Of most, all tries but a few were made before, under the key that the product itself makes of the plain
spelling. Limits that are not tried here: ``tests/unit/toolbox/test_limits.py``.
"""

import base64
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from tests.real.server.test_lane import MAKE
from tests.support.installations import DATABASE_FILE, Installation
from tests.support.serving import Answer, Serve, Server

from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Key, Limit

# One visitor, the {n}th, in the spellings of proxies; what begins with "=" comes from there without one. The first is
# the plain one.
SPELLINGS = {
    "IPv4": ["127.0.0.{n}", "127.0.0.{n}:4711", "::ffff:127.0.0.{n}", "[::FFFF:127.0.0.{n}]:80", "=127.0.0.{n}"],
    "IPv6": ["2001:db8:1:{n}::1", "2001:DB8:1:{n}:ffff::9", "[2001:db8:1:{n}::3]:443", "2001:db8:1:{n}::5%1"],
    "IPv6 of this machine": ["::1", "=::1", "[::3]:443", "0:0:0:0:7::9"],
}
# All who come by a proxy that says nothing of them.
NOBODY = ["unknown", "_hidden"]
# Each try from somewhere else.
ANYWHERE = ["127.0.1.{n}", "2001:db8:7:{n}::1", "[::ffff:127.0.2.{n}]:80", "=127.0.3.{n}"]
PROXY = "127.0.0.1"
CSRF, PASSWORD = "x" * 32, "vier Wörter sind genug"
LEFT, MORE, AT_ONCE = 2, 6, 8
LEAVES_FEW = """
from siegelpost.dispatch.models import Dispatch
from siegelpost.toolbox.limits import OPENING
from siegelpost.web import throttle
throttle.spend(OPENING, str(Dispatch.objects.get().public_id), "127.0.0.{visitor}", uses=OPENING.most - {few})
"""
SCENE = """
import json, sys; sys.path.insert(0, {root!r})
import pytest
from django.conf import settings
from django.core import signing
from django.test import Client as Browser
from allauth.mfa.totp.internal import auth as totp
from siegelpost.certificates import partner_link
from siegelpost.dispatch import links
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import CodeBy
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.office import sign_in
from siegelpost.office.models import Role
from siegelpost.toolbox import limits
from siegelpost.web import password_guard, throttle
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, an_office, the_guard_says, token_of
from tests.unit.dispatch.registered.test_registered import sent
from tests.unit.estates.intake.scene import an_account
an_office()
the_guard_says(True, pytest.MonkeyPatch())
agent, careful = an_agent(), an_agent(role=Role.ADMINISTRATOR)
for one in (agent, careful):
    one.set_password({password!r})
    one.save()
totp.TOTP.activate(careful, totp.generate_totp_secret())
def cookies(who):
    browser = Browser(headers={{"host": "localhost"}})
    browser.post("/account/login/", {{"login": who.email, "password": {password!r}}}, secure=True)
    return f"{{settings.SESSION_COOKIE_NAME}}={{browser.cookies[settings.SESSION_COOKIE_NAME].value}}"
estate, contact = an_estate(), a_contact()
seen, spoken, also_spoken, ordered = (a_dispatch(agent, estates=[estate], contact=contact) for _ in range(4))
form = Form(links.stamp(str(ordered.public_id), ordered.page), "Mara Berger", frozenset(DeclarationKind))
declare(token_of(ordered), form, Client("203.0.113.7", ""))
coded, also_coded = (sent(code_by=CodeBy.PHONE).dispatch for _ in range(2))
account, _password = an_account()
print(json.dumps({{
    "agent": agent.email, "careful": str(careful.pk), "login": account.login,
    "device": password_guard.COOKIE + "=" + signing.dumps([agent.email, "4711"], salt=password_guard._SALT),
    "session": cookies(agent), "half in": cookies(careful),
    "sign-in": sign_in.new_link(agent, by=None).split("/", 3)[3],
    "hand-over": partner_link.give("IT", 3, by=careful)[1].split("/", 3)[3],
    "coded": str(coded.public_id), "also coded": str(also_coded.public_id),
    "spoken": str(spoken.public_id), "also spoken": str(also_spoken.public_id), "ordered": str(ordered.public_id),
    **{{f"link of {{one.public_id}}": token_of(one) for one in (seen, spoken, also_spoken, ordered)}},
}}))
"""
# Under which key each of these is counted: (limit, what it is counted by) → key.
KEYS = """
import json
from siegelpost.toolbox import limits
from siegelpost.web import throttle
print(json.dumps([throttle.window(getattr(limits, name), *who).key for name, who in {asked!r}]))
"""
# Acknowledgements that went out at once: what is held goes out by itself, later.
ACKNOWLEDGED = """
import json
from collections import Counter
from siegelpost.dispatch.models import Withdrawal
from siegelpost.dispatch.recipient.withdrawal_receipt import JUST_NOW
from siegelpost.mail.models import OutgoingMail, Purpose
made = {str(one.public_id): one for one in Withdrawal.objects.all()}
sent = OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
about = [(made[mail.about], mail) for mail in sent if mail.about in made]
print(json.dumps(Counter(one.contract for one, mail in about if mail.created_at - one.made_at < JUST_NOW)))
"""


@dataclass
class Scene:
    """The server, what there is in its office, and the tries of one row."""

    server: Server
    there: dict[str, str] = field(default_factory=dict)
    row: str = ""

    def ask(self, method: str, path: str, at: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        """A request of a visitor as this spelling says."""
        direct = at.startswith("=")
        given = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.server.url,
            **({} if direct else {"X-Forwarded-For": at}),
            **headers,
        }
        body = urlencode({"csrfmiddlewaretoken": CSRF, **(fields or {})}).encode() if method != "GET" else b""
        return self.server.request(method, path, body=body, headers=given, source=at[1:] if direct else PROXY)


Look = Callable[[Scene, str, int], bool]


def declares(scene: Scene, at: str, _number: int) -> bool:
    """A form at a link."""
    return scene.ask("POST", "/s/unknown/", at).status != 429


def opens(link: str) -> Look:
    """A link for who wants in, which stays good as long as nobody presses its button."""
    return lambda scene, at, _number: scene.ask("GET", f"/{scene.there[link]}", at).status == 200


def signs_in(login: str, cookie: str = "") -> Look:
    """A wrong password; the login may have a number in it."""

    def look(scene: Scene, at: str, number: int) -> bool:
        fields = {"login": login.format(number, **scene.there), "password": "falsch"}
        cookies = f"__Host-csrf={CSRF}; {scene.there.get(cookie, '')}"
        answer = scene.ask("POST", "/account/login/", at, fields, Cookie=cookies)
        assert answer.status == 200, answer.text
        return "zu viele falsche Passwörter" not in answer.text

    return look


def gives_code(scene: Scene, at: str, number: int) -> bool:
    """A wrong code after the right password."""
    cookies = f"__Host-csrf={CSRF}; {scene.there['half in']}"
    answer = scene.ask("POST", "/account/second-step/", at, {"code": f"{number:06}"}, Cookie=cookies)
    assert answer.status == 200, answer.text
    return "Zu viele Versuche" not in answer.text


def brings(scene: Scene, at: str, number: int) -> bool:
    """A program with a wrong password."""
    login = scene.there["login"]
    given = base64.b64encode(f"{login}:falsch{number}".encode()).decode()
    status = scene.ask("PUT", f"/intake/{login}/x.zip", at, Authorization=f"Basic {given}").status
    assert status in (401, 429)
    return status == 401


def speaks(dispatch: str) -> Look:
    """The other language; with the mark of another page, so that nothing comes of it."""

    def look(scene: Scene, at: str, _number: int) -> bool:
        token = scene.there[f"link of {scene.there[dispatch]}"]
        return scene.ask("POST", f"/s/{token}/sprache/", at, {"language": "en", "stamp": "x"}).status != 429

    return look


def makes_code(dispatch: str) -> Look:
    """A new code of a registered mail, by the office."""

    def look(scene: Scene, at: str, _number: int) -> bool:
        cookies = f"__Host-csrf={CSRF}; {scene.there['session']}"
        answer = scene.ask("POST", f"/dispatches/{scene.there[dispatch]}/code/", at, Cookie=cookies)
        assert answer.status in (200, 302), answer.text
        return answer.status == 200

    return look


def withdraws(email: str, dispatch: str = "") -> Look:
    """A withdrawal, which is always taken in; how many were acknowledged is seen afterwards."""

    def look(scene: Scene, at: str, number: int) -> bool:
        path = f"/s/{scene.there['link of ' + scene.there[dispatch]]}/widerruf/" if dispatch else "/widerruf/"
        fields = {"name": f"Nr. {number}", "email": email.format(number), "contract": scene.row}
        assert scene.ask("POST", path, at, fields).status == 303
        return False

    return look


@dataclass(frozen=True)
class Row:
    """One limit: how one tries, what it is counted by besides the source, and whether from its beginning."""

    limit: Limit
    look: Look
    who: tuple[str, ...] = ()
    shared: bool = False
    whole: bool = False


BY_SOURCE = {
    "declare": Row(limits.RECIPIENT_ACT, declares),
    "sign-in link": Row(limits.SIGN_IN_LINK, opens("sign-in")),
    "hand-over link": Row(limits.HAND_OVER_LINK, opens("hand-over")),
    "password": Row(limits.PASSWORD_BY_SOURCE, signs_in("{}@office.test")),
    "password of one": Row(limits.PASSWORD_BY_ACCOUNT, signs_in("a@office.test"), ("a@office.test",)),
    "intake": Row(limits.INTAKE, brings),
    "withdraw": Row(limits.WITHDRAW_BY_CLIENT, withdraws("von{}@else.test")),
}
# Where who names nobody has a larger share, together.
BY_ALL = {
    "declare": Row(limits.RECIPIENT_ACT, declares, shared=True),
    "intake": Row(limits.INTAKE, brings, shared=True),
    "withdraw": Row(limits.WITHDRAW_BY_CLIENT, withdraws("aller{}@else.test"), shared=True),
}
BY_OTHERS = {
    "password of a device": Row(limits.PASSWORD_BY_DEVICE, signs_in("{agent}", "device"), ("agent", "=4711")),
    "code": Row(limits.CODE, gives_code, ("careful",)),
    "language": Row(limits.LANGUAGE_MAIL, speaks("spoken"), ("spoken",)),
    "language of all": Row(limits.LANGUAGE_MAILS, speaks("also spoken"), ("=all",)),
    "new code": Row(limits.CODE_MAIL, makes_code("coded"), ("coded",)),
    "new code of all": Row(limits.CODE_MAILS, makes_code("also coded"), ("=all",)),
    "withdraw by link": Row(limits.WITHDRAW_BY_LINK, withdraws("link{}@else.test", "ordered"), ("ordered",)),
    "withdraw to one": Row(limits.WITHDRAW_TO_ADDRESS, withdraws("Mara+{}@Else.test"), ("=mara@else.test",)),
    "withdraw of all": Row(limits.WITHDRAW_PUBLIC, withdraws("alle{}@else.test"), ("=all",)),
}
# And by tests of their own, below.
ALONE = (limits.OPENING, limits.ONCE)
KINDS: dict[str, tuple[dict[str, Row], list[str]]] = {
    "IPv4": (BY_SOURCE | {"declare": Row(limits.RECIPIENT_ACT, declares, whole=True)}, SPELLINGS["IPv4"]),
    "IPv6": (BY_SOURCE, SPELLINGS["IPv6"]),
    "IPv6 of this machine": ({"declare": BY_SOURCE["declare"]}, SPELLINGS["IPv6 of this machine"]),
    "nobody": (BY_ALL, NOBODY),
    "anywhere": (BY_OTHERS, ANYWHERE),
}


def tried_here() -> list[Limit]:
    """The limits that are tried in this file."""
    return [*(row.limit for rows, _ in KINDS.values() for row in rows.values()), *ALONE]


@dataclass(frozen=True)
class Tried:
    """A row in a kind of spellings: its visitor, and the key that the product counts them by."""

    name: str
    row: Row
    spellings: list[str]
    key: str = ""

    def at(self, count: int) -> Iterator[str]:
        return (each.format(n=n) for n, each in enumerate(islice(cycle(self.spellings), count), 1))


def rows_of(scene: Scene) -> Iterator[tuple[str, Row, list[str], tuple[str, list[str]]]]:
    """Every row in every kind, with its own visitor, its limit's name, and what that is counted by."""
    names = {limit.name: name for name, limit in vars(limits).items() if isinstance(limit, Limit)}
    for kind, (rows, spellings) in KINDS.items():
        for visitor, (name, row) in enumerate(rows.items(), 2):
            mine = spellings if kind in ("nobody", "anywhere") else [each.format(n=visitor) for each in spellings]
            source = limits.shared(PROXY) if row.shared else mine[0]
            others = [each[1:] if each.startswith("=") else scene.there.get(each, each) for each in row.who]
            who = [*others, source] if Key.SOURCE in row.limit.by else others
            yield f"{kind}: {name}", row, mine, (names[row.limit.name], who)


Run = Callable[[str, tuple[object, ...]], list[Any]]


@contextmanager
def database(installation: Installation) -> Iterator[Run]:
    """Asks the database of a running server, and changes it; ``?`` stands for a value."""
    if url := installation.settings.get("database_url"):
        with psycopg.connect(url) as server:

            def run(sql: str, values: tuple[object, ...]) -> list[Any]:
                done = server.execute(sql.replace("?", "%s").encode(), values)
                return done.fetchall() if done.description else []

            yield run
    else:
        with closing(sqlite3.connect(installation.data / DATABASE_FILE, timeout=60)) as file, file:

            def run(sql: str, values: tuple[object, ...]) -> list[Any]:
                return file.execute(sql, values).fetchall()

            yield run


def counted_before(installation: Installation, key: str, limit: Limit, uses: int) -> None:
    """All counters anew, of which one stands at so many in the window of now."""
    now = int(time.time())
    ends_at = now - now % limit.seconds + limit.seconds
    with database(installation) as run:
        run("DELETE FROM web_count", ())
        run("INSERT INTO web_count (key, ends_at, count) VALUES (?, ?, ?)", (key, ends_at, uses))


def looks_recorded(installation: Installation) -> int:
    """How many looks at a page are in the ledger."""
    with database(installation) as run:
        return int(run("SELECT count(*) FROM ledger_event WHERE kind = ?", ("NotificationAccessTracking",))[0][0])


def looked_at(scene: Scene, tried: Tried) -> tuple[int, int]:
    """How many were looked at, and how many had to be; once more where a window ended in between."""
    row, number = tried.row, 0
    most = row.limit.most_shared if row.shared and row.limit.most_shared else row.limit.most
    left = most if row.whole else LEFT
    while True:
        number += 1
        scene.row = f"{tried.name} {number}"
        counted_before(scene.server.installation, tried.key, row.limit, most - left)
        began = time.time() // row.limit.seconds
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tries = list(tried.at(left + MORE))
            looked = sum(pool.map(lambda each: row.look(scene, each[1], each[0]), enumerate(tries)))
        if time.time() // row.limit.seconds == began:
            return looked, left


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(workers=2, host="::", trusted_proxies=f'["{PROXY}/32"]')


def test_exact_to_the_count_in_every_spelling_over_two_workers(
    installation: Installation, repository: Path, request: pytest.FixtureRequest
) -> None:
    """25 of 25 withdrawals from one IPv6 network were taken for 25 people's, and all IPv4 visitors for one."""
    there = installation.python(SCENE.format(root=str(repository), password=PASSWORD)).splitlines()[-1]
    scene = Scene(request.getfixturevalue("server"), json.loads(there))
    rows = list(rows_of(scene))
    keys = json.loads(installation.python(KEYS.format(asked=[asked for *_, asked in rows])))
    found: dict[str, int] = {}
    wanted: dict[str, int] = {}
    by_mail: dict[str, str] = {}
    for (name, row, spellings, _), key in zip(rows, keys, strict=True):
        found[name], wanted[name] = looked_at(scene, Tried(name, row, spellings, key))
        if row.limit.name.startswith("withdraw"):
            by_mail[name] = scene.row
    acknowledged = json.loads(installation.python(ACKNOWLEDGED))
    found |= {name: acknowledged.get(contract, 0) for name, contract in by_mail.items()}
    assert found == wanted
    assert (scene.server.installation.data / "run" / "unnamed-visitors").exists()
    # Nobody is refused for somebody else.
    assert all(declares(scene, at, 0) for at in ("203.0.113.7", "2001:db8:99::1", "=127.0.9.9"))


def test_looks_are_exact_to_the_count_over_two_workers(
    installation: Installation, repository: Path, request: pytest.FixtureRequest
) -> None:
    """Each worker told of its looks in batches of 50: with two of them up to 49 more were shown than the limit says."""
    few = 40
    token = installation.python(MAKE.format(root=str(repository))).split()[-1]
    scene = Scene(request.getfixturevalue("server"))
    shown = looks_recorded(installation)
    for visitor in count(9):
        began = time.time() // limits.OPENING.seconds
        installation.python(LEAVES_FEW.format(few=few, visitor=visitor))
        spellings = islice(cycle(each.format(n=visitor) for each in SPELLINGS["IPv4"]), 2 * few)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda at: scene.ask("GET", f"/s/{token}/", at), spellings))
        before, shown = shown, looks_recorded(installation)
        if time.time() // limits.OPENING.seconds == began:
            break
    assert [answer.status for answer in answers].count(200) == shown - before == few
    waits = [int(answer.headers["retry-after"]) for answer in answers if answer.status == 429]
    assert all(0 < wait <= limits.OPENING.seconds for wait in waits)
    # The look after one's own form is the one that is not recorded: whoever comes by its mark again is.
    after = scene.ask("POST", f"/s/{token}/sprache/", "203.0.113.2").headers["location"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        looks = list(pool.map(lambda at: scene.ask("GET", after, at.format(n=7)).status, ANYWHERE * 2))
    assert looks == [200] * len(looks)
    assert looks_recorded(installation) - shown == len(looks) - limits.ONCE.most
