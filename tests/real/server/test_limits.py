"""Limits by where somebody comes from, before the real server with two worker processes, behind a proxy: exact to the
count, in whatever spelling an address comes, with all requests at once.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.real.server.test_lane import MAKE, events
from tests.support.installations import Installation
from tests.support.serving import Serve, Server

from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Limit

# One visitor, the {n}th, in the spellings of proxies; and which limits are tried so.
SPELLINGS = {
    "IPv4": ["203.0.113.{n}", "203.0.113.{n}:4711", "::ffff:203.0.113.{n}", "[::FFFF:203.0.113.{n}]:80"],
    "IPv6": ["2001:db8:1:{n}::1", "2001:DB8:1:{n}:ffff::9", "[2001:db8:1:{n}::3]:443", "2001:db8:1:{n}::5%1"],
}
TRIED = {"IPv4": ["declare", "sign-in link", "password", "password of one"], "IPv6": ["declare", "password of one"]}
CSRF = "x" * 32
MORE = 12
AT_ONCE = 8
# Seconds that a test may take under load; all windows end with a multiple of five minutes.
PATIENCE, WINDOWS = 40, 300
LEAVES_FEW = """
from siegelpost.dispatch.models import Dispatch
from siegelpost.toolbox.limits import OPENING
from siegelpost.web import throttle
throttle.spend(OPENING, str(Dispatch.objects.get().public_id), "203.0.113.1", uses=OPENING.most - {few})
"""


@pytest.fixture
def server(serve: Serve) -> Server:
    if (left := WINDOWS - time.time() % WINDOWS) < PATIENCE:
        time.sleep(left)  # else what is counted anew in between would seem too much
    return serve(workers=2, trusted_proxies='["127.0.0.0/8"]')


def declares(server: Server, address: str, _number: int) -> bool:
    """Whether a form at a link was looked at."""
    return server.request("POST", "/s/unknown/", body=b"x", headers={"X-Forwarded-For": address}).status != 429


def opens_link(server: Server, address: str, _number: int) -> bool:
    """Whether a sign-in link was looked at, which stays good as long as nobody presses its button."""
    path = re.sub(r"^https://[^/]+", "", server.sign_in_link)
    return server.get(path, X_Forwarded_For=address).status == 200


def tries_password(server: Server, address: str, login: str) -> bool:
    """Whether a password was looked at."""
    fields = {"login": login, "password": "falsch", "csrfmiddlewaretoken": CSRF}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"__Host-csrf={CSRF}",
        "Origin": server.url,
        "X-Forwarded-For": address,
    }
    answer = server.request("POST", "/account/login/", body=urlencode(fields).encode(), headers=headers)
    assert answer.status == 200, answer.text
    return "zu viele falsche Passwörter" not in answer.text


Try = Callable[[Server, str, int], bool]
TRIES: dict[str, tuple[Limit, Try]] = {
    "declare": (limits.RECIPIENT_ACT, declares),
    "sign-in link": (limits.SIGN_IN_LINK, opens_link),
    "password": (limits.PASSWORD_BY_SOURCE, lambda server, at, n: tries_password(server, at, f"{n}@office.test")),
    "password of one": (limits.PASSWORD_BY_ACCOUNT, lambda server, at, _n: tries_password(server, at, "a@office.test")),
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_exact_to_the_count_in_every_spelling_over_two_workers(kind: str, server: Server) -> None:
    """25 of 25 withdrawals from one IPv6 network were taken for 25 people's, and all IPv4 visitors for one."""
    numbers = count()
    too_many = {}
    for visitor, name in enumerate(TRIED[kind], 1):
        limit, look = TRIES[name]
        tried = islice(cycle(each.format(n=visitor) for each in SPELLINGS[kind]), limit.most + MORE)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            looked = list(pool.map(lambda address, look=look: look(server, address, next(numbers)), tried))
        too_many[name] = sum(looked) - limit.most
        assert look(server, SPELLINGS[kind][-1].format(n=99), next(numbers)), name
    assert too_many == dict.fromkeys(TRIED[kind], 0)


def test_looks_are_exact_to_the_count_over_two_workers(
    installation: Installation, repository: Path, request: pytest.FixtureRequest
) -> None:
    """Each worker told of its looks in batches of 50: with two of them up to 49 more were shown than the limit says."""
    few = 40
    token = installation.python(MAKE.format(root=str(repository))).split()[-1]
    server: Server = request.getfixturevalue("server")
    installation.python(LEAVES_FEW.format(few=few))
    spellings = islice(cycle(each.format(n=1) for each in SPELLINGS["IPv4"]), 2 * few)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda at: server.get(f"/s/{token}/", X_Forwarded_For=at), spellings))
    assert [answer.status for answer in answers].count(200) == len(events(installation)) == few
    waits = [int(answer.headers["retry-after"]) for answer in answers if answer.status == 429]
    assert all(0 < wait <= limits.OPENING.seconds for wait in waits)
    assert server.get(f"/s/{token}/", X_Forwarded_For="203.0.113.2").status == 200


def test_whom_the_proxy_does_not_name_is_not_refused_for_others(server: Server) -> None:
    """All who came by a proxy that named nobody shared one count: the 61st within ten minutes could not order."""
    most = limits.RECIPIENT_ACT.most + MORE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert all(pool.map(lambda number: declares(server, "unknown", number), range(most)))
    assert (server.installation.data / "run" / "unnamed-visitors").exists()
