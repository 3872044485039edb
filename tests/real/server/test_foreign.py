"""The real server while strangers' files are handed in that would hold it up: everybody else is answered as before."""

import http.client
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests.hostile.test_too_dear import bomb
from tests.real.server.test_serve import children
from tests.support.serving import Answer, Serve, Server
from tests.support.waiting import until

from siegelpost.doctor.der import Reader

LONGEST = 0.25
NAMED = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """Somebody who is signed in, without a browser."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        link = server.sign_in_link.removeprefix(server.url)
        self.ask("GET", link)
        self.post(link, {})

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers |= {"Cookie": cookies, "Referer": self.server.url + path, "Origin": self.server.url}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.server.request(method, path, body=body, headers=given)
        for line in answer.headers.get("set-cookie", "").split(", "):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        fields = {**fields, "csrfmiddlewaretoken": self._token(path)}
        return self.ask("POST", path, urlencode(fields).encode(), Content_Type="application/x-www-form-urlencoded")

    def hand_in(self, path: str, field: str, name: str, content: bytes) -> Answer:
        """Upload a file by the form on this page."""
        token = self._token(path)
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode(),
            f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + content,
            b"\r\n--b--\r\n",
        ]
        return self.ask("POST", path, b"".join(parts), Content_Type="multipart/form-data; boundary=b")

    def compared(self, handed_in: Answer) -> Answer:
        """The page of an address book that was handed in, once the server has compared it."""
        assert handed_in.status == http.client.FOUND, handed_in.text
        address = handed_in.headers["location"]
        until(lambda: "Angekreuzte übernehmen" in self.ask("GET", address).text)
        return self.ask("GET", address)

    def _token(self, path: str) -> str:
        found = NAMED.search(self.ask("GET", path).text)
        assert found
        return found[1]


def words_of(page: Answer) -> str:
    """What is read on a page, from its heading on."""
    main = page.text.partition("<h1")[2].partition(">")[2]
    return " ".join(re.sub(r"<[^<>]*>", " ", main).split())


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """How long the server's first sign of life takes, again and again."""
    times: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            began = time.monotonic()
            assert server.get("/health/live").status == 200
            times.append(time.monotonic() - began)
            time.sleep(0.05)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def unseen() -> bytes:
    """The bomb in a form in which its price cannot be read before: BER, which ends where nobody said."""
    content = Reader(bomb(2**31 - 1)).element()[1]
    return b"\x30\x80" + content + b"\0\0"


def host_of(server: Server) -> int:
    """The process whose children read; the first of them is forked just after the server says that it is ready."""
    until(lambda: any(_children(pid) for pid in children(server)))
    return next(pid for pid in children(server) if _children(pid))


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_bombs_are_refused_and_nobody_else_waits(serve: Serve) -> None:
    """A PKCS #12 of 418 bytes stopped the server for minutes, a vCard of 50 kB a worker for twenty seconds."""
    server = serve(workers=1)
    person = Person(server)
    nobody = b"BEGIN:VCARD\n" + b"\n" * 50_000
    bombs: list[Callable[[], Answer]] = [
        lambda: person.hand_in("/certificate/bought/", "sent", "a.p12", bomb()),
        lambda: person.hand_in("/contacts/import/", "file", "a.vcf", nobody),
        lambda: person.hand_in("/certificate/bought/", "sent", "a.p12", unseen()),
    ]
    with watched(server) as calm:
        time.sleep(2)
    with watched(server) as times:
        began = time.monotonic()
        answers = [bomb() for bomb in bombs]
        took = time.monotonic() - began
    refused = http.client.UNPROCESSABLE_ENTITY
    assert [answer.status for answer in answers] == [refused, http.client.FOUND, refused]
    for answer in (answers[0], answers[2]):
        words = words_of(answer)
        assert "würde zu lange dauern" in words, words
        assert "Es wurde nichts geändert" in words
    # The cards are read in one go by now: a file in which one only begins has nobody in it, and its page says so.
    compared = words_of(person.compared(answers[1]))
    assert compared.startswith("0 Kontakte in der Datei a.vcf ")
    assert "Ein Eintrag war nicht lesbar" in compared
    contacts = words_of(person.ask("GET", "/contacts/"))
    assert "Noch keine Kontakte" in contacts, contacts
    # Whoever is held up waits as long as the last of them is read, which is stopped after ten seconds.
    # On a busy machine everybody waits: `make hostile` measures when it is not.
    late = sorted(times)[-1 - len(times) // 50]
    assert late <= max(LONGEST, 6 * max(calm)), (sorted(times)[-5:], sorted(calm)[-5:])
    assert max(times) <= took / 4, (sorted(times)[-5:], took)
    assert 'siegelpost_foreign_read{outcome="stopped"} 1\n' in server.get("/metrics").text


def test_a_host_that_is_killed_comes_back_and_one_whose_server_is_killed_does_not_stay(serve: Serve) -> None:
    server = serve(workers=1)
    server.forgive(r"a process ended and is started again .*role=foreign")
    first = host_of(server)
    os.kill(first, signal.SIGKILL)
    until(lambda: server.get("/health/ready").status == http.client.SERVICE_UNAVAILABLE)
    until(lambda: server.get("/health/ready").status == http.client.OK)
    person = Person(server)
    answer = person.hand_in("/contacts/import/", "file", "a.vcf", b"BEGIN:VCARD\nN:Berger;Mara\nEND:VCARD\n")
    book = words_of(person.compared(answer))
    assert book.startswith("1 Kontakt in der Datei")
    assert "Mara Berger" in book
    again = host_of(server)
    assert again != first
    family = [again, *_children(again)]
    server.process.kill()
    until(lambda: not any(Path(f"/proc/{pid}/fd").exists() and _is_alive(pid) for pid in family))


def _is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] not in "ZX"
