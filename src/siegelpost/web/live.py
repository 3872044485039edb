"""Live pages: a stream of server-sent events that says that something has changed, never what.

One look at a cheap counter per process and second serves all streams of the process; they hold no thread and no
connection to the database. The page then asks for its parts anew, by the usual way and with the usual rights.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http.cookies import CookieError
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare

from siegelpost.contacts import cards
from siegelpost.office.models import Agent
from siegelpost.web.headers import Headers

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]

ADDRESS = "/live/"
# Per worker process; and per person, who has a few tabs and devices at most.
MOST_STREAMS = 400
MOST_PER_PERSON = 12
LOOK_EVERY = 1.0  # seconds
HEARTBEAT = 20.0  # seconds: less than what proxies between wait for
# A stream ends after so many seconds; the browser asks again, and shows anew who it is.
LONGEST = 300.0
_STREAM = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store, private"))
_BEGIN = b"retry: 3000\n\n"
_CHANGE = b"event: change\ndata: -\n\n"
_BEAT = b":\n\n"


class Live:
    """The streams of one worker process."""

    def __init__(self, marker: Callable[[], Awaitable[object]], headers: Headers) -> None:
        self._marker = marker
        self._headers = headers
        self._changed = asyncio.Event()
        self._ending = False
        self._open: Counter[int] = Counter()
        self._looking: asyncio.Task[None] | None = None

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one stream until it is over: 401 for strangers, 503 when there are too many."""
        person = await asyncio.to_thread(_person, scope)
        if person is None or self._ending or self._full(person):
            status = 401 if person is None else 503
            await send({"type": "http.response.start", "status": status, "headers": [*self._headers, *_STREAM]})
            await send({"type": "http.response.body", "body": b""})
            return
        self._open[person] += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            await self._speak(receive, send)
        finally:
            self._open[person] -= 1
            self._open += Counter()  # forget who has none left

    def end(self) -> None:
        """The process ends: let go of everybody, who will find another process."""
        self._ending = True
        self._changed.set()
        if self._looking is not None:
            self._looking.cancel()

    def _full(self, person: int) -> bool:
        return self._open.total() >= MOST_STREAMS or self._open[person] >= MOST_PER_PERSON

    async def _speak(self, receive: Receive, send: Send) -> None:
        await receive()  # the request itself; what comes next is the visitor hanging up
        gone = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": [*self._headers, *_STREAM]})
        await send({"type": "http.response.body", "body": _BEGIN, "more_body": True})
        until = asyncio.get_running_loop().time() + LONGEST
        try:
            while not self._ending and not gone.done() and asyncio.get_running_loop().time() < until:
                change = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({change, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                said = _CHANGE if change.done() else _BEAT
                change.cancel()
                if not self._ending and not gone.done():
                    await send({"type": "http.response.body", "body": said, "more_body": True})
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _look(self) -> None:
        """Look at the counter as long as anybody wants to know."""
        try:
            known = await self._marker()
            while self._open.total():
                await asyncio.sleep(LOOK_EVERY)
                with suppress(Exception):  # a database that does not answer now is asked again in a second
                    if (marker := await self._marker()) != known:
                        known = marker
                        told, self._changed = self._changed, asyncio.Event()
                        told.set()
        finally:
            self._looking = None


def _person(scope: Scope) -> int | None:
    """Who is signed in and may work from outside, by the session's cookie; None for everybody else."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
        session = SessionStore(key).load() if key else {}
        if SESSION_KEY not in session or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        agent = Agent.objects.filter(pk=session[SESSION_KEY], is_active=True).first()
        if agent is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), agent.get_session_auth_hash()):
            return None
        return None if cards.missing(agent) else int(agent.pk)
    except CookieError:
        return None
    finally:
        connection.close()  # this thread is not one of Django's, and nobody else would
