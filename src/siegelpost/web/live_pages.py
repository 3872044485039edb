"""Live pages: a stream of server-sent events that says that something has changed, never what.

One look at a cheap counter per process and second serves all streams of the process; they hold no thread. The same
look ends the streams of whoever was signed out or lost the right to work from outside. The page then asks for its
parts anew, by the usual way and with the usual rights.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.http.cookie import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from siegelpost.contacts import colleague_cards
from siegelpost.toolbox.limits import LIVE_PAGE
from siegelpost.toolbox.locks import Places
from siegelpost.web.headers import Headers

Scope = dict[str, Any]
Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]

ADDRESS = "/live/"
MOST_STREAMS = 400  # per worker process
LOOK_EVERY = 1.0  # seconds
HEARTBEAT = 20.0  # seconds: less than what proxies between wait for
# A stream ends after so many seconds; the browser asks again, and may find a process that has less to do.
LONGEST = 300.0
_STREAM = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store, private"))
_BEGIN = b"retry: 3000\n\n"
_CHANGE = b"event: change\ndata: -\n\n"
_BEAT = b":\n\n"


@dataclass(eq=False, slots=True)
class _Listener:
    """One open stream: by which session, and whether it is over."""

    session: str
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    """The streams of one worker process."""

    def __init__(self, marker: Callable[[], Awaitable[object]], headers: Headers, places: Path) -> None:
        self._marker = marker
        self._headers = headers
        self._places = Places(places, LIVE_PAGE.most)
        self._changed = asyncio.Event()
        self._ending = False
        self._listeners: set[_Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        # One thread, because a thread has a connection to the database of its own.
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="live")

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one stream until it is over: 401 for strangers, 503 when there are too many."""
        session = _session(scope)
        person = (await self._let_in([session])).get(session) if session else None
        full = self._ending or len(self._listeners) >= MOST_STREAMS
        place = None if person is None or full else self._places.take(person)
        if place is None:
            status = 401 if person is None else 503
            await send({"type": "http.response.start", "status": status, "headers": [*self._headers, *_STREAM]})
            await send({"type": "http.response.body", "body": b""})
            return
        listener = _Listener(session)
        self._listeners.add(listener)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            await self._speak(listener, receive, send)
        finally:
            self._listeners.discard(listener)
            self._places.give_back(place)

    def end(self) -> None:
        """The process ends: let go of everybody, who will find another process."""
        self._ending = True
        for listener in self._listeners:
            listener.over.set()
        if self._looking is not None:
            self._looking.cancel()
        self._asking.shutdown(wait=False)

    async def _let_in(self, sessions: Iterable[str]) -> dict[str, int]:
        return await asyncio.get_running_loop().run_in_executor(self._asking, _in_a_thread, set(sessions))

    async def _speak(self, listener: _Listener, receive: Receive, send: Send) -> None:
        await receive()  # the request itself; what comes next is the visitor hanging up
        gone, over = asyncio.ensure_future(receive()), asyncio.ensure_future(listener.over.wait())
        await send({"type": "http.response.start", "status": 200, "headers": [*self._headers, *_STREAM]})
        await send({"type": "http.response.body", "body": _BEGIN, "more_body": True})
        until = asyncio.get_running_loop().time() + LONGEST
        try:
            while not listener.over.is_set() and not gone.done() and asyncio.get_running_loop().time() < until:
                change = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({change, gone, over}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                said = _CHANGE if change.done() else _BEAT
                change.cancel()
                if not listener.over.is_set() and not gone.done():
                    await send({"type": "http.response.body", "body": said, "more_body": True})
        finally:
            gone.cancel()
            over.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _look(self) -> None:
        """Look at the counter and at who may still listen, as long as anybody does."""
        known: object = None
        try:
            with suppress(Exception):
                known = await self._marker()
            while self._listeners:
                await asyncio.sleep(LOOK_EVERY)
                with suppress(Exception):  # a database that does not answer now is asked again in a second
                    await self._end_those_who_may_not()
                    if (marker := await self._marker()) != known:
                        known = marker
                        told, self._changed = self._changed, asyncio.Event()
                        told.set()
        finally:
            self._looking = None

    async def _end_those_who_may_not(self) -> None:
        there = list(self._listeners)
        still = await self._let_in(listener.session for listener in there)
        for listener in there:
            if listener.session not in still:
                listener.over.set()


def let_in(sessions: Iterable[str]) -> dict[str, int]:
    """Those of these sessions in which somebody is signed in who may work from outside now, and who that is."""
    rows = Session.objects.filter(session_key__in=list(sessions), expire_date__gt=timezone.now())
    claims = {row.session_key: SessionStore().decode(row.session_data) for row in rows}
    signed_in = {each[SESSION_KEY] for each in claims.values() if SESSION_KEY in each}
    people = {str(agent.pk): agent for agent in colleague_cards.able(signed_in)}
    found = {}
    for key, claim in claims.items():
        agent = people.get(claim.get(SESSION_KEY, ""))
        if agent is None or claim.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            continue
        if constant_time_compare(claim.get(HASH_SESSION_KEY, ""), agent.get_session_auth_hash()):
            found[key] = agent.pk
    return found


def _in_a_thread(sessions: Iterable[str]) -> dict[str, int]:
    """:func:`let_in` outside of Django's requests, which else see to the connection."""
    close_old_connections()
    try:
        return let_in(sessions)
    finally:
        close_old_connections()


def _session(scope: Scope) -> str:
    """The session the request's cookie names, which need not exist; empty when it names none."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    except CookieError:
        return ""
