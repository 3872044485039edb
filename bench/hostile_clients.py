"""What each hostile client of :mod:`bench.hostile` brings: every sort of input, by the door that it comes by."""

import base64
import contextlib
import ftplib
import http.client
import os
import random
import re
import secrets
import smtplib
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from urllib.parse import urlencode

from bench import hostile_inputs as inputs
from bench.servers import client_context

CSRF = "x" * 32
_PATIENCE = 90
_UNFINISHED = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048000\r\n\r\n" + b"x" * 1_000_000


@dataclass(frozen=True)
class Target:
    """The server under attack."""

    port: int
    http_port: int
    mail_port: int
    ftp_port: int
    sftp_port: int
    session: str
    estate: str
    tokens: Sequence[str]
    intake: tuple[str, str]  # name and password of a program's account


def connect(port: int) -> socket.socket:
    """A new connection by TLS."""
    plain = socket.create_connection(("127.0.0.1", port), _PATIENCE)
    return client_context().wrap_socket(plain, server_hostname="localhost")


def upload(target: Target, path: str, name: str, content: bytes, **fields: str) -> str:
    """Hand a file in as the administrator; the status of the answer."""
    mark = "a1b2c3d4e5f6"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {"csrfmiddlewaretoken": CSRF, **fields}.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.bin"\r\n\r\n'.encode()
    body = b"".join([*parts, head, content, f"\r\n--{mark}--\r\n".encode()])
    return ask(target.port, "POST", path, body, as_administrator(target, f"multipart/form-data; boundary={mark}"))


def as_administrator(target: Target, media_type: str) -> dict[str, str]:
    """The headers of somebody who is signed in."""
    return {
        "Content-Type": media_type,
        "Cookie": f"__Host-session={target.session}; __Host-csrf={CSRF}",
        "Origin": f"https://localhost:{target.port}",
    }


def ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
    """The status of an answer."""
    return answer(port, method, path, body, headers)[0]


def answer(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[str, str]:
    """The status of an answer and what it says."""
    connection = http.client.HTTPSConnection("localhost", port)
    connection.sock = connect(port)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers)
        answered = connection.getresponse()
        return str(answered.status), answered.read().decode(errors="replace")


def mail(target: Target, content: bytes) -> str:
    """Hand a mail in; what the server says to it."""
    with smtplib.LMTP("127.0.0.1", target.mail_port, timeout=_PATIENCE) as server:
        try:
            server.sendmail("a@x.test", ["post@lindenhof.test"], content)
        except smtplib.SMTPDataError as refused:
            return str(refused.smtp_code)
    return "250"


def withdraw(target: Target, dice: random.Random) -> str:
    """Post a withdrawal at the public address."""
    form = inputs.form()
    body = urlencode({**form, "email": form["email"] % dice.randrange(10**6)}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://localhost:{target.port}"}
    return ask(target.port, "POST", "/widerruf/", body, headers)


def good_card(target: Target) -> str:
    """An address book as people have them."""
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Berger;Mara\r\nEMAIL:mara@x.test\r\nEND:VCARD\r\n"
    return upload(target, "/contacts/import/", "file", card)


def tidy_up(target: Target) -> None:
    """Throw away the address books that wait, as the page asks for before it takes another."""
    form = as_administrator(target, "application/x-www-form-urlencoded")
    _status, page = answer(target.port, "GET", "/contacts/import/", b"", form)
    for path in sorted(set(re.findall(r'"(/contacts/import/[0-9a-f-]{36}/)"', page))):
        ask(target.port, "POST", f"{path}throw-away/", f"csrfmiddlewaretoken={CSRF}".encode(), form)


def good_mail(target: Target) -> str:
    """A mail as people write them."""
    return mail(target, b"From: mara@x.test\r\nTo: post@lindenhof.test\r\nSubject: Frage\r\n\r\nGuten Tag\r\n")


def unfinished(target: Target) -> str:
    """Hold large bodies that do not end for a second."""
    with contextlib.ExitStack() as stack:
        for _ in range(15):
            stack.enter_context(connect(target.port)).sendall(_UNFINISHED)
        time.sleep(1)
    return "held"


def hand_over(target: Target, content: bytes, *, right: bool) -> str:
    """Put a file into a program's folder by HTTPS."""
    name, password = target.intake
    login = base64.b64encode(f"{name}:{password if right else 'wrong'}".encode()).decode()
    path = f"/intake/{name}/{secrets.token_hex(4)}.zip"
    return ask(target.port, "PUT", path, content, {"Authorization": f"Basic {login}"})


def store(target: Target, content: bytes) -> str:
    """Bring a file by FTP with TLS, under a name that climbs."""
    with ftplib.FTP_TLS(context=client_context(), timeout=_PATIENCE) as client:  # noqa: S321 - with TLS
        client.connect("127.0.0.1", target.ftp_port)
        client.login(*target.intake)
        client.prot_p()
        try:
            client.storbinary(f"STOR ../{secrets.token_hex(4)}.zip", BytesIO(content))
        except ftplib.Error as refused:
            return str(refused)[:3]
    return "226"


def guess(target: Target, path: str) -> str:
    """Try a link that nobody was given."""
    return ask(target.port, "GET", path % secrets.token_urlsafe(24), b"", {})


def rubbish(port: int, said: bytes) -> str:
    """Say this before anything else, and wait for what comes of it."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 10)) as sock:
        sock.settimeout(3)
        with contextlib.suppress(OSError):
            sock.sendall(said)
            while sock.recv(65_536):
                pass
    return "closed"


def raw(target: Target, said: bytes) -> str:
    """Say this on both ports, and listen for a moment."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", target.http_port), 5).close()
    with connect(target.port) as sock:
        sock.settimeout(2)
        with contextlib.suppress(OSError):
            sock.sendall(said)
            return sock.recv(64)[9:12].decode("latin-1")
    return "closed"


