"""Live pages over the real server: who is told, how soon, how many at once, and that nobody else waits for them."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from tests.support.serving import NAME, Serve, Server

from siegelpost.toolbox.limits import LIVE_PAGE
from siegelpost.web.live_pages import ADDRESS

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]
SESSION = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from siegelpost.office.models import Agent
agent = Agent.objects.get()
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(agent.pk), agent.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session.save()
print(settings.SESSION_COOKIE_NAME + "=" + session.session_key)
"""
CHANGE = """
from django.db import transaction
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
with transaction.atomic():
    append(EventKind.AGENT_SIGNED_IN, subject="office", data={"way": "link", "agent": "somebody"})
"""


@contextmanager
def stream(server: Server, cookie: str) -> Iterator[http.client.HTTPResponse]:
    """An open stream, or the answer that refuses one."""
    context = ssl.create_default_context(cadata=server.trust)
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as secured,
        closing(http.client.HTTPSConnection(NAME, server.port)) as connection,
    ):
        connection.sock = secured
        connection.request("GET", ADDRESS, headers={"Cookie": cookie, "Accept": "text/event-stream"})
        with closing(connection.getresponse()) as answer:
            yield answer


def hears_of_a_change(answer: http.client.HTTPResponse) -> bool:
    while line := answer.readline():
        if line == b"event: change\n":
            return True
    return False


def test_a_change_reaches_every_worker_and_nobody_waits_for_those_who_listen(serve: Serve) -> None:
    server = serve(workers=2)
    cookie = server.installation.python(SESSION).strip()
    with ExitStack() as stack:
        streams = [stack.enter_context(stream(server, cookie)) for _ in range(LIVE_PAGE.most)]
        assert {one.status for one in streams} == {200}
        assert streams[0].getheader("content-type") == "text/event-stream; charset=utf-8"
        # More than Django has threads listen now, and Django answers all the same.
        assert server.get("/account/login/").status == 200
        server.installation.python(CHANGE)
        assert all(hears_of_a_change(one) for one in streams)
        # The end of the server is not held up by those who listen.
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 15


def test_strangers_and_too_many_are_refused_whichever_process_answers(serve: Serve) -> None:
    server = serve(workers=2)
    cookie = server.installation.python(SESSION).strip()
    for other in ("", "__Host-session=made-up", cookie[:-1] + ("x" if cookie[-1] != "x" else "y")):
        with stream(server, other) as answer:
            assert answer.status == 401
            assert answer.read() == b""
    with ExitStack() as stack:
        streams = [stack.enter_context(stream(server, cookie)) for _ in range(LIVE_PAGE.most)]
        assert {one.status for one in streams} == {200}
        for _ in range(8):  # the system chooses the process
            with stream(server, cookie) as answer:
                assert answer.status == 503
    # Once they are closed, there is room again.
    until = time.monotonic() + 30
    status = 503
    while status == 503 and time.monotonic() < until:
        with stream(server, cookie) as answer:
            status = answer.status
    assert status == 200


SIGNED_OUT = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
RIGHT_TAKEN = "from siegelpost.office.models import Agent; Agent.objects.update(outside_access=False)"


def test_the_stream_ends_with_the_right_to_it(serve: Serve) -> None:
    server = serve(workers=1)
    for taken in (SIGNED_OUT, RIGHT_TAKEN):
        cookie = server.installation.python(SESSION).strip()
        with stream(server, cookie) as answer:
            assert answer.status == 200
            assert taken != SIGNED_OUT or beats(answer)
            server.installation.python(taken)
            # Far from the five minutes after which every stream begins anew.
            began = time.monotonic()
            answer.read()
            assert time.monotonic() - began < 60
        with stream(server, cookie) as answer:
            assert answer.status == 401


def beats(answer: http.client.HTTPResponse) -> bool:
    """Whether the server says that it is there though nothing happens: a comment, which browsers pass over."""
    while line := answer.readline():
        if line == b":\n":
            return True
    return False
