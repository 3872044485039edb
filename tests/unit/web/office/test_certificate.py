"""The certificate's pages: what is refused says why in the reader's language, and what is worse is asked about."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority, Certificate

from siegelpost.certificates import actions, assistant, overview, refusals
from siegelpost.certificates.installed import open_store
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Language, Role
from siegelpost.settings import load
from siegelpost.tls.acme.plan import Plan, load_plan, save_plan
from siegelpost.tls.acme.renewal import requested
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store, Stored
from siegelpost.web.office import bought_certificate, certificate
from siegelpost.web.office import certificate_assistant as assistant_pages

pytestmark = pytest.mark.django_db
NAME = "expose.test"
ROOT = Authority.root()
MIDDLE = ROOT.intermediate()
GOOD = MIDDLE.issue(NAME)
PASSWORD = "Schlüssel für Köln"
Sent = Callable[[], tuple[list[bytes], str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """That of an office after its first start, whose visitors trust the authority above."""
    an_office()
    root = tmp_path / "root.pem"
    root.write_text(ROOT.pem)
    settings = load().model_copy(
        update={"public_url": f"https://{NAME}", "trust_roots": [root], "data": tmp_path, "port": 443}
    )
    for room in (actions, overview, refusals, assistant, certificate, bought_certificate, assistant_pages):
        monkeypatch.setattr(room, "load", lambda: settings)
    found = open_store(settings)
    key, chain = self_signed([NAME])
    found.activate(found.add(chain, key, Source.SELF_SIGNED).id)
    return found


@pytest.fixture
def client() -> Client:
    return _client(Language.GERMAN)


def _client(language: Language) -> Client:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR, language=language))
    return client


def parts(leaf: Certificate, key: Certificate | None = None) -> list[bytes]:
    return [leaf.chain_pem.encode(), (key or leaf).key_pem.encode()]


def pfx() -> bytes:
    leaf, middle = (x509.load_pem_x509_certificate(each.pem.encode()) for each in (GOOD, MIDDLE))
    key = load_pem_private_key(GOOD.key_pem.encode(), None)
    encryption = BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"x", key, leaf, [middle], encryption)  # type: ignore[arg-type]  # GOOD has a kind of key it takes


def p7b(encoding: Encoding) -> bytes:
    certificates = [x509.load_pem_x509_certificate(each.pem.encode()) for each in (ROOT, MIDDLE, GOOD)]
    return pkcs7.serialize_certificates(certificates, encoding)


def hand_in(client: Client, files: list[bytes], password: str = "", pasted: str = "") -> tuple[int, str, str]:
    """Status, page, and where it leads."""
    uploads = [SimpleUploadedFile(f"{number}.bin", content) for number, content in enumerate(files)]
    answer = client.post("/certificate/bought/", {"sent": uploads, "password": password, "pasted": pasted}, secure=True)
    return answer.status_code, answer.content.decode(), answer.headers.get("Location", "")


NO_QUESTION: dict[str, Sent] = {
    "p7b in PEM": lambda: ([p7b(Encoding.PEM), GOOD.key_pem.encode()], ""),
    "p7b in DER": lambda: ([p7b(Encoding.DER), GOOD.key_pem.encode()], ""),
    "pfx with an umlaut": lambda: ([pfx()], PASSWORD),
    "wrong order": lambda: ([MIDDLE.pem.encode(), (GOOD.key_pem + GOOD.pem).encode()], ""),
    "with the root": lambda: ([ROOT.pem.encode(), *parts(GOOD)], ""),
}


@pytest.mark.parametrize("form", NO_QUESTION)
def test_handed_in_and_active_with_no_question(form: str, store: Store, client: Client) -> None:
    files, password = NO_QUESTION[form]()
    assert hand_in(client, files, password)[0::2] == (302, "/certificate/")
    [served] = store.current()
    assert store.chain_pem(served.id) == GOOD.chain_pem


def test_pasted_from_the_mail(store: Store, client: Client) -> None:
    assert hand_in(client, [], pasted=GOOD.chain_pem + GOOD.key_pem)[2] == "/certificate/"
    assert not store.current()[0].self_signed


REFUSED: dict[str, tuple[Sent, str, str]] = {
    "someone else's key": (
        lambda: (parts(GOOD, MIDDLE.issue("other.test")), ""),
        "gehört nicht zu diesem Zertifikat",
        "does not belong to this certificate",
    ),
    "wrong password": (lambda: ([pfx()], "falsch"), "Passwort ist falsch", "password is wrong"),
    "another name": (lambda: (parts(MIDDLE.issue("other.test")), ""), "other.test", "other.test"),
    "expired": (lambda: (parts(MIDDLE.issue(NAME, days=-1)), ""), "abgelaufen", "expired"),
    "nothing": (lambda: ([], ""), "Wählen Sie die Dateien", "Choose the files"),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason_and_nothing_changed(case: str, language: Language, store: Store) -> None:
    given, german, english = REFUSED[case]
    before = (store.active(), store.history())
    status, page, _ = hand_in(_client(language), *given())
    assert status == 422
    assert (german if language == Language.GERMAN else english) in page
    assert (store.active(), store.history()) == before


def test_a_worse_one_is_stored_and_asked_about(store: Store, client: Client) -> None:
    hand_in(client, parts(GOOD))
    present = store.current()
    status, _, asked = hand_in(client, parts(MIDDLE.issue(NAME, days=10)))
    assert (status, store.current()) == (302, present)
    assert "schlechter als das jetzige" in client.get(asked, secure=True).content.decode()
    assert client.post(asked, secure=True).status_code == 200
    assert store.current() == present, "not without the confirmation"
    client.post(asked, {"confirmed": "1"}, secure=True)
    assert store.current() != present
    assert client.post("/certificate/back/", secure=True).headers["Location"] == "/certificate/"
    assert store.current() == present


@pytest.mark.parametrize("remedies", [[], ["Ein Schritt."]])
def test_remedies_come_with_the_buttons_that_carry_them_out(store: Store, remedies: list[str]) -> None:
    shown = render_to_string("certificate/state.html", {"report": {"ok": False}, "remedies": remedies})
    for place in ("/certificate/assistant/", "/certificate/bought/"):
        assert (f'href="{place}"' in shown) is bool(remedies)


def test_going_back_to_a_worse_one_is_asked_about(store: Store, client: Client) -> None:
    before = store.current()
    hand_in(client, parts(GOOD))
    present = store.current()
    asked = client.post("/certificate/back/", secure=True).content.decode()
    assert "Es ist schlechter als das jetzige" in asked
    assert "Noch ist nichts geändert" in asked
    assert store.current() == present, "not without the confirmation"
    client.post("/certificate/back/", {"confirmed": "1"}, secure=True)
    assert store.current() == before


def test_an_order_is_followed_and_discarded(store: Store, client: Client) -> None:
    refused = client.post("/certificate/bought/order/", {"names": "nas.local", "key_type": "p256"}, secure=True)
    assert refused.status_code == 422
    assert "Domain" in refused.content.decode()
    made = client.post("/certificate/bought/order/", {"names": NAME, "key_type": "rsa2048"}, secure=True)
    place = made.headers["Location"]
    csr = x509.load_pem_x509_csr(client.get(f"{place}request.csr", secure=True).content)
    assert csr.is_signature_valid
    client.post(f"{place}give-up/", secure=True)
    assert client.get(place, secure=True).status_code == 404


def test_without_scripts_the_progress_reloads_itself_until_the_end(store: Store, client: Client) -> None:
    save_plan(store, Plan((NAME,)))
    page = client.get("/certificate/assistant/progress/", secure=True).content.decode()
    assert "Es geht gleich los." in page
    assert '<noscript><meta http-equiv="refresh"' in page
    (store.folder / "acme" / "progress.json").write_text(_failed_progress())
    page = client.get("/certificate/assistant/progress/", secure=True).content.decode()
    assert "Jetzt versuchen" in page
    assert "refresh" not in page


def _failed_progress() -> str:
    at = datetime(2100, 1, 1, tzinfo=UTC).isoformat()
    told = {"id": "1", "state": "failed", "step": "validate", "reason": "new_plan", "names": [NAME], "dry_run": False}
    told |= {"started_at": at, "updated_at": at, "authority": "", "challenges": {}, "certificates": []}
    return json.dumps({**told, "problem": {"code": "not_reached", "values": {}}, "next_try_at": None})


def automatic_then_bought(store: Store, client: Client) -> Stored:
    """A plan whose certificate is served, then a purchase handed in on the page."""
    save_plan(store, Plan((NAME,)))
    given = ROOT.issue(NAME, days=40)
    store.activate(store.add(given.chain_pem, given.key_pem, Source.ACME).id)
    status, _, place = hand_in(client, parts(GOOD))
    assert (status, place) == (302, "/certificate/")
    return store.current()[0]


def test_a_bought_one_put_in_pauses_the_automatic_one_and_every_page_asks(store: Store, client: Client) -> None:
    """The page said "active" and in the same breath "next renewal: today", and ten minutes later it was gone."""
    paid = automatic_then_bought(store, client)
    page = client.get("/certificate/", secure=True).content.decode()
    assert "Automatik pausiert" in page
    assert "Siegelpost ersetzt es nicht ungefragt" in page
    assert "nächste Erneuerung" not in page
    assert '/certificate/go-on/"' in page
    assert '/certificate/stop/"' in page
    assert client.get("/certificate/assistant/progress/", secure=True).status_code == 302, "no “done” of before"
    today = client.get("/today/now/", secure=True).content.decode()
    assert "das automatische ist so lange pausiert" in today
    agent = Client()
    agent.force_login(an_agent(role=Role.AGENT))
    assert "pausiert" not in agent.get("/today/now/", secure=True).content.decode()
    assert store.current() == [paid]


def test_staying_with_the_bought_one_ends_the_automatic_one_and_the_question(store: Store, client: Client) -> None:
    paid = automatic_then_bought(store, client)
    client.post("/certificate/stop/", secure=True)
    assert store.current() == [paid]
    assert load_plan(store) is None
    assert "pausiert" not in client.get("/certificate/", secure=True).content.decode()
    assert "pausiert" not in client.get("/today/now/", secure=True).content.decode()


def test_going_on_automatically_is_said_in_so_many_words_and_stands_in_the_ledger(store: Store, client: Client) -> None:
    automatic_then_bought(store, client)
    answers = {"address": "name", "ports": "443", "proxy": "no", "who": "myself"}
    said = client.get("/certificate/assistant/", answers, secure=True).content.decode()
    assert "tritt an die Stelle Ihres gekauften Zertifikats" in said
    before = Event.objects.filter(kind=EventKind.CERTIFICATE_ORDERED.value).count()
    answer = client.post("/certificate/go-on/", secure=True)
    assert answer.headers["Location"] == "/certificate/assistant/progress/"
    assert acme_status(store).waits_until is None
    assert requested(store)
    assert Event.objects.filter(kind=EventKind.CERTIFICATE_ORDERED.value).count() == before + 1
