"""Properties by HTTPS: a program of the office's puts a file here, under the name and password of its account."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from siegelpost.estates.intake import accounts, arrivals
from siegelpost.estates.intake.box import BadNameError, FullError, InUseError, Sender
from siegelpost.estates.intake_models import IntakeAccount, Way
from siegelpost.ledger import halt
from siegelpost.toolbox.limits import INTAKE
from siegelpost.web import throttle, visitors

PREFIX = "/intake/"
_STATE = "intake"
_MOST_FILES = 50
# What became of this request's password before its body was taken in: a request is one try, however often it is looked
# at. False while nobody has looked, True when it was counted, and the refusal when there were too many.
_TRIED: ContextVar[bool | throttle.TooOftenError] = ContextVar("tried", default=False)


async def lets_in(scope: dict[str, Any]) -> bool:
    """Whether a request that is to bring a file names an account by its password; it is noted in the request."""
    fields = dict(scope["headers"])
    header = fields.get(b"authorization", b"").decode("latin-1")
    try:
        found = await asyncio.to_thread(_early_account, scope["path"], header, visitors.of_scope(scope))
    except throttle.TooOftenError as error:
        _TRIED.set(error)
        return False
    _TRIED.set(True)
    if found:
        scope.setdefault("state", {})[_STATE] = found.login
    return found is not None


def _early_account(path: str, header: str, visitor: str) -> IntakeAccount | None:
    try:
        return _account(path, header, visitor)
    finally:
        connection.close()  # this thread is not one of Django's, and nobody else would


def account_in(scope: dict[str, Any]) -> str:
    """The account that :func:`lets_in` found; "" for everybody else."""
    return str(scope.get("state", {}).get(_STATE, ""))


def _account(path: str, header: str, visitor: str) -> IntakeAccount | None:
    """The account of this address, if the header has its password.

    Raises:
        throttle.TooOftenError: too many tries from there did not.
    """
    login = path.removeprefix(PREFIX).partition("/")[0]
    tried = _TRIED.get()
    if isinstance(tried, throttle.TooOftenError):
        raise tried
    if not tried:
        throttle.spend(INTAKE, visitor)
    kind, _, value = header.partition(" ")
    password = value.strip()
    if kind.lower() == "basic":
        try:
            given, _, password = base64.b64decode(password, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        if given != login:
            return None
    found = accounts.let_in(login, password)
    if found and not tried:
        throttle.give_back(INTAKE, visitor)
    return found


@csrf_exempt
@never_cache
def receive(request: HttpRequest, login: str, name: str = "") -> HttpResponse:
    """Take a file in (PUT or POST, as it is or as a form's): 201 when it is kept, and later read and brought in.

    GET by the right account answers 200, so that a program may try its login.
    """
    visitor = visitors.of(request)
    try:
        account = _account(f"{PREFIX}{login}/", request.headers.get("Authorization", ""), visitor)
    except throttle.TooOftenError as error:
        return _say(429, "Zu viele Versuche. / Too many tries.", **{"Retry-After": str(error.seconds)})
    if account is None:
        realm = {"WWW-Authenticate": 'Basic realm="Siegelpost", charset="UTF-8"'}
        return _say(401, "Name oder Passwort stimmt nicht. / Wrong name or password.", **realm)
    if request.method in ("GET", "HEAD"):
        accounts.note_use(account, Way.HTTPS, visitor)
        return _say(200, "Der Zugang stimmt. / The account is right.")
    if request.method not in ("PUT", "POST"):
        return _say(405, "Bitte PUT oder POST. / Please use PUT or POST.", Allow="GET, PUT, POST")
    if halt.reason():
        return _say(503, "Gerade wird nichts angenommen. / Nothing is taken in now.", **{"Retry-After": "600"})
    return _refusals(lambda: _keep(request, account, name, Sender(Way.HTTPS, visitor)))


def _keep(request: HttpRequest, account: IntakeAccount, name: str, sender: Sender) -> HttpResponse:
    box = arrivals.box_of(account)
    accounts.note_use(account, sender.way, sender.address)
    if request.method == "POST" and (request.content_type or "").startswith("multipart/"):
        sent = [each for _field, several in request.FILES.lists() for each in several]
        files: list[tuple[Any, str]] = [(each, each.name or "") for each in sent[:_MOST_FILES]]
    else:
        files = [(request, name)] if name else []
    if not files:
        return _say(400, "Es kam keine Datei mit einem Namen. / There was no file with a name.")
    for file, called in files:
        box.place(file, called, sender)
    return _say(201, "Angekommen; wird geprüft. / Arrived; it will be checked.")


def _refusals(keep: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return keep()
    except BadNameError:
        return _say(400, "Dieser Dateiname geht nicht. / This file name cannot be used.")
    except (IsADirectoryError, NotADirectoryError, InUseError):
        return _say(409, "Unter diesem Namen liegt etwas anderes. / Something else has this name.")
    except PermissionError:
        return _say(503, "Der Ordner dieses Zugangs ist gesperrt. / This account's folder is closed to this server.")
    except FullError:
        return _say(507, "Der Platz dieses Zugangs ist voll. / This account's room is used up.")


def _say(status: int, text: str, **fields: str) -> HttpResponse:
    answer = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=fields)
    if status >= 400:  # what is still on its way is not waited for
        answer["Connection"] = "close"
    return answer
