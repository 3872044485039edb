"""Setting dynamic DNS up by form: off until somebody has seen what would be done, and the login never shown again."""

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address

import pytest
from django.test import Client
from django.utils.translation import override
from tests.support.office import an_agent, an_office
from tests.support.zone_server import KEY_NAME, KEY_SECRET, ServedZone, served

from siegelpost.certificates.dyndns import setup, zone
from siegelpost.certificates.dyndns.pace import PACES
from siegelpost.certificates.dyndns.record import Fault, RecordType
from siegelpost.certificates.dyndns.services import SERVICES
from siegelpost.certificates.dyndns.words import WORDS, sentences
from siegelpost.certificates.models import DynamicDns, DynamicRecord
from siegelpost.certificates.surroundings import machine, router
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
NAME, OLD, NEW = "expose.buero.test", "193.0.0.1", "193.0.14.129"
DYNDNS2 = {"service": "dyndns2", "name": NAME, "a_from": "router", "aaaa_from": ""}


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    return client


@pytest.fixture
def served_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedZone]:
    with served("buero.test", f"expose 7200 A {OLD}\n") as being:
        monkeypatch.setattr(zone, "stands", partial(zone.stands, resolver=being.resolver, port=being.port))
        monkeypatch.setattr(machine, "addresses", lambda: (IPv4Address("192.168.1.5"),))
        monkeypatch.setattr(machine, "gateway", lambda: IPv4Address("192.168.1.1"))
        monkeypatch.setattr(router, "ask", lambda _: RouterSays(IPv4Address(NEW)))
        yield being


def own_server(being: ServedZone, **changed: str) -> dict[str, str]:
    login = {"option_server": being.server, "option_key_name": KEY_NAME, "option_key_secret": KEY_SECRET}
    return {"service": "rfc2136", "name": NAME, "a_from": "router", "aaaa_from": "", **login, **changed}


def read(client: Client, path: str) -> str:
    return client.get(path, secure=True).content.decode()


def do(client: Client, what: str) -> str:
    return client.post("/certificate/dyndns/do/", {"do": what}, secure=True, follow=True).content.decode()


def test_from_the_form_over_the_preview_to_the_written_record_and_off_again(
    client: Client, served_zone: ServedZone
) -> None:
    assert client.get("/certificate/dyndns/", secure=True)["Location"] == "/certificate/dyndns/set-up/"
    assert "TSIG" in read(client, "/certificate/dyndns/set-up/?service=rfc2136")
    saved = client.post("/certificate/dyndns/set-up/", own_server(served_zone), secure=True)
    assert saved["Location"] == "/certificate/dyndns/"
    page = read(client, "/certificate/dyndns/")
    assert "Ausgeschaltet" in page
    preview = read(client, "/certificate/dyndns/preview/")
    assert f"würde eintragen: {NAME} A {NEW}" in preview
    assert OLD in preview
    assert "Geändert wurde nichts" in do(client, "test")
    assert served_zone.at("expose", "A") == (7200, [OLD])
    do(client, "on")
    assert served_zone.at("expose", "A") == (7200, [OLD]), "written by the periodic job, or on request"
    do(client, "now")
    assert served_zone.at("expose", "A") == (7200, [NEW])
    page = read(client, "/certificate/dyndns/")
    assert "Zuletzt eingetragen" in page
    assert NEW in read(client, "/certificate/surroundings/")
    assert "Ausgeschaltet" in do(client, "off")
    for each in (page, preview, read(client, "/certificate/dyndns/set-up/")):
        assert KEY_SECRET not in each
    do(client, "forget")
    assert not DynamicDns.objects.exists()
    assert served_zone.at("expose", "A") == (7200, [NEW]), "the record stays"


def test_a_wrong_login_is_said_with_what_to_do(client: Client, served_zone: ServedZone) -> None:
    wrong = own_server(served_zone, option_key_name="fremd.")
    client.post("/certificate/dyndns/set-up/", wrong, secure=True)
    assert "nimmt die Zugangsdaten nicht an" in do(client, "test")
    do(client, "on")
    page = do(client, "now")
    assert "angehalten" in page
    assert "wieder einschalten" in page
    assert "Von selbst wird es nicht wieder versucht." in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "193.0.0.1"}, "ein einzelner Name"),
        ({"name": "*.buero.test"}, "ein einzelner Name"),
        ({"name": "a b"}, "kein Name"),
        ({"a_from": ""}, "woher die Adresse kommt"),
        ({"option_url": "http://dyn.test/?ip=<ipaddr>"}, "https://"),
        ({"option_url": "https://lindenhof:pw@dyn.test/?ip=<ipaddr>"}, "https://"),
        ({"option_url": "https://dyn.test/?host=<domain>"}, "&lt;ipaddr&gt;"),
        ({"aaaa_from": "interface"}, "&lt;ip6addr&gt;"),
        ({"aaaa_from": "router"}, "Noch nichts geändert"),
    ],
)
def test_what_cannot_work_is_refused_with_words(wrong: dict[str, str], said: str, client: Client) -> None:
    given = {**DYNDNS2, "option_url": "https://dyn.test/?ip=<ipaddr>", **wrong}
    answer = client.post("/certificate/dyndns/set-up/", given, secure=True)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert setup.current() is None


def test_every_service_has_its_form_and_an_address_with_umlauts_is_written_as_the_dns_does(client: Client) -> None:
    for key, row in SERVICES.items():
        page = read(client, f"/certificate/dyndns/set-up/?service={key}")
        assert '<option value="router" selected>' in page, "what suits most lines is chosen already"
        assert all(f"option_{each.name}" in page for each in row.fields)
    given = {**DYNDNS2, "name": "exposé.büro.test", "option_url": "https://dyn.test/?ip=<ipaddr>"}
    client.post("/certificate/dyndns/set-up/", given, secure=True)
    found = setup.current()
    assert found
    assert found.name == "xn--expos-fsa.xn--bro-hoa.test"


def test_every_fault_has_a_pace_and_words_in_both_languages() -> None:
    assert set(WORDS) == set(PACES) == set(Fault)
    for fault in Fault:
        with override("de"):
            german = sentences(fault, name=NAME, kind="A")
        with override("en"):
            english = sentences(fault, name=NAME, kind="A")
        assert not set(german) & set(english)
        promise = [each for each in german if "von selbst wieder versucht" in each]
        assert not (promise and PACES[fault].stops), "never promised where it cannot succeed"


def test_the_page_says_nothing_good_of_what_was_not_looked_at(client: Client, served_zone: ServedZone) -> None:
    client.post("/certificate/dyndns/set-up/", own_server(served_zone), secure=True)
    do(client, "on")
    assert "steht richtig" not in read(client, "/certificate/dyndns/")
    DynamicRecord.objects.create(kind=RecordType.A, looked_at=None)
    assert "steht richtig" not in read(client, "/certificate/surroundings/")
