"""The application behind the front: the lane for what is read often, Django in threads for everything else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http.request import split_domain_port, validate_host
from django.urls import get_resolver

from siegelpost.dispatch.frozen.pages import TEMPLATES
from siegelpost.settings import Settings
from siegelpost.templating import environment
from siegelpost.tls.front.live_certificates import StoreContexts
from siegelpost.toolbox.limits import one_address
from siegelpost.toolbox.tally import Tally
from siegelpost.toolbox.words import LANGUAGES
from siegelpost.web.body import GoneError, TooLargeError, TooManyError, WaitingRoom, spooled, waiting_folder
from siegelpost.web.lane import Lane

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_HEALTH = "/health"
# Django's threads per worker process. More would only take the interpreter from each other.
THREADS = 8
# A browser that once saw a trusted certificate shall insist on one for so long, in seconds. No longer: an office whose
# certificate lapses must be able to go back to where it was.
_HSTS = (b"strict-transport-security", b"max-age=2592000")


class Application:
    """The ASGI application of one worker process.

    Args:
        on_disk: the large bodies of strangers, counted over all processes.
        most_on_disk: how many these may be.
    """

    def __init__(self, chosen: Settings, contexts: StoreContexts, on_disk: Tally, most_on_disk: int) -> None:
        self._contexts = contexts
        self._running: set[asyncio.Task[Any]] = set()
        self._lane = Lane(chosen)
        self._waiting_room = WaitingRoom(waiting_folder(chosen.data), on_disk, most_on_disk)
        self._public_address = chosen.public_address
        # a2wsgi and Django each have types of their own for what WSGI and ASGI say.
        self._django: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - an application is always called within a task
        self._running.add(task)
        try:
            await self._answer(scope, receive, send)
        finally:
            self._running.discard(task)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["scheme"] == "http":  # a proxy handed on what had come to it unprotected
            await _to_https(scope, send, self._public_address)
            return
        if not _is_ours(scope):
            await self._lane.not_ours(scope, send)
            return
        if not self._contexts.self_signed:
            send = _with_hsts(send)
        handler = self._lane.handler(scope)
        if handler is not None:
            await handler(scope, receive, send)
            return
        try:
            async with spooled(scope, receive, self._waiting_room) as whole:
                await self._django(scope, whole, send)
        except GoneError:
            return
        except TooLargeError:
            await self._lane.too_large(send)
        except TooManyError as error:
            await self._lane.too_many(send, from_here=error.from_here)

    def warm_up(self) -> None:
        """Load what the first request of each kind would else wait for; runs in a thread."""
        get_resolver().url_patterns  # noqa: B018 - a property that imports every view
        for language in LANGUAGES:
            for template in {name for pages in TEMPLATES.values() for name in pages.values()}:
                environment(language).get_template(template)

    def ending(self) -> None:
        """The process is about to end: what would stay open by itself is let go."""
        self._lane.end_streams()

    async def close(self, patience: float) -> None:
        """Finish what is under way, for at most so many seconds: a visitor may have gone before their request ended."""
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        self._django.executor.shutdown(wait=False)
        await self._lane.close()


def _is_ours(scope: Scope) -> bool:
    """Whether the request is for a name of this server; whether it is well may also be asked for by its address."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), None)
    if host is None:  # of HTTP/1.0, as some that only look whether the server is well
        return str(scope["path"]).startswith(_HEALTH)
    name, _port = split_domain_port(host)
    if validate_host(name, settings.ALLOWED_HOSTS):
        return True
    by_address = one_address(name.strip("[]")) == one_address(scope["server"][0])
    return by_address and str(scope["path"]).startswith(_HEALTH)


async def _to_https(scope: Scope, send: Send, address: str) -> None:
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    path = scope["raw_path"] if scope["raw_path"].startswith(b"/") else b"/"
    location = address.encode() + path + query
    headers = [(b"location", location), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body"})


def _with_hsts(send: Send) -> Send:
    async def wrapped(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _HSTS]}
        await send(message)

    return wrapped
