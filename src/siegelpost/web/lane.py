"""The lane: what is read often, answered on the event loop, past Django's middleware.

The recipient's page and its pictures, static files, health and metrics; only GET and HEAD. Everything else is
Django's.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import structlog
from django.utils.translation.trans_real import parse_accept_lang_header

from siegelpost import storage
from siegelpost.cases import viewings
from siegelpost.dispatch.frozen.files import pictures_in
from siegelpost.dispatch.frozen.pages import OVER, Shown
from siegelpost.dispatch.frozen.row import PageRow, public_id, shown, state_of
from siegelpost.dispatch.frozen_form import NewerFormError
from siegelpost.dispatch.links import PREFIX, canonical_sha256
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.recipient import openings, visitor
from siegelpost.dispatch.recipient.downloads import Handed, record_download
from siegelpost.dispatch.states import DispatchState
from siegelpost.foreign import room
from siegelpost.ledger import halt
from siegelpost.ledger.log import Row
from siegelpost.office.tokens import token_hash
from siegelpost.settings import Settings
from siegelpost.web import downloads, live_pages, return_path, service_worker, static_files, visitors
from siegelpost.web.errors import halted_page, newer_page
from siegelpost.web.group_commit import GroupCommit, PostgreSQLWriter, SQLiteWriter
from siegelpost.web.headers import HTML, NO_STORE, TEXT, Headers, security_headers
from siegelpost.web.metrics import metrics
from siegelpost.web.office_address import OfficeAddress
from siegelpost.web.openings import Openings
from siegelpost.web.page_query import PostgreSQLReader, Reader, SQLiteReader
from siegelpost.web.recipient.pages import Answer, dispatch_page, message_page
from siegelpost.web.throttle import Window

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

_LONGEST_TOKEN = 64
_PICTURE_TYPES = {"webp": b"image/webp", "avif": b"image/avif", "jpg": b"image/jpeg"}
_CHUNK = 64 * 1024

# Plain, because a page that needs more might fail for the same reason.
_TRY_AGAIN = (
    b"Die Seite kann gerade nicht gezeigt werden. Bitte versuchen Sie es in einer Minute noch einmal.\n"
    b"The page cannot be shown just now. Please try again in a minute.\n"
)
_SOON = (b"retry-after", b"60")
_TOO_MANY_OF_YOURS = (
    "Von Ihrem Anschluss werden gerade zu viele große Eingaben gesendet. Bitte versuchen Sie es in einer Minute noch "
    "einmal.\nToo much is being sent from your connection just now. Please try again in a minute.\n"
)
_TOO_MANY = (
    "Gerade wird zu viel auf einmal gesendet. Bitte versuchen Sie es in einer Minute noch einmal.\n"
    "Too much is being sent at once just now. Please try again in a minute.\n"
)


class Lane:
    """Made once per worker process, on its running event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._headers = security_headers()
        self._page_headers = [*self._headers, HTML, NO_STORE]
        self._static = static_files.load()
        self._openings = Openings()
        self._office = OfficeAddress()
        self._reader: Reader
        if settings.database_url is None:
            self._reader = SQLiteReader(settings.database_path)
            self._commits = GroupCommit(partial(SQLiteWriter, settings.database_path))
        else:
            self._reader = PostgreSQLReader(settings.database_url)
            self._commits = GroupCommit(partial(PostgreSQLWriter, settings.database_url))
        self._live_pages = live_pages.Live(self._reader.marker, self._headers, settings.data / "run" / "live")
        self._service_worker = service_worker.script(self._static)
        self._fixed: dict[str, Handler] = {
            service_worker.ADDRESS: self._worker,
            live_pages.ADDRESS: self._live_pages.stream,
            "/health": self._ready,
            "/health/live": self._live,
            "/health/ready": self._ready,
            "/metrics": self._metrics,
        }

    def handler(self, scope: Scope) -> Handler | None:
        """Who answers this request; None if it is not the lane's."""
        path: str = scope["path"]
        if path.startswith(PREFIX) and "/" not in path[len(PREFIX) :]:
            return self._with_slash
        if scope["method"] not in ("GET", "HEAD"):
            return None
        if path.startswith(PREFIX):
            token, _, rest = path[len(PREFIX) :].partition("/")
            if not rest:
                return partial(self._frozen, partial(self._page, token))
            kind, _, name = rest.partition("/")
            if downloads.is_download(rest):
                return partial(self._frozen, partial(self._download, token, rest))
            picture, _, form = name.partition(".")
            if kind == "bild" and form in _PICTURE_TYPES:
                return partial(self._frozen, partial(self._picture, token, picture, _PICTURE_TYPES[form]))
            return None
        if path.startswith(static_files.PREFIX):
            return self._static_file
        return self._fixed.get(path)

    def end_streams(self) -> None:
        """Let go of the live pages, which would else stay as long as their visitors."""
        self._live_pages.end()

    async def close(self) -> None:
        """Write what waits to be written."""
        await self._commits.close()
        self._reader.close()

    # What recipients see

    async def _with_slash(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A link that lost its last slash leads on, with what was sent to it (308 keeps the form)."""
        target = (b"location", quote(scope["path"], safe="/").encode() + b"/")
        await _send(send, 308, [*self._headers, TEXT, NO_STORE, target], b"")

    async def _find(self, token: str) -> PageRow | None:
        return await self._reader.find(token_hash(token)) if len(token) <= _LONGEST_TOKEN else None

    async def _frozen(self, handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
        """What was frozen, unless a newer version did it; that is found out before a byte leaves."""
        try:
            await handler(scope, receive, send)
        except NewerFormError:
            await _send(send, 503, self._page_headers, newer_page())

    async def _page(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        """The page of a dispatch, answered only once its opening is on the disk."""
        found = await self._find(token)
        if found is None:
            await self._unknown(scope, send)
            return
        look = await self._look(found, scope, send)
        if look is None:
            return
        state = state_of(found, datetime.now(UTC))
        if found.gate_html is not None and state is not DispatchState.EXPIRED:
            answer = Answer(200, bytes(found.gate_html))
        else:
            showing = shown(found, state)
            if showing.content is not None and showing.kind is Kind.SECURE_EXPOSE:
                rows = await self._reader.viewings(token_hash(token))
                showing = replace(showing, viewings=viewings.shown(rows, datetime.now(UTC)))
            answer = dispatch_page(showing)
            if state is DispatchState.OPEN and showing.content is not None and not _is_machine(scope):
                await self._show_content(found, showing, answer.body, look, scope, receive, send)
                return
        after_form = await self._is_after_own_form(token, state, scope)
        opened = _opening(found, state, scope, sha256(answer.body).hexdigest())
        if after_form or await self._recorded(opened, look, scope, send):
            await _send(send, answer.status, self._page_headers, answer.body)

    async def _show_content(
        self, found: PageRow, showing: Shown, body: bytes, look: Window, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """The page that is the content itself: handed over the first time, looked at again later."""
        content = canonical_sha256(showing.content)
        if await self._reader.was_handed_over(public_id(found), content):
            opened = _opening(found, DispatchState.OPEN, scope, content, again=True)
            if await self._recorded(opened, look, scope, send):
                await _send(send, 200, self._page_headers, body)
            return
        handed = Handed("message" if showing.kind is Kind.REGISTERED_MAIL else "expose", content)
        if await self._recorded(None, look, scope, send):
            await self._hand_over(found, handed, self._page_headers, body, scope, receive, send)

    async def _is_after_own_form(self, token: str, state: DispatchState, scope: Scope) -> bool:
        """Whether the visitor was led here by the answer to their own form; of content each look is recorded."""
        if state is DispatchState.OPEN or scope["method"] != "GET" or not scope.get("query_string"):
            return False
        return await return_path.is_after_own_form(scope["query_string"], token)

    async def _look(self, found: PageRow, scope: Scope, send: Send, *, copy: bool = False) -> Window | None:
        """By what this look is counted; None if the visitor has had all of theirs, and was told so."""
        look = self._openings.window(public_id(found), visitors.of_scope(scope), copy=copy)
        if wait := self._openings.seconds_to_wait(look):
            await self._too_often(wait, scope, send)
            return None
        return look

    async def _recorded(self, event: Row | None, look: Window, scope: Scope, send: Send) -> bool:
        """Whether the look is counted and its event on the disk; if not, the visitor is asked to come back.

        Args:
            event: none where it can be written only once the bytes have left.
        """
        try:
            admitted = await self._commits.write(event, look)
        except halt.HaltedError:
            await self._halted(send)
            return False
        except Exception:  # logged where it happened
            await _send(send, 503, [*self._headers, TEXT, NO_STORE, _SOON], _TRY_AGAIN)
            return False
        if not admitted:
            await self._too_often(self._openings.spent(look), scope, send)
        return admitted

    async def _halted(self, send: Send) -> None:
        await _send(send, 503, [*self._page_headers, _SOON], halted_page())

    async def _too_often(self, seconds: int, scope: Scope, send: Send) -> None:
        answer = message_page("too_often", _language(scope), 429, seconds=seconds, office=await self._office.shown())
        retry = (b"retry-after", b"%d" % seconds)
        await _send(send, answer.status, [*self._page_headers, retry], answer.body)

    async def _unknown(self, scope: Scope, send: Send) -> None:
        await self._nothing_here(404, scope, send)

    async def _nothing_here(self, status: int, scope: Scope, send: Send) -> None:
        answer = message_page("unknown", _language(scope), status, office=await self._office.shown())
        await _send(send, answer.status, self._page_headers, answer.body)

    async def _picture(self, token: str, picture: str, kind: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """A picture of the page, while there is one; what stands behind the gate only once it is open."""
        found = await self._find(token)
        state = state_of(found, datetime.now(UTC)) if found else None
        if found is None or state is None or state in OVER:
            await self._unknown(scope, send)
            return
        showing = shown(found, state)
        if picture not in pictures_in([showing.page, showing.content if state is DispatchState.OPEN else None]):
            await self._unknown(scope, send)
            return
        data = await asyncio.to_thread(storage.read, picture)
        await _send(send, 200, [*self._headers, (b"content-type", kind), NO_STORE], data)

    async def _download(self, token: str, rest: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A file behind the gate, once it is open."""
        found = await self._find(token)
        is_open = (
            found is not None and state_of(found, datetime.now(UTC)) is DispatchState.OPEN and found.content is not None
        )
        document = downloads.wanted(rest, found) if found is not None and is_open else None
        if found is None or document is None:
            await self._nothing_here(404 if found is None or is_open else 403, scope, send)
            return
        look = await self._look(found, scope, send, copy=bool(document.marked_for))
        if look is None or not await self._recorded(None, look, scope, send):
            return
        headers = [*self._headers, *document.headers, NO_STORE]
        if document.marked_for and scope["method"] == "HEAD":
            # How long a copy is nobody knows before it is drawn, and nobody would get this one.
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            data, handed = await asyncio.to_thread(document.fetched)
        except downloads.NotNowError:
            log.exception("a document could not be marked", sha256=document.sha256)
            await _send(send, 503, [*self._headers, TEXT, NO_STORE, _SOON], _TRY_AGAIN)
            return
        await self._hand_over(found, handed, headers, data, scope, receive, send)

    async def _hand_over(
        self, found: PageRow, handed: Handed, headers: Headers, data: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send content that was counted; what is recorded is whether all has left and the visitor was still there."""
        await receive()  # the request itself; what comes next is the visitor hanging up
        gone = asyncio.ensure_future(receive())
        length = (b"content-length", b"%d" % len(data))
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
        for start in range(0, len(data), _CHUNK):
            await send({"type": "http.response.body", "body": data[start : start + _CHUNK], "more_body": True})
        if scope["method"] == "GET":
            client = visitor.coarse(scope["client"][0], _field(scope, b"user-agent")[:300])
            event = record_download(public_id(found), handed, len(data), client, whole=not gone.done())
            if _is_machine(scope):
                # A preview or a prefetch is no reader: nothing was handed over to anybody.
                event = _opening(found, DispatchState.OPEN, scope, handed.sha256, copy=handed.copy_sha256)
            with suppress(Exception):  # logged where it happened; the bytes have left and cannot be called back
                await self._commits.write(event)
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    # What machines see

    async def _static_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._static.get(scope["path"])
        if file is None:
            await _send(send, 404, [*self._headers, TEXT], b"Not found\n")
            return
        status, headers, body = file.answer(scope["query_string"], dict(scope["headers"]))
        await _send(send, status, [*self._headers, *headers], body)

    async def _worker(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The service worker's script: at the root, because it serves the pages there; asked for anew every time."""
        kind = (b"content-type", b"text/javascript; charset=utf-8")
        await _send(send, 200, [*self._headers, kind, (b"cache-control", b"no-cache")], self._service_worker)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _send(send, 200, [*self._headers, TEXT, NO_STORE], b"ok\n")

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whether the database answers, what comes is written, and strangers' bytes can be read."""
        status, text = 200, b"ok\n"
        try:
            await self._reader.ping()
        except Exception:
            log.exception("the database does not answer")
            status, text = 503, b"the database does not answer\n"
        else:
            if halt.reason():
                status, text = (
                    503,
                    b"halted: nothing is written, sealed or sent; the log and `siegelpost fsck` say why\n",
                )
            elif (host := room.host_state()) and not host.here:
                status, text = 503, b"files, mails and pictures cannot be read: their process is being started again\n"
        await _send(send, status, [*self._headers, TEXT, NO_STORE], text)

    async def _metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._may_read_metrics(scope):
            await _send(send, 403, [*self._headers, TEXT, NO_STORE], b"only from this machine, or with the token\n")
            return
        text = await asyncio.to_thread(metrics, self._settings)
        kind = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
        await _send(send, 200, [*self._headers, kind, NO_STORE], text.encode())

    def _may_read_metrics(self, scope: Scope) -> bool:
        token = self._settings.metrics_token
        if token is not None:
            return hmac.compare_digest(_field(scope, b"authorization"), b"Bearer " + token.encode())
        return visitors.is_this_machine(scope)

    async def not_ours(self, scope: Scope, send: Send) -> None:
        """Answer what was meant for another name, of which a stranger can send any number: one short line each."""
        log.info("a request for a name that is not ours", host=ascii(_field(scope, b"host")[:80])[2:-1])
        headers = [*self._headers, TEXT, NO_STORE, (b"connection", b"close")]
        text = "Unter diesem Namen ist hier niemand. / Nobody is here by this name.\n"
        await _send(send, 400, headers, text.encode())

    async def too_large(self, send: Send) -> None:
        """Answer a request whose body nobody wants."""
        headers = [*self._headers, TEXT, NO_STORE, (b"connection", b"close")]
        await _send(send, 413, headers, "Das ist zu groß. / This is too large.\n".encode())

    async def too_many(self, send: Send, *, from_here: bool) -> None:
        """Answer a large body for which there is no room now, because of this visitor's others or of everybody's."""
        status, text = (429, _TOO_MANY_OF_YOURS) if from_here else (503, _TOO_MANY)
        headers = [*self._headers, TEXT, NO_STORE, _SOON, (b"connection", b"close")]
        await _send(send, status, headers, text.encode())


def _is_machine(scope: Scope) -> bool:
    return openings.looks_like_a_machine(_field(scope, b"user-agent"), scope["method"], _foresight(scope))


def _opening(
    found: PageRow, state: DispatchState, scope: Scope, shown: str, *, again: bool = False, copy: str = ""
) -> Row:
    return openings.record(
        public_id(found),
        state=state,
        shown=shown,
        again=again,
        copy=copy,
        ip=scope["client"][0],
        user_agent=_field(scope, b"user-agent"),
        method=scope["method"],
        foresight=_foresight(scope),
    )


def _foresight(scope: Scope) -> list[bytes]:
    """What browsers say when nobody has asked for the page yet."""
    return [value for field, value in scope["headers"] if field in openings.FORESIGHT]


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def _field(scope: Scope, name: bytes) -> bytes:
    for field, value in scope["headers"]:
        if field == name:
            return bytes(value)
    return b""


def _language(scope: Scope) -> str:
    """German or English, as the visitor's browser prefers; German when it says neither."""
    for language, _ in parse_accept_lang_header(_field(scope, b"accept-language").decode("latin-1").lower()):
        if language[:2] in ("de", "en"):
            return language[:2]
    return "de"