def sorts(target: Target, dice: random.Random) -> dict[str, list[Callable[[], str]]]:
    """Every sort of hostile input, and how each of it is brought."""

    def uploads(path: str, name: str, contents: Sequence[bytes], **fields: str) -> list[Callable[[], str]]:
        return [partial(upload, target, path, name, each, **fields) for each in contents]

    handed_over = [*inputs.archives(), *inputs.transfers()]
    media = f"/estates/{target.estate}/media/"
    return {
        "vCard": uploads("/contacts/import/", "file", inputs.cards()),
        "table": uploads("/contacts/import/", "file", inputs.tables()),
        "PKCS #12": uploads("/certificate/bought/", "sent", inputs.key_files(), password="wrong"),  # noqa: S106 - of no file
        "chain": uploads("/certificate/bought/", "sent", [inputs.chain()]),
        "picture": uploads(media, "files", inputs.pictures(), group="picture"),
        "logo": uploads("/settings/office/", "logo_file", inputs.pictures()),
        "photo": uploads("/account/", "photo_file", inputs.pictures()),
        "PDF": uploads(media, "files", inputs.papers(), group="document"),
        "ZIP": uploads("/estates/import/", "file", inputs.archives()),
        "OpenImmo": uploads("/estates/import/", "file", inputs.transfers()),
        "mail": [partial(mail, target, each) for each in inputs.mails()],
        "withdrawal": [partial(withdraw, target, dice)],
        "unfinished": [partial(unfinished, target)],
        "request": [partial(raw, target, each) for each in inputs.requests()],
        "link": [partial(guess, target, each) for each in inputs.addresses()],
        "intake": [
            *(partial(hand_over, target, each, right=True) for each in handed_over),
            partial(hand_over, target, bytes(3_000_000), right=False),
        ],
        "FTP": [
            *(partial(store, target, each) for each in handed_over),
            *(partial(rubbish, target.ftp_port, each) for each in inputs.commands()),
        ],
        "SFTP": [partial(rubbish, target.sftp_port, each) for each in inputs.greetings()],
        "rubbish": [
            partial(rubbish, port, each) for each in inputs.rubbish() for port in (target.port, target.http_port)
        ],
    }


def attack(target: Target, number: int, seconds: float) -> Counter[str]:
    """One hostile client: one sort after the other; what each was answered."""
    os.nice(10)  # attackers bring machines of their own
    dice = random.Random(number)  # the same on every run
    brought = list(sorts(target, dice).items())
    answered: Counter[str] = Counter()
    end, turn = time.monotonic() + seconds, number * 3
    while time.monotonic() < end:
        sort, ways = brought[turn % len(brought)]
        turn += 1
        try:
            status = dice.choice(ways)()
        except (OSError, http.client.HTTPException, smtplib.SMTPException) as error:
            status = type(error).__name__
        answered[f"{sort}: {status}"] += 1
    return answered
