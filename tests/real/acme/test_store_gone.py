"""The certificates' folder is taken away under the running server: nobody notices, and nothing is ordered twice."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.support.acme_servers import HOSTILE, NORMAL, Pebble, pebble
from tests.support.dynamic_dns import dynamic_dns
from tests.support.knocking import Knocking
from tests.support.pki import Certificate
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.tls.acme.plan import Plan, load_plan, save_plan
from siegelpost.tls.acme.progress import progress
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Store
from siegelpost.tls.store_guard import LostFolder, last_loss

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
# What processes say that look while the folder is away; of what is raised, only that a file of it is missing.
MISSED = (
    r"certificates was gone|no certificate can be loaded|is left out|are gone; what was served|cannot be put back|"
    r"\n(FileNotFound|NotADirectory|OS)Error: \[Errno \d+\] .*/tls/"
)
SESSION = """
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(role="administrator"))
name = settings.SESSION_COOKIE_NAME
print(f"{name}={client.cookies[name].value}")
"""


@dataclass
class Node:
    """A running server with the authority that its plan names."""

    server: Server
    authority: Pebble

    @property
    def store(self) -> Store:
        return Store(self.server.installation.data / "tls")

    @property
    def orders(self) -> int:
        return self.authority.log.read_text().count("Added order")

    def plan(self, *names: str) -> None:
        save_plan(self.store, Plan(names or (NAME,), (self.authority.authority,)))

    def page(self) -> str:
        """The page „Zertifikat“, as the administrator sees it."""
        session = self.server.installation.python(SESSION).strip()
        answer = self.server.get("/certificate/", Cookie=session, Accept_Language="de")
        assert answer.status == 200, (answer.status, answer.headers)
        return answer.text


def gone(folder: Path) -> None:
    """As ``rm -rf`` does it."""
    shutil.rmtree(folder, ignore_errors=True)


def moved(folder: Path) -> None:
    """As ``mv`` does it, at one blow."""
    folder.rename(folder.with_name("tls.taken-away"))


def emptied(folder: Path) -> None:
    """As a drive that is no longer mounted looks."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


WAYS: list[Callable[[Path], None]] = [gone, moved, emptied]


@pytest.fixture
def make_node(serve: Serve, tmp_path: Path) -> Iterator[Callable[..., Node]]:
    """A node after its first start, with its authority running."""
    with dynamic_dns(NAME) as zone:
        opened = []

        def make(hostile: bool = False) -> Node:
            server = serve(certificate=None, workers=2)
            environment = HOSTILE if hostile else NORMAL
            running = pebble(
                tmp_path / "pebble",
                http_port=server.http_port,
                tls_port=server.port,
                name_server=zone.server,
                environment=environment,
            )
            authority = running.__enter__()
            opened.append(running)
            roots = tmp_path / "root.pem"
            roots.write_text(roots.read_text() + authority.root())
            return Node(server, authority)

        yield make
        for each in opened:
            each.__exit__(None, None, None)


def served(node: Node) -> str:
    """The fingerprints of what is served."""
    return " ".join(stored.fingerprint for stored in node.store.current())


def until_lost_again(node: Node, before: LostFolder | None) -> None:
    """Until it was noticed once more that the folder was gone."""
    until(lambda: (found := last_loss(node.store)) and found != before)


def test_whatever_takes_the_folder_away_it_is_put_back_and_no_visitor_notices(make_node: Callable[..., Node]) -> None:
    node = make_node()
    node.server.forgive(MISSED)
    node.plan()
    until(lambda: "a new certificate is served" in node.server.log)
    good, plan, known = served(node), load_plan(node.store), node.orders
    assert known == 1
    knocking = Knocking(node.server.port)
    try:
        until(lambda: knocking.shown[-40:].count(good) == 40)
        before = len(knocking.shown)
        for take_away in WAYS:
            seen = last_loss(node.store)
            take_away(node.store.folder)
            until_lost_again(node, seen)
            until(lambda: [served(node), load_plan(node.store)] == [good, plan])
        until(lambda: len(knocking.shown) > before + 200)
    finally:
        knocking.stop()
    assert set(knocking.shown[before:]) == {good}
    page = node.page()
    assert "Der Ordner mit den Zertifikaten war plötzlich weg" in page
    assert "bestellt wurde nichts" in page
    assert "Erneuert sich von selbst" in page
    # A process that starts from now on finds everything there again, and the next order goes its way: one, not two.
    assert node.server.stop() == 0
    assert node.orders == known == 1


def test_in_the_middle_of_an_order_it_is_put_back_and_one_certificate_is_issued(make_node: Callable[..., Node]) -> None:
    node = make_node(hostile=True)
    node.server.forgive(MISSED)
    node.plan()
    until(lambda: (found := progress(node.store)) and found.step in ("validate", "issue"))
    gone(node.store.folder)
    until(lambda: acme_status(node.store).served, seconds=220, forgive=(OSError,))
    # An authority that asked in the very moment in which the answer was gone has made the order void.
    assert node.authority.log.read_text().count("Issued certificate") == 1
    assert node.orders <= 2
    assert not acme_status(node.store).problem


def test_a_bought_certificate_is_put_back_with_its_key(serve: Serve, trusted_certificate: Certificate) -> None:
    server = serve(workers=2)
    server.forgive(MISSED)
    store = Store(server.installation.data / "tls")
    (before,) = store.current()
    leaf = x509.load_pem_x509_certificate(trusted_certificate.chain_pem.encode())
    assert before.fingerprint == sha256(leaf.public_bytes(Encoding.DER)).hexdigest()
    gone(store.folder)
    until(lambda: last_loss(store))
    assert store.current() == [before]
    # Also for a worker that has nothing in its memory.
    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    server.forgive("a process ended and is started again")
    server.wait()


def workers(server: Server) -> list[int]:
    """The processes that the server has started."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(each) for each in children.split()]
