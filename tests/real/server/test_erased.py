"""Somebody whose name came to the real server by every way is erased: what it kept on the way is gone as well."""

import smtplib
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from tests.real.server.test_foreign import Person
from tests.real.server.test_serve import children
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until
from tests.support.written_forms import held
from tests.unit.estates import transfers

NAMES = ["Vörönika", "schweigerin.test"]
SAID = "Vörönika Schweigerin"
# Who withdrew is kept, and only the log has nothing to say of them.
ANOTHER = "Wilhelmine"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Schweigerin;Vörönika\r\nEMAIL:vera@schweigerin.test\r\n{more}END:VCARD\r\n"
# Two weeks are over, and she is erased as an agent would.
ERASED = """
import os, time
from datetime import timedelta
from django.utils import timezone
from siegelpost.cases import clearance, erasure
from siegelpost.contacts.address_book_models import AddressBook
from siegelpost.contacts.address_books import books
from siegelpost.contacts.models import Contact
from siegelpost.estates.imports import upload
from siegelpost.estates.models import Import
from siegelpost.office.models import Agent
from siegelpost.settings import load
agent, until = Agent.objects.get(), time.monotonic() + 60
while Import.objects.filter(state="reading").exists() and time.monotonic() < until:
    time.sleep(0.05)
print(sorted(Import.objects.values_list("state", flat=True)))
AddressBook.objects.update(created_at=timezone.now() - timedelta(days=15))
books.forget_old()
for contact in Contact.objects.all():
    erasure.erase(contact, by=agent)
Import.objects.update(created_at=timezone.now() - timedelta(days=15))
for file in (load().data / "imports").iterdir():
    os.utime(file, (time.time() - 2 * 86400,) * 2)
upload.forget_old()
clearance.round_()
"""


def names_her_everywhere(server: Server, mail_port: int) -> None:
    """Her name in every field, file and address that takes one, also where it is refused."""
    agent = Person(server)
    assert (
        agent.post(
            "/contacts/new/",
            {"first_name": "Vörönika", "last_name": "Schweigerin", "language": "de", "email": "vera@schweigerin.test"},
        ).status
        == 302
    )
    agent.post("/contacts/new/", {"first_name": "Vörönika", "email": "vera@schweigerin..test"})
    for path in (f"/contacts/?q={quote(SAID)}", f"/{quote(SAID)}/", f"/contacts/{quote(SAID)}/"):
        agent.ask("GET", path)
        server.get(path)
    cards = "".join(CARD.format(more=f"NOTE:{number}{'x' * 900}\r\n") for number in range(900))
    for vcard in (CARD.format(more=""), cards, CARD.format(more="")[:-9], cards.replace("N:", "N;X=" + "y" * 70_000)):
        agent.hand_in("/contacts/import/", "file", f"{quote(SAID)}.vcf", vcard.encode())
    estate = transfers.estate("K-1", title=SAID)
    for content in (transfers.document(transfers.provider(estate)), f"<openimmo><{SAID}".encode(), SAID.encode()):
        assert agent.hand_in("/estates/import/", "file", f"{SAID}.xml", content).status == 302
    for address in (f"{ANOTHER}@berger.test", "vera@schweigerin..test"):
        form = {"name": ANOTHER, "email": address, "contract": ANOTHER}
        body = urlencode(form).encode()
        for path in ("/widerruf/", f"/s/{quote(SAID)}/", "/account/login/"):
            kind = "application/x-www-form-urlencoded"
            server.request("POST", path, body=body, headers={"Content-Type": kind, "Origin": server.url})
            server.request("POST", path, body=body, headers={"Content-Type": kind})
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{SAID} <vera@schweigerin.test>", "post@office.test", SAID
    mail.set_content(SAID)
    for said in (mail.as_bytes(), mail.as_bytes().replace(b"Content-Type: ", b"Content-Type: multipart/mixed; x=")):
        with smtplib.LMTP("127.0.0.1", mail_port) as lmtp, suppress(smtplib.SMTPException):
            lmtp.sendmail("vera@schweigerin.test", ["post@office.test"], said)


def breaks_off(server: Server) -> None:
    """A large body of hers that does not come to its end."""
    context = ssl.create_default_context(cadata=server.trust)
    with (
        socket.create_connection(("127.0.0.1", server.port), 30) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as sock,
    ):
        head = f"POST /account/login/ HTTP/1.1\r\nHost: {NAME}:{server.port}\r\nContent-Length: 900000\r\n\r\n"
        sock.sendall(head.encode() + SAID.encode() * 20_000)
        until(lambda: nameless(server))


def nameless(server: Server) -> list[str]:
    """What the server's processes have open and no folder names, and how they name it."""
    found = []
    for process in (server.process.pid, *children(server)):
        for handle in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                found.append(str(handle.readlink()))
    return [opened for opened in found if "/bodies/" in opened or "/temporary/" in opened]


@contextmanager
def _read_meanwhile(data: Path) -> Iterator[None]:
    """Somebody reads the database of SQLite, where what is erased in the meantime cannot be gone yet."""
    if not (file := data / "siegelpost.sqlite3").exists():
        yield
        return
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM contacts_contact").fetchone()
        yield
        assert held(data, NAMES)


def test_of_who_is_erased_the_running_server_keeps_no_byte(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waited to be imported, bodies on their way through the disk and the log were looked at by nobody.

    While she is erased somebody reads the database: what they need of its log goes when they have done, by itself.
    """
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    port = free_port()
    server = serve(mail_in_port=str(port))
    data = server.installation.data
    names_her_everywhere(server, port)
    assert held(data / "imports", NAMES), "there is nothing to be found"
    breaks_off(server)
    until(lambda: not nameless(server))
    with _read_meanwhile(data):
        assert server.installation.python(ERASED).splitlines()[0] == "['failed', 'failed', 'ready']"
    server.stop()
    assert not held(data, NAMES)
    assert not held(temporary, NAMES)
    (temporary / "log").write_bytes(server.log.encode())
    assert not held(temporary, [*NAMES, ANOTHER]), server.log
